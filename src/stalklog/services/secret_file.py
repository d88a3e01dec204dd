"""Read a small file with a secret in it, whatever lies under its name: never for ever or too much.

A pipe is taken as well as a file, as `<(…)` of a shell and `/dev/stdin` are the ways in which a
secret comes from another program without lying on the disk. It is waited for as long as somebody
has it open who may be typing a passphrase himself, a minute in all; a pipe that nobody writes to is
empty after a second. A device, such as `/dev/zero`, and a folder are refused.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from pathlib import Path

MAX_SECRET_BYTES: Final = 1 << 16
"""An identity file with a thousand keys is no longer, nor is the page with the recovery key."""
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a pipe would be waited for already when it is opened
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_PATIENCE_S: Final = 60.0
_MOMENT_S: Final = 1.0


def read_secret_file(path: Path) -> bytes:
    """The bytes of a file or a pipe.

    Raises:
        OSError: It cannot be read, is neither, or is longer than a file with a secret is.
    """
    try:
        fd = os.open(path, _FLAGS)
    except ValueError as error:
        raise OSError(errno.EINVAL, _("its name cannot be opened")) from error
    try:
        data = _read(fd, os.fstat(fd).st_mode)
    finally:
        os.close(fd)
    if len(data) > MAX_SECRET_BYTES:
        raise OSError(errno.EFBIG, _("it is too large for a file with a secret"))
    return data


def _read(fd: int, mode: int) -> bytes:
    if stat.S_ISREG(mode):
        return _read_file(fd)
    if stat.S_ISFIFO(mode):
        return _read_pipe(fd)
    raise OSError(errno.EINVAL, _("it is neither a file nor a pipe"))


def _read_file(fd: int) -> bytes:
    data = b""
    while part := os.read(fd, MAX_SECRET_BYTES + 1 - len(data)):
        data += part
    return data


def _read_pipe(fd: int) -> bytes:
    data, until_s = b"", time.monotonic() + _PATIENCE_S
    while time.monotonic() < until_s:
        if not select.select([fd], [], [], _MOMENT_S)[0] and os.get_blocking(fd):
            continue  # macOS opens `/dev/fd/3` as it was open already: to read would be to wait
        try:
            part = os.read(fd, MAX_SECRET_BYTES + 1 - len(data))
        except BlockingIOError:
            continue  # somebody has it open, and writes nothing yet
        if not part:
            return data
        data += part
    raise OSError(errno.ETIMEDOUT, _("nobody wrote to the pipe"))

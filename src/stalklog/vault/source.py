"""An original outside the vault: opened without following links, read once, left as it was."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.errors import EvidenceUnreadableError
from stalklog.i18n import gettext as _
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO would wait for ever
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class SourceTimes(NamedTuple):
    """The times of the file as its file system told them, in nanoseconds since 1970."""

    modified_ns: int
    born_ns: int | None


class Source:
    """One file that should become evidence.

    Raises:
        EvidenceUnreadableError: It is a link, a folder or a device, or cannot be read; it is
            untouched and nothing was added.
    """

    def __init__(self, path: Path | str) -> None:
        self.head = b""
        """The first bytes, which tell what kind of file it is, once `blocks` has begun."""
        self._is_fresh = True
        self._fd = _open(path)
        try:
            self._before = os.fstat(self._fd)
            _require_regular(self._before)
        except BaseException:
            os.close(self._fd)
            raise

    @property
    def size_bytes(self) -> int:
        """Its size when it was opened."""
        return self._before.st_size

    @property
    def times(self) -> SourceTimes:
        """Its times when it was opened."""
        born_s = getattr(self._before, "st_birthtime", None)  # macOS, and Windows since 3.12
        born_ns = None if born_s is None else int(born_s * 1_000_000_000)
        return SourceTimes(self._before.st_mtime_ns, born_ns)

    def blocks(self) -> Iterator[bytes]:
        """Its bytes from the beginning, once.

        Raises:
            EvidenceUnreadableError: It changed while it was read.
        """
        self.head = b""
        if not self._is_fresh:
            os.lseek(self._fd, 0, os.SEEK_SET)
            self._before = os.fstat(self._fd)
        self._is_fresh = False
        left = self._before.st_size
        while left > 0:
            block = self._read(min(BLOCK_BYTES, left))
            if not block:
                break
            if len(self.head) < MAX_HEAD_BYTES:
                self.head += block[: MAX_HEAD_BYTES - len(self.head)]
            left -= len(block)
            yield block
        if left or _mark(os.fstat(self._fd)) != _mark(self._before):
            raise _changed()

    def stream(self) -> BinaryIO:
        """The same file, from its beginning, for whoever jumps in it; closed apart from this."""
        os.lseek(self._fd, 0, os.SEEK_SET)
        return os.fdopen(os.dup(self._fd), "rb")

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)

    def _read(self, length: int) -> bytes:
        try:
            return os.read(self._fd, length)
        except OSError as error:
            raise _unreadable(error.strerror or type(error).__name__) from error


def _open(path: Path | str) -> int:
    try:
        return _open_without_trace(path)
    except OSError as error:
        if os.path.islink(path):  # noqa: PTH114 - Path.is_symlink raises where nothing can be seen
            raise _unreadable(_("it is a link, and links are not followed")) from error
        raise _unreadable(error.strerror or type(error).__name__) from error
    except ValueError as error:
        raise _unreadable(_("its name cannot be opened")) from error


def _open_without_trace(path: Path | str) -> int:
    """Open without changing the time of last reading, where the system lets the owner do so."""
    quietly = getattr(os, "O_NOATIME", 0)
    if quietly:
        try:
            return os.open(path, _FLAGS | quietly)
        except PermissionError:
            pass  # another's file: open(2)
    return os.open(path, _FLAGS)


def _require_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _unreadable(_("it is not a regular file"))


def _mark(found: os.stat_result) -> tuple[int, ...]:
    """What is another once the file was written to: `mtime` can be put back, `ctime` cannot."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


def _unreadable(reason: str) -> EvidenceUnreadableError:
    return EvidenceUnreadableError(
        _("Not added: {reason}. The file is as it was.").format(reason=reason)
    )


def _changed() -> EvidenceUnreadableError:
    return EvidenceUnreadableError(
        _("Not added: it changed while it was read."),
        hint=_("Close the program that writes it, and add it again."),
    )

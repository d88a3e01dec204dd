"""What lies between a file and the disk: memory, and how to have it pass on, forget or stay out.

None of this makes anything last: that is the work of a sync.
"""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_BYTES: Final = 4096
_WAIT_BEFORE: Final = 1
_WRITE: Final = 2
_WAIT_AFTER: Final = 4
"""The flags of sync_file_range(2)."""
_REFUSED: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM})


def start_write_back(fd: int, offset: int, length: int) -> None:
    """Ask the system to begin moving these bytes to the disk; never waits, promises nothing."""
    write_range = _find_write_range()
    if write_range is not None:
        write_range(fd, offset, length, _WRITE)
    else:
        _advise(fd, offset, length, "POSIX_FADV_DONTNEED")


def push_out(fd: int) -> None:
    """Wait until the disk has taken what was written to the file so far, then forget its pages.

    Raises:
        OSError: The disk did not take it.
    """
    if sys.platform != "win32" and not _wait_for_write_back(fd):
        os.fsync(fd)
    forget_pages(fd)


def forget_pages(fd: int) -> None:
    """Ask the system to forget a file's pages, so that what is read next comes from the disk."""
    _advise(fd, 0, 0, "POSIX_FADV_DONTNEED")


def fetch_pages(fd: int, length: int) -> None:
    """Ask the system to begin reading the first bytes from the disk; never waits."""
    _advise(fd, 0, length, "POSIX_FADV_WILLNEED")


def bypass(fd: int, *, wanted: bool) -> bool:
    """Have an open file read and written past memory from now on, or no longer: open(2), O_DIRECT.

    Offsets, lengths and the memory used must be multiples of what the disk counts in meanwhile,
    which is never more than `PAGE_BYTES` where this was seen; else a call fails with EINVAL.

    Returns:
        Whether memory is passed by now: False also where the system or the disk has no such way.
    """
    if not hasattr(os, "O_DIRECT"):
        return False
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        told = flags | os.O_DIRECT if wanted else flags & ~os.O_DIRECT
        fcntl.fcntl(fd, fcntl.F_SETFL, told)
    except OSError:
        return False
    return wanted


def _advise(fd: int, offset: int, length: int, advice: str) -> None:
    if hasattr(os, "posix_fadvise"):
        try:
            os.posix_fadvise(fd, offset, length, getattr(os, advice))
        except OSError:
            return  # advice only


def _wait_for_write_back(fd: int) -> bool:
    """False where the system has no way to wait for a file's bytes alone."""
    write_range = _find_write_range()
    if write_range is None:
        return False
    if write_range(fd, 0, 0, _WAIT_BEFORE | _WRITE | _WAIT_AFTER) == 0:
        return True
    import ctypes  # noqa: PLC0415 - found below, 4 ms

    code = ctypes.get_errno()
    if code in _REFUSED:
        return False
    raise OSError(code, os.strerror(code))


@cache
def _find_write_range() -> Callable[[int, int, int, int], int] | None:
    if sys.platform != "linux":
        return None
    import ctypes  # noqa: PLC0415 - 4 ms, for large files only

    try:
        function = ctypes.CDLL(None, use_errno=True).sync_file_range
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    found: Callable[[int, int, int, int], int] = function
    return found

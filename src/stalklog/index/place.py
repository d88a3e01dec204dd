"""Where the index is kept: a file of this user alone, or it is not trusted and made again.

What stands there is removed, never followed, where it is a link or a device, belongs to somebody
else, has a second name, or could have been written by others. A folder of which that is true is
not used at all. On Windows only the kind of a file is looked at.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_BESIDE: Final = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database: it is played back into it, so it must be ours as well."""
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_MAY_READ: Final = stat.S_IRGRP | stat.S_IROTH
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
"""A name that is taken is refused, a link's as well: open(2)."""


class NoPlaceError(Exception):
    """Nothing can be kept there; nothing outside was touched."""


def prepare(path: Path) -> int:
    """Have a file of this user alone there, empty where none could be trusted; its inode.

    Raises:
        NoPlaceError: The folder is not this user's alone, or nothing can be written in it.
    """
    try:
        with suppress(FileExistsError):
            path.parent.mkdir(mode=0o700)
        _require_own_folder(path.parent)
        names = [path, *(path.with_name(path.name + end) for end in _BESIDE)]
        if not all(_is_own_file(name) for name in names) or not _is_there(path):
            discard(path)
            os.close(os.open(path, _NEW, 0o600))
        return _narrow(path)
    except OSError as error:
        raise NoPlaceError from error


def require_same(path: Path, inode: int) -> None:
    """Have nobody put another file there in the meantime.

    Raises:
        NoPlaceError: It is another one now.
    """
    try:
        found = path.lstat()
    except OSError as error:
        raise NoPlaceError from error
    if not stat.S_ISREG(found.st_mode) or found.st_ino != inode:
        raise NoPlaceError


def discard(path: Path) -> None:
    """Remove the index, and what SQLite keeps beside it; a link is removed, not what it names.

    Raises:
        OSError: It cannot be removed: a folder, or in a folder where nothing can be changed.
    """
    for name in (*(path.with_name(path.name + end) for end in _BESIDE), path):
        name.unlink(missing_ok=True)


def _require_own_folder(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or not _is_own(found):
        raise NoPlaceError


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _is_own_file(path: Path) -> bool:
    """Whether nothing is there, or a plain file that only this user can have written."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and _is_own(found)


def _is_own(found: os.stat_result) -> bool:
    if os.name != "posix":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_MAY_WRITE


def _narrow(path: Path) -> int:
    """Let others not even read it.

    It is not opened for that: closing it would drop the locks of an index that this process has
    open there (fcntl(2)).
    """
    found = path.lstat()
    if os.name == "posix" and found.st_mode & _OTHERS_MAY_READ:
        with suppress(PermissionError):  # some file systems know no modes
            path.chmod(0o600)
    return found.st_ino

"""Every system call on a vault's files, and all that differs between operating systems.

Names are relative to the vault, with `/`: `logs/evidence.jsonl`. Nothing here knows what a log or
an object is, and nothing above here calls the operating system for a file of the vault: the
power-loss model in the tests stands in for exactly this class.

Linux is what this was run on. macOS and Windows branches follow the documentation: `F_FULLFSYNC`
(fcntl(2) of macOS), no folder sync, no `dir_fd` and byte-range locks on Windows.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, Protocol, TypeAlias

from stalklog.vault.pages import (
    PAGE_BYTES,
    bypass,
    fetch_pages,
    forget_pages,
    push_out,
    start_write_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Kind: TypeAlias = Literal["file", "folder", "link", "other"]

FILE_MODE: Final = 0o600
OBJECT_MODE: Final = 0o400
FOLDER_MODE: Final = 0o700
WRITE_BEHIND_BYTES: Final = 8 * 1024 * 1024
"""How far a large file is written before the system is told to begin moving it to the disk."""
_SYNCFS_SINCE = (5, 8)
"""From this Linux on, `syncfs` reports write errors: syncfs(2)."""
_FETCH_BYTES = 1 << 20
"""How much of a file the disk is asked for ahead; from there the system goes on by itself."""
_STREAM_BYTES = 1 << 18
"""How much a stream reads at once."""
_MANY = 8
"""From this many files on, one `syncfs` is cheaper than an `fsync` each."""

_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_CLOEXEC: Final = getattr(os, "O_CLOEXEC", 0)
_NONBLOCK: Final = getattr(os, "O_NONBLOCK", 0)
_DIRECTORY: Final = getattr(os, "O_DIRECTORY", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)
_PAUSES_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""How long a rename waits for a reader to let go, on Windows only."""
_HAS_DIR_FD: Final = os.open in os.supports_dir_fd

_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES})


class NotRegularFileError(OSError):
    """A name of the vault is a link, a folder or a device where a file should be."""


ABSENT: Final = (FileNotFoundError, NotADirectoryError, NotRegularFileError)
"""Raised where no such file is there to be read: that is for whoever looks to judge. Any other
`OSError` is the system's own failing, and says nothing of what the vault holds."""


class Reading(Protocol):
    """An open file of the vault, for reading."""

    size_bytes: int

    def read_into(self, buffer: memoryview) -> int:
        """Fill the buffer from where the last read ended; 0 at the end of the file."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Writing(Protocol):
    """A new file of the vault, being written."""

    def write(self, data: bytes | memoryview) -> None:
        """Append all of the data, however many calls that takes."""
        ...

    def write_through(self, data: memoryview) -> None:
        """The same, past memory where that is possible: for much data, in memory of whole pages."""
        ...

    def sync(self) -> None:
        """Have the bytes on the disk before this returns."""
        ...

    def close(self) -> None:
        """Let go of the file; an error here means that its bytes may be lost."""
        ...


class Held(Protocol):
    """A lock that is held."""

    def release(self) -> None:
        """Let others have it."""
        ...


class Disk:
    """The files below one vault's folder."""

    def __init__(self, root: Path) -> None:
        self.root = _reachable(root)
        self._folders: dict[str, int] = {}

    def close(self) -> None:
        """Let go of the folders that were kept open."""
        while self._folders:
            with suppress(OSError):  # only looked into: nothing can be lost with it
                os.close(self._folders.popitem()[1])

    def __del__(self) -> None:
        if hasattr(self, "_folders"):  # not where it could not even begin
            self.close()

    def place_for_others(self) -> Path | None:
        """Where another process finds the same files; None where it cannot."""
        return self.root

    # Looking

    def kind(self, name: str) -> Kind | None:
        """What stands under this name, links not followed; None for nothing."""
        try:
            folder, path = self._locate(name)
            mode = os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            return None
        return _kind_of(mode)

    def mode(self, name: str) -> int:
        """The permission bits of a file or folder, links not followed."""
        folder, path = self._locate(name)
        return stat.S_IMODE(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode)

    def list(self, folder: str) -> list[str]:
        """The names in a folder, sorted."""
        place = self._folder_fd(folder) if _HAS_DIR_FD else self.root / folder
        return sorted(os.listdir(place))  # noqa: PTH208 - by descriptor where there is one

    def size(self, name: str) -> int:
        """How many bytes a file has."""
        folder, path = self._locate(name)
        return os.stat(path, dir_fd=folder, follow_symlinks=False).st_size

    def recall(self, name: str) -> Reading:
        """Open a file that was just written and synced, so that it is read from the disk.

        The disk begins to bring it at once; nothing waits until it is read.
        """
        fd = self._open(name, os.O_RDONLY)
        forget_pages(fd)
        fetch_pages(fd, _FETCH_BYTES)
        return _OpenFile(fd, 0)

    def follow(self, name: str) -> Reading:
        """Open a file that is being written, so that it is read as the disk has it.

        Before each read the disk has to take what was written so far; it may still not last: for
        that there is a sync. What is read into must be whole pages of memory.
        """
        return _FollowedFile(self._open(name, os.O_RDONLY))

    def open(self, name: str) -> Reading:
        """Open a regular file for reading.

        Raises:
            NotRegularFileError: It is a link, a folder or a device.
        """
        fd = self._open(name, os.O_RDONLY | _NONBLOCK)
        try:
            return _OpenFile(fd, _require_regular(fd, name))
        except BaseException:
            os.close(fd)
            raise

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes of a file from `start`, at most `length` of them."""
        fd = self._open(name, os.O_RDONLY | _NONBLOCK)
        try:
            size_bytes = _require_regular(fd, name)
            wanted = size_bytes - start if length is None else length
            os.lseek(fd, start, os.SEEK_SET)
            return _read_all(fd, max(0, wanted))
        finally:
            os.close(fd)

    def stream(self, name: str) -> BinaryIO:
        """A regular file, open for reading, in which one can jump.

        Raises:
            NotRegularFileError: It is a link, a folder or a device.
        """
        fd = self._open(name, os.O_RDONLY | _NONBLOCK)
        try:
            _require_regular(fd, name)
            return os.fdopen(fd, "rb", _STREAM_BYTES)
        except BaseException:
            os.close(fd)
            raise

    # Writing

    def make_folder(self, name: str) -> None:
        """Make a folder for this user only; one that is there stays."""
        folder, path = self._locate(name)
        with suppress(FileExistsError):
            os.mkdir(path, FOLDER_MODE, dir_fd=folder)

    def create(self, name: str, mode: int = FILE_MODE) -> Writing:
        """A new file for this user only; its maker may write it, whatever the mode.

        Raises:
            FileExistsError: The name is taken; nothing was changed.
        """
        if sys.platform == "win32":
            mode = FILE_MODE  # what is read-only there cannot be removed from `tmp/` either
        return _NewFile(self._open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))

    def write_at(self, name: str, offset: int, data: bytes) -> None:
        """Put all of the data at that place of a file that exists."""
        fd = self._open(name, os.O_WRONLY)
        try:
            os.lseek(fd, offset, os.SEEK_SET)
            _write_all(fd, data)
        finally:
            os.close(fd)

    def truncate(self, name: str, size_bytes: int) -> None:
        """Cut a file to that length."""
        fd = self._open(name, os.O_WRONLY)
        try:
            os.ftruncate(fd, size_bytes)
        finally:
            os.close(fd)

    def sync(self, name: str) -> None:
        """Have a file's bytes on the disk before this returns."""
        fd = self._open(name, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        try:
            _full_sync(fd)
        finally:
            os.close(fd)

    def sync_many(self, names: Sequence[str]) -> None:
        """Have the bytes of all these files on the disk before this returns."""
        syncfs = _find_syncfs() if len(names) >= _MANY else None
        if syncfs is not None and _sync_file_system(syncfs, self._folder_fd("")):
            return
        for name in names:
            self.sync(name)

    def sync_folders(self, names: Sequence[str]) -> None:
        """Have the names in all these folders on the disk before this returns."""
        syncfs = _find_syncfs() if len(names) >= _MANY else None
        if syncfs is not None and _sync_file_system(syncfs, self._folder_fd("")):
            return
        for name in names:
            self.sync_folder(name)

    def sync_folder(self, name: str) -> None:
        """Have a folder's names on the disk before this returns; `""` is the vault's own folder."""
        if sys.platform == "win32":
            return  # a folder cannot be flushed there; NTFS journals its names
        try:
            _full_sync(self._folder_fd(name))
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:  # such file systems have no folder sync
                raise

    def sync_parent(self) -> None:
        """Have the vault folder's own name, and those above it, on the disk before this returns."""
        for parent in self.root.absolute().parents:
            sync_place(parent)

    def rename(self, source: str, target: str) -> None:
        """Give a file its new name; a file of that name is replaced as a whole."""
        from_folder, from_path = self._locate(source)
        to_folder, to_path = self._locate(target)
        for pause_s in _PAUSES_S if sys.platform == "win32" else ():
            try:
                os.replace(from_path, to_path)  # noqa: PTH105 - as below
            except PermissionError:
                time.sleep(pause_s)  # a reader has it open for a moment: not possible there
            else:
                return
        os.replace(from_path, to_path, src_dir_fd=from_folder, dst_dir_fd=to_folder)

    def remove(self, name: str) -> None:
        """Remove a temporary file: nothing outside `tmp/` is ever removed."""
        if not name.startswith("tmp/"):
            raise ValueError(name)
        folder, path = self._locate(name)
        os.unlink(path, dir_fd=folder)

    # Locking

    def try_lock(self, *, exclusive: bool) -> Held | None:
        """Take the vault's lock, alone or beside other readers; None where another has it."""
        flags = os.O_RDWR | os.O_CREAT if exclusive else os.O_RDONLY
        fd = self._open("lock", flags | _NONBLOCK)
        try:
            _require_regular(fd, "lock")
            if _lock(fd, exclusive=exclusive) and self._is_same("lock", fd):
                return _HeldLock(fd)
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        return None

    def _is_same(self, name: str, fd: int) -> bool:
        folder, path = self._locate(name)
        return os.path.samestat(os.fstat(fd), os.stat(path, dir_fd=folder, follow_symlinks=False))

    # Names

    def _open(self, name: str, flags: int, mode: int = FILE_MODE) -> int:
        folder, path = self._locate(name)
        try:
            return os.open(path, flags | _NOFOLLOW | _CLOEXEC | _BINARY, mode, dir_fd=folder)
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO}:
                raise NotRegularFileError(error.errno, "not a regular file", name) from None
            raise

    def _locate(self, name: str) -> tuple[int | None, str]:
        if not _HAS_DIR_FD:
            return None, str(self.root / name)
        folder, _, last = name.rpartition("/")
        return self._folder_fd(folder), last or "."

    def _folder_fd(self, name: str) -> int:
        fd = self._folders.get(name)
        if fd is None:
            fd = self._folders[name] = self._open_folder(name)
        return fd

    def _open_folder(self, name: str) -> int:
        flags = os.O_RDONLY | _DIRECTORY | _CLOEXEC
        if not name:
            return os.open(self.root, flags)
        parent, _, last = name.rpartition("/")
        return os.open(last, flags | _NOFOLLOW, dir_fd=self._folder_fd(parent))


class _OpenFile:
    def __init__(self, fd: int, size_bytes: int) -> None:
        self._fd = fd
        self.size_bytes = size_bytes

    def read_into(self, buffer: memoryview) -> int:
        return _read_into(self._fd, buffer)

    def close(self) -> None:
        os.close(self._fd)


class _FollowedFile:
    """A file that is read past memory; through it from where the disk refuses that.

    Pages are forgotten before each read either way: a file system may go through memory on its own
    account, as btrfs(5) does for what it compresses.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.size_bytes = 0
        self._is_past_memory = bypass(fd, wanted=True)

    def read_into(self, buffer: memoryview) -> int:
        push_out(self._fd)
        try:
            return _read_into(self._fd, buffer)
        except OSError as error:
            if error.errno != errno.EINVAL or not self._is_past_memory:
                raise
        bypass(self._fd, wanted=False)
        self._is_past_memory = False
        return _read_into(self._fd, buffer)

    def close(self) -> None:
        forget_pages(self._fd)
        os.close(self._fd)


class _NewFile:
    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._written = 0
        self._pushed = 0

    def write(self, data: bytes | memoryview) -> None:
        _write_all(self._fd, data)
        self._written += len(data)
        if self._written - self._pushed >= WRITE_BEHIND_BYTES:
            start_write_back(self._fd, self._pushed, self._written - self._pushed)
            self._pushed = self._written

    def write_through(self, data: memoryview) -> None:
        whole = len(data) - len(data) % PAGE_BYTES
        done = 0
        if self._written % PAGE_BYTES == 0 and bypass(self._fd, wanted=True):
            try:
                done = _write_pages(self._fd, data[:whole])
            finally:
                bypass(self._fd, wanted=False)
        self._written += done
        if done < len(data):
            self.write(data[done:])

    def sync(self) -> None:
        _full_sync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


class _HeldLock:
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def release(self) -> None:
        with suppress(OSError):  # nothing was written through it
            os.close(self._fd)  # the system drops the lock with the last descriptor


def sync_place(folder: Path) -> None:
    """Have the names in a folder outside the vault on the disk, where its system can do that.

    Raises:
        OSError: The disk fails.
    """
    if sys.platform == "win32":
        return
    try:
        fd = os.open(folder, os.O_RDONLY | _CLOEXEC)
        try:
            _full_sync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC | {errno.EPERM, errno.EROFS}:
            raise  # a folder that is not ours may refuse; a failing disk is told


def _kind_of(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def _require_regular(fd: int, name: str) -> int:
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        raise NotRegularFileError(errno.EINVAL, "not a regular file", name)
    return found.st_size


def _read_all(fd: int, wanted: int) -> bytes:
    parts: list[bytes] = []
    while wanted > 0:
        part = os.read(fd, min(wanted, 1 << 20))
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _read_into(fd: int, buffer: memoryview) -> int:
    return os.readv(fd, [buffer]) if hasattr(os, "readv") else _read_copy(fd, buffer)


def _read_copy(fd: int, buffer: memoryview) -> int:
    data = os.read(fd, len(buffer))
    buffer[: len(data)] = data
    return len(data)


def _write_all(fd: int, data: bytes | memoryview) -> None:
    left = memoryview(data)
    while left:
        written = os.write(fd, left)
        if written <= 0:
            raise OSError(errno.EIO, "nothing was written")
        left = left[written:]


def _write_pages(fd: int, data: memoryview) -> int:
    """Write whole pages past memory, until the disk refuses them so; how many bytes it took."""
    done = 0
    while done < len(data):
        try:
            written = os.write(fd, data[done:])
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            break
        if written <= 0:
            break
        done += written
    return done


def _full_sync(fd: int) -> None:
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - only there is F_FULLFSYNC

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in {errno.ENOTSUP, errno.ENOTTY, errno.EINVAL}:
                raise
        else:
            return
    os.fsync(fd)


def _sync_file_system(syncfs: Callable[[int], int], fd: int) -> bool:
    """One `syncfs` for everything; False where the file system does not have it."""
    if syncfs(fd) == 0:
        return True
    import ctypes  # noqa: PLC0415 - found above, 4 ms

    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code))


def _reachable(root: Path) -> Path:
    """The folder by a name of any length: Windows wants a prefix for long ones."""
    if sys.platform == "win32" and not str(root).startswith("\\\\"):
        return type(root)("\\\\?\\" + str(root.absolute()))
    return root


def _find_syncfs() -> Callable[[int], int] | None:
    if sys.platform != "linux" or _linux_version() < _SYNCFS_SINCE:
        return None
    import ctypes  # noqa: PLC0415 - 4 ms, for bulk adds only

    try:
        function: Callable[[int], int] = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    return function


def _linux_version() -> tuple[int, int]:
    major, minor = os.uname().release.split(".")[:2]
    digits = "".join(character for character in minor if character.isdigit())
    return int(major), int(digits or 0)


def _lock(fd: int, *, exclusive: bool) -> bool:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only there

        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLOCK}:
                return False
            raise
        return True
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        fcntl.flock(fd, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            return False
        raise
    return True

"""What the system is asked for, call by call, and that every file is let go of."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stalklog.vault import disk as module
from stalklog.vault.disk import (
    FILE_MODE,
    OBJECT_MODE,
    WRITE_BEHIND_BYTES,
    Disk,
    NotRegularFileError,
    sync_place,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC
"""What every file is opened with: no link is followed, and no other program gets it."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path)
    for folder in ("tmp", "logs"):
        made.make_folder(folder)
    (tmp_path / "logs" / "a").write_bytes(b"0123456789")
    (tmp_path / "logs" / "a").chmod(0o600)
    yield made
    made.close()


class Calls:
    """The calls of some functions of `os`, which are made all the same."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[list[Any]] = []
        self._patch = monkeypatch
        self.open: set[int] = set()
        for name in ("open", "close"):
            self.watch(name)

    def watch(self, name: str, instead: Callable[..., Any] | None = None) -> None:
        good = getattr(os, name)

        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            self.made.append([name, *given])
            found = (instead or good)(*given, **named)
            if name == "open":
                self.open.add(found)
            elif name == "close":
                self.open.discard(given[0])
            return found

        self._patch.setattr(os, name, call)

    def of(self, name: str) -> list[list[Any]]:
        return [given for found, *given in self.made if found == name]


@pytest.fixture
def calls(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Calls:
    disk.list("logs")  # so that the folders are open already
    disk.list("tmp")
    return Calls(monkeypatch)


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


# Looking


def test_what_stands_under_a_name_is_told_without_following_it(disk: Disk) -> None:
    (disk.root / "link").symlink_to("logs")
    os.mkfifo(disk.root / "pipe")
    kinds = {name: disk.kind(name) for name in ("", "logs", "logs/a", "link", "pipe", "gone")}
    assert kinds == {
        "": "folder",
        "logs": "folder",
        "logs/a": "file",
        "link": "link",
        "pipe": "other",
        "gone": None,
    }
    assert disk.kind("logs/a/b") is None
    assert disk.kind("gone/a") is None


def test_a_folder_that_is_a_link_is_not_gone_into(disk: Disk) -> None:
    (disk.root / "linked").symlink_to("logs")
    with pytest.raises(NotADirectoryError):
        disk.list("linked")
    assert disk.kind("linked/a") is None


def test_names_come_sorted_and_sizes_and_rights_as_they_are(disk: Disk) -> None:
    for name in ("c", "b"):
        disk.create(f"logs/{name}", 0o640).close()
    assert disk.list("logs") == ["a", "b", "c"]
    assert disk.list("") == ["logs", "tmp"]
    assert (disk.size("logs/a"), disk.size("logs/b")) == (10, 0)
    assert disk.mode("logs/a") == 0o600
    assert disk.mode("logs") == 0o700
    (disk.root / "logs" / "link").symlink_to("nowhere")
    assert disk.mode("logs/link") == 0o777
    assert disk.size("logs/link") == len("nowhere")


@pytest.mark.parametrize(
    ("start", "length", "data"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (3, 99, b"3456789"),
        (3, 0, b""),
        (3, -1, b""),
        (99, None, b""),
        (10, 1, b""),
    ],
)
def test_a_part_of_a_file_is_read(
    disk: Disk, calls: Calls, start: int, length: int | None, data: bytes
) -> None:
    assert disk.read("logs/a", start, length) == data
    assert calls.of("open") == [["a", os.O_RDONLY | os.O_NONBLOCK | FLAGS, FILE_MODE]]
    assert not calls.open


def test_reading_goes_on_where_the_system_gives_less(disk: Disk, calls: Calls) -> None:
    good, most = os.read, 3
    calls.watch("read", lambda fd, length: good(fd, min(most, length)))
    assert disk.read("logs/a", 1, 8) == b"12345678"
    assert [length for _fd, length in calls.of("read")] == [8, 5, 2]
    most = 1 << 20
    (disk.root / "logs" / "a").write_bytes(bytes((1 << 20) + 5))
    calls.made.clear()
    assert len(disk.read("logs/a", 0, 100 + (1 << 20))) == 5 + (1 << 20)
    assert max(length for _fd, length in calls.of("read")) == 1 << 20


def read_through(disk: Disk, name: str, size: int) -> list[bytes]:
    reading, buffer, parts = disk.open(name), memoryview(bytearray(size)), []
    while count := reading.read_into(buffer):
        parts.append(bytes(buffer[:count]))
    reading.close()
    return parts


@pytest.mark.parametrize("has_readv", [True, False])
def test_an_open_file_is_read_into_a_buffer(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch, has_readv: bool
) -> None:
    calls.watch("read")
    calls.watch("readv")
    if not has_readv:
        monkeypatch.delattr(os, "readv")
    assert read_through(disk, "logs/a", 4) == [b"0123", b"4567", b"89"]
    assert len(calls.of("readv" if has_readv else "read")) == 4
    assert calls.of("read" if has_readv else "readv") == []
    assert calls.of("open") == [["a", os.O_RDONLY | os.O_NONBLOCK | FLAGS, FILE_MODE]]
    assert not calls.open
    reading = disk.open("logs/a")
    assert reading.size_bytes == 10
    reading.close()


def test_a_copy_that_is_recalled_is_forgotten_and_fetched_first(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(module, "forget_pages", lambda fd: asked.append(("forget", fd)))
    monkeypatch.setattr(module, "fetch_pages", lambda fd, size: asked.append(("fetch", fd, size)))
    monkeypatch.setattr(module, "push_out", lambda fd: asked.append(("push out", fd)))
    reading = disk.recall("logs/a")
    (fd,) = calls.open
    assert asked == [("forget", fd), ("fetch", fd, 1 << 20)]
    assert reading.size_bytes == 0  # not asked for: it is read to its end
    reading.close()
    assert not calls.open
    assert calls.of("open")[0] == ["a", os.O_RDONLY | FLAGS, FILE_MODE]


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What is asked for beside memory, in its order; every way past it is there."""
    asked: list[tuple[object, ...]] = []

    def bypass(fd: int, *, wanted: bool) -> bool:
        asked.append(("bypass", fd, wanted))
        return wanted

    monkeypatch.setattr(module, "bypass", bypass)
    monkeypatch.setattr(module, "forget_pages", lambda fd: asked.append(("forget", fd)))
    monkeypatch.setattr(module, "push_out", lambda fd: asked.append(("push out", fd)))
    return asked


def test_a_copy_that_is_followed_is_pushed_out_before_each_read(
    disk: Disk, calls: Calls, passing: list[tuple[object, ...]]
) -> None:
    buffer = memoryview(bytearray(6))
    reading = disk.follow("logs/a")
    (fd,) = calls.open
    assert (reading.size_bytes, reading.read_into(buffer), bytes(buffer)) == (0, 6, b"012345")
    assert (reading.read_into(buffer), bytes(buffer[:4])) == (4, b"6789")
    reading.close()
    bypassed, push, forget = ("bypass", fd, True), ("push out", fd), ("forget", fd)
    assert passing == [bypassed, push, push, forget]
    assert not calls.open
    assert calls.of("open")[0] == ["a", os.O_RDONLY | FLAGS, FILE_MODE]


def test_where_the_disk_refuses_to_be_read_past_memory_it_is_read_through_it(
    disk: Disk, calls: Calls, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, buffer = disk.follow("logs/a"), memoryview(bytearray(6))
    (fd,) = calls.open
    whole, refusals = os.readv, [errno.EINVAL]

    def refuse(fd: int, buffers: list[memoryview]) -> int:
        if refusals:
            raise OSError(refusals.pop(), "refused")
        return whole(fd, buffers)

    monkeypatch.setattr(os, "readv", refuse)
    assert (reading.read_into(buffer), bytes(buffer)) == (6, b"012345")
    bypassed, push, back = ("bypass", fd, True), ("push out", fd), ("bypass", fd, False)
    assert passing == [bypassed, push, back]
    refusals.append(errno.EINVAL)  # now that memory is in the way it is another fault
    with pytest.raises(OSError, match="refused"):
        reading.read_into(buffer)
    reading.close()


def test_any_other_fault_of_a_copy_that_is_followed_is_told(
    disk: Disk, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = disk.follow("logs/a")
    monkeypatch.setattr(os, "readv", failing(errno.EIO))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        reading.read_into(memoryview(bytearray(6)))
    reading.close()
    assert ("bypass", False) not in [(what, *told[1:]) for what, *told in passing]


def test_who_jumps_in_a_file_reads_much_at_once(disk: Disk, calls: Calls) -> None:
    calls.watch("fdopen")
    with disk.stream("logs/a") as stream:
        assert stream.read(3) == b"012"
        stream.seek(-1, os.SEEK_END)
        assert stream.read() == b"9"
    assert calls.of("open") == [["a", os.O_RDONLY | os.O_NONBLOCK | FLAGS, FILE_MODE]]
    (fd,) = calls.open
    assert calls.of("fdopen") == [[fd, "rb", 1 << 18]]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_what_is_no_file_is_told_by_its_name_and_let_go(disk: Disk, calls: Calls) -> None:
    os.mkfifo(disk.root / "logs" / "pipe")
    (disk.root / "logs" / "link").symlink_to("a")
    for look in (disk.open, disk.read, disk.stream):
        for name in ("logs/pipe", "logs/link", "logs"):
            with pytest.raises(NotRegularFileError, match="not a regular file") as caught:
                look(name)
            assert caught.value.filename == name
            assert caught.value.strerror == "not a regular file"
            assert caught.value.errno in {errno.EINVAL, errno.ELOOP}
    assert not calls.open


@pytest.mark.parametrize("code", [errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO])
def test_where_the_system_itself_refuses_to_open_it_is_no_file(
    disk: Disk, calls: Calls, code: int
) -> None:
    calls.watch("open", failing(code))
    with pytest.raises(NotRegularFileError, match="not a regular file") as caught:
        disk.open("logs/a")
    assert (caught.value.errno, caught.value.filename) == (code, "logs/a")


def test_any_other_refusal_is_told_as_it_is(disk: Disk, calls: Calls) -> None:
    calls.watch("open", failing(errno.EACCES))
    with pytest.raises(PermissionError):
        disk.open("logs/a")


def test_folders_are_opened_once_and_let_go(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.make_folder("logs/deep")
    disk.close()
    calls = Calls(monkeypatch)
    for _ in range(2):
        disk.kind("logs/deep/a")
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    assert calls.of("open") == [
        [disk.root, flags],
        ["logs", flags | os.O_NOFOLLOW],
        ["deep", flags | os.O_NOFOLLOW],
    ]
    disk.close()
    assert not calls.open


# Writing


def test_a_new_file_is_hers_alone_and_over_no_other(disk: Disk, calls: Calls) -> None:
    writing = disk.create("tmp/a")
    writing.write(b"abc")
    writing.write(memoryview(b"def"))
    writing.close()
    assert (disk.read("tmp/a"), disk.mode("tmp/a")) == (b"abcdef", FILE_MODE)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | FLAGS
    assert calls.of("open")[0] == ["a", flags, FILE_MODE]
    disk.create("tmp/b", OBJECT_MODE).close()
    assert disk.mode("tmp/b") == OBJECT_MODE
    with pytest.raises(FileExistsError):
        disk.create("logs/a")
    assert disk.read("logs/a") == b"0123456789"
    assert not calls.open


def test_windows_makes_no_file_that_it_could_not_remove(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    disk.create("tmp/a", OBJECT_MODE).close()
    assert disk.mode("tmp/a") == FILE_MODE


def test_a_long_file_is_moved_to_the_disk_while_it_is_written(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def start(fd: int, offset: int, length: int) -> None:
        assert os.fstat(fd).st_size == offset + length
        asked.append((offset, length))

    monkeypatch.setattr(module, "start_write_back", start)
    monkeypatch.setattr(module, "WRITE_BEHIND_BYTES", 10)
    writing = disk.create("tmp/a")
    for size in (9, 1, 9, 12, 10):
        writing.write(bytes(size))
    writing.close()
    assert asked == [(0, 10), (10, 21), (31, 10)]
    assert WRITE_BEHIND_BYTES > 1 << 20


PAGE = bytes(range(256)) * 16


def test_whole_pages_are_written_past_memory_and_what_follows_is_not(
    disk: Disk, calls: Calls, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = disk.create("tmp/a")
    (fd,) = calls.open
    writing.write(PAGE)
    write, sizes = os.write, []

    def note(fd: int, data: memoryview) -> int:
        sizes.append((len(data), passing[-1][2]))
        return write(fd, data)

    monkeypatch.setattr(os, "write", note)
    writing.write_through(memoryview(PAGE * 2))
    assert passing == [("bypass", fd, True), ("bypass", fd, False)]
    writing.write_through(memoryview(PAGE + b"no page"))
    assert passing == [("bypass", fd, True), ("bypass", fd, False)] * 2
    writing.write_through(memoryview(PAGE))  # begins where no page does
    writing.close()
    assert sizes == [(8192, True), (4096, True), (7, False), (4096, False)]
    assert len(passing) == 4
    assert disk.read("tmp/a") == PAGE * 4 + b"no page" + PAGE


def test_where_there_is_no_way_past_memory_pages_are_written_all_the_same(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "bypass", lambda _fd, *, wanted: False)  # noqa: ARG005
    writing = disk.create("tmp/a")
    writing.write_through(memoryview(PAGE))
    writing.write(b"more")
    writing.close()
    assert disk.read("tmp/a") == PAGE + b"more"


def test_pages_that_the_disk_refuses_past_memory_go_through_it(
    disk: Disk, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, answers = os.write, [4096, 4096, 0]
    pages = b"".join(bytes([number]) * 4096 for number in range(4))

    def write(fd: int, data: memoryview) -> int:
        if not answers:
            return whole(fd, data)
        answer = answers.pop(0)
        if answer == errno.EINVAL:
            raise OSError(answer, "refused")
        return whole(fd, data[:answer])

    writing = disk.create("tmp/a")
    monkeypatch.setattr(os, "write", write)
    writing.write_through(memoryview(pages))
    answers += [4096, errno.EINVAL]
    writing.write_through(memoryview(PAGE * 2))
    writing.close()
    assert disk.read("tmp/a") == pages + PAGE * 2
    assert [told[2] for told in passing] == [True, False] * 2


def test_pages_of_which_the_disk_takes_nothing_are_told(
    disk: Disk, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = disk.create("tmp/a")
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(OSError, match="nothing was written"):
        writing.write_through(memoryview(PAGE))
    writing.close()
    assert len(passing) == 2


def test_what_follows_pages_is_moved_to_the_disk_from_where_it_was(
    disk: Disk, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(module, "start_write_back", lambda _fd, *at: asked.append(at))
    monkeypatch.setattr(module, "WRITE_BEHIND_BYTES", 10)
    writing = disk.create("tmp/a")
    writing.write(PAGE)
    writing.write_through(memoryview(PAGE * 2))
    assert asked == [(0, 4096)]
    writing.write(b"1234")
    writing.close()
    assert asked == [(0, 4096), (4096, 8196)]
    assert len(passing) == 2


def test_pages_that_find_no_room_are_told(
    disk: Disk, passing: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = disk.create("tmp/a")
    monkeypatch.setattr(os, "write", failing(errno.ENOSPC))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        writing.write_through(memoryview(PAGE))
    writing.close()
    assert [told[2] for told in passing] == [True, False]


def test_data_is_put_at_its_place_in_a_file_that_exists(disk: Disk, calls: Calls) -> None:
    disk.write_at("logs/a", 3, b"abc")
    disk.write_at("logs/a", 12, b"x")
    assert disk.read("logs/a") == b"012abc6789\0\0x"
    assert calls.of("open")[0] == ["a", os.O_WRONLY | FLAGS, FILE_MODE]
    disk.truncate("logs/a", 4)
    assert disk.read("logs/a") == b"012a"
    with pytest.raises(FileNotFoundError):
        disk.write_at("logs/gone", 0, b"x")
    with pytest.raises(FileNotFoundError):
        disk.truncate("logs/gone", 0)
    assert disk.kind("logs/gone") is None
    assert not calls.open


def test_a_write_that_writes_nothing_is_an_error(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(OSError, match="nothing was written") as caught:
        disk.write_at("logs/a", 0, b"x")
    assert (caught.value.errno, caught.value.strerror) == (errno.EIO, "nothing was written")


def test_a_folder_that_is_there_stays(disk: Disk) -> None:
    disk.make_folder("logs")
    assert disk.list("logs") == ["a"]
    disk.make_folder("logs/deep")
    assert disk.mode("logs/deep") == 0o700
    with pytest.raises(FileNotFoundError):
        disk.make_folder("gone/deep")


def test_a_file_is_renamed_over_another_and_removed_from_tmp_alone(disk: Disk) -> None:
    disk.create("tmp/b").close()
    disk.rename("tmp/b", "logs/a")
    assert (disk.list("tmp"), disk.list("logs"), disk.size("logs/a")) == ([], ["a"], 0)
    disk.create("tmp/c").close()
    disk.remove("tmp/c")
    assert disk.list("tmp") == []
    with pytest.raises(ValueError, match=r"^logs/a$"):
        disk.remove("logs/a")
    assert disk.list("logs") == ["a"]


def test_windows_waits_for_a_reader_only_so_long(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(module, "_HAS_DIR_FD", False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "replace", failing(errno.EACCES))
    monkeypatch.setattr(time, "sleep", waits.append)
    with pytest.raises(PermissionError):
        disk.rename("logs/a", "tmp/a")
    assert waits == [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8]


# Syncing


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is synced, as the system knows them."""
    found: list[str] = []
    place = Path("/proc/self/fd")
    monkeypatch.setattr(os, "fsync", lambda fd: found.append(str((place / str(fd)).readlink())))
    monkeypatch.setattr(module, "_find_syncfs", lambda: None)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="/proc names what is open")
def test_files_and_folders_are_synced_by_name(disk: Disk, synced: list[str], calls: Calls) -> None:
    disk.create("tmp/b").close()
    calls.made.clear()
    disk.sync("logs/a")
    disk.sync_folder("logs")
    disk.sync_folder("")
    disk.sync_many(["logs/a", "tmp/b"])
    disk.sync_folders(["tmp", "logs"])
    writing = disk.create("tmp/c")
    writing.sync()
    writing.close()
    names = ("logs/a", "logs", "", "logs/a", "tmp/b", "tmp", "logs", "tmp/c")
    assert synced == [str(disk.root / name) for name in names]
    assert calls.of("open")[0] == ["a", os.O_RDONLY | FLAGS, FILE_MODE]
    assert not calls.open


@pytest.mark.skipif(sys.platform != "linux", reason="/proc names what is open")
def test_every_folder_above_the_vault_is_synced(
    disk: Disk, synced: list[str], calls: Calls
) -> None:
    disk.sync_parent()
    assert synced == [str(parent) for parent in disk.root.parents]
    flags = os.O_RDONLY | os.O_CLOEXEC
    assert calls.of("open") == [[parent, flags] for parent in disk.root.parents]
    assert not calls.open


def test_windows_opens_a_file_for_writing_to_sync_it(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    disk.sync("logs/a")
    assert calls.of("open") == [["a", os.O_RDWR | FLAGS, FILE_MODE]]
    calls.made.clear()
    sync_place(disk.root)
    disk.sync_folder("logs")
    assert calls.made == []


REFUSED = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES)


@pytest.mark.parametrize("code", [*REFUSED, errno.EPERM, errno.EROFS, errno.EIO])
def test_a_file_system_without_folder_sync_is_no_error_and_a_failing_disk_is(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(os, "fsync", failing(code))
    ways: tuple[tuple[Callable[[], None], tuple[int, ...]], ...] = (
        (lambda: disk.sync_folder("logs"), REFUSED),
        (lambda: sync_place(disk.root), (*REFUSED, errno.EPERM, errno.EROFS)),
    )
    for sync, refused in ways:
        if code in refused:
            sync()
        else:
            with pytest.raises(OSError, match=os.strerror(code)):
                sync()
    with pytest.raises(OSError, match=os.strerror(code)):
        disk.sync("logs/a")


@pytest.mark.parametrize("code", [errno.ENOTSUP, errno.ENOTTY, errno.EINVAL, errno.EIO])
def test_on_macos_a_drive_that_cannot_flush_is_synced_and_one_that_fails_is_told(
    disk: Disk, synced: list[str], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def flush(fd: int, command: int) -> None:
        assert (os.fstat(fd).st_size, command) == (10, 51)
        raise OSError(code, os.strerror(code))

    stand_in = SimpleNamespace(F_FULLFSYNC=51, fcntl=flush)
    monkeypatch.setitem(sys.modules, "fcntl", stand_in)
    monkeypatch.setattr(sys, "platform", "darwin")
    if code == errno.EIO:
        with pytest.raises(OSError, match=os.strerror(code)):
            disk.sync("logs/a")
        assert synced == []
    else:
        disk.sync("logs/a")
        assert len(synced) == 1


def syncing(disk: Disk, many: bool, names: list[str]) -> None:
    if many:
        disk.sync_many(names)
    else:
        disk.sync_folders(names)


@pytest.mark.parametrize("many", [True, False])
@pytest.mark.parametrize(("count", "is_at_once"), [(7, False), (8, True)])
def test_from_some_files_on_the_file_system_is_synced_at_once(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, many: bool, count: int, is_at_once: bool
) -> None:
    at_once: list[int] = []
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)

    def syncfs(fd: int) -> int:
        at_once.append(fd)
        return 0

    monkeypatch.setattr(module, "_find_syncfs", lambda: syncfs)
    syncing(disk, many, ["logs/a" if many else "logs"] * count)
    assert at_once == ([disk._folder_fd("")] if is_at_once else [])
    assert len(synced) == (0 if is_at_once else count)


@pytest.mark.parametrize("many", [True, False])
@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EIO])
def test_where_that_cannot_be_done_each_is_synced_and_where_it_fails_that_is_told(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, many: bool, code: int
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setattr(module, "_find_syncfs", lambda: lambda _fd: -1)
    monkeypatch.setattr(ctypes, "get_errno", lambda: code)
    names = ["logs/a" if many else "logs"] * 8
    if code == errno.EIO:
        with pytest.raises(OSError, match=os.strerror(code)) as caught:
            syncing(disk, many, names)
        assert caught.value.errno == code
        assert synced == []
    else:
        syncing(disk, many, names)
        assert len(synced) == 8


@pytest.mark.parametrize(
    ("platform", "release", "has_it"),
    [
        ("linux", "5.8.0-generic", True),
        ("linux", "5.10-rc1", True),
        ("linux", "6.1", True),
        ("linux", "5.7.99", False),
        ("linux", "4.19.0", False),
        ("linux", "5.x", False),
        ("linux", "6.x", True),
        ("darwin", "22.1.0", False),
        ("win32", "10.0", False),
    ],
)
def test_only_a_linux_that_tells_of_errors_is_asked(
    monkeypatch: pytest.MonkeyPatch, platform: str, release: str, has_it: bool
) -> None:
    library = SimpleNamespace(syncfs=lambda _fd: 0)

    def load(name: str | None, *, use_errno: bool) -> SimpleNamespace:
        assert (name, use_errno) == (None, True)
        return library

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(release=release))
    monkeypatch.setattr(ctypes, "CDLL", load)
    assert (module._find_syncfs() is library.syncfs) == has_it


def test_a_version_without_a_number_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(release="6.x"))
    assert module._linux_version() == (6, 0)


@pytest.mark.parametrize("error", [OSError("no library"), AttributeError("no such function")])
def test_a_library_without_it_is_none(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def load(*_: object, **__: object) -> object:
        raise error

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "_linux_version", lambda: (6, 1))
    monkeypatch.setattr(ctypes, "CDLL", load)
    assert module._find_syncfs() is None


# Locking


def test_one_has_the_lock_alone_or_some_beside_each_other(disk: Disk, calls: Calls) -> None:
    with pytest.raises(FileNotFoundError):
        disk.try_lock(exclusive=False)  # who only reads makes nothing
    alone = disk.try_lock(exclusive=True)
    assert alone is not None
    assert disk.try_lock(exclusive=True) is None
    assert disk.try_lock(exclusive=False) is None
    alone.release()
    first, second = disk.try_lock(exclusive=False), disk.try_lock(exclusive=False)
    assert first is not None
    assert second is not None
    assert disk.try_lock(exclusive=True) is None
    first.release()
    assert disk.try_lock(exclusive=True) is None
    second.release()
    again = disk.try_lock(exclusive=True)
    assert again is not None
    again.release()
    assert disk.mode("lock") == FILE_MODE
    write, read = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, os.O_RDONLY | os.O_NONBLOCK
    flags = [given[1] for given in calls.of("open") if given[0] == "lock"]
    assert flags == [each | FLAGS for each in (read, write, write, read, read, read, *[write] * 3)]
    assert not calls.open


@pytest.mark.parametrize("special", ["pipe", "link"])
def test_a_lock_that_is_no_file_is_not_waited_for(disk: Disk, calls: Calls, special: str) -> None:
    if special == "pipe":
        os.mkfifo(disk.root / "lock")
    else:
        (disk.root / "lock").symlink_to("logs/a")
    with pytest.raises(NotRegularFileError) as caught:
        disk.try_lock(exclusive=True)
    assert caught.value.filename == "lock"
    assert not calls.open


def test_a_lock_that_became_a_link_to_what_is_held_is_not_had(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(_fd: int, *, exclusive: bool) -> bool:  # noqa: ARG001
        (disk.root / "lock").rename(disk.root / "kept")
        (disk.root / "lock").symlink_to("kept")
        return True

    monkeypatch.setattr(module, "_lock", lock)
    assert disk.try_lock(exclusive=True) is None
    assert not calls.open


@pytest.mark.parametrize("code", [errno.EWOULDBLOCK, errno.EACCES, errno.ENOLCK])
def test_a_lock_that_another_has_is_not_had_and_a_failure_is_told(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(code))
    if code == errno.ENOLCK:
        with pytest.raises(OSError, match=os.strerror(code)):
            disk.try_lock(exclusive=True)
    else:
        assert disk.try_lock(exclusive=True) is None
    assert not calls.open


@pytest.mark.parametrize("code", [None, errno.EACCES, errno.EDEADLOCK, errno.EIO])
def test_windows_locks_one_byte_without_waiting(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch, code: int | None
) -> None:
    asked: list[tuple[int, int]] = []

    def locking(fd: int, mode: int, count: int) -> None:
        assert {fd} == calls.open
        asked.append((mode, count))
        if code is not None:
            raise OSError(code, os.strerror(code))

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    monkeypatch.setattr(sys, "platform", "win32")
    if code == errno.EIO:
        with pytest.raises(OSError, match=os.strerror(code)):
            disk.try_lock(exclusive=True)
    else:
        held = disk.try_lock(exclusive=True)
        assert (held is not None) == (code is None)
        if held is not None:
            held.release()
    assert asked == [(2, 1)]
    assert not calls.open


# Names


def test_windows_has_names_of_any_length(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert str(module._reachable(tmp_path)) == "\\\\?\\" + str(tmp_path)
    network = type(tmp_path)("\\\\server\\share")
    assert module._reachable(network) is network
    monkeypatch.setattr(sys, "platform", "linux")
    assert module._reachable(tmp_path) is tmp_path


def test_without_open_folders_every_name_is_a_whole_path(
    disk: Disk, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HAS_DIR_FD", False)
    assert disk.read("logs/a") == b"0123456789"
    calls.watch("listdir")
    assert disk.list("logs") == ["a"]
    assert calls.of("listdir") == [[disk.root / "logs"]]
    assert calls.of("open")[0][0] == str(disk.root / "logs" / "a")

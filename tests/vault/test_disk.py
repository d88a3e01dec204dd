"""The branches for other systems, by stand-ins: they were written from documentation, not run."""

from __future__ import annotations

import errno
import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from stalklog.vault import disk as module
from stalklog.vault.disk import Disk, NotRegularFileError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    made = Disk(tmp_path)
    for folder in ("tmp", "logs"):
        made.make_folder(folder)
    return made


def write(disk: Disk, name: str, data: bytes) -> None:
    writing = disk.create(name)
    writing.write(data)
    writing.sync()
    writing.close()


def test_macos_asks_the_drive_itself_to_flush(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    stand_in = SimpleNamespace(F_FULLFSYNC=51, fcntl=lambda _fd, code: asked.append(code))
    monkeypatch.setitem(sys.modules, "fcntl", stand_in)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "fsync", lambda _fd: asked.append(0))
    write(disk, "tmp/a", b"x")
    assert asked == [51]


def test_macos_falls_back_where_the_drive_cannot(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_fd: int, _code: int) -> None:
        raise OSError(errno.ENOTSUP, "not here")

    synced: list[int] = []
    monkeypatch.setitem(sys.modules, "fcntl", SimpleNamespace(F_FULLFSYNC=51, fcntl=refuse))
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "fsync", synced.append)
    write(disk, "tmp/a", b"x")
    assert len(synced) == 1


def test_without_open_folders_the_same_names_are_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HAS_DIR_FD", False)
    disk = Disk(tmp_path)
    disk.make_folder("logs")
    write(disk, "logs/a", b"one")
    disk.rename("logs/a", "logs/b")
    assert disk.list("logs") == ["b"]
    assert disk.read("logs/b") == b"one"
    assert disk.kind("logs/a") is None


def test_windows_has_no_folder_sync_and_waits_for_readers(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(disk, "tmp/a", b"x")
    replace, refusals = os.replace, [2]
    waits: list[float] = []

    def busy(source: str, target: str, **folders: int) -> None:
        if refusals[0]:
            refusals[0] -= 1
            raise PermissionError(errno.EACCES, "a reader has it")
        replace(source, target, **folders)

    monkeypatch.setattr(module, "_HAS_DIR_FD", False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(os, "fsync", lambda _fd: pytest.fail("a folder was synced"))
    disk.rename("tmp/a", "logs/a")
    disk.sync_folder("logs")
    assert waits == [0.01, 0.02]
    assert disk.read("logs/a") == b"x"


@pytest.mark.parametrize(("code", "held"), [(None, True), (errno.EACCES, False)])
def test_windows_locks_a_byte(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, code: int | None, held: bool
) -> None:
    def locking(_fd: int, _mode: int, _count: int) -> None:
        if code is not None:
            raise OSError(code, "another has it")

    stand_in = SimpleNamespace(LK_NBLCK=2, locking=locking)
    monkeypatch.setitem(sys.modules, "msvcrt", stand_in)
    monkeypatch.setattr(sys, "platform", "win32")
    found = disk.try_lock(exclusive=True)
    assert (found is not None) == held
    if found is not None:
        found.release()


def test_old_linux_syncs_each_file(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(module, "_linux_version", lambda: (5, 7))
    names = [f"tmp/{number}" for number in range(10)]
    for name in names:
        write(disk, name, b"x")
    monkeypatch.setattr(os, "fsync", synced.append)
    disk.sync_many(names)
    assert len(synced) == 10


def test_new_linux_syncs_the_file_system_once(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"tmp/{number}" for number in range(10)]
    for name in names:
        write(disk, name, b"x")
    monkeypatch.setattr(os, "fsync", lambda _fd: pytest.fail("synced one by one"))
    monkeypatch.setattr(module, "_find_syncfs", lambda: lambda _fd: 0)
    disk.sync_many(names)


def test_short_writes_are_carried_on(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    write_some = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write_some(fd, bytes(data[:3])))
    write(disk, "tmp/a", b"0123456789")
    assert disk.read("tmp/a") == b"0123456789"


def test_links_folders_and_pipes_are_no_files(disk: Disk) -> None:
    write(disk, "tmp/a", b"x")
    (disk.root / "tmp" / "link").symlink_to("a")
    os.mkfifo(disk.root / "tmp" / "pipe")
    for name in ("tmp/link", "tmp/pipe", "logs"):
        with pytest.raises(NotRegularFileError):
            disk.open(name)
        with pytest.raises(NotRegularFileError):
            disk.read(name)


def test_only_temporary_files_are_ever_removed(disk: Disk) -> None:
    write(disk, "logs/a", b"x")
    with pytest.raises(ValueError, match="logs/a"):
        disk.remove("logs/a")


def test_letting_go_of_a_folder_or_the_lock_is_never_an_error(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(disk, "tmp/a", b"x")
    disk.sync_folder("logs")
    held = disk.try_lock(exclusive=True)
    assert held is not None
    let_go: list[int] = []

    def fail(fd: int) -> None:
        let_go.append(fd)
        raise OSError(errno.EIO, "the disk is gone")

    with monkeypatch.context() as failing:
        failing.setattr(os, "close", fail)
        held.release()
        disk.close()
    assert len(let_go) == 4
    for fd in let_go:
        os.close(fd)


def test_a_lock_whose_file_was_replaced_is_not_had(disk: Disk) -> None:
    first = disk.try_lock(exclusive=True)
    assert first is not None
    (disk.root / "lock").unlink()
    second = disk.try_lock(exclusive=True)
    assert second is not None
    assert disk.try_lock(exclusive=True) is None
    first.release()
    second.release()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux to count")  # noqa: PTH112 - to skip by
def test_one_that_nobody_holds_any_more_lets_go_of_its_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as it is
    for _once in range(3):
        assert Disk(tmp_path).list("a") == []
    assert not set(os.listdir("/proc/self/fd")) - before  # noqa: PTH208 - as it is

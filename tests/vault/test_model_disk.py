"""The model of the disk does what a disk does, and loses what a disk may lose."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from tests.vault.campaign import points
from tests.vault.desk import attach, run
from tests.vault.model_disk import Faults, ModelDisk, PowerCut, crash_states, power_loss
from tests.vault.scenarios import furnished

from stalklog.vault.disk import OBJECT_MODE, Disk, NotRegularFileError

if TYPE_CHECKING:
    from pathlib import Path


def files_after(disk: ModelDisk) -> set[tuple[tuple[str, bytes], ...]]:
    return {tuple(sorted(state.files().items())) for state in crash_states(disk)}


def a_log(content: bytes = b"one\n") -> ModelDisk:
    disk = ModelDisk()
    disk.put("log", content)
    return disk


def test_an_unsynced_write_is_absent_a_part_zeros_a_hole_or_whole() -> None:
    disk = a_log()
    disk.write_at("log", 4, b"abcd")
    assert {dict(found)["log"] for found in files_after(disk)} == {
        b"one\n",
        b"one\nab",
        b"one\n\0\0\0\0",
        b"one\n\0\0cd",
        b"one\nab\0\0",
        b"one\nabcd",
    }
    assert disk.read("log") == b"one\nabcd"
    disk.sync("log")
    assert {dict(found)["log"] for found in files_after(disk)} == {b"one\nabcd"}


def test_of_two_lines_in_one_write_either_may_be_missing() -> None:
    disk = a_log(b"")
    disk.write_at("log", 0, b"first\nsecond\n")
    left = {dict(found)["log"] for found in files_after(disk)}
    assert {b"first\n", b"\0" * 6 + b"second\n", b"first\n" + b"\0" * 7} <= left


def test_what_is_written_again_in_place_is_never_zeros() -> None:
    disk = a_log()
    disk.write_at("log", 0, b"one\n")
    assert files_after(disk) == {(("log", b"one\n"),)}


def test_of_several_writes_any_prefix_may_be_left() -> None:
    disk = a_log(b"")
    disk.write_at("log", 0, b"ab")
    disk.truncate("log", 1)
    disk.write_at("log", 1, b"cd")
    left = {dict(found)["log"] for found in files_after(disk)}
    assert {b"", b"ab", b"a", b"acd", b"ac", b"\0cd"} <= left


def test_names_are_lost_in_their_order() -> None:
    disk = ModelDisk()
    disk.make_folder("tmp")
    disk.sync_folder("")
    for name in ("tmp/a", "tmp/b"):
        disk.create(name).close()
    disk.rename("tmp/a", "a")
    left = {frozenset(dict(found)) for found in files_after(disk)}
    assert left == {
        frozenset(),
        frozenset({"tmp/a"}),
        frozenset({"tmp/a", "tmp/b"}),
        frozenset({"a", "tmp/b"}),
        frozenset({"a"}),
    }
    disk.sync_folder("")
    assert all("a" in dict(found) for found in files_after(disk))


def test_a_name_without_its_bytes_and_bytes_without_their_name() -> None:
    disk = ModelDisk()
    writing = disk.create("file")
    writing.write(b"bytes")
    disk.sync_folder("")
    assert power_loss(disk).files() == {"file": b""}
    other = ModelDisk()
    writing = other.create("file")
    writing.write(b"bytes")
    writing.sync()
    assert power_loss(other).files() == {}


def test_a_file_in_a_folder_without_a_name_is_lost() -> None:
    disk = ModelDisk()
    disk.make_folder("tmp")
    disk.create("tmp/a").close()
    disk.sync_folder("tmp")
    assert power_loss(disk).kind("tmp") is None
    disk.sync_folder("")
    assert power_loss(disk).kind("tmp/a") == "file"


def test_after_a_failed_sync_the_next_one_succeeds_and_keeps_nothing_of_it() -> None:
    disk = a_log(b"")
    disk.write_at("log", 0, b"lost")
    disk.faults = Faults(sync=0)
    with pytest.raises(OSError, match="input/output error") as caught:
        disk.sync("log")
    assert caught.value.errno == errno.EIO
    assert disk.read("log") == b"lost"
    disk.sync("log")
    assert power_loss(disk).read("log") == b"\0\0\0\0"
    disk.evict()
    assert disk.read("log") == b"\0\0\0\0"
    disk.write_at("log", 0, b"lost")
    disk.sync("log")
    assert power_loss(disk).read("log") == b"lost"


def test_a_full_disk_keeps_a_part() -> None:
    disk = a_log()
    disk.faults = Faults(write=0)
    with pytest.raises(OSError, match="no space") as caught:
        disk.write_at("log", 4, b"abcd")
    assert caught.value.errno == errno.ENOSPC
    assert disk.read("log") == b"one\nab"


def test_a_limit_keeps_the_extremes() -> None:
    disk = a_log(b"")
    for number in range(6):
        disk.create(f"{number}").close()
        disk.write_at(f"{number}", 0, b"ab")
    found = [state.files() for state in crash_states(disk, limit=10)]
    assert len(found) == 10
    assert {"log": b""} in found
    assert {"log": b"", **{f"{number}": b"ab" for number in range(6)}} in found
    again = [state.files() for state in crash_states(disk, limit=10)]
    assert found == again


def test_to_be_stopped_is_to_leave_what_the_watcher_saw() -> None:
    """A real stop, with all its `finally` blocks, changes nothing more on the disk."""
    start, promise = furnished()
    watched = points(start, promise, lambda disk, kept: run(disk, attach, kept))
    shapes = {shape(disk) for disk, _ in watched}
    for number in range(1000):
        disk = start.copy()
        disk.faults = Faults(stop_at=number)
        try:
            run(disk, attach, promise.copy())
        except PowerCut:
            assert shape(disk) in shapes
            with pytest.raises(PowerCut):
                disk.sync_folder("")
        else:
            break
    assert number >= 20


def shape(disk: ModelDisk) -> frozenset[tuple[str, int]]:
    """How long each file is; temporary names are drawn at random, so they are left out."""
    files = disk.files().items()
    return frozenset(("" if "tmp/" in name else name, len(data)) for name, data in files)


@pytest.fixture(params=["model", "real"])
def any_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    return ModelDisk() if request.param == "model" else Disk(tmp_path)


def test_the_model_answers_as_the_real_disk_does(any_disk: Disk) -> None:
    disk = any_disk
    disk.make_folder("tmp")
    disk.make_folder("tmp")
    writing = disk.create("tmp/a", OBJECT_MODE)
    writing.write(b"ab")
    writing.write(memoryview(b"cd"))
    writing.sync()
    writing.close()
    assert disk.mode("tmp/a") == OBJECT_MODE
    with pytest.raises(FileExistsError):
        disk.create("tmp/a")
    disk.rename("tmp/a", "b")
    assert (disk.kind("b"), disk.kind("tmp"), disk.kind("tmp/a")) == ("file", "folder", None)
    assert (disk.kind(""), disk.kind("none/there"), disk.kind("b/c")) == ("folder", None, None)
    assert (disk.list(""), disk.list("tmp"), disk.size("b")) == (["b", "tmp"], [], 4)
    assert (disk.read("b"), disk.read("b", 1), disk.read("b", 1, 2)) == (b"abcd", b"bcd", b"bc")
    assert disk.read("b", 9) == b""
    reading = disk.open("b")
    buffer = bytearray(3)
    assert (reading.size_bytes, reading.read_into(memoryview(buffer))) == (4, 3)
    assert (bytes(buffer), reading.read_into(memoryview(buffer))) == (b"abc", 1)
    assert reading.read_into(memoryview(buffer)) == 0
    reading.close()
    for missing in (disk.open, disk.read, disk.size, disk.sync, disk.list):
        with pytest.raises(FileNotFoundError):
            missing("none")
    for wrong in (disk.open, disk.read):
        with pytest.raises(NotRegularFileError):
            wrong("tmp")
    with pytest.raises(ValueError, match="b"):
        disk.remove("b")
    disk.sync_folder("")
    disk.sync_parent()


def test_the_model_locks_as_the_real_disk_does(any_disk: Disk) -> None:
    with pytest.raises(FileNotFoundError):
        any_disk.try_lock(exclusive=False)
    alone = any_disk.try_lock(exclusive=True)
    assert alone is not None
    assert any_disk.try_lock(exclusive=False) is None
    assert any_disk.try_lock(exclusive=True) is None
    alone.release()
    first, second = any_disk.try_lock(exclusive=False), any_disk.try_lock(exclusive=False)
    assert first is not None
    assert second is not None
    assert any_disk.try_lock(exclusive=True) is None
    first.release()
    second.release()
    again = any_disk.try_lock(exclusive=True)
    assert again is not None
    again.release()

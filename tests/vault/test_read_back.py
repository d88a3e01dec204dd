"""A large copy is read back a step behind the writer, after the disk has taken each stretch."""

from __future__ import annotations

import errno
import hashlib
import threading
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.vault import read_back
from stalklog.vault.read_back import Follower

if TYPE_CHECKING:
    from stalklog.vault.disk import Reading, Writing

NAME = "tmp/a"
BEHIND, LARGE = 2, 4
"""How far the reader stays behind, and how much more makes it go on."""


class Watched(ModelDisk):
    """A disk that notes how the copy is read."""

    def __init__(self) -> None:
        super().__init__()
        self.plant("tmp", "folder")
        self.events: list[str] = []
        self.fails = False

    def open(self, name: str) -> Reading:
        reading = super().open(name)
        return _Noted(self, reading)


class _Noted:
    def __init__(self, disk: Watched, reading: Reading) -> None:
        self._disk, self._reading = disk, reading
        self.size_bytes = reading.size_bytes

    def read_into(self, buffer: memoryview) -> int:
        count = self._reading.read_into(buffer)
        self._disk.events.append(f"read {count}")
        return count

    def push_out(self) -> None:
        self._disk.events.append("push out")
        if self._disk.fails:
            raise OSError(errno.EIO, "input/output error")
        self._reading.push_out()

    def forget(self) -> None:
        self._disk.events.append("forget")
        self._reading.forget()

    def close(self) -> None:
        self._disk.events.append("close")
        self._reading.close()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(read_back, "WRITE_BEHIND_BYTES", BEHIND)
    monkeypatch.setattr(read_back, "LARGE_BYTES", LARGE)
    return Watched()


def start(disk: Watched) -> tuple[Writing, Follower]:
    writing = disk.create(NAME)
    return writing, Follower(disk, NAME)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 9, 50])
@pytest.mark.parametrize("step", [1, 2, 7])
def test_the_hash_is_that_of_the_whole_copy(disk: Watched, size: int, step: int) -> None:
    data, before = bytes(range(size)), threading.active_count()
    writing, follower = start(disk)
    for at in range(0, size, step):
        writing.write(data[at : at + step])
        follower.reached(min(size, at + step))
    assert follower.finish(size) == hashlib.sha256(data).hexdigest()
    assert threading.active_count() == before
    assert disk.events[-2:] == ["forget", "close"]


def test_a_stretch_is_read_only_after_the_disk_took_it_and_one_is_left_behind(
    disk: Watched,
) -> None:
    writing, follower = start(disk)
    for reached in (3, 4, 5, 7, 8, 9):
        writing.write(bytes(reached))
        follower.reached(reached)
    follower.finish(9)
    assert disk.events == [
        *("push out", "read 2"),  # at 4, up to 2
        *("push out", "read 3"),  # at 7, up to 5
        *("push out", "read 2"),  # at 9, up to 7
        *("push out", "read 2"),
        *("forget", "close"),
    ]


def test_a_copy_that_is_shorter_on_the_disk_has_another_hash(disk: Watched) -> None:
    writing, follower = start(disk)
    writing.write(b"abc")
    assert follower.finish(9) == hashlib.sha256(b"abc").hexdigest()
    assert disk.events[-1] == "close"


def test_no_more_than_the_copy_is_read(disk: Watched) -> None:
    writing, follower = start(disk)
    writing.write(b"abcdef")
    assert follower.finish(4) == hashlib.sha256(b"abcd").hexdigest()


def test_a_disk_that_did_not_take_it_is_told(disk: Watched) -> None:
    disk.fails = True
    writing, follower = start(disk)
    writing.write(b"abcdef")
    follower.reached(6)
    with pytest.raises(OSError, match="input/output error"):
        follower.finish(6)
    assert disk.events == ["push out", "close"]


def test_a_copy_that_was_left_off_ends_the_thread(disk: Watched) -> None:
    before = threading.active_count()
    _writing, follower = start(disk)
    follower.stop()
    assert threading.active_count() == before
    assert disk.events == ["forget", "close"]


def test_the_thread_keeps_no_program_alive(disk: Watched) -> None:
    _writing, follower = start(disk)
    assert follower._thread.daemon
    follower.stop()


def test_a_copy_larger_than_a_block_is_read_block_by_block(
    disk: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_back, "BLOCK_BYTES", 3)
    writing, follower = start(disk)
    writing.write(b"abcdefgh")
    assert follower.finish(8) == hashlib.sha256(b"abcdefgh").hexdigest()
    assert disk.events[1:4] == ["read 3", "read 3", "read 2"]

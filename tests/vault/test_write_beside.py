"""Small copies are written in their order beside this thread, some at a time, and bounded."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.vault import write_beside
from stalklog.vault.disk import FILE_MODE, OBJECT_MODE, Disk
from stalklog.vault.write_beside import WriteBeside, begin_beside

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from stalklog.vault.disk import Writing


class Slow(ModelDisk):
    """A disk that writes once it is let, and notes who writes and what is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.plant("tmp", "folder")
        self.may_write = threading.Event()
        self.may_write.set()
        self.is_asked = threading.Event()
        self.threads: set[threading.Thread] = set()
        self.closed = 0

    def create(self, name: str, mode: int = FILE_MODE) -> Writing:
        self.is_asked.set()
        self.may_write.wait(10)
        self.threads.add(threading.current_thread())
        if name.endswith("bad"):
            raise OSError(errno.ENOSPC, "no space left")
        writing = super().create(name, mode)
        close = writing.close

        def counting() -> None:
            self.closed += 1
            close()

        writing.close = counting  # type: ignore[method-assign]
        return writing


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Slow:
    monkeypatch.setattr(write_beside, "_FILES", 3)
    monkeypatch.setattr(write_beside, "_BYTES", 10)
    monkeypatch.setattr(write_beside, "_WAITING", 2)
    return Slow()


def begin(disk: Disk) -> WriteBeside:
    beside = begin_beside(disk)
    assert beside is not None
    return beside


def test_every_copy_is_written_before_it_is_finished(disk: Slow) -> None:
    beside = begin(disk)
    for number in range(8):
        beside.add(f"tmp/{number}", b"%d" % number)
    beside.finish()
    assert disk.files() == {f"tmp/{number}": b"%d" % number for number in range(8)}
    assert {disk.mode(name) for name in disk.files()} == {OBJECT_MODE}
    assert disk.threads == set(beside._writing._threads)
    assert disk.closed == 8
    beside.add("tmp/8", b"more")
    beside.finish()
    beside.finish()
    assert len(disk.files()) == 9
    beside.stop()


@pytest.mark.parametrize(
    ("sizes", "handed"),
    [((1, 1), 0), ((1, 1, 1), 3), ((9,), 0), ((10,), 1), ((5, 5), 2), ((5, 4), 0), ((10, 9), 1)],
)
def test_some_copies_or_some_bytes_are_handed_over_at_once(
    disk: Slow, sizes: tuple[int, ...], handed: int
) -> None:
    beside = begin(disk)
    for number, size in enumerate(sizes):
        beside.add(f"tmp/{number}", bytes(size))
    while beside._begun:
        beside._begun.popleft().result()
    assert len(disk.files()) == handed
    beside.stop()


def test_only_so_much_waits_in_memory(disk: Slow) -> None:
    """The copy that would be too much waits until the first is written."""
    disk.may_write.clear()
    beside = begin(disk)
    for number in range(3):
        beside.add(f"tmp/{number}", bytes(10))
    late = threading.Thread(target=beside.add, args=("tmp/3", bytes(10)))
    late.start()
    late.join(0.05)
    assert late.is_alive()
    disk.may_write.set()
    late.join(10)
    beside.finish()
    assert len(disk.files()) == 4
    beside.stop()


def test_a_copy_that_cannot_be_written_is_told(disk: Slow) -> None:
    beside = begin(disk)
    beside.add("tmp/bad", b"x")
    with pytest.raises(OSError, match="no space left"):
        beside.finish()
    beside.stop()


def test_after_one_that_cannot_be_written_no_other_is_taken(disk: Slow) -> None:
    beside = begin(disk)
    beside.add("tmp/bad", bytes(10))
    for number in range(2):
        beside.add(f"tmp/{number}", bytes(10))
    with pytest.raises(OSError, match="no space left"):
        beside.add("tmp/3", bytes(10))
    with pytest.raises(OSError, match="no space left"):
        beside.finish()
    assert disk.files() == {}
    beside.stop()


def set_once_stopped(
    event: threading.Event, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let go what the thread waits for as soon as it has been told to end."""
    shutdown = pool.shutdown

    def tell(*, cancel_futures: bool = False) -> None:
        shutdown(wait=False, cancel_futures=cancel_futures)
        event.set()
        shutdown()

    monkeypatch.setattr(pool, "shutdown", tell)


def test_what_was_not_written_yet_will_not_be(disk: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.may_write.clear()
    beside = begin(disk)
    for number in range(3):
        beside.add(f"tmp/{number}", bytes(10))
    disk.is_asked.wait(10)
    set_once_stopped(disk.may_write, beside._writing, monkeypatch)
    beside.stop()
    assert list(disk.files()) == ["tmp/0"]


def test_what_was_to_come_then_and_has_not_begun_will_not(
    disk: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, may_end = threading.Event(), threading.Event()
    done: list[bool] = []

    def wait() -> None:
        has_begun.set()
        may_end.wait(10)

    beside = begin(disk)
    beside.then(wait)
    beside.then(lambda: done.append(True))
    has_begun.wait(10)
    beside._writing.submit(int).result(10)  # all that was to be written before it is
    set_once_stopped(may_end, beside._proving, monkeypatch)
    beside.stop()
    assert done == []


def test_what_comes_then_is_done_after_the_copies_so_far(disk: Slow) -> None:
    disk.may_write.clear()
    seen: list[list[str]] = []
    beside = begin(disk)
    for number in range(4):
        beside.add(f"tmp/{number}", b"%d" % number)
    beside.then(lambda: seen.append(sorted(disk.files())))
    time.sleep(0.02)
    assert seen == []
    disk.may_write.set()
    for number in range(4, 8):
        beside.add(f"tmp/{number}", b"%d" % number)
    beside.finish()
    assert [set(files) >= {"tmp/0", "tmp/1", "tmp/2", "tmp/3"} for files in seen] == [True]
    assert [digest.hex() for digest in beside.hash_copies(["tmp/5", "tmp/0"])] == [
        sha256(b"5").hexdigest(),
        sha256(b"0").hexdigest(),
    ]
    beside.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be made to wait there")
def test_what_comes_then_waits_until_the_other_process_has_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    files = Disk(tmp_path)
    files.make_folder("tmp")
    beside = begin(files)
    other = beside._worker._process
    assert other is not None
    other.send_signal(signal.SIGSTOP)
    seen: list[list[str]] = []
    beside.add("tmp/0", b"0")
    beside.then(lambda: seen.append(files.list("tmp")))
    time.sleep(0.1)
    assert seen == []
    other.send_signal(signal.SIGCONT)
    beside.finish()
    assert seen == [["0"]]
    assert beside._worker._process is other
    beside.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be made to wait there")
@pytest.mark.parametrize("is_proving", [False, True])
def test_one_that_hangs_is_not_waited_for_when_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_proving: bool
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    files = Disk(tmp_path)
    files.make_folder("tmp")
    beside = begin(files)
    other = beside._worker._process
    assert other is not None
    beside.add("tmp/0", b"0")
    if is_proving:
        beside.then(lambda: None)
        beside._begun.pop().result(10)
    other.send_signal(signal.SIGSTOP)
    if is_proving:
        beside.then(lambda: list(beside.hash_copies(["tmp/0"])))  # type: ignore[arg-type]
    else:
        beside.add("tmp/1", bytes(2 << 20))  # more than the pipe holds
    time.sleep(0.05)
    began_s = time.monotonic()
    beside.stop()
    assert time.monotonic() - began_s < 5
    assert other.poll() is not None
    assert set(files.list("tmp")) <= {"0"}  # nothing is written here instead


def test_later_copies_are_written_while_that_is_done(disk: Slow) -> None:
    is_written = threading.Event()
    beside = begin(disk)
    beside.add("tmp/0", b"0")
    beside.then(lambda: pytest.fail("not meanwhile") if not is_written.wait(10) else None)
    beside.add("tmp/1", bytes(10))
    beside._begun.pop().result(5)
    assert "tmp/1" in disk.files()
    is_written.set()
    beside.finish()
    beside.stop()


def test_what_cannot_be_written_is_told_instead_of_what_comes_then(disk: Slow) -> None:
    beside = begin(disk)
    beside.add("tmp/bad", b"x")
    done: list[bool] = []
    beside.then(lambda: done.append(True))
    for _each in range(2):  # of the copy, and of what was to come then
        with pytest.raises(OSError, match="no space left"):
            beside.finish()
    assert done == []
    beside.stop()


def test_what_then_fails_is_told_and_no_other_copy_is_taken(disk: Slow) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, "input/output error")

    for tells in (WriteBeside.finish, fill):
        beside = begin(disk)
        beside.then(fail)
        with pytest.raises(OSError, match="input/output error"):
            tells(beside)
        beside.stop()


def fill(beside: WriteBeside) -> None:
    for number in range(12):
        beside.add(f"tmp/{number}", b"%d" % number)

"""A large copy goes to the disk in chunks, and each is read back after the disk has taken it."""

from __future__ import annotations

import _thread
import errno
import hashlib
import signal
import threading
import time
from contextlib import contextmanager
from mmap import mmap
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.vault import there_and_back
from stalklog.vault.there_and_back import CHUNK_BYTES, ThereAndBack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.vault.disk import Reading, Writing

NAME = "tmp/a"
CHUNK = 4
FIRST = b"0123"


class Watched(ModelDisk):
    """A disk that notes how the copy is written and read, and can fail at either."""

    def __init__(self) -> None:
        super().__init__()
        self.plant("tmp", "folder")
        self.written: list[bytes] = []
        self.read_back: list[int] = []
        self.writes_fail_from = self.reads_fail_from = 1 << 30
        self.most_at_once = 1 << 30
        self.is_open = False
        self.gate = threading.Event()
        self.gate.set()
        self.is_writing = threading.Event()

    def follow(self, name: str) -> Reading:
        self.is_open = True
        return _Read(self, super().follow(name))


class _Read:
    size_bytes = 0

    def __init__(self, disk: Watched, reading: Reading) -> None:
        self._disk, self._reading = disk, reading

    def read_into(self, buffer: memoryview) -> int:
        if len(self._disk.read_back) >= self._disk.reads_fail_from:
            raise OSError(errno.EIO, "cannot be read")
        count = self._reading.read_into(buffer[: self._disk.most_at_once])
        self._disk.read_back.append(count)
        return count

    def close(self) -> None:
        self._disk.is_open = False


class _Written:
    def __init__(self, disk: Watched, writing: Writing) -> None:
        self._disk, self._writing = disk, writing

    def write_through(self, data: memoryview) -> None:
        self._disk.is_writing.set()
        self._disk.gate.wait()
        if len(self._disk.written) >= self._disk.writes_fail_from:
            raise OSError(errno.ENOSPC, "no room")
        self._disk.written.append(bytes(data))
        self._writing.write(data)

    def write(self, data: bytes | memoryview) -> None:
        self._writing.write(data)

    def sync(self) -> None:
        self._writing.sync()

    def close(self) -> None:
        self._writing.close()


class Threads:
    """Those of the copies: so many and no more can be begun, and each is seen to its end."""

    def __init__(self) -> None:
        self.allowed = 1 << 30
        self._running: list[_thread.LockType] = []

    def start(self, loop: Callable[[], None], _given: tuple[()]) -> None:
        if not self.allowed:
            raise RuntimeError("can't start new thread")
        self.allowed -= 1
        running = _thread.allocate_lock()
        running.acquire()
        self._running.append(running)

        def run() -> None:
            try:
                loop()
            finally:
                running.release()

        _thread.start_new_thread(run, ())

    def have_ended(self) -> bool:
        """Whether all that were begun end, within half a minute each."""
        while self._running:
            if not self._running.pop().acquire(timeout=30):
                return False
        return True


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(there_and_back, "CHUNK_BYTES", CHUNK)
    return Watched()


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> Threads:
    threads = Threads()
    monkeypatch.setattr(there_and_back, "start_new_thread", threads.start)
    return threads


@pytest.fixture
def copy(disk: Watched, threads: Threads) -> Iterator[ThereAndBack]:
    """A copy of which the first chunk is written."""
    made = begin(disk)
    yield made
    made.stop()
    assert not disk.is_open
    assert threads.have_ended()


def begin(disk: Watched, first: bytes = FIRST) -> ThereAndBack:
    writing = disk.create(NAME)
    writing.write(first)
    copy = ThereAndBack(disk, NAME, _Written(disk, writing))
    assert copy.start()
    return copy


@contextmanager
def interrupted_after(pause_s: float) -> Iterator[None]:
    """As Ctrl-C would, so long after this."""
    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, pause_s)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 8, 9, 50])
@pytest.mark.parametrize("step", [1, 3, 4, 9, 50])
def test_the_hash_is_that_of_the_whole_copy(
    disk: Watched, copy: ThereAndBack, size: int, step: int
) -> None:
    data = bytes(range(size))
    for at in range(0, size, step):
        copy.write(data[at : at + step])
    assert copy.finish() == sha256_of(FIRST + data)
    assert disk.read(NAME) == FIRST + data
    assert b"".join(disk.written) == data
    assert {len(chunk) for chunk in disk.written[:-1]} <= {CHUNK}
    assert sum(disk.read_back) == size + len(FIRST)


@pytest.mark.parametrize("most_at_once", [1, 3])
def test_a_chunk_may_come_back_in_pieces(
    disk: Watched, copy: ThereAndBack, most_at_once: int
) -> None:
    disk.most_at_once = most_at_once
    data = bytes(range(50))
    copy.write(data)
    assert copy.finish() == sha256_of(FIRST + data)
    assert max(disk.read_back[1:]) == most_at_once


def test_after_a_failure_nothing_more_is_written_or_read(
    disk: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind what is missing it would be in the wrong place."""
    failures = [OSError(errno.ENOSPC, "no room")]
    put = _Written.write_through

    def fail_once(writing: _Written, data: memoryview) -> None:
        disk.gate.wait()
        if failures:
            raise failures.pop()
        put(writing, data)

    monkeypatch.setattr(_Written, "write_through", fail_once)
    disk.gate.clear()
    copy = begin(disk)
    copy.write(bytes(2 * CHUNK))
    copy._send()  # the second one waits behind the first
    disk.gate.set()
    with pytest.raises(OSError, match="no room"):
        copy.finish()
    copy.stop()
    assert disk.written == []
    assert disk.read(NAME) == FIRST


def test_a_chunk_is_read_only_after_it_was_written(disk: Watched, copy: ThereAndBack) -> None:
    disk.gate.clear()
    copy.write(bytes(CHUNK + 1))
    while disk.read_back != [len(FIRST)]:
        pass  # the first one was there before
    assert disk.written == []
    disk.gate.set()
    copy.finish()
    assert disk.read_back == [len(FIRST), CHUNK, 1]


@pytest.mark.parametrize("lost", [b"0023", b"012"])
def test_a_first_chunk_that_differs_on_the_disk_has_another_hash(
    disk: Watched, lost: bytes
) -> None:
    copy = begin(disk, lost)
    try:
        assert copy.finish() != sha256_of(FIRST)
    finally:
        copy.stop()


def test_a_copy_that_is_longer_on_the_disk_has_another_hash(
    disk: Watched, copy: ThereAndBack
) -> None:
    copy.write(b"ab")
    disk.gate.clear()
    finish = threading.Timer(0.05, disk.gate.set)
    disk.write_at(NAME, len(FIRST) + 2, b"x")
    finish.start()
    assert copy.finish() == sha256_of(FIRST + b"abx")
    finish.join()


@pytest.mark.parametrize("fails_from", [0, 1, 2, 3])
@pytest.mark.parametrize("chunks", [1, 2, 3, 9])
def test_a_chunk_that_cannot_be_written_is_told_however_much_is_on_its_way(
    disk: Watched, copy: ThereAndBack, fails_from: int, chunks: int
) -> None:
    """No thread waits for memory that is not given back."""
    disk.writes_fail_from = fails_from
    if chunks <= fails_from:
        fill(copy, chunks)
        return
    with pytest.raises(OSError, match="no room"):
        fill(copy, chunks)
    assert len(disk.written) == fails_from


@pytest.mark.parametrize("fails_from", [0, 1, 2, 3])
@pytest.mark.parametrize("chunks", [1, 2, 3, 9])
def test_a_chunk_that_cannot_be_read_is_told_however_much_is_on_its_way(
    disk: Watched, fails_from: int, chunks: int
) -> None:
    disk.reads_fail_from = fails_from
    copy = begin(disk)
    try:
        if chunks + 1 <= fails_from:
            fill(copy, chunks)
            return
        with pytest.raises(OSError, match="cannot be read"):
            fill(copy, chunks)
        assert len(disk.read_back) == fails_from
    finally:
        copy.stop()


@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_where_there_are_too_few_threads_nothing_is_left_of_it(
    disk: Watched, threads: Threads, allowed: int
) -> None:
    threads.allowed = allowed
    with pytest.raises(AssertionError):
        begin(disk)
    assert threads.have_ended()
    assert not disk.is_open


def test_a_copy_that_cannot_be_closed_is_told(
    disk: Watched, copy: ThereAndBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_reading: object) -> None:
        disk.is_open = False
        raise OSError(errno.EIO, "cannot be closed")

    monkeypatch.setattr(_Read, "close", refuse)
    with pytest.raises(OSError, match="cannot be closed"):
        fill(copy, 2)


def test_where_the_copy_cannot_be_opened_it_is_told(
    disk: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_name: str) -> Reading:
        raise FileNotFoundError(errno.ENOENT, "gone", NAME)

    monkeypatch.setattr(disk, "follow", refuse)
    copy = begin(disk)
    with pytest.raises(FileNotFoundError):
        fill(copy, 9)
    copy.stop()


def test_a_stop_that_was_broken_off_waits_when_it_is_asked_again(
    disk: Watched, copy: ThereAndBack
) -> None:
    disk.gate.clear()
    copy.write(bytes(CHUNK + 1))
    disk.is_writing.wait(10)
    with pytest.raises(KeyboardInterrupt), interrupted_after(0.05):
        copy.stop()
    opening = threading.Timer(0.05, disk.gate.set)
    opening.start()
    copy.stop()
    assert disk.gate.is_set()
    assert not disk.is_open
    opening.join()


def test_an_interruption_at_any_moment_hangs_nothing(disk: Watched, threads: Threads) -> None:
    """As Ctrl-C does, at 300 moments: no lock stays held, no thread stays."""
    ended, whole_s = 0, min(seconds_of_a_copy(disk) for _each in range(10))
    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for number in range(300):
            copy = begin(disk)
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-5 + whole_s * number / 300)
                fill(copy, 9)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                ended += 1
            copy.stop()
            assert threads.have_ended()
            disk.remove(NAME)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert ended > 30


def fill(copy: ThereAndBack, chunks: int) -> None:
    for _ in range(chunks):
        copy.write(bytes(CHUNK))
    copy.finish()


def seconds_of_a_copy(disk: Watched) -> float:
    """How long one takes here that nothing interrupts."""
    copy = begin(disk)
    begun = time.perf_counter()
    fill(copy, 9)
    whole_s = time.perf_counter() - begun
    copy.stop()
    disk.remove(NAME)
    return whole_s


def test_leaving_off_waits_for_what_is_being_done_and_no_more(
    disk: Watched, copy: ThereAndBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, end = threading.Timer(0.05, disk.gate.set), copy._end

    def end_told() -> None:
        opening.start()  # not sooner: what it waits for must last until it was told to end
        end()

    disk.gate.clear()
    copy.write(bytes(2 * CHUNK))
    disk.is_writing.wait(10)
    copy._send()  # the second one waits behind the first
    monkeypatch.setattr(copy, "_end", end_told)
    copy.stop()
    opening.join()
    assert len(disk.written) == 1
    assert not disk.is_open


def test_a_chunk_is_whole_pages_in_memory_of_whole_pages() -> None:
    assert CHUNK_BYTES % 4096 == 0
    for _each in range(there_and_back._CHUNKS):
        chunk = there_and_back._chunks().get()
        assert chunk.nbytes == CHUNK_BYTES
        assert isinstance(chunk.obj, mmap)

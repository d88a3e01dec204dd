"""A large copy on its way to the disk and back, past memory, beside whoever brings its bytes."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from mmap import mmap
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from concurrent.futures import Future

    from stalklog.vault.disk import Reading, Writing

CHUNK_BYTES: Final = 32 << 20
"""So much goes to the disk at once, and comes back at once: with smaller pieces that go both ways
at the same time a disk gets half as much done. Files below this size take the way through memory.
"""
_CHUNKS: Final = 2
"""So many each way: one is filled or hashed while another is on its way. This bounds the memory."""

_Chunks: TypeAlias = "SimpleQueue[memoryview]"


class ThereAndBack:
    """Writes the rest of a copy in chunks, and hashes the whole as the disk has it.

    Every chunk is read only after the disk has taken it, so it is the disk that answers.
    """

    def __init__(self, writing: Writing, reading: Reading) -> None:
        """Go on behind the first chunk.

        Args:
            writing: The copy, of which `CHUNK_BYTES` are written already.
            reading: The same, followed from its beginning; closed by `stop`.
        """
        self._writing, self._reading = writing, reading
        self._writer, self._reader, self._hasher = (ThreadPoolExecutor(1) for _ in range(3))
        self._empty, self._room = _chunks(), _chunks()
        self._digest = sha256()
        self._begun: deque[Future[None]] = deque()
        self._chunk = self._empty.get()
        self._filled = 0
        self._bring_back(self._writer.submit(_nothing), CHUNK_BYTES)

    def write(self, block: bytes) -> None:
        """Append a block.

        Raises:
            OSError: An earlier chunk cannot be written, or read back.
        """
        rest = memoryview(block)
        while rest:
            if self._filled == CHUNK_BYTES:
                self._send()
            part = rest[: CHUNK_BYTES - self._filled]
            self._chunk[self._filled : self._filled + len(part)] = part
            self._filled += len(part)
            rest = rest[len(part) :]

    def finish(self) -> str:
        """SHA-256 in hex of the whole copy as the disk has it; nothing more may follow.

        Raises:
            OSError: The disk did not take it, or cannot read it.
        """
        self._send()
        self._wait(0)
        return self._digest.hexdigest()

    def stop(self) -> None:
        """End the threads, whether or not the copy was finished."""
        for threads in (self._writer, self._reader, self._hasher):  # each waits for the one before
            threads.shutdown(cancel_futures=True)
        self._reading.close()

    def _send(self) -> None:
        """Have the chunk written and read back, and take an empty one."""
        written = self._writer.submit(self._put, self._chunk, self._filled)
        self._bring_back(written, self._filled)
        self._wait(_CHUNKS)
        self._chunk = self._empty.get()
        self._filled = 0

    def _bring_back(self, written: Future[None], size_bytes: int) -> None:
        read = self._reader.submit(self._get, written, size_bytes)
        self._begun.append(self._hasher.submit(self._hash, read))

    def _wait(self, most: int) -> None:
        """Wait until at most so many chunks are on their way."""
        while len(self._begun) > most:
            self._begun.popleft().result()

    def _put(self, chunk: memoryview, size_bytes: int) -> None:
        try:
            self._writing.write_through(chunk[:size_bytes])
        finally:
            self._empty.put(chunk)

    def _get(self, written: Future[None], size_bytes: int) -> tuple[memoryview, int]:
        written.result()
        room, at = self._room.get(), 0
        try:
            while at < size_bytes and (count := self._reading.read_into(room[at:])):
                at += count
        except BaseException:
            self._room.put(room)
            raise
        return room, at

    def _hash(self, read: Future[tuple[memoryview, int]]) -> None:
        room, size_bytes = read.result()
        self._digest.update(room[:size_bytes])
        self._room.put(room)


def _chunks() -> _Chunks:
    """Memory that begins on a page, as a disk needs it."""
    free: _Chunks = SimpleQueue()
    for _each in range(_CHUNKS):
        free.put(memoryview(mmap(-1, CHUNK_BYTES)))
    return free


def _nothing() -> None:
    """The first chunk is written already."""

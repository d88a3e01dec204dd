"""A large copy on its way to the disk and back, past memory, beside whoever brings its bytes."""

from __future__ import annotations

from _thread import start_new_thread
from functools import partial
from hashlib import sha256
from mmap import mmap
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.vault.disk import Disk, Reading, Writing

CHUNK_BYTES: Final = 64 << 20
"""So much goes to the disk at once, and comes back at once: in smaller pieces that go both ways in
turns a disk gets less done. A copy of no more than this is no large one."""
_CHUNKS: Final = 2
"""So many each way, 256 MiB in all: one is filled or hashed while another is on its way."""

_Chunks: TypeAlias = "SimpleQueue[memoryview]"


class ThereAndBack:
    """Writes the rest of a copy in chunks, and hashes the whole as the disk has it.

    Every chunk is read only after the disk has taken it, so it is the disk that answers. Three
    threads hand the chunks on: one writes, one reads, one hashes. None of them keeps the program
    alive, and all waiting is on plain queues: in `threading.Thread`, in conditions and in futures a
    Ctrl-C can come between the taking of a lock and the place that gives it back.
    """

    def __init__(self, disk: Disk, name: str, writing: Writing) -> None:
        """Make room for it; nothing is begun.

        Args:
            disk: The vault.
            name: The copy.
            writing: The same, of which `CHUNK_BYTES` are written already.

        Raises:
            OSError: There is no memory for it.
        """
        self._disk, self._name, self._writing = disk, name, writing
        self._empty, self._room = _chunks(), _chunks()
        self._to_write: SimpleQueue[tuple[memoryview, int] | None] = SimpleQueue()
        self._to_read: SimpleQueue[int | None] = SimpleQueue()
        self._to_hash: SimpleQueue[tuple[memoryview, int] | None] = SimpleQueue()
        self._behind: SimpleQueue[None] = SimpleQueue()
        """One for each chunk that was hashed, and one more; without it the next one is not begun:
        left to itself the writing runs ahead, and the disk does both at once for longer."""
        self._behind.put(None)
        self._reading: Reading | None = None
        self._read_bytes = 0
        self._digest = sha256()
        self._error: BaseException | None = None
        self._ended: SimpleQueue[None] = SimpleQueue()
        self._is_running = False
        self._is_over = False
        """Once something failed or it was left off: what is on its way is handed on, undone."""
        self._chunk = self._empty.get()
        self._filled = 0
        self._to_read.put(CHUNK_BYTES)

    def start(self) -> bool:
        """Go on behind the first chunk; False where there are no threads for it."""
        try:
            for loop in (self._write_all, self._read_all, self._hash_all):
                start_new_thread(loop, ())
        except RuntimeError:
            self.stop()
            return False
        self._is_running = True
        return True

    def write(self, block: bytes) -> None:
        """Append a block.

        Raises:
            OSError: An earlier chunk cannot be written, or read back.
        """
        rest = memoryview(block)
        while rest:
            if self._filled == CHUNK_BYTES:
                self._send()
                self._behind.get()
                self._chunk = self._empty.get()
                self._filled = 0
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
        self._end()
        if self._error is not None:
            raise self._error
        return self._digest.hexdigest()

    def stop(self) -> None:
        """End the threads, whether or not the copy was finished or all of them were started."""
        self._is_over = True
        if self._is_running:
            self._end()
        else:
            for queue in (self._to_write, self._to_read, self._to_hash):
                queue.put(None)

    def _send(self) -> None:
        if self._error is not None:
            raise self._error
        self._to_write.put((self._chunk, self._filled))

    def _end(self) -> None:
        """Wait until all that is on its way has come to its end."""
        self._to_write.put(None)
        while self._is_running:
            self._ended.get()

    # Each loop in a thread of its own

    def _write_all(self) -> None:
        while (given := self._to_write.get()) is not None:
            chunk, size_bytes = given
            if not self._is_over:
                self._try(partial(self._writing.write_through, chunk[:size_bytes]))
            self._empty.put(chunk)
            self._to_read.put(size_bytes)
        self._to_read.put(None)

    def _read_all(self) -> None:
        while (size_bytes := self._to_read.get()) is not None:
            room = self._room.get()
            self._read_bytes = 0
            if not self._is_over:
                self._try(partial(self._read, room, size_bytes))
            self._to_hash.put((room, self._read_bytes))
        if self._reading is not None:
            self._try(self._reading.close)
        self._to_hash.put(None)

    def _hash_all(self) -> None:
        while (given := self._to_hash.get()) is not None:
            room, size_bytes = given
            self._digest.update(room[:size_bytes])
            self._room.put(room)
            self._behind.put(None)
        self._is_running = False
        self._ended.put(None)

    def _read(self, room: memoryview, size_bytes: int) -> None:
        if self._reading is None:
            self._reading = self._disk.follow(self._name)
        while self._read_bytes < size_bytes:
            count = self._reading.read_into(room[self._read_bytes :])
            if not count:
                break  # shorter than what was written: the hash says so
            self._read_bytes += count

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again in the first thread
            self._error = self._error or error
            self._is_over = True


def _chunks() -> _Chunks:
    """Memory that begins on a page, as a disk needs it."""
    free: _Chunks = SimpleQueue()
    for _each in range(_CHUNKS):
        free.put(memoryview(mmap(-1, CHUNK_BYTES)))
    return free

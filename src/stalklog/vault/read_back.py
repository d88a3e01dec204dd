"""Read a large copy back from the disk while it is still being written, in a thread of its own."""

from __future__ import annotations

import hashlib
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.vault.disk import WRITE_BEHIND_BYTES

if TYPE_CHECKING:
    from stalklog.vault.disk import Disk

LARGE_BYTES: Final = 2 * WRITE_BEHIND_BYTES
"""From this size on a copy is read back beside the copying; a smaller one afterwards."""


class Follower:
    """Hashes one copy as it lies on the disk, a step behind the writer.

    Every stretch is read only after the disk has taken it and its pages were forgotten, so it is
    the disk that answers.
    """

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk = disk
        self._name = name
        self._told_bytes = 0
        self._ends: SimpleQueue[int | None] = SimpleQueue()
        self._digest = hashlib.sha256()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def reached(self, size_bytes: int) -> None:
        """So much of the copy is written; the last stretch is left to go to the disk first."""
        if size_bytes - self._told_bytes >= LARGE_BYTES:
            self._told_bytes = size_bytes - WRITE_BEHIND_BYTES
            self._ends.put(self._told_bytes)

    def finish(self, size_bytes: int) -> str:
        """SHA-256 in hex of the whole copy, so many bytes, as the disk has it.

        Raises:
            OSError: The disk did not take it, or cannot read it.
        """
        self._ends.put(size_bytes)
        self.stop()
        if self._error is not None:
            raise self._error
        return self._digest.hexdigest()

    def stop(self) -> None:
        """End the thread, whether or not the copy was finished."""
        self._ends.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`
            self._error = error

    def _read(self) -> None:
        buffer = memoryview(bytearray(BLOCK_BYTES))
        read_bytes = 0
        reading = self._disk.open(self._name)
        try:
            while (end := self._ends.get()) is not None:
                reading.push_out()
                while read_bytes < end:
                    count = reading.read_into(buffer[: end - read_bytes])
                    if not count:
                        return  # shorter than what was written: another hash says so
                    self._digest.update(buffer[:count])
                    read_bytes += count
            reading.forget()
        finally:
            reading.close()

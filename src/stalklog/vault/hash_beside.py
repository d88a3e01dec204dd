"""Hash a long stream in a thread of its own, while it is sealed and written."""

from __future__ import annotations

import hashlib
from queue import Queue
from threading import Thread
from typing import Final

from stalklog.core.threads import begin

LONG_BYTES: Final = 8 << 20
"""From so many bytes on a thread saves more than it costs."""
_WAITING: Final = 16
"""How many blocks may wait to be hashed: this bounds the memory."""


class HashBeside:
    """SHA-256 of what is handed over block by block; no block may be changed afterwards."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._blocks: Queue[bytes | None] = Queue(_WAITING)
        self._thread: Thread | None = None
        self._can_go_beside = True

    def update(self, block: bytes) -> None:
        """The next block."""
        self.size_bytes += len(block)
        if self._thread is not None:
            self._blocks.put(block)
            return
        self._digest.update(block)
        if self._can_go_beside and self.size_bytes >= LONG_BYTES:
            thread = Thread(target=self._run, daemon=True)
            self._can_go_beside = begin(thread)
            self._thread = thread if self._can_go_beside else None

    def hexdigest(self) -> str:
        """The hash of all of it, in hex; nothing more may follow."""
        self.stop()
        return self._digest.hexdigest()

    def stop(self) -> None:
        """End the thread when all that was handed over is hashed."""
        if self._thread is not None:
            self._blocks.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (block := self._blocks.get()) is not None:
            self._digest.update(block)

"""A walk over a stranger's file: whatever its blocks claim, the walk ends and its memory is small.

Nothing here decodes a picture or a sound. The walkers of the formats are in the modules beside this
one; each fills a `Header` as it goes, so that what was found before a fault is kept.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import ReadingError
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_BLOCK_BYTES, MAX_BLOCKS

if TYPE_CHECKING:
    from re import Pattern
    from typing import NoReturn

_CHUNK_BYTES: Final = 1 << 14
"""How much is read at once."""


class Walk:
    """A position in a file that moves on, and jumps only where the stream can.

    Every method that moves raises `ReadingError`: `damaged` where the file ends too early,
    `over-limit` where it is made of too many blocks or one is too long to be read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.size_bytes: int | None = None
        """How long the file is; None while a stream that cannot jump has not ended."""
        self._stream = stream
        self._can_jump = stream.seekable()
        self._held = b""
        """What was read: the file from `_held_start` on."""
        self._held_start = 0
        self._at = 0
        """How far into it the walk is."""
        self._blocks = 0
        if self._can_jump:
            self.size_bytes = stream.seek(0, os.SEEK_END)
            stream.seek(0)

    @property
    def position(self) -> int:
        """How many bytes lie behind."""
        return self._held_start + self._at

    def count(self) -> None:
        """Another block begins here."""
        self._blocks += 1
        if self._blocks > MAX_BLOCKS:
            self.stop("over-limit", "blocks")

    def peek(self, length: int) -> bytes:
        """The next bytes, without moving; fewer where the file ends."""
        self._hold(length)
        return self._held[self._at : self._at + length]

    def take(self, length: int) -> bytes:
        """Exactly so many bytes."""
        if length > MAX_BLOCK_BYTES:
            self.stop("over-limit", "block")
        data = self.peek(length)
        if len(data) < length:
            self.stop("damaged")
        self._at += length
        return data

    def skip(self, length: int) -> None:
        """Move on without looking."""
        if self.size_bytes is not None and length > self.size_bytes - self.position:
            self.stop("damaged")
        beyond = self._at + length - len(self._held)
        if beyond <= 0:
            self._at += length
            return
        self._let_go()
        if self._can_jump:
            self._stream.seek(beyond, os.SEEK_CUR)
            self._held_start += beyond
            return
        while beyond:
            passed = len(self._stream.read(min(beyond, MAX_BLOCK_BYTES)))
            if not passed:
                self.stop("damaged")
            self._held_start += passed
            beyond -= passed

    def skip_to(self, pattern: Pattern[bytes]) -> None:
        """Move on to the next place that the pattern of two bytes matches."""
        while True:
            self._hold(_CHUNK_BYTES)
            if found := pattern.search(self._held, self._at):
                self._at = found.start()
                return
            left = len(self._held) - self._at
            if left < _CHUNK_BYTES:
                self._at += left
                self.stop("damaged")
            self._at += left - 1

    def jump(self, position: int) -> None:
        """Go anywhere in a file whose stream can jump."""
        if self.size_bytes is None or not 0 <= position <= self.size_bytes:
            self.stop("damaged")
        if self._held_start <= position <= self._held_start + len(self._held):
            self._at = position - self._held_start
            return
        self._stream.seek(position)
        self._held, self._held_start, self._at = b"", position, 0

    def finish(self) -> int:
        """Go to the end of the file, and say how long it is."""
        if self.size_bytes is None:
            while passed := len(self.peek(_CHUNK_BYTES)):
                self._at += passed
            self.size_bytes = self.position
        else:
            self.skip(self.size_bytes - self.position)
        return self.size_bytes

    def stop(self, reason: str, detail: str = "") -> NoReturn:
        """End the walk here.

        Raises:
            ReadingError: Always.
        """
        raise ReadingError(reason, Place(start=self.position), detail)

    def _hold(self, length: int) -> None:
        """Have so many bytes at hand, or all that there are."""
        missing = self._at + length - len(self._held)
        if missing <= 0:
            return
        pieces = [self._held[self._at :]]
        while missing > 0 and (more := self._stream.read(max(missing, _CHUNK_BYTES))):
            pieces.append(more)
            missing -= len(more)
        self._held_start, self._at, self._held = self.position, 0, b"".join(pieces)

    def _let_go(self) -> None:
        self._held_start += len(self._held)
        self._held, self._at = b"", 0

"""The part of a stream that is looked at just now: it goes on and never back, in little memory.

A range of it can be held: its SHA-256 is then taken on the way, however long it is.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from stalklog.readers.base import ReadingError

if TYPE_CHECKING:
    from hashlib import _Hash
    from re import Match, Pattern

BLOCK_BYTES: Final = 1 << 18
"""How much is read at once, at least."""


class Readable(Protocol):
    """What can be read on and on: a file, or one inside a zip."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        ...


class Window:
    """Bytes of a stream, read block by block.

    Args:
        stream: Open at its beginning.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.data = b""
        """The bytes at hand."""
        self.start = 0
        """Where in the stream they begin."""
        self.is_ended = False
        """Whether there is no more to read."""
        self.error: ReadingError | None = None
        """Why it ends too early: a file inside a zip may be damaged."""
        self._held: int | None = None
        self._digest: _Hash | None = None

    def more(self, keep: int) -> bool:
        """Read on, and forget what lies before an index; False at the end of the stream.

        Args:
            keep: The first index of `data` that is still needed; it becomes index 0.
        """
        self._hash_until(keep)
        left = self.data[keep:]
        block = self._read(max(BLOCK_BYTES, len(left)))
        self.data = left + block
        self.start += keep
        self.is_ended = not block
        return not self.is_ended

    def _read(self, size_bytes: int) -> bytes:
        """The next bytes; where the stream is damaged it ends, and what came before holds."""
        blocks: list[bytes] = []
        try:
            while size_bytes and (block := self._stream.read(size_bytes)):
                blocks.append(block)
                size_bytes -= len(block)
        except ReadingError as error:
            self.error = error
        return b"".join(blocks)

    def seek(self, pattern: Pattern[bytes], at: int, overlap: int) -> Match[bytes] | None:
        """Find a pattern from an index on, forgetting what lies before it.

        Args:
            pattern: What to look for.
            at: From which index of `data` on.
            overlap: One less than the longest that the pattern can be.
        """
        while not (found := pattern.search(self.data, at)):
            keep = max(at, len(self.data) - overlap)
            if not self.more(keep):
                return None
            at = 0
        return found

    def hold(self, at: int) -> None:
        """From this index on, take the SHA-256."""
        self._held = self.start + at
        self._digest = None

    def release(self, at: int) -> str:
        """SHA-256 from where it was held up to an index, in lower-case hex."""
        held = self.start if self._held is None else self._held
        self._held, digest, self._digest = None, self._digest, None
        if digest is None:
            return sha256(self.data[held - self.start : at]).hexdigest()
        digest.update(self.data[:at])
        return digest.hexdigest()

    def _hash_until(self, keep: int) -> None:
        if self._held is None or self._held >= self.start + keep:
            return
        if self._digest is None:
            self._digest = sha256(self.data[self._held - self.start : keep])
        else:
            self._digest.update(self.data[:keep])

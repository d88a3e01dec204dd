"""The bytes of a mailbox that are held until it is certain whose they are.

Of what is longer than any mail that is read, the beginning is held, and the rest is hashed and let
go: memory stays the same however long it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.mbox_separator import line_at
from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_MAIL_BYTES

if TYPE_CHECKING:
    from stalklog.readers.mbox_waiting import MboxRange

_AHEAD_BYTES: Final = 4 << 20
"""How far the index may have read beyond the end of a range: a header and blocks, with room."""
_SLICE_BYTES: Final = 1 << 20
"""How much is let go at once."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was in a range."""

    separator: bytes
    """The line above the mail."""
    data: bytes
    """The mail, or the beginning of it."""
    sha256: str
    """Of all of the mail; empty where it is not known."""
    is_whole: bool = True


@dataclass(slots=True)
class _Long:
    """What is kept of a range that is too long to be held."""

    separator: bytes
    data: bytes
    message: int
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)


class Held:
    """Blocks come in at one end, and ranges go out at the other, in the order of the file."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._start = 0  # in the file, of what is held
        self._long: _Long | None = None

    def keep(self, block: bytes) -> None:
        """Hold a block; of a range that is too long, let go of what lies in its middle."""
        self._held += block
        limit = _SLICE_BYTES if self._long else MAX_MAIL_BYTES
        if len(self._held) > limit + _AHEAD_BYTES:
            if self._long is None:
                self._long = self._shorten()
            self._let_go(self._long, len(self._held) - _AHEAD_BYTES)

    def take(self, found: MboxRange) -> Taken:
        """What is in the next range, which is held no longer."""
        if self._long is not None:
            long, self._long = self._long, None
            self._let_go(long, found.end - self._start)
            is_told = long.message == found.message
            digest = long.digest.hexdigest() if is_told else ""
            return Taken(long.separator, long.data if is_told else b"", digest, is_whole=False)
        size_bytes, message = found.end - self._start, found.message - self._start
        with memoryview(self._held) as held:
            separator, data = bytes(held[:message]), bytes(held[message:size_bytes])
        del self._held[:size_bytes]
        self._start = found.end
        digest = hashlib.sha256(data).hexdigest()
        if len(data) > MAX_MAIL_BYTES:
            return Taken(separator, data[:MAX_HEADER_BYTES], digest, is_whole=False)
        return Taken(separator, data, digest)

    def _shorten(self) -> _Long:
        """The beginning of what is held: the separator and the header of a mail."""
        begin = bytes(self._held[: MAX_HEADER_BYTES + _SLICE_BYTES])
        line = len(line_at(begin, 0)) + 1 if begin.startswith(b"From ") else 0
        data = begin[line : line + MAX_HEADER_BYTES]
        long = _Long(begin[:line], data, self._start + line)
        del self._held[:line]
        self._start += line
        return long

    def _let_go(self, long: _Long, size_bytes: int) -> None:
        with memoryview(self._held) as held:
            long.digest.update(held[:size_bytes])
        del self._held[:size_bytes]
        self._start += size_bytes

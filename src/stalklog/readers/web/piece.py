"""The bytes of a web archive, read on and on: in one piece, or packed by gzip piece by piece.

A packed archive has a gzip member for each record (WARC 1.1 annex D.2), so that a member's range
in the file is the record's. One that was packed in a single piece is read too; then its records
have no range of their own.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.base import ReadingError
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_RATIO, MAX_UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_RAW_BYTES: Final = 1 << 16
_AHEAD_BYTES: Final = 256
"""How much is looked at for blank lines: there are two."""
_SMALL_BYTES: Final = 1 << 20
"""Up to this size no piece is a bomb, however well it is packed."""


class PieceError(Exception):
    """A piece can be read no further.

    Args:
        reason: A name of `records.message.REASONS`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Piece:
    """Bytes that are taken one after the other, and hashed on the way."""

    is_packed = False
    """Whether its bytes are not those of the file."""

    def __init__(self, raw: _Raw) -> None:
        self.raw = raw
        self.position = 0
        """How much of it was taken."""
        self._buffer = b""
        self._at = 0
        self._digest = hashlib.sha256()

    def take(self, size: int) -> bytes:
        """The next bytes, at most so many; none only at its end.

        Raises:
            PieceError: It is damaged here.
        """
        if self._at >= len(self._buffer):
            self._buffer, self._at = self._more(), 0
        found = self._buffer[self._at : self._at + size]
        self._at += len(found)
        self.position += len(found)
        self._took(found)
        return found

    def peek(self, size: int) -> bytes:
        """The next bytes without taking them; fewer only at its end, or before damage.

        Raises:
            PieceError: It is damaged here.
        """
        while (ahead := len(self._buffer) - self._at) < size:
            try:
                more = self._more()
            except PieceError:
                if ahead:
                    break
                raise
            if not more:
                break
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return self._buffer[self._at : self._at + size]

    def line(self, limit: int) -> bytes:
        """The next line with its end, or so many bytes of it.

        Raises:
            PieceError: It is damaged here.
        """
        blocks: list[bytes] = []
        while limit and self.peek(1):
            end = self._buffer.find(b"\n", self._at) + 1
            block = self.take(min(limit, (end or len(self._buffer)) - self._at))
            blocks.append(block)
            limit -= len(block)
            if end and block.endswith(b"\n"):
                break
        return b"".join(blocks)

    def skip_blank_lines(self) -> None:
        """Go on to what is no line end.

        Raises:
            PieceError: It is damaged here.
        """
        while block := self.peek(_AHEAD_BYTES):
            blank = len(block) - len(block.lstrip(b"\r\n"))
            self.take(blank)
            if blank < len(block):
                return

    def mark(self) -> None:
        """Hash from here on."""
        self._digest = hashlib.sha256()

    def sha256(self) -> str:
        """SHA-256 of the bytes of the file that were taken since the mark."""
        return self._digest.hexdigest()

    def _more(self) -> bytes:
        return self.raw.next_block()

    def _took(self, data: bytes) -> None:
        self._digest.update(data)


class GzipPiece(Piece):
    """One gzip member, unpacked; its hash and its range are those of its bytes in the file."""

    is_packed = True

    def __init__(self, raw: _Raw) -> None:
        super().__init__(raw)
        self.start = raw.offset
        """Where it begins in the file."""
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._unpacked_bytes = 0

    @property
    def is_ended(self) -> bool:
        """Whether nothing of it is left."""
        return not self.peek(1)

    @property
    def end(self) -> int:
        """One past what was read of it in the file."""
        return self.raw.offset

    def _more(self) -> bytes:
        while not self._inflater.eof:
            packed = self.raw.waiting()
            if not packed:
                raise PieceError("damaged")
            try:
                block = self._inflater.decompress(packed, BLOCK_BYTES)
            except zlib.error:
                raise PieceError("damaged") from None
            left = len(self._inflater.unconsumed_tail) + len(self._inflater.unused_data)
            self._digest.update(packed[: len(packed) - left])
            self.raw.let_go(len(packed) - left)
            self._unpacked_bytes += len(block)
            if self._unpacked_bytes > max(_SMALL_BYTES, (self.end - self.start) * MAX_RATIO):
                raise PieceError("over-limit")
            if block:
                return block
        return b""

    def mark(self) -> None:
        """Nothing: what is hashed is all of what was packed."""

    def _took(self, data: bytes) -> None:
        """Nothing: what is hashed is what was packed."""


def read_pieces(stream: BinaryIO, notes: Notes, member: str = "") -> Iterator[Piece]:
    """The pieces of an archive; between two of them nothing of the first may be left.

    Args:
        stream: Open at its beginning; it is only read on.
        notes: Told what lies between the pieces and is none.
        member: The file's name inside a zip.

    Raises:
        ReadingError: There is more damage than anybody would look through.
    """
    raw = _Raw(stream)
    if not raw.waiting().startswith(GZIP_MAGIC):
        yield Piece(raw)
        return
    gaps = 0
    while True:
        start = raw.offset
        raw.skip_to(GZIP_MAGIC)
        if raw.offset > start:
            notes.leave("damaged", Place(start=start, end=raw.offset, member=member))
            gaps += 1
            if gaps > MAX_UNREAD:
                raise ReadingError("damaged", Place(start=raw.offset, member=member))
        if not raw.waiting():
            return
        piece = GzipPiece(raw)
        yield piece
        if raw.offset == piece.start:
            raw.let_go(len(GZIP_MAGIC))


class _Raw:
    """The file itself, and where in it the first byte is that nobody took."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self.offset = 0

    def waiting(self) -> bytes:
        """The next bytes, not taken; none only at the end of the file."""
        if len(self._buffer) < len(GZIP_MAGIC):
            self._buffer += read_up_to(self._stream, _RAW_BYTES)
        return self._buffer

    def let_go(self, size: int) -> None:
        """So many of them were taken."""
        self._buffer = self._buffer[size:]
        self.offset += size

    def next_block(self) -> bytes:
        """The next bytes, taken."""
        block = self._buffer or self._stream.read(BLOCK_BYTES)
        self._buffer = b""
        self.offset += len(block)
        return block

    def skip_to(self, wanted: bytes) -> None:
        """Let go of everything before the next `wanted`, or of everything."""
        while (at := self._buffer.find(wanted)) < 0:
            more = self._stream.read(_RAW_BYTES)
            if not more:
                self.let_go(len(self._buffer))
                return
            kept = min(len(self._buffer), len(wanted) - 1)
            self.let_go(len(self._buffer) - kept)
            self._buffer += more
        self.let_go(at)

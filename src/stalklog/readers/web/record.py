"""The records of a web archive (WARC 1.0 and 1.1, ISO 28500): their fields, block and range.

They are framed here and not by warcio, which writes to the terminal what it stumbles over, and
reads a line of a header into memory however long it is.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import ReadingError
from stalklog.readers.web.piece import GzipPiece, PieceError, read_pieces
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from stalklog.readers.base import Notes
    from stalklog.readers.web.piece import Piece

FIRST_LINE: Final = re.compile(rb"WARC/[0-9]{1,3}\.[0-9]{1,3}[ \t]*\r?\n")
_LINE_BEFORE: Final = b"\nWARC/"
_FIRST_LINE_BYTES: Final = 5
_MAX_LINE_BYTES: Final = 1 << 16
_WINDOW_BYTES: Final = 1 << 12
"""How much is looked at for the next record behind damage."""
_ENDS: Final = (b"\r\n\r\n", b"\n\n", b"\r\n", b"\n")
"""What stands behind a block: two line ends, and of careless writers one, or bare ones."""
_DIGITS: Final = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True)
class Record:
    """One record, whose block is read once from its beginning to its end."""

    fields: Mapping[str, str]
    """The named fields, their names in lower case; of two with one name the first."""
    version: str
    """`WARC/1.1`."""
    size_bytes: int
    """How long its block says that it is."""
    start: int
    """Where it begins in its piece."""
    member: str
    """The file inside a zip that it is in."""
    _piece: Piece = field(repr=False)
    _left: int = field(repr=False)
    place: Place = field(default_factory=Place)
    """Where it is in the original, once it is finished."""

    def read(self, size: int) -> bytes:
        """The next bytes of the block; none only at its end, or where it is damaged."""
        found = b""
        if self._left:
            with suppress(
                PieceError
            ):  # raised again, and told, where the next record is looked for
                found = self._piece.take(min(size, self._left))
        self._left -= len(found)
        return found

    def line(self) -> bytes:
        """The next line of the block, or a part of one that is too long."""
        found = b""
        if self._left:
            with suppress(PieceError):
                found = self._piece.line(min(_MAX_LINE_BYTES, self._left))
        self._left -= len(found)
        return found

    @property
    def is_cut(self) -> bool:
        """Whether its block ended too early, once it was read to its end."""
        return self._left > 0

    def finish(self) -> Place:
        """Read what is left of it; where it is in the original."""
        while self.read(_MAX_LINE_BYTES):
            pass
        with suppress(PieceError):
            ahead = self._piece.peek(len(_ENDS[0]))
            self._piece.take(next((len(end) for end in _ENDS if ahead.startswith(end)), 0))
        self.place = self._place()
        return self.place

    def _place(self) -> Place:
        piece = self._piece
        if not isinstance(piece, GzipPiece):
            return Place(self.start, piece.position, member=self.member, sha256=piece.sha256())
        is_alone = False
        with suppress(PieceError):
            is_alone = piece.is_ended and not self.start
        if is_alone:
            return Place(piece.start, piece.end, member=self.member, sha256=piece.sha256())
        return Place(member=self.member, item=f"unpacked {self.start}-{piece.position}")


def read_records(stream: BinaryIO, notes: Notes, member: str = "") -> Iterator[Record]:
    """The records of an archive; each must be finished before the next one is asked for.

    Args:
        stream: Open at its beginning; it is only read on.
        notes: Told what is no record.
        member: The file's name inside a zip.

    Raises:
        ReadingError: There is more damage than anybody would look through.
    """
    for piece in read_pieces(stream, notes, member):
        try:
            yield from _records_of(piece, notes, member)
        except PieceError as error:
            notes.leave(error.reason, _rest_of(piece, member))
        else:
            if isinstance(piece, GzipPiece) and not member:
                notes.cover(piece.end - piece.start)


def begins_packed(head: bytes) -> bool:
    """Whether the first bytes of a file, unpacked, begin a record."""
    try:
        begins = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, _FIRST_LINE_BYTES * 8)
    except zlib.error:
        return False
    return bool(FIRST_LINE.match(begins))


def _rest_of(piece: Piece, member: str) -> Place:
    start = piece.start if isinstance(piece, GzipPiece) else None
    return Place(start=start, end=piece.raw.offset, member=member)


def _records_of(piece: Piece, notes: Notes, member: str) -> Iterator[Record]:
    gaps = 0
    while gaps <= MAX_UNREAD:
        piece.skip_blank_lines()
        piece.mark()
        start = piece.position
        line = piece.line(_MAX_LINE_BYTES)
        if not line:
            return
        record = _record(piece, line, start, member) if FIRST_LINE.fullmatch(line) else None
        if record is None:
            _skip_to_record(piece)
            notes.leave("damaged", _gap(piece, start, member))
            gaps += 1
        else:
            yield record
            if record.is_cut and not piece.is_packed:
                notes.leave("damaged", record.place)
            if not piece.is_packed and not member:
                notes.cover((record.place.end or start) - start)
    raise ReadingError("damaged", Place(start=piece.raw.offset, member=member))


def _record(piece: Piece, first: bytes, start: int, member: str) -> Record | None:
    """The record that begins here; None if its header is none."""
    fields = _fields(piece)
    length = _DIGITS.fullmatch((fields or {}).get("content-length", ""))
    if fields is None or length is None:
        return None
    size_bytes = int(length[0])
    version = first.strip().decode("ascii")
    return Record(fields, version, size_bytes, start, member, piece, size_bytes)


def _fields(piece: Piece) -> dict[str, str] | None:
    """The named fields; None if these lines are none, or end too early."""
    found: dict[str, list[str]] = {}
    left, last = MAX_HEADER_BYTES, list[str]()
    while left > 0 and not piece.peek(_FIRST_LINE_BYTES).startswith(b"WARC/"):
        line = piece.line(_MAX_LINE_BYTES)
        if not line:
            break
        left -= len(line)
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            return {name: " ".join(values) for name, values in found.items()}
        name, colon, value = text.partition(":")
        if text[0] in " \t":
            last.append(text.strip())
        elif not colon:
            return None
        else:
            last = [value.strip()]
            found.setdefault(name.strip().lower(), last)
    return None


def _skip_to_record(piece: Piece) -> None:
    """Go on to the next line that begins a record, or to the end."""
    while ahead := piece.peek(_WINDOW_BYTES):
        if FIRST_LINE.match(ahead):
            return
        at = ahead.find(_LINE_BEFORE, 1)
        is_last = len(ahead) < _WINDOW_BYTES
        piece.take(at + 1 if at >= 0 else len(ahead) - (0 if is_last else len(_LINE_BEFORE)))


def _gap(piece: Piece, start: int, member: str) -> Place:
    if isinstance(piece, GzipPiece):
        return Place(piece.start, member=member, item=f"unpacked {start}-{piece.position}")
    return Place(start, piece.position, member=member)

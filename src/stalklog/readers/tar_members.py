"""The files inside a tar, read in place: nothing is unpacked to disk, and no name is a path.

The form is that of POSIX (`pax`, `ustar`), with the long names of GNU. A tar has no directory: its
files lie one behind another, each behind a header, and what comes behind a broken header is lost.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.base import ReadingError
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes

_BLOCK_BYTES: Final = 512
_MAX_NAME_BYTES: Final = 1 << 16
_FILE: Final = frozenset({b"0", b"\0", b"7"})
_LONG_NAME, _EXTENDED = b"L", b"x"
_BINARY: Final = 0x80
_OCTAL: Final = re.compile(rb"[ \0]*([0-7]*)[ \0]*\Z")
_PATH: Final = re.compile(rb"(?:\A|\n)[0-9]{1,6} path=([^\n]*)\n")


@dataclass(frozen=True, slots=True)
class TarMember:
    """A file inside a tar."""

    name: str
    """As the tar writes it; never used as a path."""
    size_bytes: int
    """How long it says that it is."""
    start: int
    """Its first byte in the tar."""
    is_cut: bool = False
    """Whether its end is missing."""

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(start=0, end=self.size_bytes, member=self.name)


class TarMembers:
    """The files of one tar, in their order.

    Args:
        stream: The tar; it must be able to seek, and stays open.
        notes: Told where it is broken.
    """

    def __init__(self, stream: BinaryIO, notes: Notes) -> None:
        self._stream = stream
        self._size_bytes = stream.seek(0, io.SEEK_END)
        self._notes = notes
        self.members: tuple[TarMember, ...] = tuple(self._members())
        """The files that can be read."""

    def open(self, member: TarMember, /) -> TarStream:
        """Read a file from its beginning."""
        return TarStream(self._stream, member)

    def sha256(self, member: TarMember, /) -> str:
        """SHA-256 of a file, in lower-case hex.

        Raises:
            ReadingError: Its end is missing.
        """
        if member.is_cut:
            raise ReadingError("damaged", member.place, "cut off")
        digest = hashlib.sha256()
        with self.open(member) as content:
            while block := content.read(BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()

    def _members(self) -> Iterator[TarMember]:
        at, count, long_name = 0, 0, ""
        while at < self._size_bytes:
            self._stream.seek(at)
            block = read_up_to(self._stream, _BLOCK_BYTES)
            if block.count(0) == len(block) == _BLOCK_BYTES:
                return
            header = read_header(block)
            if header is None or count > MAX_MEMBERS:
                reason = "over-limit" if header else "damaged"
                self._notes.leave(reason, Place(at, self._size_bytes), "header")
                return
            kind, name, size = header
            start = at + _BLOCK_BYTES
            count += 1
            if kind in {_LONG_NAME, _EXTENDED}:
                long_name = _long_name(kind, read_up_to(self._stream, min(size, _MAX_NAME_BYTES)))
            elif kind in _FILE and start + size > self._size_bytes:
                name = long_name or name
                yield TarMember(name, max(0, self._size_bytes - start), start, is_cut=True)
            else:
                if kind in _FILE:
                    yield TarMember(long_name or name, size, start)
                long_name = ""
            at = start + -(-size // _BLOCK_BYTES) * _BLOCK_BYTES
        self._notes.leave("damaged", Place(self._size_bytes, self._size_bytes), "end")


class TarStream(io.RawIOBase):
    """One file inside a tar, read once from its beginning to its end.

    Args:
        stream: The tar.
        member: Which file.
    """

    is_sound = True
    """A tar has no checksum of what its files hold."""

    def __init__(self, stream: BinaryIO, member: TarMember) -> None:
        super().__init__()
        self._stream = stream
        self._member = member
        self.position = 0
        """How much was read."""

    def readable(self) -> bool:
        """It can be read, and nothing else."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; fewer only at its end."""
        left = self._member.size_bytes - self.position
        self._stream.seek(self._member.start + self.position)
        data = read_up_to(self._stream, left if size < 0 else min(size, left))
        self.position += len(data)
        return data


def read_header(block: bytes) -> tuple[bytes, str, int] | None:
    """What kind of thing lies behind a header, its name and its size; None where it is none."""
    if len(block) < _BLOCK_BYTES:
        return None
    said, size = _number(block[148:156]), _number(block[124:136])
    if said is None or size is None:
        return None
    if sum(block) - sum(block[148:156]) + 8 * ord(" ") != said:
        return None
    name = block[:100].partition(b"\0")[0]
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    whole = prefix + b"/" + name if prefix else name
    return block[156:157], whole.decode("utf-8", "replace"), size


def first_headers(head: bytes) -> Iterator[tuple[str, bytes]]:
    """The names of the files whose headers lie in the first bytes of a tar, and their first bytes.

    Args:
        head: The first bytes of a file; no tar at all has none.
    """
    at = 0
    while header := read_header(head[at : at + _BLOCK_BYTES]):
        _kind, name, size = header
        start = at + _BLOCK_BYTES
        yield name, head[start : start + size]
        at = start + -(-size // _BLOCK_BYTES) * _BLOCK_BYTES


def _number(field: bytes) -> int | None:
    """A number as tars write them: octal digits, or one of eight bytes and more."""
    if field[0] & _BINARY:
        return int.from_bytes(field[1:], "big") if field[0] == _BINARY else None
    found = _OCTAL.match(field)
    return int(found[1] or b"0", 8) if found else None


def _long_name(kind: bytes, data: bytes) -> str:
    if kind == _LONG_NAME:
        return data.partition(b"\0")[0].decode("utf-8", "replace")
    found = _PATH.search(data)
    return found[1].decode("utf-8", "replace") if found else ""

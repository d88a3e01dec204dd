"""UTF-16 read as UTF-8, for readers that know only that; where each byte came from is kept.

A program of Windows that saves a file anew may write two bytes for each letter. What is read then
lies in a text that is nowhere: its places are those of the letters in the original.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.stream import read_up_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.records.message import Place

_BOMS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_BARE: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_BLOCK_BYTES: Final = 1 << 14
_HIGH: Final = range(0xD800, 0xDC00)
_HALF_BYTES: Final = 2
_CONTINUES: Final = range(0x80, 0xC0)
"""Bytes inside a letter of UTF-8."""


def wide_encoding(head: bytes) -> str:
    """Which of the two it is, from the first bytes of a file of marks; empty if neither."""
    return _BOMS.get(head[:2], "") or _BARE.get(head[:2], "")


def wide_head(head: bytes) -> bytes:
    """The first bytes of a file as UTF-8; nothing if it is not UTF-16."""
    encoding = wide_encoding(head)
    if not encoding:
        return b""
    text = head[: len(head) // _HALF_BYTES * _HALF_BYTES].decode(encoding, "replace")
    return text.removeprefix("\ufeff").encode("utf-8", "replace")


class Narrowed:
    """A file of UTF-16, read on and on as UTF-8.

    Args:
        stream: The file; it must be able to seek.
    """

    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(0)
        self._stream = stream
        head = read_up_to(stream, _HALF_BYTES)
        self._encoding = wide_encoding(head) or "utf-16-le"
        self._at = _HALF_BYTES if head in _BOMS else 0
        self._waiting = b""
        self._given = 0
        self._starts = [0]
        self._origins = [self._at]
        self._last = -1, b""

    @property
    def given_bytes(self) -> int:
        """How many bytes of UTF-8 there were so far, those that wait among them."""
        return self._given

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; fewer only at the end."""
        blocks = [self._waiting]
        have = len(self._waiting)
        while (size < 0 or have < size) and (block := self._block()):
            blocks.append(block)
            have += len(block)
        data = b"".join(blocks)
        size = len(data) if size < 0 else size
        self._waiting = data[size:]
        return data[:size]

    def place(self, place: Place) -> Place:
        """Where something lies in the original, with the hash of its bytes there."""
        if place.start is None or place.end is None:
            return place
        start, end = self._origin(place.start), self._origin(place.end)
        digest = self._sha256(start, end) if place.sha256 else ""
        return replace(place, start=start, end=end, sha256=digest)

    def _block(self) -> bytes:
        """Further letters, none of them cut in two."""
        self._stream.seek(self._at)
        data = read_up_to(self._stream, _BLOCK_BYTES)
        data = data[: len(data) // _HALF_BYTES * _HALF_BYTES]
        text = self._decoded(data)
        if text and ord(text[-1]) in _HIGH and len(text) > 1:
            text = text[:-1]
            data = data[:-_HALF_BYTES]
        made = text.encode("utf-8", "surrogatepass")
        self._at += len(data)
        self._given += len(made)
        self._starts.append(self._given)
        self._origins.append(self._at)
        return made

    def _decoded(self, data: bytes) -> str:
        return data.decode(self._encoding, "surrogatepass")

    def _origin(self, at: int) -> int:
        """Where in the original a byte comes from."""
        number = bisect_right(self._starts, at) - 1
        origin, rest = self._origins[number], at - self._starts[number]
        if not rest:
            return origin
        if self._last[0] != number:
            self._stream.seek(origin)
            data = read_up_to(self._stream, _BLOCK_BYTES)
            text = self._decoded(data[: len(data) // _HALF_BYTES * _HALF_BYTES])
            self._last = number, text.encode("utf-8", "surrogatepass")
        made = self._last[1]
        while rest < len(made) and made[rest] in _CONTINUES:
            rest -= 1
        before = made[:rest].decode("utf-8", "surrogatepass")
        return origin + len(before.encode(self._encoding, "surrogatepass"))

    def _sha256(self, start: int, end: int) -> str:
        digest = sha256()
        for block in self._blocks(start, end):
            digest.update(block)
        return digest.hexdigest()

    def _blocks(self, start: int, end: int) -> Iterator[bytes]:
        self._stream.seek(start)
        while start < end and (block := self._stream.read(min(end - start, 1 << 18))):
            start += len(block)
            yield block

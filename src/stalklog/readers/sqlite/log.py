"""The pages that a database wrote into its `-wal` file and not yet into itself.

The form is section 4 of https://www.sqlite.org/fileformat2.html. What was written and never
finished does not count: only pages up to the last one that ends a change, as SQLite has it.
"""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_LITTLE, _BIG = 0x377F0682, 0x377F0683
"""How it begins, and in which order the bytes of its checksums are counted."""
_SUMMED_BYTES: Final = 24
_SUMMED_OF_FRAME_BYTES: Final = 8
_ALL: Final = 0xFFFFFFFF


class Log:
    """A `-wal` file.

    Args:
        data: All of it; one of another database, or a broken one, holds no pages.
        page_bytes: How long a page of the database is.
        name: The file inside a zip that this is.
    """

    def __init__(self, data: bytes, page_bytes: int, name: str = "") -> None:
        self._data = data
        self._page_bytes = page_bytes
        self.name = name
        self.count = 0
        """How many pages the database has with these; 0 if none of them count."""
        self.starts: dict[int, int] = {}
        """Where in it each page lies, in its last form."""
        self._read()

    def page(self, number: int) -> bytes:
        """The bytes of a page that it has."""
        start = self.starts[number]
        return self._data[start : start + self._page_bytes]

    def _read(self) -> None:
        data = self._data
        if len(data) < _HEADER.size:
            return
        magic, _version, page_bytes, _turn, *salts, first, second = _HEADER.unpack_from(data)
        order = {_LITTLE: "<", _BIG: ">"}.get(magic, "")
        sums = (first, second)
        is_sound = order and _summed(data[:_SUMMED_BYTES], (0, 0), order) == sums
        if not is_sound or page_bytes != self._page_bytes:
            return
        found: dict[int, int] = {}
        at = _HEADER.size
        while at + _FRAME.size + page_bytes <= len(data):
            number, count, one, other, first, second = _FRAME.unpack_from(data, at)
            start = at + _FRAME.size
            sums = _summed(data[at : at + _SUMMED_OF_FRAME_BYTES], sums, order)
            sums = _summed(data[start : start + page_bytes], sums, order)
            if [one, other] != salts or sums != (first, second):
                return
            found[number] = start
            if count:
                self.starts |= found
                self.count = count
                found = {}
            at = start + page_bytes


def _summed(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """The two sums of what came before and of this."""
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for one, other in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & _ALL
        second = (second + other + first) & _ALL
    return first, second

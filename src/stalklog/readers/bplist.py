"""Apple's binary property lists: the few values that are looked for, and nothing besides.

`plistlib` reads all of one, and values that lie over one another make it take a thousand times the
memory of the file. Apple writes what several values have in common once, such as a name or a text
that came back. So each byte may be read a few times; where more are, the list is not understood.
The form is that of Apple's source, `CFBinaryPList.c`.
"""

from __future__ import annotations

import struct
from typing import Final, TypeAlias

Plain: TypeAlias = "int | float | bytes | str | list[Plain] | dict[str, Plain] | None"
"""What such a list can hold; None is anything that is not looked for."""

_MAGIC: Final = b"bplist00"
_TRAILER: Final = struct.Struct(">6xBBQQQ")
_MAX_DEPTH: Final = 8
_MOST_TIMES: Final = 16
"""So often may each byte be read, on average."""
_SIZE_FOLLOWS: Final = 0xF
_INTEGER, _REAL, _DATE, _DATA, _ASCII, _UTF16, _ARRAY, _DICT = 1, 2, 3, 4, 5, 6, 0xA, 0xD


def read_bplist(data: bytes) -> Plain:
    """The outermost value; None where it cannot be understood."""
    try:
        return _List(data).top()
    except (ValueError, IndexError, struct.error):
        return None


class _List:
    """One property list."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(_MAGIC) or len(data) < len(_MAGIC) + _TRAILER.size:
            raise ValueError
        self._data = data
        self._left = len(data) * _MOST_TIMES
        trailer = _TRAILER.unpack(data[-_TRAILER.size :])
        self._offset_bytes, self._number_bytes, self._count, self._top, self._table = trailer
        if not (0 < self._offset_bytes <= 8 and 0 < self._number_bytes <= 8):  # noqa: PLR2004 - bytes
            raise ValueError

    def top(self) -> Plain:
        return self._value(self._top, 0)

    def _value(self, number: int, depth: int) -> Plain:
        if number >= self._count or depth > _MAX_DEPTH:
            raise ValueError
        at = self._number(self._table + number * self._offset_bytes, self._offset_bytes)
        mark = self._data[at]
        kind, size = mark >> 4, mark & 0xF
        at += 1
        if kind == _INTEGER:
            return self._number(at, 1 << size, is_signed=size >= 3)  # noqa: PLR2004 - eight bytes
        if kind in {_REAL, _DATE}:
            return float(struct.unpack(">f" if size == 2 else ">d", self._take(at, 1 << size))[0])  # noqa: PLR2004 - four bytes
        if size == _SIZE_FOLLOWS and kind:
            width = 1 << (self._data[at] & 0xF)
            size = self._number(at + 1, width)
            at += 1 + width
        return self._long_value(kind, at, size, depth)

    def _long_value(self, kind: int, at: int, size: int, depth: int) -> Plain:
        if kind == _DATA:
            return self._take(at, size)
        if kind == _ASCII:
            return self._take(at, size).decode("ascii", "replace")
        if kind == _UTF16:
            return self._take(at, 2 * size).decode("utf-16-be", "replace")
        if kind == _ARRAY:
            return [self._value(one, depth + 1) for one in self._numbers(at, size)]
        if kind == _DICT:
            names = [self._value(one, depth + 1) for one in self._numbers(at, size)]
            at += size * self._number_bytes
            values = [self._value(one, depth + 1) for one in self._numbers(at, size)]
            return dict(zip(map(str, names), values, strict=True))
        return None

    def _numbers(self, at: int, count: int) -> list[int]:
        width = self._number_bytes
        data = self._take(at, count * width)
        places = range(0, len(data), width)
        return [int.from_bytes(data[one : one + width], "big") for one in places]

    def _number(self, at: int, width: int, *, is_signed: bool = False) -> int:
        data = self._data[at : at + width]
        if len(data) < width:
            raise ValueError
        return int.from_bytes(data, "big", signed=is_signed)

    def _take(self, at: int, size: int) -> bytes:
        """Bytes of one value: in all no more than `_MOST_TIMES` what the list has."""
        self._left -= size
        data = self._data[at : at + size]
        if self._left < 0 or len(data) < size:
            raise ValueError
        return data

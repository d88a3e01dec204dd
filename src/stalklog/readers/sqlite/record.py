"""One row of a table, taken apart: section 2.1 of https://www.sqlite.org/fileformat2.html."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Value: TypeAlias = int | float | str | bytes | None
"""What a row can hold."""

_SIZES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)
"""How long the values of the first types are; the tenth and eleventh are never used."""
_FLOAT, _ZERO, _ONE = 7, 8, 9
_FIRST_LONG: Final = 12
_MORE: Final = 0x80
_VARINT_BYTES: Final = 9


class RecordError(ValueError):
    """A row is not put together as it should be."""


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends.

    Raises:
        RecordError: It has no end.
    """
    value = 0
    for place, byte in enumerate(data[at : at + _VARINT_BYTES], 1):
        if place == _VARINT_BYTES:
            return (value << 8) | byte, at + place
        value = (value << 7) | (byte & 0x7F)
        if byte < _MORE:
            return value, at + place
    raise RecordError("number")


def read_record(payload: bytes, wanted: Sequence[int], encoding: str) -> list[Value]:
    """Some columns of a row; None for those that it does not have.

    Args:
        payload: The row.
        wanted: Which columns, counted from 0; -1 is a column that no row has.
        encoding: How texts are written.

    Raises:
        RecordError: It is not put together as it should be.
    """
    end, at = read_varint(payload, 0)
    if end > len(payload):
        raise RecordError("header")
    types: list[int] = []
    last = max(wanted, default=-1)
    while at < end and len(types) <= last:
        kind = payload[at]
        at += 1
        if kind >= _MORE:
            kind, at = read_varint(payload, at - 1)
        types.append(kind)
    starts: list[int] = []
    start = end
    for kind in types:
        starts.append(start)
        start += (kind - _FIRST_LONG) // 2 if kind >= _FIRST_LONG else _SIZES[kind]
    if start > len(payload):
        raise RecordError("values")
    return [
        _value(payload, types[column], starts[column], encoding)
        if 0 <= column < len(types)
        else None
        for column in wanted
    ]


def _value(payload: bytes, kind: int, start: int, encoding: str) -> Value:
    if kind >= _FIRST_LONG:
        data = payload[start : start + (kind - _FIRST_LONG) // 2]
        return data.decode(encoding, "replace") if kind & 1 else data
    if kind == _FLOAT:
        return float(struct.unpack_from(">d", payload, start)[0])
    if kind in {_ZERO, _ONE}:
        return kind - _ZERO
    size = _SIZES[kind]
    return int.from_bytes(payload[start : start + size], "big", signed=True) if size else None

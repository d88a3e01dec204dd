"""One row of a table, taken apart: section 2.1 of https://www.sqlite.org/fileformat2.html."""

from __future__ import annotations

import struct
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Value: TypeAlias = int | float | str | bytes | None
"""What a row can hold."""

_SIZES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)
"""How long the values of the first types are; the tenth and eleventh are never used."""
_NOTHING, _FLOAT = 0, 7
_BY_TYPE: Final[dict[int, Value]] = {0: None, 8: 0, 9: 1, 10: None, 11: None}
"""Values that their type alone tells."""
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
    if at < len(data) and data[at] < _MORE:
        return data[at], at + 1
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
    types = _types(payload, at, end, max(wanted, default=-1) + 1)
    sizes = [(kind - _FIRST_LONG) // 2 if kind >= _FIRST_LONG else _SIZES[kind] for kind in types]
    starts = list(accumulate(sizes, initial=end))
    if starts[-1] > len(payload):
        raise RecordError("values")
    found: list[Value] = []
    for column in wanted:
        kind = types[column]
        if kind in _BY_TYPE:
            found.append(_BY_TYPE[kind])
        else:
            found.append(_value(payload[starts[column] : starts[column + 1]], kind, encoding))
    return found


def _types(payload: bytes, at: int, end: int, count: int) -> list[int]:
    """The types of the first columns; behind them is one of nothing, so that it is also at -1.

    Args:
        payload: The row.
        at: Where its types begin.
        end: Where they end; columns of which none is left have nothing.
        count: How many are wanted.
    """
    header = payload[at : min(end, at + count)]
    if header.isascii():
        types = list(header)
    else:
        types = []
        while at < end and len(types) < count:
            kind = payload[at]
            at += 1
            if kind >= _MORE:
                kind, at = read_varint(payload, at - 1)
            types.append(kind)
    return [*types, *[_NOTHING] * (count + 1 - len(types))]


def _value(data: bytes, kind: int, encoding: str) -> Value:
    if kind >= _FIRST_LONG:
        return data.decode(encoding, "replace") if kind & 1 else data
    if kind == _FLOAT:
        return float(struct.unpack(">d", data)[0])
    return int.from_bytes(data, "big", signed=True)

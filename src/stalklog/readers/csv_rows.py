"""The rows of a CSV file one after another, each with its exact bytes, in little memory.

RFC 4180: a field in quotes may hold commas, line ends and doubled quotes. A quote that is never
closed would take in everything behind it; then the last row is told to be cut off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.records.message import Place
from stalklog.safety.limits import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.window import Window

_ROW: Final = re.compile(
    rb'(?:"(?:[^"]++|"")*+"[^,\r\n]*+|[^",\r\n][^,\r\n]*+)?+'
    rb'(?:,(?:"(?:[^"]++|"")*+"[^,\r\n]*+|[^",\r\n][^,\r\n]*+)?+)*+(\r\n|\n|\r|\Z)'
)
_FIELD: Final = re.compile(r'(?:"((?:[^"]++|"")*+)"?[^,]*+|([^,]*+))(,|\Z)')
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty."""

    fields: tuple[str, ...]
    """What stands in it, without quotes."""
    place: Place
    """Its bytes, without its line end."""
    flags: tuple[str, ...] = ()
    """What is odd about it: names of `records.message.FLAGS`."""


def csv_rows(window: Window, notes: Notes, member: str = "") -> Iterator[Row]:
    """Every row, the header too.

    Args:
        window: The file.
        notes: Told of what is over `MAX_RECORD_BYTES`: behind it nothing is read.
        member: The file inside a zip that this is.
    """
    window.more(0)
    at = len(_BOM) if window.data.startswith(_BOM) else 0
    while True:
        data = window.data
        found = _ROW.match(data, at)
        is_long = len(data) - at > MAX_RECORD_BYTES
        if (not found or found.end() == len(data)) and not window.is_ended and not is_long:
            window.more(at)
            at = 0
            continue
        if (found is None or found.end() == len(data)) and is_long and not window.is_ended:
            _leave_rest(window, at, notes, member)
            return
        end = found.start(1) if found else len(data)
        if end > at:
            yield _row(data[at:end], window.start + at, member, is_cut=found is None)
        if found is None or found.end() == len(data):
            return
        at = found.end()


def _row(data: bytes, start: int, member: str, *, is_cut: bool) -> Row:
    flags = ("cut-off",) if is_cut else ()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text, flags = data.decode("utf-8", "replace"), (*flags, "bad-charset")
    place = Place(start, start + len(data), "", member, "", sha256(data).hexdigest())
    return Row(tuple(_fields(text)), place, flags)


def _fields(text: str) -> Iterator[str]:
    for found in _FIELD.finditer(text):
        quoted = found[1]
        yield found[2] if quoted is None else quoted.replace('""', '"')
        if not found[3]:
            return


def _leave_rest(window: Window, at: int, notes: Notes, member: str) -> None:
    start = window.start + at
    while window.more(len(window.data)):
        pass
    notes.leave("over-limit", Place(start, window.start + len(window.data), member=member), "row")

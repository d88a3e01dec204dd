"""The rows of a CSV file one after another, each with its exact bytes, in little memory.

The form is RFC 4180: a field in quotes may hold commas and line ends. Where a quote has no end its
row ends with the line, and is told to be cut off. That is so at most once in `MAX_RECORD_BYTES`,
since the next quote would be the end: no file is looked through again and again.
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

    from stalklog.readers.window import Window

_FIELD: Final = rb'(?:"(?:[^"]++|"")*+"[^,\r\n]*+|(?!")[^,\r\n]*+)'
_ONE: Final = re.compile(_FIELD)
_ROW: Final = re.compile(_FIELD + rb"(?:," + _FIELD + rb")*+(?:\r\n|\n|\r|\Z)")
_LINE_END: Final = re.compile(rb"\n")
_BOM: Final = b"\xef\xbb\xbf"
_MAX_FIELDS: Final = 1_000
_HEAD_FIELDS: Final = 100


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row, by the names of its columns."""

    values: dict[str, str]
    """What it says; a column that it does not have is not there."""
    place: Place
    """Its bytes, with its line end."""
    flags: tuple[str, ...] = ()
    """What is odd about it: names of `records.message.FLAGS`."""


def header_of(head: bytes) -> tuple[str, ...]:
    """The names of the columns of a file, from its first bytes."""
    found = _ROW.match(head.removeprefix(_BOM))
    return tuple(_fields(found[0])[0][:_HEAD_FIELDS]) if found else ()


def csv_rows(window: Window, member: str = "") -> Iterator[CsvRow]:
    """Every row that is not empty, below the names of the columns.

    Args:
        window: The file, of which nothing was read.
        member: The file inside a zip that this is.
    """
    window.more(0)
    at = len(_BOM) if window.data.startswith(_BOM) else 0
    names: list[str] = []
    while True:
        at, end, is_whole = _end(window, at)
        data = window.data[at:end]
        start = window.start
        place = Place(start + at, start + end, "", member, "", sha256(data).hexdigest())
        at = end
        if not data:
            return
        if data.strip(b"\r\n"):
            fields, is_sound = _fields(data)
            if names:
                flags = () if is_sound else ("bad-charset",)
                if not is_whole:
                    flags = (*flags, "cut-off")
                elif len(fields) != len(names):
                    flags = (*flags, "bad-structure")
                yield CsvRow(dict(zip(names, fields, strict=False)), place, flags)
            names = names or [name.strip() for name in fields]


def _end(window: Window, at: int) -> tuple[int, int, bool]:
    """Where a row begins and ends in the window, and whether all its quotes are closed."""
    while True:
        found = _ROW.match(window.data, at)
        if found and (found.end() < len(window.data) or window.is_ended):
            return at, found.end(), True
        if window.is_ended or len(window.data) - at > MAX_RECORD_BYTES:
            break
        window.more(at)
        at = 0
    line = _LINE_END.search(window.data, at)
    return at, line.end() if line else len(window.data), False


def _fields(data: bytes) -> tuple[list[str], bool]:
    """The fields of a row, and whether every letter could be decoded."""
    found: list[str] = []
    at, is_sound = 0, True
    data = data.rstrip(b"\r\n")
    while at <= len(data) and len(found) < _MAX_FIELDS:
        field = _ONE.match(data, at)
        written = field[0] if field else data[at + 1 :]
        if field and written.startswith(b'"'):
            quoted, _quote, rest = written[1:].rpartition(b'"')
            written = quoted.replace(b'""', b'"') + rest
        try:
            found.append(written.decode())
        except UnicodeDecodeError:
            found.append(written.decode("utf-8", "replace"))
            is_sound = False
        at = field.end() + 1 if field else len(data) + 1
    return found, is_sound

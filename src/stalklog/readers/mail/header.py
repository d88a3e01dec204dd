"""The header of a mail or of one of its parts: its fields as they stand there, and where it ends.

The fields are split here and not by the standard library, whose parser keeps no offsets, ends a
line at a bare CR, and takes a header for a body from its first broken line on. That the two agree
on genuine mail is tested.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_HEADER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FIELD = re.compile(
    rb"(?!--)([!-9;-~]+)[ \t]*(?:\r*\n[ \t]+)?:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)"
)
_BLANK = re.compile(rb"\n\r*(?:\n|\Z)")
_EMPTY_LINE = re.compile(rb"\r*(?:\n|\Z)")
_ENVELOPE = re.compile(rb">?From ")
_BOUNDARY = re.compile(rb"--[^\s]")
_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_KNOWN = re.compile(
    rb"\n(received|return-path|from|to|subject|date|message-id|mime-version|content-type"
    rb"|content-transfer-encoding)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of one header, in their order."""

    fields: tuple[tuple[str, str], ...]
    """Names in lower case, and values as written: folded, 8-bit bytes as surrogates."""
    values: Mapping[str, Sequence[str]]
    """The same by name."""
    body: int
    """Where the body begins."""
    broken: tuple[tuple[int, int], ...] = ()
    """Lines between the fields that are none."""
    is_cut: bool = False
    """Whether it is longer than is read."""
    is_ended: bool = True
    """Whether an empty line, or the end of everything, ends it."""

    def first(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        found = self.values.get(name)
        return found[0] if found else ""

    def all(self, name: str) -> Sequence[str]:
        """Every value of a field."""
        return self.values.get(name, ())


def parse_header(data: bytes, start: int, end: int) -> Header:
    """The header that begins at `start`; never raises.

    Args:
        data: The whole mail.
        start: Where the header begins.
        end: Where what it belongs to ends.
    """
    return _Scan(data, start, end).run()


class _Scan:
    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._start = start
        self._end = end
        self._fields: list[tuple[str, str]] = []
        self._broken: list[tuple[int, int]] = []
        self._known: dict[str, int] | None = None

    def run(self) -> Header:
        data, position = self._data, self._start
        stop = min(self._end, self._start + MAX_HEADER_BYTES)
        is_ended = True
        while position < stop:
            found = _FIELD.match(data, position, stop)
            if found:
                if len(self._fields) == MAX_HEADER_FIELDS:
                    return self._header(self._blank(position), is_cut=True)
                name, value = found.groups()
                self._fields.append(
                    (name.decode("ascii").lower(), value.rstrip(b"\r\n").decode(*_AS_IS))
                )
                position = found.end()
                continue
            empty = _EMPTY_LINE.match(data, position, stop)
            if empty:
                position = empty.end()
                break
            if not self._goes_on(position):
                is_ended = False
                break
            position = self._pass_line(position, stop)
        if position >= stop and stop < self._end:
            return self._header(self._blank(stop), is_cut=True)
        return self._header(position, is_ended=is_ended)

    def _header(self, body: int, *, is_cut: bool = False, is_ended: bool = True) -> Header:
        values: dict[str, list[str]] = {}
        for name, value in self._fields:
            values.setdefault(name, []).append(value)
        return Header(tuple(self._fields), values, body, tuple(self._broken), is_cut, is_ended)

    def _blank(self, position: int) -> int:
        """Where the body begins behind a header of which the rest is not read."""
        found = _BLANK.search(self._data, max(position - 1, self._start), self._end)
        return found.end() if found else self._end

    def _pass_line(self, position: int, stop: int) -> int:
        found = _LINE.match(self._data, position, stop)
        after = found.end() if found else stop
        if not _ENVELOPE.match(self._data, position):
            self._broken.append((position, after))
        return after

    def _goes_on(self, position: int) -> bool:
        """Whether behind a broken line the same header goes on: a field that it lacks stands there.

        Otherwise the line begins a body that no empty line parts from the header.
        """
        if _BOUNDARY.match(self._data, position):
            return False
        if self._known is None:
            blank = _BLANK.search(self._data, position, self._end)
            stop = min(blank.start() if blank else self._end, self._start + MAX_HEADER_BYTES)
            found = _KNOWN.finditer(self._data, position, stop)
            self._known = {match[1].decode("ascii").lower(): match.start() for match in found}
        if not self._fields and not self._broken:
            return bool(self._known)
        seen = {name for name, _value in self._fields} - {"received"}
        return any(at >= position and name not in seen for name, at in self._known.items())


_AS_IS: Final = ("ascii", "surrogateescape")

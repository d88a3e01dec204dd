"""The tags of an XML file one after another, in little memory, however broken or big it is.

Made for files whose content stands in attributes. A value as long as a film is not kept: what it
decodes to is counted and hashed on the way. There is no DTD here and nothing that could be
expanded; a broken tag is passed over and named, and the next one is read.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.readers.base64_value import Base64Value
from stalklog.records.message import Place
from stalklog.records.value import value
from stalklog.safety.limits import MAX_ATTRIBUTES, MAX_VALUE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.window import Window

TagKind: TypeAlias = Literal["begins", "open", "empty", "close"]
"""`begins`: it is long, and comes once more when all of it was read."""

_NAME: Final = rb"[A-Za-z_][A-Za-z0-9_.:-]*+"
_TAG: Final = re.compile(rb"\s*+<(/?)(" + _NAME + rb")((?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_BEGIN: Final = re.compile(rb"\s*+<(" + _NAME + rb")(?=[\s/>])")
_START: Final = re.compile(rb"<(" + _NAME + rb")")
_ATTRIBUTE: Final = re.compile(
    r"([A-Za-z_][A-Za-z0-9_.:-]*+)\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)')"
)
_NAME_AND_EQUALS: Final = re.compile(
    r"[ \t\r\n]*+[A-Za-z_][A-Za-z0-9_.:-]*+[ \t\r\n]*+=[ \t\r\n]*+\Z"
)
_REMEMBERED: Final = 1_024
"""Ways in which the attributes of a tag follow one another: an app has a few."""
_ATTRIBUTE_BYTES: Final = re.compile(_ATTRIBUTE.pattern.encode())
_SPACE: Final = b" \t\r\n\xef\xbb\xbf"
_VALUE_BEGINS: Final = re.compile(rb"\s*+(" + _NAME + rb")\s*+=\s*+([\"'])")
_TAG_ENDS: Final = re.compile(rb"\s*+(/?)>")
_STOPS: Final = {b'"': re.compile(rb'["<]'), b"'": re.compile(rb"['<]")}
_LESS: Final = re.compile(rb"<")
_QUESTION_END: Final = re.compile(rb"\?>")
_COMMENT_END: Final = re.compile(rb"-->")
_CDATA_END: Final = re.compile(rb"\]\]>")
_SUBSET_END: Final = re.compile(rb"\]\s{0,100}>")
_DECLARATION: Final = re.compile(rb"<![^\[>]{0,1000}([\[>])")
_OVERLAP: Final = 120
_LONG_BYTES: Final = 1 << 20
"""A tag that is longer is read value by value."""


@value(frozen=True, slots=True)
class Tag:
    """One tag."""

    kind: TagKind
    name: bytes
    start: int
    """Its first byte in the file."""
    end: int
    """One past its last byte."""
    values: dict[str, str] = field(default_factory=dict)
    """Its attributes as they stand between the quotes, decoded; where one stands there twice, the
    first."""
    data: Base64Value | None = None
    """What its attribute `data` decodes to, which is not among the values."""
    flags: tuple[str, ...] = ()
    """What is odd about it."""


class XmlTags:
    """The tags of a file, in its order.

    Args:
        window: The file.
        notes: Told what is no tag and no space between tags.
    """

    def __init__(self, window: Window, notes: Notes) -> None:
        self._window = window
        self._notes = notes
        self.at = 0
        """Index in the window behind the last tag."""

    def __iter__(self) -> Iterator[Tag]:
        window = self._window
        while True:
            if tag := self._simple():
                yield tag
                continue
            if found := _TAG.match(window.data, self.at):
                self.at = found.end()
                yield _whole(found, window.start)
                continue
            data, before = window.data, self.position
            if not self._to_tag():
                return
            if len(window.data) - self.at < _OVERLAP:
                self._fill()
            if window.data is not data or self.position != before:
                continue
            if self._is_declaration():
                self._skip_declaration()
            else:
                yield from self._long()

    def _simple(self) -> Tag | None:
        """A tag with attributes in double quotes alone, as nearly all are; None for any other.

        Searches for single bytes find where it ends in a fifth of the time of the pattern: before
        the next `<`, behind an even number of quotes.
        """
        data, offset = self._window.data, self._window.start
        begun = _BEGIN.match(data, self.at)
        if not begun:
            return None
        begin = begun.end()
        following = data.find(b"<", begin)
        end = data.find(b">", begin, following if following >= 0 else len(data))
        rest = data[begin:end]
        if end < 0 or b"data" in rest:
            return None
        text, flags = _decoded(rest)
        pieces = text.split('"')
        names = _names('"'.join(pieces[::2])) if len(pieces) % 2 else None
        if names is None:
            return None
        self.at = end + 1
        kind: TagKind = "empty" if pieces[-1].endswith("/") else "open"
        values = dict(zip(names, pieces[1::2], strict=True))
        start = offset + begun.start(1) - 1
        return Tag(kind, begun[1], start, offset + end + 1, values, None, flags)

    @property
    def position(self) -> int:
        """Where in the file the last tag ended."""
        return self._window.start + self.at

    def _to_tag(self) -> bool:
        """Go to the next `<`; what lies before it should be space."""
        window = self._window
        begin = self.position
        is_space = True
        while (next_at := window.data.find(b"<", self.at)) < 0:
            is_space = is_space and not window.data[self.at :].strip(_SPACE)
            is_more = window.more(len(window.data))
            self.at = 0
            if not is_more:
                break
        end = max(next_at, 0)
        is_space = is_space and not window.data[self.at : end].strip(_SPACE)
        self.at = end
        if not is_space:
            self._notes.leave("not-understood", Place(begin, self.position), "text")
        return next_at >= 0

    def _is_declaration(self) -> bool:
        return self._window.data[self.at + 1 : self.at + 2] in {b"?", b"!"}

    def _skip_declaration(self) -> None:
        """Pass over what is no tag; a DTD is told, and what it defines is not used."""
        data, at = self._window.data, self.at
        begin = self.position
        pattern, detail = _QUESTION_END, "?"
        if data.startswith(b"<!--", at):
            pattern, detail = _COMMENT_END, "comment"
            at += 4
        elif data.startswith(b"<![CDATA[", at):
            pattern, detail = _CDATA_END, "CDATA"
        elif data.startswith(b"<!", at):
            head = _DECLARATION.match(data, at)
            pattern, detail = (_SUBSET_END if head and head[1] == b"[" else re.compile(b">")), "DTD"
        found = self._window.seek(pattern, at, _OVERLAP)
        self.at = found.end() if found else len(self._window.data)
        place = Place(begin, self.position)
        if not found:
            self._notes.leave("damaged", place, detail)
        elif detail in {"DTD", "CDATA"}:
            self._notes.leave("not-read", place, detail)

    def _long(self) -> Iterator[Tag]:
        """A tag that does not end in the bytes at hand, or never."""
        window = self._window
        while True:
            following = window.data.find(b"<", self.at + 1)
            if following >= 0:
                self._leave_broken(self.position, following)
                return
            if len(window.data) - self.at >= _LONG_BYTES:
                break
            if not self._fill():
                self._leave_broken(self.position, len(window.data))
                return
            if found := _TAG.match(window.data, self.at):
                self.at = found.end()
                yield _whole(found, window.start)
                return
        begun = _START.match(window.data, self.at)
        if not begun:
            self._leave_broken(self.position, len(window.data))
            return
        start, name = self.position, begun[1]
        yield Tag("begins", name, start, start)
        self.at = begun.end()
        yield from self._value_by_value(start, name)

    def _value_by_value(self, start: int, name: bytes) -> Iterator[Tag]:
        window = self._window
        values: dict[str, str] = {}
        data: Base64Value | None = None
        flags: list[str] = []
        for _number in range(MAX_ATTRIBUTES):
            self._fill_to(_LONG_BYTES)
            ends = _TAG_ENDS.match(window.data, self.at)
            if ends:
                self.at = ends.end()
                kind: TagKind = "empty" if ends[1] else "open"
                yield Tag(kind, name, start, self.position, values, data, tuple(flags))
                return
            begins = _VALUE_BEGINS.match(window.data, self.at)
            if not begins:
                break
            self.at = begins.end()
            value = Base64Value(self.position) if begins[1] == b"data" else _Kept()
            if not self._read_value(value, _STOPS[begins[2]]):
                break
            if isinstance(value, Base64Value):
                data = value.ended()
            else:
                text, odd = _decoded(bytes(value.data))
                values.setdefault(begins[1].decode(), text)
                flags += [*odd, *["text-cut"] * value.is_cut]
        at = window.data.find(b"<", self.at)
        self._leave_broken(start, at if at >= 0 else len(window.data))

    def _read_value(self, value: Base64Value | _Kept, stop: re.Pattern[bytes]) -> bool:
        """Read a value to its quote; False where there is none before the next tag."""
        window = self._window
        while not (found := stop.search(window.data, self.at)):
            value.add(window.data[self.at :])
            is_more = window.more(len(window.data))
            self.at = 0
            if not is_more:
                return False
        value.add(window.data[self.at : found.start()])
        self.at = found.start() if found[0] == b"<" else found.end()
        return found[0] != b"<"

    def _leave_broken(self, start: int, end_at: int) -> None:
        self.at = end_at
        self._notes.leave("damaged", Place(start, self.position), "tag")

    def _fill(self) -> bool:
        if self._window.is_ended:
            return False
        is_more = self._window.more(self.at)
        self.at = 0
        return is_more

    def _fill_to(self, size: int) -> None:
        while len(self._window.data) - self.at < size and self._fill():
            pass


class _Kept:
    """A long value of which the beginning is kept."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_cut = False

    def add(self, piece: bytes) -> None:
        room = MAX_VALUE_BYTES - len(self.data)
        self.data += piece[:room]
        self.is_cut = self.is_cut or len(piece) > room


def _whole(found: re.Match[bytes], offset: int) -> Tag:
    """A tag of which all bytes are at hand."""
    slash, name, rest = found.groups()
    start, end = offset + found.start(1) - 1, offset + found.end()
    if slash:
        return Tag("close", name, start, end)
    data = None
    if b"data" in rest and (value := _data_in(rest)):
        data = Base64Value(offset + found.start(3) + value[0])
        data.add(rest[value[0] : value[1]])
        data.ended()
        rest = rest[: value[0]] + rest[value[1] :]
    text, flags = _decoded(rest)
    pairs = _ATTRIBUTE.findall(text)
    values = {key: double or single for key, double, single in pairs}
    if len(values) != len(pairs):
        flags = (*flags, "bad-structure")
        values = {key: double or single for key, double, single in reversed(pairs)}
    kind: TagKind = "empty" if text.endswith("/") else "open"
    return Tag(kind, name, start, end, values, data, flags)


@lru_cache(_REMEMBERED)
def _names(between: str) -> tuple[str, ...] | None:
    """The names of attributes that all stand in double quotes; None where it is not that simple.

    Args:
        between: What stands outside of the quotes: ` type="" date=""/`.
    """
    pieces = between.split('"')
    names = [piece.strip(" \t\r\n=") for piece in pieces[:-1]]
    simple = (_NAME_AND_EQUALS.match(piece) for piece in pieces[:-1])
    is_simple = pieces[-1].strip() in {"", "/"} and len(set(names)) == len(names) and all(simple)
    return tuple(names) if is_simple else None


def _data_in(rest: bytes) -> tuple[int, int] | None:
    """Where the value of the attribute `data` stands among others."""
    for attribute in _ATTRIBUTE_BYTES.finditer(rest):
        if attribute[1] == b"data":
            return attribute.span(2 if attribute[2] is not None else 3)
    return None


def _decoded(value: bytes) -> tuple[str, tuple[str, ...]]:
    """Bytes as text, and whether some are no UTF-8."""
    try:
        return value.decode(), ()
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace"), ("bad-charset",)

"""The parts of a mail, each with its place in the untouched bytes (RFC 2046, RFC 9051 6.4.5).

The standard library's parser keeps no offsets, and reads a body line by line; a part's bytes are
found here by its boundaries alone. That both find the same parts in genuine mail is tested.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.parameter import parse_value
from stalklog.safety.limits import MAX_DEPTH, MAX_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.mail.extent import Extent
    from stalklog.readers.mail.header import Header

_BEHIND = re.compile(rb"(--)?[ \t]*\r*(?:\n|\Z)")
_USED = re.compile(rb"^--(\S[^\r\n]{0,197}\S)[ \t]*\r*\n(?=[!-9;-~]+:)", re.MULTILINE)
_TYPE: Final = "text/plain"
_LF, _CR = 10, 13


@dataclass(slots=True)
class Budget:
    """How much of a mail, and of those inside it, is still read."""

    parts: int = MAX_PARTS


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail."""

    number: str
    """As IMAP counts: `2.1`; empty for a whole that has parts."""
    header: Header
    media_type: str
    parameters: dict[str, str]
    """Of its media type."""
    start: int
    """Where its body begins, behind its header."""
    end: int
    """One past the last byte of its body."""
    children: tuple[Part, ...] = ()
    """The parts that it holds."""


def parse_parts(mail: Extent, header: Header, budget: Budget) -> tuple[Part, set[str]]:
    """The parts of a mail, and what is odd about them: names of `records.message.FLAGS`.

    Args:
        mail: Where it is.
        header: Its header, parsed.
        budget: What is left to be read.
    """
    split = _Split(mail.data, budget)
    top = split.part(header, mail.end, mail.place.part, mail.depth, is_whole=True)
    return top, split.flags


class _Split:
    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        self.flags: set[str] = set()

    def part(
        self,
        header: Header,
        end: int,
        number: str,
        depth: int,
        default: str = _TYPE,
        *,
        is_whole: bool = False,
    ) -> Part:
        media_type, parameters = parse_value(header.first("content-type"))
        if not header.is_ended or header.broken:
            self.flags.add("bad-structure")
        if header.is_cut:
            self.flags.add("header-cut")
        if media_type.count("/") != 1:
            media_type = default
        if media_type.startswith("multipart/"):
            spans = self._find_spans(header, end)
            if spans:
                children = tuple(self._children(spans, number, depth, media_type))
                return Part(number, header, media_type, parameters, header.body, end, children)
            media_type = _TYPE
        own = (f"{number}.1" if number else "1") if is_whole else number
        return Part(own, header, media_type, parameters, header.body, end)

    def _children(
        self, spans: list[tuple[int, int]], number: str, depth: int, media_type: str
    ) -> Iterator[Part]:
        if depth + 1 > MAX_DEPTH:
            self.flags.add("too-deep")
            return
        default = "message/rfc822" if media_type == "multipart/digest" else _TYPE
        for count, (start, end) in enumerate(spans, 1):
            if not self._budget.parts:
                self.flags.add("parts-cut")
                return
            self._budget.parts -= 1
            own = f"{number}.{count}" if number else str(count)
            header = parse_header(self._data, start, end)
            yield self.part(header, end, own, depth + 1, default)

    def _find_spans(self, header: Header, end: int) -> list[tuple[int, int]]:
        """Where the parts are: by the boundary that is declared, else by one that is used."""
        for value in header.all("content-type"):
            boundary = parse_value(value)[1].get("boundary", "").rstrip()
            spans = self._spans(header.body, end, boundary.encode("utf-8", "surrogateescape"))
            if spans:
                return spans
        self.flags.add("bad-structure")
        found = _USED.search(self._data, header.body, end)
        return self._spans(header.body, end, found[1]) if found else []

    def _spans(self, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
        """Where the parts between boundaries are (RFC 2046 section 5.1.1)."""
        if not boundary:
            return []
        data = self._data
        mark = b"--" + boundary
        spans: list[tuple[int, int]] = []
        begin: int | None = None
        at = data.find(mark, start, end)
        while at >= 0:
            found = _BEHIND.match(data, at + len(mark), end)
            if found and (at == start or data[at - 1] == _LF):
                if begin is not None and begin < at:  # two in a row count as one
                    spans.append((begin, self._trim(begin, at)))
                begin = found.end()
                if found[1]:
                    return spans
                if len(spans) > self._budget.parts:
                    return spans
            at = data.find(mark, at + len(mark), end)
        if begin is not None:
            self.flags.add("bad-structure")  # it is cut off, or the last boundary was forgotten
            spans.append((begin, end))
        return spans

    def _trim(self, start: int, end: int) -> int:
        """Where the line end begins that belongs to the boundary behind it."""
        if end > start and self._data[end - 1] == _LF:
            end -= 1
            if end > start and self._data[end - 1] == _CR:
                end -= 1
        return end


def leaves(part: Part) -> Iterator[Part]:
    """Every part that holds no others, in order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)

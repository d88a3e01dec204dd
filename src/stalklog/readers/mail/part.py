"""The parts of a mail, each with its place in the untouched bytes (RFC 2046, RFC 9051 6.4.5).

The standard library's parser keeps no offsets, and reads a body line by line; a part's bytes are
found here by its boundaries alone. That both find the same parts in genuine mail is tested.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.parameter import parse_value
from stalklog.safety.limits import MAX_DEPTH, MAX_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.mail.header import Header

_BEHIND = re.compile(rb"(--)?[ \t]*\r*(?:\n|\Z)")
_TYPE: Final = "text/plain"


@dataclass(slots=True)
class Budget:
    """How much of one mail is still read, and which limits it met."""

    parts: int = MAX_PARTS
    flags: set[str] = field(default_factory=set)


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


def parse_parts(  # noqa: PLR0913 - the plain facts of one part
    data: bytes,
    header: Header,
    end: int,
    budget: Budget,
    *,
    number: str = "",
    depth: int = 0,
    default: str = _TYPE,
    is_whole: bool = True,
) -> Part:
    """A part and the parts in it; never raises, and notes in `budget` what is wrong with them.

    Args:
        data: The whole mail.
        header: Its header, parsed.
        end: One past its last byte.
        budget: What is left to be read.
        number: What its number begins with: the number of the mail that it is inside of, or its
            own unless `is_whole`.
        depth: How deep it lies.
        default: Its media type if it names none.
        is_whole: Whether it is a mail, and no part of one.
    """
    media_type, parameters = parse_value(header.first("content-type"))
    if not header.is_ended or header.broken:
        budget.flags.add("bad-structure")
    if header.is_cut:
        budget.flags.add("header-cut")
    if media_type.count("/") != 1:
        media_type = default
    if media_type.startswith("multipart/"):
        boundary = parameters.get("boundary", "").rstrip()
        spans = _spans(data, header.body, end, boundary, budget) if boundary else []
        if spans:
            children = _children(data, spans, budget, number, depth, media_type)
            return Part(number, header, media_type, parameters, header.body, end, tuple(children))
        budget.flags.add("bad-structure")
        media_type = _TYPE
    own = (f"{number}.1" if number else "1") if is_whole else number
    return Part(own, header, media_type, parameters, header.body, end)


def leaves(part: Part) -> Iterator[Part]:
    """Every part that holds no others, in order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def _children(
    data: bytes,
    spans: list[tuple[int, int]],
    budget: Budget,
    number: str,
    depth: int,
    media_type: str,
) -> Iterator[Part]:
    if depth + 1 > MAX_DEPTH:
        budget.flags.add("too-deep")
        return
    default = "message/rfc822" if media_type == "multipart/digest" else _TYPE
    for count, (start, end) in enumerate(spans, 1):
        if not budget.parts:
            budget.flags.add("parts-cut")
            return
        budget.parts -= 1
        yield parse_parts(
            data,
            parse_header(data, start, end),
            end,
            budget,
            number=f"{number}.{count}" if number else str(count),
            depth=depth + 1,
            default=default,
            is_whole=False,
        )


def _spans(
    data: bytes, start: int, end: int, boundary: str, budget: Budget
) -> list[tuple[int, int]]:
    """Where the parts between boundaries are (RFC 2046 section 5.1.1)."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    at = data.find(mark, start, end)
    while at >= 0:
        found = _BEHIND.match(data, at + len(mark), end)
        if found and (at == start or data[at - 1] == 10):  # noqa: PLR2004 - the newline before it
            if begin is not None:
                spans.append((begin, _trim(data, begin, at)))
            begin = found.end()
            if found[1]:
                return spans
            if len(spans) > budget.parts:
                break
        at = data.find(mark, at + len(mark), end)
    if begin is not None:
        budget.flags.add("bad-structure")  # it is cut off, or the last boundary was forgotten
        spans.append((begin, end))
    return spans


def _trim(data: bytes, start: int, end: int) -> int:
    """Where the line end begins that belongs to the boundary behind it."""
    if end > start and data[end - 1] == 10:  # noqa: PLR2004 - LF
        end -= 1
        if end > start and data[end - 1] == 13:  # noqa: PLR2004 - CR
            end -= 1
    return end

"""Days for a calendar (RFC 5545) that tell nobody what they are about.

A calendar lies open on phones and is shared with others. So a title is a word and a number, there
is no description, and neither the file nor its ids name this program or the case. The number is
shown beside what it stands for where the days are listed. Like the id of an event it is made of the
name of the day and of something of the vault: it stays from one file to the next, a calendar that
reads a second file changes the days of the first, and nobody else can tell what is behind it.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

_LONGEST_LINE: Final = 75
"""Octets of a line without its end: RFC 5545 section 3.1."""
_ESCAPED: Final = re.compile(r"[\\;,]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_LOWEST: Final = 1000
_NUMBERS: Final = 9000
"""Numbers of four digits: long enough to differ, short enough to be looked up."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or one moment of it."""

    name: str
    """What it is known by as long as it is due; it does not stand in the file."""
    on: date
    at: datetime | None = None
    """Aware; None where it is the whole day."""


def write_calendar(days: Sequence[Day], *, title: str, salt: str, now: datetime) -> bytes:
    """The file. RFC 5545 section 3.6 knows no calendar without an event: of no days make none.

    Args:
        days: What is in it, each name once.
        title: Of each, with `{n}` for its number.
        salt: Something of this vault alone: ids are the same for it each time, and of no other.
        now: Aware; when the file is made.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reminders//Reminders 1//EN"]
    numbers = numbers_of((day.name for day in days), salt)
    for day in days:
        lines += _event(day, title.format(n=numbers[day.name]), salt, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def numbers_of(names: Iterable[str], salt: str) -> Mapping[str, int]:
    """The number of each day, by its name; where two would have one, the next is taken."""
    taken: dict[int, str] = {}
    for name in sorted(set(names)):
        place = _named(name, salt).int % _NUMBERS
        while place in taken:
            place = (place + 1) % _NUMBERS
        taken[place] = name
    return {name: _LOWEST + place for place, name in taken.items()}


def _event(day: Day, title: str, salt: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_named(day.name, salt)}"
    yield f"DTSTAMP:{_utc(now)}"
    if day.at is None:
        yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
    else:
        yield f"DTSTART:{_utc(day.at)}"
    yield f"SUMMARY:{_escaped(title)}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _named(name: str, salt: str) -> uuid.UUID:
    """A UUID (RFC 7986 section 5.3), by name: without the salt nobody can tell which name."""
    return uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_OID, salt), name)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    r"""A text as RFC 5545 section 3.3.11 has it."""
    return _LINE_END.sub(r"\\n", _ESCAPED.sub(r"\\\g<0>", text))


def _folded(line: str) -> bytes:
    """A line with CR LF, broken so that none is too long, and never inside a letter."""
    pieces, size = [""], 0
    for letter in line:
        width = len(letter.encode("utf-8"))
        if size + width > _LONGEST_LINE:
            pieces.append("")
            size = 1  # the space at the beginning of a line that goes on
        pieces[-1] += letter
        size += width
    return "\r\n ".join(pieces).encode("utf-8") + b"\r\n"

"""Reminders for a calendar (RFC 5545) that tell nobody what they are about.

A calendar lies open on phones and is shared with others. So a title is `Follow-up 3` and nothing
more, there is no description, and neither the file nor its ids name this program or the case.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from stalklog.due.counting import End
    from stalklog.due.due import Due

_LONGEST_LINE: Final = 75
"""Octets of a line without its end: RFC 5545 section 3.1."""
_ESCAPED: Final = re.compile(r"[\\;,]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_NUMBER: Final = re.compile(r"[0-9]+")


def write_calendar(dues: Iterable[Due], *, salt: str, now: datetime) -> bytes:
    """The file; of dues without a day there is nothing in it.

    Args:
        dues: What is due.
        salt: Something of this vault alone: ids are the same for it each time, and of no other.
        now: Aware; when the file is made.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reminders//Reminders 1//EN"]
    for due in dues:
        if due.end is not None:
            lines += _event(due, due.end, salt, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(due: Due, end: End, salt: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(due, salt)}"
    yield f"DTSTAMP:{_utc(now)}"
    if end.at is None:
        yield f"DTSTART;VALUE=DATE:{end.on:%Y%m%d}"
    else:
        yield f"DTSTART:{_utc(end.at)}"
    yield f"SUMMARY:{_escaped(_title(due))}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _title(due: Due) -> str:
    """The number of the entry that it comes from, which says nothing to anybody else."""
    number = _NUMBER.search(due.id)
    return _("Follow-up {n}").format(n=int(number[0]) if number else "")


def _uid(due: Due, salt: str) -> str:
    """A UUID (RFC 7986 section 5.3), by name: without the salt nobody can tell which name."""
    return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_OID, salt), due.key))


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

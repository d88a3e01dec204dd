"""A mailbox: many mails in one file, as mail programs and Google Takeout export them.

Where each mail is says `mbox_index`; what it says, the mail core. The file is read once, forward:
of it no more lies in memory than the mails whose ends are not certain yet.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.mail.beginning import count_fields, mail_start
from stalklog.readers.mail.date import told
from stalklog.readers.mail.read import read_mail_at
from stalklog.readers.mbox_header import find_end
from stalklog.readers.mbox_held import Held
from stalklog.readers.mbox_index import index_mbox
from stalklog.readers.mbox_separator import (
    find_separator,
    first_separator,
    judge_line,
    separator_date,
)
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.mbox_held import Taken
    from stalklog.readers.mbox_waiting import MboxRange
    from stalklog.records.message import Message

_QUOTED: Final = re.compile(rb"\n>+From ")
_QUOTED_LINE: Final = re.compile(r"^>(?=>*From )", re.MULTILINE)
"""Lines that the mailbox, or already their writer, put a `>` before: mboxo and mboxrd."""
_UNNOTICED: Final = frozenset({"no-date", "unclosed"})
"""Doubts that nobody has who reads the mail: text that begins with From, and one behind it."""
_BLANKS: Final = b"\xef\xbb\xbf \t\r\n"
_SURE: Final = 2
"""So many different fields of a mail are no accident."""


class Mbox:
    """A mailbox in one file."""

    name = "mbox"
    version = 2
    media_types: tuple[str, ...] = ("application/mbox",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure where a separator stands above a header; perhaps where one comes later on."""
        first = first_separator(head)
        if first is None:
            return NO if find_separator(head) is None else MAYBE
        return LIKELY if judge_line(head, first) else SURE

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002 - the name tells nothing
        """The mails, each followed by those attached to it."""
        held = Held()
        numbers = count(1)
        for found in index_mbox(stream, held.keep):
            notes.cover(found.end - found.start)
            notes.doubt(found.doubts, found.doubted)
            if found.is_preamble:
                yield from _read_preamble(found, held, numbers, notes)
            else:
                yield from _read_mail(found, held, numbers, notes)


def _read_preamble(
    found: MboxRange, held: Held, numbers: Iterator[int], notes: Notes
) -> Iterator[Message]:
    """What stands before the first mail: blanks, or a mail that has lost its separator."""
    taken = held.take(found)
    place = Place(found.start, found.end, sha256=taken.sha256)
    notes.tell("preamble", f"{found.start}-{found.end}")
    if not taken.is_whole:
        notes.leave("over-limit", place, "preamble")
    elif count_fields(taken.data, mail_start(taken.data), enough=_SURE) == _SURE:
        yield from read_mail_at(taken.data, place, numbers=numbers, notes=notes)
    elif taken.data.strip(_BLANKS):
        notes.leave("not-understood", place, "preamble")


def _read_mail(
    found: MboxRange, held: Held, numbers: Iterator[int], notes: Notes
) -> Iterator[Message]:
    taken = held.take(found)
    place = Place(found.message, found.end, sha256=taken.sha256)
    if not taken.is_whole:
        yield from _read_header(taken, place, numbers, notes)
        return
    is_alike = bool(found.doubted.keys() - _UNNOTICED)
    is_quoting = not found.doubted.keys() - {"unclosed"} and bool(_QUOTED.search(taken.data))
    for message in read_mail_at(taken.data, place, numbers=numbers, notes=notes):
        is_own = message.place is place
        flags = set(message.flags)
        if is_own and is_alike:
            flags.add("header-in-body")
        text, received = message.text, message.received
        if is_quoting:
            text = _QUOTED_LINE.sub("", text)
            flags |= {"from-quoted"} if text != message.text else set()
        if is_own and message.sent is None and received is None:
            date = separator_date(taken.separator)
            received = told(date) if date else None
        yield replace(message, text=text, received=received, flags=tuple(sorted(flags)))


def _read_header(
    taken: Taken, place: Place, numbers: Iterator[int], notes: Notes
) -> Iterator[Message]:
    """Of a mail over the limit what its header says; the rest of it is named."""
    end = find_end(b"\n" + taken.data, 0)
    header = taken.data if end is None else taken.data[: end - 1]
    body = (place.start or 0) + len(header)
    notes.leave("over-limit", Place(body, place.end))
    for message in read_mail_at(header, Place(place.start, body), numbers=numbers, notes=notes):
        if message.parent is None:
            flags = {*message.flags, "parts-cut"} - {"bad-structure"}  # nobody looked at its parts
            yield replace(message, place=place, flags=tuple(sorted(flags)))

"""A channel of Discord as DiscordChatExporter writes it for spreadsheets: CSV.

The columns are those of DiscordChatExporter's source, `CsvMessageWriter.cs`. The oldest have no
reactions, and only some of the newest have the numbers of messages. Older dates are as people write
them: those with the name of a month can be read in one way only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.below import Below, messages_below
from stalklog.readers.csv_rows import csv_rows
from stalklog.readers.discord_record import attachment
from stalklog.readers.english_date import MONTHS, hour_of
from stalklog.readers.epoch import flagged, told_local
from stalklog.readers.exact_time import told_iso
from stalklog.readers.window import Window
from stalklog.records.message import Message, Party
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.csv_rows import CsvRow
    from stalklog.records.message import Attachment, Told

_HEADER: Final = re.compile(
    rb'\A(?:\xef\xbb\xbf)?(?:"?MessageID"?,)?"?AuthorID"?,"?Author"?,"?Date"?,"?Content"?'
    rb',"?Attachments"?(?:,"?[A-Z][A-Za-z]{0,40}"?){0,5}(?:\r?\n|\Z)'
)
_COLUMNS: Final = ("AuthorID", "Author", "Date", "Content", "Attachments", "Reactions")
_NUMBER: Final = "MessageID"
_NAMED_DATE: Final = re.compile(
    r"([0-9]{1,2})-([A-Z][a-z]{2})-([0-9]{2}) ([0-9]{1,2}):([0-9]{2}) ([AP]M)\Z"
)
_CENTURY: Final = "20"
_FIRST: Final = re.compile(r"https?://|.{1,1000}?_Files[\\/]", re.DOTALL)
"""How an address begins, or the folder that lies beside the export."""


class DiscordCsvReader:
    """One channel, or one part of it."""

    name = "discord-csv"
    version = 2
    media_types: tuple[str, ...] = ("text/csv",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by its columns."""
        return SURE if _HEADER.match(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, each before the reactions to it."""
        window = Window(stream)
        number = 0
        for row in csv_rows(window):
            for message in _messages(row, number + 1, notes.zone()):
                yield message
                number = message.number
        notes.cover(window.start + len(window.data))


def _messages(row: CsvRow, first: int, zone: str | None) -> Iterator[Message]:
    id_, author, date, text, files, reactions = (row.values.get(one, "") for one in _COLUMNS)
    flags = list(row.flags)
    told = flagged(_told(date, zone), flags)
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    message = Message(
        first,
        row.place,
        sender=Party(author, id_),
        sent=told,
        text=text[:MAX_TEXT_CHARS],
        native_id=row.values.get(_NUMBER, ""),
        attachments=_attachments(files, flags),
        flags=tuple(flags),
    )
    yield message
    if reactions:
        yield from messages_below(message, (Below("reaction", text=reactions),), first + 1)


def _told(written: str, zone: str | None) -> Told:
    """When it was sent; `20-Apr-23 09:30 PM` is in the zone of whoever exported it."""
    named = _NAMED_DATE.match(written)
    if not named or named[2] not in MONTHS:
        return told_iso(written)
    day, month, year, hour, minute, half = named.groups()
    hours = hour_of(int(hour), is_later=half == "PM")
    date = f"{_CENTURY}{year}-{MONTHS[month]:02}-{int(day):02}"
    return replace(told_local(f"{date}T{hours:02}:{minute}", zone), written=written)


def _attachments(written: str, flags: list[str]) -> tuple[Attachment, ...]:
    """The files, whose names have commas between them and may have some inside."""
    first = _FIRST.match(written)
    pieces = re.split(f",(?={re.escape(first[0])})", written) if first else [written]
    if len(pieces) > MAX_PARTS:
        flags.append("parts-cut")
    return tuple(attachment(one) for one in pieces[:MAX_PARTS] if one)

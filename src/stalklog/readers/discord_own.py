"""What an account wrote on Discord, as Discord itself gives it: only its own messages.

Discord's data package holds a file a channel, `messages/c<number>/messages.json`, before 2024
`messages.csv`. What others wrote is not in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.csv_rows import csv_rows
from stalklog.readers.discord_record import attachment
from stalklog.readers.epoch import flagged
from stalklog.readers.exact_time import told_iso
from stalklog.readers.json_records import WHOLE, JsonRecords, read_records
from stalklog.readers.json_value import word
from stalklog.readers.snowflake import DISCORD
from stalklog.readers.window import Window
from stalklog.records.message import Party, make_message
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.csv_rows import CsvRow
    from stalklog.readers.json_records import JsonRecord
    from stalklog.records.message import Message, Place

_JSON: Final = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s*+\[\s*+\{\s*+"ID"\s*+:\s*+"?[0-9]{1,20}"?\s*+,\s*+"Timestamp"'
)
_CSV: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?ID,Timestamp,Contents,Attachments\r?\n")
_HEADER_BYTES: Final = 50
_NAMES: Final = ("ID", "Timestamp", "Contents", "Attachments")
ARRAYS: Final = frozenset({WHOLE})
ONLY_OWN: Final = ("holds", "only what the owner of the account wrote, nothing of the others")


_OWNER: Final = Party(role="owner")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account it is, and the channel that is read."""

    party: Party = _OWNER
    conversation: str = ""
    recipients: tuple[Party, ...] = ()


class DiscordOwnReader:
    """What the account wrote in one channel."""

    name = "discord-own"
    version = 2
    media_types: tuple[str, ...] = ("application/json", "text/csv")
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by its fields and their order."""
        return SURE if _JSON.match(head) or _CSV.match(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file."""
        window = Window(stream)
        while len(window.data) < _HEADER_BYTES and window.more(0):
            pass
        notes.tell(*ONLY_OWN)
        if _CSV.match(window.data):
            for number, row in enumerate(csv_rows(window), 1):
                yield from_row(row, number, Owner())
        else:
            records = JsonRecords(window, notes, arrays=ARRAYS)
            for number, record in enumerate(read_records(records, window, notes), 1):
                yield from_record(record, number, Owner())
        notes.cover(window.start + len(window.data))


def from_record(record: JsonRecord, number: int, owner: Owner) -> Message:
    """One message of a `messages.json`."""
    fields = tuple(word(record.value.get(name)) for name in _NAMES)
    return _message(number, record.place, fields, record.flags, owner)


def from_row(row: CsvRow, number: int, owner: Owner) -> Message:
    """One message of a `messages.csv`."""
    fields = tuple(row.values.get(name, "") for name in _NAMES)
    return _message(number, row.place, fields, row.flags, owner)


def _message(
    number: int, place: Place, fields: tuple[str, ...], odd: tuple[str, ...], owner: Owner
) -> Message:
    id_, date, text, addresses = fields
    files = addresses.split()
    flags = list(odd)
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    sent = flagged(DISCORD.confirmed(id_, told_iso(date)), flags)
    if DISCORD.contradicts(id_, sent):
        flags.append("id-time")
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    return make_message(
        number,
        place,
        sender=owner.party,
        recipients=owner.recipients,
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=owner.conversation,
        native_id=id_,
        attachments=tuple(map(attachment, files[:MAX_PARTS])),
        flags=tuple(flags),
    )

"""A conversation of Google Chat as Takeout gives it: `messages.json` in the folder of a group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.google_chat_record import Group, google_messages
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_BEGINS: Final = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*+\{\s*+"messages"\s*+:\s*+\[\s*+\{')
_OWN: Final = (b'"topic_id"', b'"message_id"')
_DATES: Final = (b'"created_date"', b'"updated_date"')


class GoogleChatReader:
    """One conversation."""

    name = "google-chat"
    version = 2
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by how it begins, and by the fields of a message."""
        return SURE if is_conversation(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, each before what it said earlier."""
        window = Window(stream)
        records = JsonRecords(window, notes)
        number = 0
        for record in read_records(records, window, notes):
            for message in google_messages(record, number + 1, Group()):
                yield message
                number = message.number
        notes.cover(window.start + len(window.data))


def is_conversation(head: bytes) -> bool:
    """Whether a file begins as one of messages does."""
    has_own = all(key in head for key in _OWN) and any(key in head for key in _DATES)
    return bool(_BEGINS.match(head)) and has_own

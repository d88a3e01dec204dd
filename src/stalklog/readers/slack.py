"""One day of a channel of Slack: a list of messages, as it stands in a file of an export."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.json_records import WHOLE, JsonRecords, read_records
from stalklog.readers.slack_record import Room, Users, slack_messages
from stalklog.readers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_BEGINS: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+\[\s*+\{")
_MESSAGE: Final = re.compile(rb'"type"\s{0,20}:\s{0,20}"message"')
_TS: Final = re.compile(rb'"ts"\s{0,20}:\s{0,20}"[0-9]{9,11}\.[0-9]{6}"')
ARRAYS: Final = frozenset({WHOLE})


class SlackReader:
    """One day of one channel."""

    name = "slack"
    version = 2
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the type and the number of a message, which is a time."""
        return SURE if is_day(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, each before what belongs to it."""
        window = Window(stream)
        room, number = Room(Users(notes)), 0
        records = JsonRecords(window, notes, arrays=ARRAYS)
        for record in read_records(records, window, notes):
            for message in slack_messages(record, number + 1, room):
                yield message
                number = message.number
        notes.cover(window.start + len(window.data))


def is_day(head: bytes) -> bool:
    """Whether a file begins as a list of messages does."""
    return bool(_BEGINS.match(head) and _MESSAGE.search(head) and _TS.search(head))

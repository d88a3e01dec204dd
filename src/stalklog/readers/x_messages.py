"""Direct messages of X (Twitter) as its archive gives them: a script that sets one long value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.json_records import WHOLE, JsonRecords, read_records
from stalklog.readers.window import Window
from stalklog.readers.x_record import Account, x_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

PREFIX: Final = re.compile(rb"window\.YTD\.[A-Za-z0-9_]{1,60}\.part[0-9]{1,6}\s*+=\s*+")
_BEGINS: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?window\.YTD\.direct_messages?(?:_group)?\.part[0-9]{1,6}\s*+=\s*+\["
)
ARRAYS: Final = frozenset({"messages"})
THROUGH: Final = frozenset({WHOLE, "dmConversation"})


class XReader:
    """The conversations in one file."""

    name = "x"
    version = 2
    media_types: tuple[str, ...] = ("application/javascript",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the name of the value that it sets."""
        return SURE if is_messages(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages and events, newest first as X writes them, each before its reactions."""
        window = Window(stream)
        records = JsonRecords(window, notes, arrays=ARRAYS, through=THROUGH, prefix=PREFIX)
        number = 0
        for record in read_records(records, window, notes):
            for message in x_messages(record, number + 1, Account()):
                yield message
                number = message.number
        notes.cover(window.start + len(window.data))


def is_messages(head: bytes) -> bool:
    """Whether a file begins as one of direct messages does."""
    return bool(_BEGINS.match(head))

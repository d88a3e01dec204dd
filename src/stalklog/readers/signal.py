"""Signal's own export: `main.jsonl`, a line for each person, chat and message.

The fields are those of Signal's `Backup.proto`, as JSON; there was no real sample to try it on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.json_text import json_letters
from stalklog.readers.lines import lines_of
from stalklog.readers.signal_record import SignalBook, signal_messages
from stalklog.readers.window import Window
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.beside import FilesBeside
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_ITEM: Final = re.compile(rb'(?:\A|\n)\s{0,10}\{\s{0,10}"chatItem"\s{0,10}:')
_BOOK: Final = re.compile(rb'(?:\A|\n)\s{0,10}\{\s{0,10}"recipient"\s{0,10}:\s{0,10}\{')
_OWN: Final = (b'"chatId"', b'"authorId"', b'"dateSent"')


class SignalReader:
    """All chats of an account."""

    name = "signal"
    version = 3
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a line with a message; likely by one with a person."""
        if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
            return NO
        if _ITEM.search(head) and all(key in head for key in _OWN):
            return SURE
        return LIKELY if _BOOK.search(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, each before what it said earlier."""
        window = Window(stream)
        yield from read_signal(window, notes)
        notes.cover(window.start + len(window.data))


def read_signal(
    window: Window,
    notes: Notes,
    files: FilesBeside[Member] | None = None,
    member: str = "",
) -> Iterator[Message]:
    """The messages of a `main.jsonl`.

    Args:
        window: The file.
        notes: Told what could not be read.
        files: The files beside it, known by the SHA-256 in their names.
        member: The file inside a zip that this is.
    """
    book = SignalBook(notes, files)
    number = 0
    for line in lines_of(window, notes, member):
        value, is_sound = _decoded(line.data)
        place = Place(line.start, line.end, "", member, "", line.sha256)
        if not isinstance(value, dict):
            notes.leave("not-understood", place, "line")
            continue
        item = value.get("chatItem")
        if not isinstance(item, dict):
            book.learn(value)
            continue
        for message in signal_messages(item, number + 1, place, book, is_sound=is_sound):
            yield message
            number = message.number


def _decoded(data: bytes) -> tuple[Any, bool]:
    try:
        return json_letters(data)
    except (ValueError, RecursionError):
        return None, False

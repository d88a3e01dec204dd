"""A thread of Instagram or Messenger as Meta writes it: `message_1.json`, or an encrypted chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.json_records import JsonRecords, read_records
from stalklog.readers.meta_letters import survey
from stalklog.readers.meta_record import Thread, meta_messages
from stalklog.readers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_OBJECT: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+\{")
_KEYS: Final = ((b'"sender_name"', b'"timestamp_ms"'), (b'"senderName"', b'"threadName"'))


class MetaReader:
    """One file of messages of Instagram or Messenger."""

    name = "meta"
    version = 3
    media_types: tuple[str, ...] = ("application/json",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the keys of its messages."""
        return SURE if is_thread(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file, newest first, each before its reactions."""
        known = survey(stream)
        stream.seek(0)
        if known.is_latin1:
            notes.tell("letters", "UTF-8 written as Latin-1")
        window = Window(stream)
        thread = Thread(known.mend, conversation(known.title, known.thread))
        yield from read_thread(window, thread, notes)
        notes.cover(window.start + len(window.data))


def is_thread(head: bytes) -> bool:
    """Whether a file begins as one of messages does."""
    if not _OBJECT.match(head) or b'"messages"' not in head:
        return False
    return any(all(key in head for key in keys) for keys in _KEYS)


def conversation(title: str, thread: str) -> str:
    """What a thread is called, and where it lies: requests of strangers have a folder apart."""
    return f"{title} ({thread})" if title and thread else title or thread


def read_thread(
    window: Window, thread: Thread, notes: Notes, *, before: int = 0, member: str = ""
) -> Iterator[Message]:
    """The messages of one file.

    Args:
        window: The file.
        thread: What is known of it.
        notes: Told what could not be read.
        before: How many messages were read before.
        member: The file inside a zip that this is.
    """
    records = JsonRecords(window, notes, member=member)
    number = before
    for record in read_records(records, window, notes, member):
        if not thread.conversation:
            name = record.around.get("threadName", record.around.get("title"))
            thread.conversation = thread.mend(name) if isinstance(name, str) else ""
        for message in meta_messages(record, number + 1, thread):
            yield message
            number = message.number

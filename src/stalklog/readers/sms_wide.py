"""A backup of SMS Backup & Restore that a program of Windows saved anew, in UTF-16."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from stalklog.readers.base import Notes
from stalklog.readers.sms import SmsReader
from stalklog.readers.wide import Narrowed, wide_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.records.message import Message


class SmsWideReader:
    """A backup of messages or of calls, two bytes for each letter."""

    name = "sms-backup-utf16"
    version = 3
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:
        """As sure as it would be if it were in UTF-8."""
        narrow = wide_head(head)
        return SmsReader().match(narrow, name) if narrow else 0

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """Every message and call in the order of the file."""
        size_bytes = stream.seek(0, io.SEEK_END)
        narrowed = Narrowed(stream)
        inner = Notes(notes.said)
        for message in SmsReader().read(narrowed, name, inner):  # type: ignore[arg-type]  # it reads
            attachments = tuple(
                replace(one, place=narrowed.place(one.place)) for one in message.attachments
            )
            yield replace(message, place=narrowed.place(message.place), attachments=attachments)
        for unread in inner.unread:
            notes.leave(unread.reason, narrowed.place(unread.place), unread.detail)
        notes.unread_count += inner.unread_count - len(inner.unread)
        notes.declared.update(inner.declared)
        notes.facts.update(inner.facts)
        notes.tell("letters", "UTF-16")
        notes.cover(size_bytes)

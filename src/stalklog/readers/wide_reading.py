"""What a reader of UTF-8 finds in a file of UTF-16, with its places in the original."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.wide import Narrowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Reader
    from stalklog.records.message import Message


def read_wide(reader: Reader, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
    """The messages that it reads; it is told that they were in two bytes a letter.

    Args:
        reader: It reads on and on.
        stream: The original; it must be able to seek.
        name: The file's name.
        notes: Told what the reader tells.

    Raises:
        ReadingError: The reader can read no further.
    """
    size_bytes = stream.seek(0, io.SEEK_END)
    narrowed = Narrowed(stream)
    inner = Notes(notes.said)
    try:
        for message in reader.read(narrowed, name, inner):  # type: ignore[arg-type]  # it reads
            attachments = tuple(
                replace(one, place=narrowed.place(one.place)) for one in message.attachments
            )
            yield replace(message, place=narrowed.place(message.place), attachments=attachments)
    except ReadingError as error:
        raise ReadingError(error.reason, narrowed.place(error.place), error.detail) from None
    finally:
        _hand_over(inner, notes, narrowed)
        if inner.bytes_covered == narrowed.given_bytes:
            notes.cover(size_bytes)


def _hand_over(inner: Notes, notes: Notes, narrowed: Narrowed) -> None:
    for unread in inner.unread:
        notes.leave(unread.reason, narrowed.place(unread.place), unread.detail)
    notes.unread_count += inner.unread_count - len(inner.unread)
    notes.declared.update(inner.declared)
    notes.decisions += inner.decisions
    notes.takes_zone |= inner.takes_zone
    notes.facts.update(inner.facts)
    notes.tell("letters", "UTF-16")

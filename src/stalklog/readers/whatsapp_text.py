"""A WhatsApp chat that was exported as text: by Android with its files beside it, or taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from stalklog.readers.whatsapp.known import sureness
from stalklog.readers.whatsapp.read import Chat
from stalklog.readers.whatsapp.title import title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message


class WhatsAppText:
    """One chat as one text."""

    name = "whatsapp"
    version = 4
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely with three lines among the first twenty that begin as messages do."""
        return sureness(head)

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The messages; the zone and the order of day and month may have been said by a person."""
        return Chat(stream, notes, conversation=title_of(name)).messages()

"""A WhatsApp chat as text that a program of Windows saved anew, in UTF-16."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.readers.wide import wide_head
from stalklog.readers.wide_reading import read_wide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message


class WhatsAppWide:
    """One chat as one text, two bytes for each letter."""

    name = "whatsapp-utf16"
    version = 1
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:
        """As sure as it would be if it were in UTF-8."""
        narrow = wide_head(head)
        return WhatsAppText().match(narrow, name) if narrow else 0

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The messages in the order of the text."""
        return read_wide(WhatsAppText(), stream, name, notes)

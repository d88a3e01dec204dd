"""Read a chat with what a person said of it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from stalklog.readers.base import Reading
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.records.message import Said

if TYPE_CHECKING:
    from stalklog.records.message import Message, ReadingReport

NOTHING = Said()


def read_chat(
    text: str | bytes, said: Said = NOTHING, name: str = "chat.txt"
) -> tuple[list[Message], ReadingReport]:
    """Its messages and its report; every byte must be in exactly one of them."""
    data = text.encode() if isinstance(text, str) else text
    reading = Reading(WhatsAppText(), BytesIO(data), name, size_bytes=len(data), said=said)
    messages, report = list(reading), reading.report()
    ends = [0, *(message.place.end or 0 for message in messages)]
    starts = [message.place.start or 0 for message in messages]
    assert ends[1:-1] == starts[1:]
    assert report.bytes_covered == len(data)
    return messages, report

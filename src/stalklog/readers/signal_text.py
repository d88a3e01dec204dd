"""A chat as the program signal-export writes it: `[2024-03-05, 21:30] Name: text`."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from stalklog.readers.epoch import told_local
from stalklog.readers.stamped_text import StampedTextReader
from stalklog.records.message import Attachment, Message, Party, Place
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

_FORM: Final = rb"\[([0-9]{4}-[0-9]{2}-[0-9]{2}), ([0-9]{2}:[0-9]{2})\] ([^\n:]{1,200}): ?"
_HEADER: Final = re.compile(rb"(?:^|(?<=\n))" + _FORM)
_FIRST: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,100}(?=" + _FORM + rb")")
_LINK: Final = re.compile(r"!?\[([^\]\n]{0,300})\]\((\.?/?media/[^)\n]{1,500})\)")
_OWN: Final = "Me"


class SignalTextReader(StampedTextReader):
    """One chat as text or Markdown."""

    name = "signal-text"
    version = 2
    first = _FIRST
    begins = _HEADER
    begins_bytes = 512

    def message(
        self, number: int, start: int, data: bytes, before: str, zone: str | None
    ) -> Message:
        """One message."""
        header = _HEADER.match(data)
        date, time, name = header.groups() if header else (b"", b"", b"")
        try:
            text, flags = data[header.end() if header else 0 :].decode(), list[str]()
        except UnicodeDecodeError:
            text = data[header.end() if header else 0 :].decode("utf-8", "replace")
            flags = ["bad-charset"]
        text = text.rstrip("\r\n")
        told = told_local(f"{date.decode()} {time.decode()}", zone)
        if told.wall is None:
            flags.append("bad-date")
        elif told.instant is None:
            flags.append("no-zone")
        if len(text) > MAX_TEXT_CHARS:
            flags.append("text-cut")
        label = name.decode("utf-8", "replace")
        links = list(_LINK.finditer(text))[: MAX_PARTS + 1]
        if len(links) > MAX_PARTS:
            flags.append("parts-cut")
        if told.wall and told.wall < before:
            flags.append("time-backwards")
        return Message(
            number,
            Place(start, start + len(data), sha256=sha256(data).hexdigest()),
            sender=Party(label, role="owner" if label == _OWN else ""),
            sent=told,
            text=text[:MAX_TEXT_CHARS],
            attachments=tuple(Attachment(link[2], status="missing") for link in links[:MAX_PARTS]),
            flags=tuple(flags),
        )

"""A chat as the program signal-export writes it: `[2024-03-05, 21:30] Name: text`."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.borders import tell_borders
from stalklog.readers.epoch import told_local
from stalklog.readers.pieces import pieces
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Message, Party, Place
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes

_FORM: Final = rb"\[([0-9]{4}-[0-9]{2}-[0-9]{2}), ([0-9]{2}:[0-9]{2})\] ([^\n:]{1,200}): ?"
_HEADER: Final = re.compile(rb"(?:^|(?<=\n))" + _FORM)
_HEADER_BYTES: Final = 512
_FIRST: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,100}" + _FORM)
_LINK: Final = re.compile(r"!?\[([^\]\n]{0,300})\]\((\.?/?media/[^)\n]{1,500})\)")
_OWN: Final = "Me"
_ENOUGH: Final = 2


class SignalTextReader:
    """One chat as text or Markdown."""

    name = "signal-text"
    version = 2
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by two messages, the first at its beginning; perhaps by one."""
        if not _FIRST.match(head):
            return NO
        found = 0
        for found, _header in enumerate(_HEADER.finditer(head), 1):
            if found == _ENOUGH:
                break
        return LIKELY if found == _ENOUGH else MAYBE

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file; lines without a time belong to the one above."""
        window = Window(stream)
        window.more(0)
        while len(window.data) < _HEADER_BYTES and window.more(0):
            pass
        first = _FIRST.match(window.data)
        at = first.start(1) - 1 if first else 0
        if not first:
            found = window.seek(_HEADER, 0, _HEADER_BYTES)
            at = found.start() if found else len(window.data)
            notes.leave("not-understood", Place(0, window.start + at), "text")
        found_pieces = pieces(window, _HEADER, at, overlap=_HEADER_BYTES, notes=notes)
        last = ""
        for number, (start, data) in enumerate(found_pieces, 1):
            message = _message(number, data, start, notes.zone())
            wall = message.sent.wall if message.sent else None
            if wall and wall < last:
                message = replace(message, flags=(*message.flags, "time-backwards"))
            last = wall or last
            yield message
        tell_borders(notes)
        notes.cover(window.start + len(window.data))


def _message(number: int, data: bytes, start: int, zone: str | None) -> Message:
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
    return Message(
        number,
        Place(start, start + len(data), sha256=sha256(data).hexdigest()),
        sender=Party(label, role="owner" if label == _OWN else ""),
        sent=told,
        text=text[:MAX_TEXT_CHARS],
        attachments=tuple(Attachment(link[2], status="missing") for link in links[:MAX_PARTS]),
        flags=tuple(flags),
    )

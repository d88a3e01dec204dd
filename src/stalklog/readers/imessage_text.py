"""A chat of iMessage as the program imessage-exporter writes it as text.

A message is a line with the time, a line with the name, and the text, up to an empty line and the
next time. Answers stand again below the message that they answer, four spaces in: they stay a part
of its text, which is told. There was no real sample to try it on.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.readers.english_date import MONTHS, hour_of
from stalklog.readers.epoch import told_local
from stalklog.readers.stamped_text import StampedTextReader
from stalklog.records.message import Attachment, Message, Party, Place
from stalklog.safety.limits import MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from stalklog.records.message import Told

_STAMP: Final = rb"[A-Z][a-z]{2} [0-9]{2}, [0-9]{4} [ 1][0-9]:[0-9]{2}:[0-9]{2} [AP]M"
_FIRST: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,100}(?=" + _STAMP + rb"(?:[ \r\n]|\Z))")
_BEGINS: Final = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))" + _STAMP + rb"(?=[ \r\n]|\Z)")
_HEADER: Final = re.compile(
    r"(?P<stamp>(?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{2}), (?P<year>[0-9]{4}) "
    r"(?P<hour>[ 1][0-9]):(?P<minute>[0-9]{2}:[0-9]{2}) (?P<half>[AP])M)"
    r"(?: (?P<read>\(Read by [^\n]{0,300}?\)))?(?: (?P<event>[^\n]*))?(?:\n|\Z)"
)
_INSIDE: Final = re.compile(r"\n {4,}" + _STAMP.decode())
_DELETED: Final = "This message was deleted from the conversation!"
_FILE: Final = re.compile(
    r"^(?:attachments/|(?:~|/[^\n]{0,300}?)/Library/(?:Messages|SMS)/Attachments/)[^\n]{1,500}$",
    re.MULTILINE,
)
_OWN: Final = "Me"


class IMessageTextReader(StampedTextReader):
    """One chat as text."""

    name = "imessage-text"
    version = 1
    first = _FIRST
    begins = _BEGINS
    begins_bytes = 64

    def message(
        self, number: int, start: int, data: bytes, before: str, zone: str | None
    ) -> Message:
        """One message."""
        place = Place(start, start + len(data), sha256=sha256(data).hexdigest())
        try:
            source, flags = data.decode(), list[str]()
        except UnicodeDecodeError:
            source, flags = data.decode("utf-8", "replace"), ["bad-charset"]
        source = source.replace("\r\n", "\n").rstrip("\n")
        header = _HEADER.match(source)
        sent = _told(header, zone, flags) if header else None
        if sent and sent.wall and sent.wall < before:
            flags.append("time-backwards")
        body = source[header.end() :] if header else source
        event = header["event"] if header else None
        sender, _line, text = ("", "", event) if event is not None else body.partition("\n")
        if event is not None and body:
            text = f"{event}\n{body}"
        if text.startswith(_DELETED):
            flags.append("recently-deleted")
        if _INSIDE.search(text):
            flags.append("header-in-body")
        if len(text) > MAX_TEXT_CHARS:
            flags.append("text-cut")
        files = [found[0] for found in _FILE.finditer(text)]
        if len(files) > MAX_PARTS:
            flags.append("parts-cut")
        return Message(
            number,
            place,
            "message" if event is None else "system",
            sender=Party(sender, role="owner" if sender == _OWN else ""),
            sent=sent,
            text=text[:MAX_TEXT_CHARS],
            attachments=tuple(Attachment(one, status="missing") for one in files[:MAX_PARTS]),
            flags=tuple(flags),
        )


def _told(header: re.Match[str], zone: str | None, flags: list[str]) -> Told:
    """When it was sent, on the clock of the computer that wrote the text."""
    number = MONTHS.get(header["month"], 0)
    hour = hour_of(int(header["hour"]), is_later=header["half"] == "P")
    written = f"{header['year']}-{number:02}-{header['day']}T{hour:02}:{header['minute']}"
    told = told_local(written, zone, written=header["stamp"])
    if told.wall is None:
        flags.append("bad-date")
    elif told.instant is None:
        flags.append("no-zone")
    return told

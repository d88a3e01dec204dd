"""A channel of Discord as DiscordChatExporter writes it for people: plain text.

A message is a line with its time and its author, its words, and what came with it, each behind an
empty line. The form is that of DiscordChatExporter's source, `PlainTextMessageWriter.cs`. Times are
those of whoever exported it, without a zone: first with the name of the month, later as the
language of the program has them, with numbers only. There was no real sample to try it on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.borders import tell_borders
from stalklog.readers.discord_record import attachment
from stalklog.readers.pieces import pieces
from stalklog.readers.whatsapp.day import parse_days
from stalklog.readers.whatsapp.kept import Kept
from stalklog.readers.whatsapp.order import Dates, decide
from stalklog.readers.whatsapp.when import When
from stalklog.readers.window import Window
from stalklog.records.message import Message, Party, Place
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_PARTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Attachment, Told

_STAMP: Final = (
    rb"(?:[0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{2,4}"
    rb"|[0-9]{1,4}(?P<sep>[-/.])[0-9]{1,2}(?P=sep)[0-9]{1,4}),? "
    rb"[0-9]{1,2}[:.][0-9]{2}(?:(?: |\xc2\xa0|\xe2\x80\xaf)[AaPp]\.?[Mm]\.?)?"
)
_LINE: Final = rb"={20,100}\r?\n"
_END: Final = rb"={20,100}\r?\nExported [0-9][^\r\n]{0,40} message\(s\)\r?\n"
_FIRST: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?" + _LINE + rb"(Guild: [^\n]{0,1000}\n(?:[^\n]{0,4000}\n){1,60}?)" + _LINE
    + rb"[\r\n]{0,10}(?=\[" + _STAMP + rb"\]|={20}|\Z)"
)  # fmt: skip
_BEGINS: Final = re.compile(
    rb"(?:(?<=\n\n)|(?<=\n\r\n))(?:\[" + _STAMP + rb"\] (?=[^\r\n])|" + _END + rb")"
)
_BEGINS_BYTES: Final = 256
_SURVEYED: Final = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))\[" + _STAMP + rb"\] [^\r\n]{1,400}")
_SURVEY_BYTES: Final = 1 << 18
"""In so much of it the order of day and month is looked for."""
_HEADER: Final = re.compile(
    r"\[(?P<stamp>(?P<date>(?:(?P<day>[0-9]{1,2})-(?P<month>[A-Z][a-z]{2})-(?P<year>[0-9]{2,4}))"
    r"|[^ ,\]]{1,20}),? (?P<clock>[^\]\n]{1,20}))\] (?P<author>[^\n]{1,400}?)"
    r"(?P<pinned> \(pinned\))?(?:\n|\Z)"
)
_NAMED: Final = re.compile(r"(?m)^(Guild|Category|Channel|Topic|After|Before|Messages): (.*)$")
_FACTS: Final = {
    "Guild": "server", "Category": "category", "Channel": "channel", "Topic": "channel topic",
    "After": "only after", "Before": "only before",
}  # fmt: skip
_FILES: Final = re.compile(r"(?:\A|\n)\{(?:Attachments|Stickers)\}\n((?:[^\n]+(?:\n|\Z))+)")
_NO_DIGIT: Final = re.compile(r"[^0-9]+")
_SHORT_YEAR: Final = 2
_LAST_DAY: Final = "2199-12-31"


class DiscordTextReader:
    """One channel, or one part of it."""

    name = "discord-text"
    version = 1
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by what stands before the first message."""
        return SURE if _FIRST.match(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file; the count at its end is declared."""
        window = Window(stream)
        while window.more(0) and len(window.data) < _SURVEY_BYTES:
            pass
        at, conversation = _begin(window, notes)
        when, is_upwards = _dates(window.data[at:_SURVEY_BYTES], notes)
        number = pinned = 0
        before, end = "", b""
        end_place = Place()
        for start, data in pieces(window, _BEGINS, at, overlap=_BEGINS_BYTES, notes=notes):
            if end:
                notes.leave("not-understood", end_place, "text")
                end = b""
            if not data.startswith(b"["):
                end, end_place = data, Place(start, start + len(data))
                continue
            number += 1
            message, is_pinned = _message(number, start, data, conversation, when)
            pinned += is_pinned
            sent = message.sent
            if is_upwards and sent and sent.wall and not sent.others:
                if sent.wall < before:
                    message = replace(message, flags=(*message.flags, "time-backwards"))
                before = sent.wall
            yield message
        _tell_end(end, pinned, notes)
        tell_borders(notes)
        notes.cover(window.start + len(window.data))


def _begin(window: Window, notes: Notes) -> tuple[int, str]:
    """Where the first message begins, and what the channel is called; its facts are told."""
    first = _FIRST.match(window.data)
    if not first:
        found = window.seek(_BEGINS, 0, _BEGINS_BYTES)
        at = found.start() if found else len(window.data)
        notes.leave("not-understood", Place(0, window.start + at), "text")
        return at, ""
    told: dict[str, str] = {}
    for what, value in _NAMED.findall(_letters(first[1])[0]):
        told.setdefault(what, value[:MAX_FACT_CHARS])
    for what, fact in _FACTS.items():
        if told.get(what):
            notes.tell(fact, told[what])
    if count := _NO_DIGIT.sub("", told.get("Messages", ""))[:18]:
        notes.declare("messages", int(count))
    names = (told.get("Guild", ""), told.get("Channel", ""))
    return first.end(), " / ".join(filter(None, names))


def _dates(data: bytes, notes: Notes) -> tuple[When, bool]:
    """How its dates are read, and whether the first of them are in the order of time."""
    said = notes.said
    last_day = (
        (said.looked_at + timedelta(days=1)).date().isoformat() if said.looked_at else _LAST_DAY
    )
    meanings = Kept(lambda date: parse_days(date, last_day))
    dates, lines, stamps = Dates(), dict[str, str](), list[re.Match[str]]()
    for found in _SURVEYED.finditer(data):
        if header := _HEADER.match(_letters(found[0])[0]):
            stamps.append(header)
            date = _date(header)
            if date not in lines:
                dates.days[date] = meanings[date]
                lines[date] = header[0]
    order, decision = decide(dates, said.date_order, lines)
    if decision:
        notes.decide(decision)
    when = When(order, meanings, notes.zone())
    walls = [wall for one in stamps if (wall := _told(one, when).wall)]
    return when, not walls or walls[0] <= walls[-1]


def _message(
    number: int, start: int, data: bytes, conversation: str, when: When
) -> tuple[Message, bool]:
    """One message, and whether it is pinned."""
    source, is_sound = _letters(data)
    flags = [] if is_sound else ["bad-charset"]
    source = source.replace("\r\n", "\n")
    header = _HEADER.match(source)
    text = source[header.end() if header else 0 :].strip("\n")
    sent = _told(header, when) if header else None
    if sent is None or sent.wall is None:
        flags.append("bad-date")
    elif sent.others:
        flags.append("ambiguous-date")
    elif sent.instant is None:
        flags.append("no-zone")
    if len(text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    message = Message(
        number,
        Place(start, start + len(data), sha256=sha256(data).hexdigest()),
        sender=Party(header["author"] if header else ""),
        sent=sent,
        text=text[:MAX_TEXT_CHARS],
        conversation=conversation,
        attachments=_attachments(text[:MAX_TEXT_CHARS], flags),
        flags=tuple(flags),
    )
    return message, bool(header and header["pinned"])


def _date(header: re.Match[str]) -> str:
    """The date as `parse_days` reads it: `5 Mar 2024` for `05-Mar-24`."""
    if not header["month"]:
        return header["date"]
    year = header["year"]
    return f"{header['day']} {header['month']} {f'20{year}' if len(year) == _SHORT_YEAR else year}"


def _told(header: re.Match[str], when: When) -> Told:
    return when.told(header["stamp"], _date(header), header["clock"])


def _attachments(text: str, flags: list[str]) -> tuple[Attachment, ...]:
    """The files that are listed below the words; somebody may have written such a list himself."""
    files = [line for found in _FILES.finditer(text) for line in found[1].splitlines()]
    if len(files) > MAX_PARTS:
        flags.append("parts-cut")
    return tuple(map(attachment, files[:MAX_PARTS]))


def _tell_end(end: bytes, pinned: int, notes: Notes) -> None:
    """How many messages were written, as it says itself; a count that is missing is told."""
    if pinned:
        notes.tell("pinned messages", str(pinned))
    found = re.search(rb"Exported ([0-9][^\r\n]{0,40}) message", end)
    count = _NO_DIGIT.sub("", found[1].decode("utf-8", "replace"))[:18] if found else ""
    if count:
        notes.declare("messages", int(count))
    elif "messages" not in notes.declared:
        notes.tell("count at its end", "not there: the export may have been interrupted")


def _letters(data: bytes) -> tuple[str, bool]:
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), False

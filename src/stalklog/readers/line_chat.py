"""A chat of LINE as it is exported as text: a line with the day, then a line for each message.

On a phone the time, the name and the text stand between tabs, and a text of several lines between
quotes; so a line inside a text is no message of its own. On a computer only spaces stand there, so
that nobody can tell where the name ends: name and text are then kept together. Which of both it is
the first message shows. There was no real sample to try it on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO
from stalklog.readers.borders import tell_borders
from stalklog.readers.english_date import hour_of
from stalklog.readers.epoch import told_local
from stalklog.readers.line_day import DAY, Days
from stalklog.readers.pieces import pieces
from stalklog.readers.window import Window
from stalklog.records.message import Attachment, Party, Place, Told, make_message
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_FIRST: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\[LINE\] ?([^\r\n]{0,1000})(?:\r?\n|\Z)")
_HALF: Final = "(?:午前|午後|上午|下午|오전|오후) ?".encode()
_CLOCK: Final = rb"(?:" + _HALF + rb")?[0-9]{1,2}:[0-9]{2}(?: ?[AaPp][Mm])?"
_PHONE: Final = re.compile(rb"(?:\A|(?<=\n))(?:" + DAY + rb"|" + _CLOCK + rb"\t)")
_COMPUTER: Final = re.compile(rb"(?:\A|(?<=\n))(?:" + DAY + rb"|" + _CLOCK + rb" )")
_ANY_DAY: Final = re.compile(rb"(?:\A|(?<=\n))" + DAY)
_FIRST_CLOCK: Final = re.compile(rb"(?<=\n)" + _CLOCK + rb"([\t ])")
_OVERLAP: Final = 120
_WHEN: Final = re.compile(r"(\D*?) ?([0-9]{1,2}):([0-9]{2}) ?([AaPp][Mm])?\Z")
_BEFORE_NOON: Final = frozenset({"午前", "上午", "오전", "am"})
_AFTER_NOON: Final = frozenset({"午後", "下午", "오후", "pm"})
_QUOTED: Final = re.compile(rb'"(?:[^"]++|"")*+"(?=[\r\n]*\Z)')
_OPEN: Final = re.compile(rb'(?:[^"]++|"")*+\Z')
_CLOSES: Final = re.compile(rb'(?:[^"]++|"")*+"(?=[\r\n]*\Z)')
_OPEN_BYTES: Final = 1 << 16
"""How long a text between quotes may be; LINE takes 10,000 letters."""
_LEFT_OUT: Final = re.compile(
    r"\[(?:Photo|Video|Voice message|File|Album|写真|動画|ボイスメッセージ|ファイル|アルバム"
    r"|照片|影片|語音訊息|檔案|相簿|视频|语音信息|文件|相册)\]\Z"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of the chat, and those that belong to it."""

    start: int
    data: bytes
    lines: int = 1
    """How many lines in it look like messages of their own."""


class LineReader:
    """One chat."""

    name = "line"
    version = 2
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by its first line and a day."""
        return LIKELY if _FIRST.match(head) and _ANY_DAY.search(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file; the line with a day is the program's."""
        window = Window(stream)
        window.more(0)
        while len(window.data) < _OVERLAP and window.more(0):
            pass
        first = _FIRST.match(window.data)
        title = first[1].decode("utf-8", "replace").strip() if first else ""
        day = _ANY_DAY.search(window.data)
        clock = _FIRST_CLOCK.search(window.data, day.end()) if day else None
        is_phone = clock is None or clock[1] == b"\t"
        days = Days(window.data if is_phone else b"", notes.said.date_order)
        begins = _PHONE if is_phone else _COMPUTER
        found = window.seek(begins, 0, _OVERLAP)
        at = found.start() if found else len(window.data)
        if first and title:
            notes.tell("title", title[:MAX_FACT_CHARS])
        if not first or not found:
            notes.leave("not-understood", Place(0, window.start + at), "text")
        source = pieces(window, begins, at, overlap=_OVERLAP, notes=notes)
        if days.decision:
            notes.decide(days.decision)
        dates: tuple[str, ...] = ()
        for number, piece in enumerate(_joined(source) if is_phone else map(_alone, source), 1):
            message, dates = _message(number, piece, days, dates, title, notes.zone())
            yield message
        if not is_phone:
            tell_borders(notes)
        notes.cover(window.start + len(window.data))


def _alone(piece: tuple[int, bytes]) -> _Piece:
    return _Piece(*piece)


def _joined(source: Iterator[tuple[int, bytes]]) -> Iterator[_Piece]:
    """The lines, those inside a text between quotes as one with its first."""
    held: list[_Piece] = []
    size_bytes = 0
    for piece in map(_alone, source):
        at = 0 if held else _text_at(piece.data) + 1
        is_text = held or piece.data[at - 1 : at] == b'"'
        is_open = is_text and _OPEN.match(piece.data, at)
        if is_open and size_bytes + len(piece.data) <= _OPEN_BYTES:
            held.append(piece)
            size_bytes += len(piece.data)
            continue
        if held and _CLOSES.match(piece.data):
            data = b"".join(one.data for one in (*held, piece))
            yield _Piece(held[0].start, data, len(held) + 1)
        else:
            yield from (*held, piece)
        held, size_bytes = [], 0
    yield from held


def _text_at(data: bytes) -> int:
    """Where in a line the text begins: behind the second tab; behind all of it if there is none."""
    first = data.find(b"\t")
    line = data.find(b"\n")
    second = data.find(b"\t", first + 1)
    return second + 1 if 0 <= first < second and (line < 0 or second < line) else len(data)


def _message(
    number: int,
    piece: _Piece,
    days: Days,
    dates: tuple[str, ...],
    title: str,
    zone: str | None,
) -> tuple[Message, tuple[str, ...]]:
    """What a piece is, and which day it is behind it; several where it can be any of them."""
    data, flags = piece.data, list[str]()
    place = Place(piece.start, piece.start + len(data), sha256=sha256(data).hexdigest())
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text, flags = data.decode("utf-8", "replace"), ["bad-charset"]
    text = text.rstrip("\r\n")
    read = days.read(text)
    if read is not None:
        told = _of_day(read, text.partition("\n")[0].strip(), flags)
        return make_message(
            number, place, "system", sent=told, text=text, conversation=title, flags=tuple(flags)
        ), read
    when, *fields = text.split("\t", 2) if "\t" in text.partition("\n")[0] else text.split(" ", 1)
    sender = fields[0] if len(fields) > 1 else ""
    said = fields[-1] if fields else ""
    if _QUOTED.match(data, _text_at(data)) and "\n" in said:
        said = said[1:-1].replace('""', '"')
    if piece.lines > 1:
        flags.append("header-in-body")
    sent = _told(when, dates, zone, flags)
    if len(said) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    is_event = "\t" in text.partition("\n")[0] and not sender
    return make_message(
        number,
        place,
        "system" if is_event else "message",
        sender=Party(sender),
        sent=sent,
        text=said[:MAX_TEXT_CHARS],
        conversation=title,
        attachments=(Attachment(said, status="omitted"),) if _LEFT_OUT.match(said) else (),
        flags=tuple(flags),
    ), dates


def _of_day(dates: tuple[str, ...], written: str, flags: list[str]) -> Told:
    """A day itself."""
    if not dates:
        flags.append("bad-date")
        return Told(written, precision="day")
    if len(dates) > 1:
        flags.append("ambiguous-date")
    first, *others = (f"{one}T00:00:00" for one in dates)
    return Told(written, wall=first, precision="day", others=tuple(others))


def _told(written: str, dates: tuple[str, ...], zone: str | None, flags: list[str]) -> Told:
    found = _WHEN.match(written)
    if not found:
        flags.append("bad-date")
        return Told(written)
    half, hour, minute, later = found[1].strip(), int(found[2]), found[3], (found[4] or "").lower()
    if {half, later} & (_BEFORE_NOON | _AFTER_NOON):
        hour = hour_of(hour, is_later=bool({half, later} & _AFTER_NOON))
    time = f"T{hour:02}:{minute}"
    told = told_local(f"{dates[0] if dates else '2000-01-01'}{time}", zone, written=written)
    if told.wall is None:
        flags.append("bad-date")
        return told
    if not dates:
        flags.append("no-day")
        return Told(written, precision="minute")
    if len(dates) > 1:
        flags.append("ambiguous-date")
        others = tuple(f"{one}{time}:00" for one in dates[1:])
        return Told(written, wall=told.wall, precision="minute", others=others)
    if told.instant is None:
        flags.append("no-zone")
    return told

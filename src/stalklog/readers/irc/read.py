"""A log of IRC, line by line: every byte is in one message or in a range that is named."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.readers.irc.day import Days
from stalklog.readers.irc.line import has_own_marks, read_line
from stalklog.readers.pieces import pieces
from stalklog.records.message import Party, Place, make_message
from stalklog.safety.limits import MAX_NAMES, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.irc.body import Line
    from stalklog.readers.window import Window
    from stalklog.records.message import Message

_BEGINS: Final = re.compile(rb"(?:\A|(?<=\n))(?=[ \t]{0,1000}[^\s])")
_LINE: Final = re.compile(rb"[ \t]{0,1000}[^\s]")
_BOM: Final = b"\xef\xbb\xbf"
_OVERLAP: Final = 1_002


def read_log(window: Window, notes: Notes) -> Iterator[Message]:
    """The messages of a log, in its order; lines of no known form are named.

    Args:
        window: The file, of which nothing was read.
        notes: Told what was not understood, and in which zone the times are.
    """
    at = _first(window)
    is_star_a_person = has_own_marks(window.data)
    days = Days(notes.zone())
    odd = _Odd(notes)
    speakers = set[str]()
    number = 0
    for start, data in pieces(window, _BEGINS, at, overlap=_OVERLAP, notes=notes):
        text, flags = _decoded(data)
        line = read_line(text, is_star_a_person=is_star_a_person)
        if line is None:
            odd.add(start, start + len(data))
            continue
        odd.close()
        line = _by_whom(line, speakers)
        number += 1
        place = Place(start, start + len(data), sha256=sha256(data).hexdigest())
        yield _message(number, place, line, days, flags)
    odd.close()
    notes.cover(window.start + len(window.data))


def _by_whom(line: Line, speakers: set[str]) -> Line:
    """A line; one without a time is only of somebody who has spoken before it.

    Args:
        line: It.
        speakers: Who has spoken; whoever speaks in this line is added.
    """
    if line.kind != "message":
        return line
    if line.stamp:
        if len(speakers) < MAX_NAMES:
            speakers.add(line.nick)
        return line
    return line if line.nick in speakers else line._replace(kind="system", nick="")


def _first(window: Window) -> int:
    """Where in the window the first line begins that is not empty."""
    window.more(0)
    while len(window.data) < _OVERLAP and window.more(0):
        pass
    at = len(_BOM) if window.data.startswith(_BOM) else 0
    if _LINE.match(window.data, at):
        return at
    found = window.seek(_BEGINS, at, _OVERLAP)
    return found.start() if found else len(window.data)


def _message(number: int, place: Place, line: Line, days: Days, flags: list[str]) -> Message:
    odd: list[str] = []
    sent = days.told(line, odd)
    if len(line.text) > MAX_TEXT_CHARS:
        flags.append("text-cut")
    return make_message(
        number,
        place,
        line.kind,
        sender=Party(line.nick, line.host),
        sent=sent,
        text=line.text[:MAX_TEXT_CHARS],
        flags=(*flags, *odd),
    )


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """A line without its end; each is decoded by itself, for several people write a log."""
    data = data.partition(b"\n")[0].rstrip(b"\r")
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), ["bad-charset"]


class _Odd:
    """Lines of no known form, as one range for all that follow one another."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._range: tuple[int, int] | None = None

    def add(self, start: int, end: int) -> None:
        """One more."""
        self._range = (self._range[0] if self._range else start, end)

    def close(self) -> None:
        """Name them."""
        if self._range:
            self._notes.leave("not-understood", Place(*self._range), "lines")
            self._range = None

"""The records of an export, cut out of a stream that only goes on: no byte is lost or read twice.

The first megabytes are looked over before any record is given; what comes behind them is read in
blocks. Of one endless record the beginning is kept, and the rest hashed and counted.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from stalklog.readers.stream import read_up_to
from stalklog.readers.whatsapp.survey import Survey
from stalklog.safety.limits import MAX_CHAT_SURVEY_BYTES, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.whatsapp.survey import Header

BOM: Final = b"\xef\xbb\xbf"
_BLOCK_BYTES: Final = 1 << 20
_MAX_LINE_BYTES: Final = 1 << 16
"""A line without an end is no longer waited for: its header, if it has one, is in this."""
_CONTINUES: Final = range(0x80, 0xC0)
"""Bytes inside a letter of UTF-8."""
_LETTER_BYTES: Final = 4
_MAX_CHARS: Final = MAX_TEXT_CHARS + 1_000
"""Of a record: a text that is too long, and the sender before it."""


class Record(NamedTuple):
    """One record, as it stands in the export."""

    start: int
    """Its first byte."""
    size_bytes: int
    """How long it is."""
    sha256: str
    """Of exactly these bytes."""
    stamp: str
    """Date and time as written."""
    date: str
    """The date as written."""
    clock: str
    """The time of day as written."""
    label: str | None
    """What stands before the first colon; None where it must be looked for."""
    rest: str
    """What stands behind the header, decoded; bytes that are no letters are surrogates."""
    is_holder: bool
    """Whether a line in it looks like a record and is none."""
    is_doubtful: bool
    """Whether it may be a line in the one before."""


class Records:
    """The records of one export, in their order.

    Args:
        stream: At its beginning.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting = b""
        first, self._is_all = self._first()
        self.surveyed_bytes = len(first)
        self.has_bom = first.startswith(BOM)
        self.size_bytes = 0
        """How many bytes were read."""
        self.preamble_bytes = len(BOM) if self.has_bom else 0
        """How many bytes stand before the first record."""
        self.has_text_before = False
        """Whether anything is written in them."""
        self.line_ends: set[str] = set()
        self.text = "\n" + _decode(first[self.preamble_bytes :])
        """The part that is looked over, behind a line break that is not in it."""
        self.survey = Survey(self.text)
        self._open: _Open | None = None

    @property
    def is_surveyed_whole(self) -> bool:
        """Whether all of it was looked over."""
        return self._is_all

    def __iter__(self) -> Iterator[Record]:
        survey, text = self.survey, self.text
        self.size_bytes = self.preamble_bytes
        yield from self._cut(text, 1, survey.headers, survey.holders, survey.doubtful)
        self.text = ""
        survey.headers = []
        ending = text[-2:]
        while block := self._next():
            text = ending.rjust(2) + _decode(block)
            headers, holders = survey.sift(text)
            yield from self._cut(text, 2, headers, holders, survey.doubts(text, headers))
            ending = text[-2:]
        if self._open:
            yield self._open.close()

    def _cut(
        self,
        text: str,
        context: int,
        headers: list[Header],
        holders: set[int],
        doubtful: set[int],
    ) -> Iterator[Record]:
        """The records that end in a text; the last one stays open.

        Args:
            text: Further text of the export.
            context: How many characters of context stand before it.
            headers: Where records begin in it.
            holders: The numbers of those that hold a line like a record.
            doubtful: The numbers of those that may be none.
        """
        self._note_line_ends(text)
        start = headers[0].start() + 1 if headers else len(text)
        self._append(text[context:start], is_holder=-1 in holders)
        if not headers:
            return
        if self._open:
            yield self._open.close()
            self._open = None
        at, made, sha256 = self.size_bytes, Record._make, hashlib.sha256
        for number, (header, following) in enumerate(pairwise(headers)):
            end = following.start() + 1
            raw = text[start:end].encode("utf-8", "surrogateescape")
            size = len(raw)
            _bracket, stamp, date, clock, clock_first, date_last, _colon, label = header.groups()
            begin = header.end()
            rest = text[begin:end] if size <= _MAX_CHARS else text[begin:end][:_MAX_CHARS]
            yield made(
                (
                    at, size, sha256(raw).hexdigest(), stamp, date or date_last,
                    clock or clock_first, label, rest, number in holders, number in doubtful,
                )
            )  # fmt: skip
            at += size
            start = end
        self.size_bytes = at
        last = len(headers) - 1
        self._open = _Open(headers[-1], at, is_doubtful=last in doubtful)
        self._append(text[start:], is_holder=last in holders)

    def _append(self, text: str, *, is_holder: bool) -> None:
        """Further text of the record that is open, or of what stands before all of them."""
        raw = text.encode("utf-8", "surrogateescape")
        self.size_bytes += len(raw)
        if self._open:
            self._open.append(text, raw, is_holder=is_holder)
        else:
            self.preamble_bytes += len(raw)
            self.has_text_before = self.has_text_before or bool(text.strip("\r\n \t\ufeff\u200e"))

    def _note_line_ends(self, text: str) -> None:
        if "\r\n" in text:
            self.line_ends.add("CRLF")
        if len(self.line_ends) > 1 or text.count("\n") > text.count("\r\n") + 1:
            self.line_ends.add("LF")

    def _first(self) -> tuple[bytes, bool]:
        """The part to look over, whole lines of it, and whether that is all."""
        data = read_up_to(self._stream, MAX_CHAT_SURVEY_BYTES)
        if len(data) < MAX_CHAT_SURVEY_BYTES:
            return data, True
        end = _cut_at(data)
        self._waiting = data[end:]
        return data[:end], False

    def _next(self) -> bytes:
        """Further bytes: whole lines, unless one is very long; none at the end."""
        data = self._waiting
        while block := read_up_to(self._stream, _BLOCK_BYTES):
            data += block
            end = _cut_at(data)
            if end:
                self._waiting = data[end:]
                return data[:end]
        self._waiting = b""
        return data


class _Open:
    """A record whose end is not seen yet."""

    def __init__(self, header: Header, start: int, *, is_doubtful: bool) -> None:
        self._skip = header.end() - header.start() - 1
        self._stamp, self._date, self._clock, clock, date = header.group(2, 3, 4, 5, 6)
        self._date, self._clock = self._date or date, self._clock or clock
        self._start, self._is_doubtful = start, is_doubtful
        self._size_bytes, self._digest = 0, hashlib.sha256()
        self._pieces: list[str] = []
        self._chars = 0
        self._is_holder = False

    def append(self, text: str, raw: bytes, *, is_holder: bool) -> None:
        """It goes on."""
        self._size_bytes += len(raw)
        self._digest.update(raw)
        self._is_holder = self._is_holder or is_holder
        if self._chars <= _MAX_CHARS:
            self._pieces.append(text)
            self._chars += len(text)

    def close(self) -> Record:
        """It ends here."""
        return Record(
            self._start, self._size_bytes, self._digest.hexdigest(), self._stamp, self._date,
            self._clock, None, "".join(self._pieces)[self._skip :][:_MAX_CHARS], self._is_holder,
            self._is_doubtful,
        )  # fmt: skip


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _cut_at(data: bytes) -> int:
    """Where to cut: behind a line, or inside a very long one between two letters."""
    end = data.rfind(b"\n") + 1
    if len(data) - end <= _MAX_LINE_BYTES:
        return end
    end = len(data)
    for back in range(1, min(_LETTER_BYTES, len(data)) + 1):
        if data[-back] not in _CONTINUES:
            return end - back
    return end

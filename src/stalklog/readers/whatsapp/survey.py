"""What an export shows as a whole, before any of it is told: how its records are set off.

Newer iPhones end a message with CR LF and write a line break inside one as LF alone. So a line
that looks like a message, but follows an LF, is part of the text above it. Where all breaks are
alike, as on Android, it cannot be told; then what is odd about such a line is said.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias

from stalklog.readers.whatsapp.form import Forms, main_of
from stalklog.readers.whatsapp.grammar import HEADER, family
from stalklog.readers.whatsapp.label import is_service

if TYPE_CHECKING:
    from collections.abc import Iterator

Header: TypeAlias = "re.Match[str]"
_FEW: Final = 4
"""A family of headers with less than a quarter of them is pasted text."""
_CHATTING: Final = 3
"""With two people, whoever writes once is no stranger."""
_MAX_STRANGERS: Final = 200
_LINE_CHARS: Final = 300
_DAY: Final = re.compile(
    r"(?:(?:IMG|VID|PTT|AUD|STK|DOC)-(\d{4})(\d{2})(\d{2})-WA\d{4}"
    r"|\d{8}-[A-Z]+-(\d{4})-(\d{2})-(\d{2})-\d{2}-\d{2}-\d{2})\.\w{1,5}[ >]",
    re.ASCII,
)
"""The name of a file as WhatsApp gives it, with the day, as it stands beside a message."""
_MEDIA: Final = ("-WA", "-PHOTO-", "-VIDEO-", "-AUDIO-", "-STICKER-", "-GIF-", "-DOCUMENT-")
"""One of these stands in every such name."""


class Survey:
    """The first part of an export, looked over once.

    Args:
        text: It begins with a line break, which is not in the export; of a short export it is all.
    """

    def __init__(self, text: str) -> None:
        found = list(HEADER.finditer(text))
        self._family = _main_family(found)
        ours = self._of_family(found)
        self._has_crlf = "\r\n" in text and any(
            text[header.start() - 1] == "\r" for header in ours[1:]
        )
        self.is_crlf = self._has_crlf and _ends_records_with_crlf(text, ours)
        """Whether a record begins only behind CR LF."""
        self.is_certain = self.is_crlf and text.count("\n") > text.count("\r\n") + 1
        """Whether no line inside a message can be taken for a message: a break inside one is LF."""
        self.headers, self.holders = self._sift(text, found, ours)
        """Where the records of the text begin; the numbers of those that hold a line like it."""
        fields = [header.group(2, 3, 4, 5, 6) for header in self.headers]
        self.dates = [date or last for _, date, _, _, last in fields]
        """The date of each, as written."""
        self._dates = Forms(self.dates, 2)
        self._clocks = Forms([clock or first for _, _, clock, first, _ in fields], 1)
        gaps = Counter(
            [
                len(first) + len(last) - len(stamp)
                if first
                else len(stamp) - len(date) - len(clock)
                for stamp, date, clock, first, last in fields
            ]
        )
        self._gap = main_of(gaps)
        self.doubtful = set() if self.is_certain else _strangers(text, self.headers)
        """The numbers of those that may be a line in the text of the one before."""
        if self._has_crlf or self._dates.has_odd or self._clocks.has_odd or len(gaps) > 1:
            self.doubtful |= self.doubts(text, self.headers)

    def sift(self, text: str) -> tuple[list[Header], set[int]]:
        """The headers in a text, and the numbers of those behind which one is no header.

        Args:
            text: It begins with a line break. The number -1 is that of the record before it.
        """
        found = list(HEADER.finditer(text))
        return self._sift(text, found, self._of_family(found))

    def _sift(
        self, text: str, found: list[Header], ours: list[Header]
    ) -> tuple[list[Header], set[int]]:
        if ours is found and not self.is_crlf:
            return found, set()
        left = set(map(id, ours))
        headers: list[Header] = []
        holders: set[int] = set()
        for header in found:
            if id(header) in left and not (self.is_crlf and _is_behind_lf(text, header)):
                headers.append(header)
            else:
                holders.add(len(headers) - 1)
        return headers, holders

    def doubts(self, text: str, headers: list[Header]) -> set[int]:
        """The numbers of those that may be a line in the text of the record before."""
        dates, clocks, gap, has_crlf = self._dates, self._clocks, self._gap, self._has_crlf
        doubtful: set[int] = set()
        for number, header in enumerate(() if self.is_certain else headers):
            _stamp, date, clock, clock_first, date_last = fields = header.group(2, 3, 4, 5, 6)
            if (
                dates.is_odd(date or date_last)
                or clocks.is_odd(clock or clock_first)
                or (gap is not None and _gap(fields) != gap)
                or (has_crlf and _is_behind_lf(text, header))
            ):
                doubtful.add(number)
        return doubtful

    def named_days(self, text: str) -> Iterator[tuple[int, str]]:
        """The numbers of records that name a file with its day, and the day."""
        if not any(mark in text for mark in _MEDIA):
            return
        number, starts = -1, [header.start() for header in self.headers]
        for name in _DAY.finditer(text):
            while number + 1 < len(starts) and starts[number + 1] < name.start():
                number += 1
            if number >= 0:
                yield number, "-".join(part for part in name.groups() if part)

    def _of_family(self, headers: list[Header]) -> list[Header]:
        main = self._family
        if not main or {header[1] or header[7] or "-" for header in headers} == {main}:
            return headers
        return [header for header in headers if family(header) == main]


def _main_family(headers: list[Header]) -> str:
    """How records are set off, if nearly all of them are, the first among them; else nothing."""
    if not headers:
        return ""
    times = Counter([header[1] or header[7] or "-" for header in headers])
    first = family(headers[0])
    return first if (len(headers) - times[first]) * _FEW <= len(headers) else ""


def _gap(fields: tuple[str, ...]) -> int:
    """How many characters stand between date and time; below nought where the time is first."""
    stamp, date, clock, clock_first, date_last = fields
    if clock_first:
        return len(clock_first) + len(date_last) - len(stamp)
    return len(stamp) - len(date) - len(clock)


def _is_behind_lf(text: str, header: Header) -> bool:
    """Whether an LF without a CR stands before it; the first of all has nothing before it."""
    start = header.start()
    return start > 0 and text[start - 1] != "\r"


def _ends_records_with_crlf(text: str, headers: list[Header]) -> bool:
    """Whether a break of CR LF, and no other, ends a record.

    Whoever wrote many lines that look like records does not decide it, nor one who sent a CR: what
    counts then are the first record and the end.
    """
    if family(headers[0]) != "[":
        return False
    behind_lf = [_is_behind_lf(text, header) for header in headers[1:]]
    if sum(behind_lf) * 2 < len(behind_lf):
        return True
    return not behind_lf[0] and text.endswith("\r\n")


def _strangers(text: str, headers: list[Header]) -> set[int]:
    """Records whose sender writes only once, among others who write more, and is nowhere named."""
    labels = [header[8] for header in headers]
    times = {
        label: count for label, count in Counter(labels).items() if label and not is_service(label)
    }
    once = {label for label, count in times.items() if count == 1}
    if len(times) < _CHATTING or len(once) == len(times) or not 0 < len(once) <= _MAX_STRANGERS:
        return set()
    told = "\n".join(
        text[header.end() : header.end() + _LINE_CHARS].partition("\n")[0]
        for header, label in zip(headers, labels, strict=True)
        if label is None
    )
    unknown = {label for label in once if label not in told}
    return {number for number, label in enumerate(labels) if number and label in unknown}

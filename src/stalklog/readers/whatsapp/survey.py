"""What an export shows as a whole, before any of it is told: how its records are set off.

Newer iPhones end a message with CR LF and write a line break inside one as LF alone. So a line
that looks like a message, but follows an LF, is part of the text above it. Where all breaks are
alike, as on Android, it cannot be told; then what is odd about such a line is said.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from stalklog.readers.whatsapp.cut import cut
from stalklog.readers.whatsapp.form import Forms, main_of
from stalklog.readers.whatsapp.label import is_service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from stalklog.readers.whatsapp.cut import Cut

_T = TypeVar("_T")
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
_MEDIA: Final = re.compile("-(?:WA|[A-Z]+-)", re.ASCII)
"""It stands in every such name."""


class Survey:
    """The first part of an export, looked over once.

    Args:
        found: Its rows.
        line_ends: Which there are: `CRLF`, `LF`.
    """

    def __init__(self, found: Cut, line_ends: Collection[str]) -> None:
        families = found.families()
        self._family = _main_family(families)
        ours = self._ours(families)
        behind_lf = found.behind_lf() if "CRLF" in line_ends else []
        is_lf = [behind_lf[number] for number in ours[1:]] if behind_lf else []
        self._has_crlf = not all(is_lf)
        self.is_crlf = (
            self._has_crlf
            and families[ours[0]] == "["
            and _ends_records_with_crlf(is_lf, found.rests[-1])
        )
        """Whether a record begins only behind CR LF."""
        self.is_certain = self.is_crlf and "LF" in line_ends
        """Whether no line inside a message can be taken for a message: a break inside one is LF."""
        self.rows, self.holders = self._sift(found, ours)
        """The records of the text; the numbers of those that hold a line like one."""
        self._dates = Forms(self.rows.dates, 2)
        self._clocks = Forms(self.rows.clocks, 1)
        gaps = Counter(self.rows.gaps())
        self._gap = main_of(gaps)
        self.strangers = set() if self.is_certain else _strangers(self.rows)
        """The numbers of those of somebody who writes only once."""
        self.doubtful = set(self.strangers)
        """The numbers of those that may be a line in the text of the one before."""
        if self._has_crlf or self._dates.has_odd or self._clocks.has_odd or len(gaps) > 1:
            self.doubtful |= self._doubts(self.rows)

    def sift(self, text: str) -> tuple[Cut, set[int], set[int]]:
        """The records in a further text, and the numbers of those that are odd.

        Args:
            text: With a line break before the first record.

        Returns:
            The records; the numbers of those that hold a line like one, where -1 is what stands
            before the first; the numbers of those that may be a line in the one before.
        """
        found = cut(text)
        rows, holders = self._sift(found, self._ours(found.families()))
        return rows, holders, self._doubts(rows)

    def _ours(self, families: list[str]) -> Sequence[int]:
        """The numbers of rows that are set off as those of this export are."""
        if not self._family or families.count(self._family) == len(families):
            return range(len(families))
        return [number for number, one in enumerate(families) if one == self._family]

    def _sift(self, found: Cut, ours: Sequence[int]) -> tuple[Cut, set[int]]:
        """The rows that are records, and the numbers of those that hold a line like one."""
        if self.is_crlf:
            behind_lf = found.behind_lf()
            ours = [number for number in ours if not behind_lf[number]]
        if len(ours) == len(found.heads):
            return found, set()
        left = set(range(len(found.heads))).difference(ours)
        return found.kept(ours), {bisect(ours, number) - 1 for number in left}

    def _doubts(self, rows: Cut) -> set[int]:
        """The numbers of those that may be a line in the text of the record before."""
        if self.is_certain:
            return set()
        odd_dates = set(filter(self._dates.is_odd, set(rows.dates)))
        odd_clocks = set(filter(self._clocks.is_odd, set(rows.clocks)))
        gaps = rows.gaps() if self._gap is not None else []
        odd_gaps = {*gaps} - {self._gap}
        behind_lf = rows.behind_lf() if self._has_crlf else []
        return {
            *_where(rows.dates, odd_dates),
            *_where(rows.clocks, odd_clocks),
            *_where(gaps, odd_gaps),
            *_where(behind_lf, {True}),
        }

    def named_days(self) -> Iterator[tuple[int, str]]:
        """The numbers of records that name a file with its day, and the day."""
        for number, rest in enumerate(self.rows.rests):
            for name in _DAY.finditer(rest) if _MEDIA.search(rest) else ():
                yield number, "-".join(part for part in name.groups() if part)


def _where(column: Sequence[_T], odd: set[_T]) -> Iterator[int]:
    """The numbers of the rows in which something odd stands; mostly there is nothing odd."""
    return (number for number, one in enumerate(column) if one in odd) if odd else iter(())


def _main_family(families: list[str]) -> str:
    """How records are set off, if nearly all of them are, the first among them; else nothing."""
    if not families:
        return ""
    first = families[0]
    return first if (len(families) - families.count(first)) * _FEW <= len(families) else ""


def _ends_records_with_crlf(behind_lf: list[bool], end: str) -> bool:
    """Whether a break of CR LF, and no other, ends a record.

    Whoever wrote many lines that look like records does not decide it, nor one who sent a CR: what
    counts then are the first record and the end.

    Args:
        behind_lf: Of each record but the first, whether an LF alone stands before it.
        end: How the text ends.
    """
    if sum(behind_lf) * 2 < len(behind_lf):
        return True
    return not behind_lf[0] and end.endswith("\r\n")


def _strangers(rows: Cut) -> set[int]:
    """Records whose sender writes only once, among others who write more, and is nowhere named."""
    labels = rows.labels
    times = {
        label: count
        for label, count in Counter(labels).items()
        if label and not is_service(label, count)
    }
    once = {label for label, count in times.items() if count == 1}
    if len(times) < _CHATTING or len(once) == len(times) or not 0 < len(once) <= _MAX_STRANGERS:
        return set()
    told = "\n".join(
        rest[:_LINE_CHARS].partition("\n")[0]
        for rest, label in zip(rows.rests, labels, strict=True)
        if label is None
    )
    unknown = {label for label in once if label not in told}
    return {number for number, label in enumerate(labels) if number and label in unknown}

"""Which day a line of LINE's text names.

Most phones write the year first. One that is set to English writes `Fri, 9/25/2026`, or
`Fri, 25/9/2026`; the day of the week then tells which number is the month, nearly always. Where it
fits both ways, the other days of the chat decide, then what a person said; else both readings are
kept.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext
from stalklog.records.message import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.records.message import DateOrder

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BEHIND: Final = "[( ]|（|周|週".encode()  # noqa: RUF001 - a bracket as wide as a letter
_YEAR_FIRST: Final = (
    rb"[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}(?:(?:" + _BEHIND + rb")[^\t\r\n]{0,40})?"
)
_YEAR_LAST: Final = rb"(?:" + "|".join(_WEEKDAYS).encode() + rb"), [0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
DAY: Final = rb"(?:" + _YEAR_FIRST + rb"|" + _YEAR_LAST + rb")(?=\r?\n|\Z)"
"""A pattern of a line that is a day, from its beginning."""
_LINES: Final = re.compile(rb"(?:\A|(?<=\n))(" + _YEAR_LAST + rb")(?=\r?\n|\Z)")
_QUOTED: Final = re.compile(rb'\t"(?:[^"]++|"")*+"(?=\r?\n|\Z)')
_FIRST: Final = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})")
_LAST: Final = re.compile(r"([A-Z][a-z]{2}), ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ORDERS: Final[tuple[DateOrder, ...]] = ("dmy", "mdy")
_SAMPLES: Final = 3


class Days:
    """The days of one chat.

    Args:
        head: Its beginning, looked over for days that can be read in one way only; what stands
            between quotes is a text. Nothing where a text cannot be told from the rest.
        said: In which order day and month are, if a person said it.
    """

    def __init__(self, head: bytes, said: DateOrder | None) -> None:
        written = dict.fromkeys(one.decode() for one in _LINES.findall(_QUOTED.sub(b"", head)))
        known = {one: fitting for one in written if (fitting := _readings(one))}
        live = set(_ORDERS).intersection(*known.values())
        self._order: DateOrder | None = None
        self.decision: Decision | None = None
        """How it was decided, if it had to be."""
        if len(live) == 1:
            (self._order,) = live
            proof = min(known, key=lambda one: len(known[one]))
            reason = gettext("{date} can be read in one way only.").format(date=proof)
            if said not in {None, self._order}:
                denied = gettext("It is not the order that was said: {said}.").format(said=said)
                reason = f"{reason} {denied}"
            self.decision = Decision("date_order", self._order, "file", reason)
        elif samples := _samples(known):
            self._order = said if said in _ORDERS else None
            reason = (
                gettext("The dates can be read in more than one way.")
                if self._order
                else gettext("Nothing there proves which.")
                if live
                else gettext(
                    "Some of the dates can only be read day first, others only month first."
                )
            )
            self.decision = Decision(
                "date_order",
                self._order or "",
                "person" if self._order else "nobody",
                reason,
                samples,
                _ORDERS,
            )

    def read(self, text: str) -> tuple[str, ...] | None:
        """The days that a line can mean, `2024-03-05`; empty if none; None if it names no day.

        Args:
            text: A line of the chat, or more.
        """
        if first := _FIRST.match(text):
            day = _day(first[1], first[2], first[3])
            return (day,) if day else ()
        if not _LAST.match(text):
            return None
        found = _readings(text)
        if self._order in found:
            return (found[self._order],)
        return tuple(dict.fromkeys(found.values()))


def _readings(text: str) -> Mapping[DateOrder | None, str]:
    """By order: the day that is meant; only one on the right day of the week, if there is one."""
    last = _LAST.match(text)
    if not last:
        return {}
    weekday, one, two, year = last.groups()
    both = zip(_ORDERS, (_day(year, two, one), _day(year, one, two)), strict=True)
    found: dict[DateOrder | None, str] = {order: day for order, day in both if day}
    fitting = {
        order: day
        for order, day in found.items()
        if _WEEKDAYS[date.fromisoformat(day).weekday()] == weekday
    }
    return fitting or found


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def _samples(
    known: Mapping[str, Mapping[DateOrder | None, str]],
) -> tuple[tuple[str, ...], ...]:
    """Lines whose day is not the same in both orders."""
    found = (
        (written, *(f"{readings[one]} {_weekday(readings[one])}" for one in _ORDERS))
        for written, readings in known.items()
        if len(set(readings.values())) > 1
    )
    return tuple(sample for sample, _ in zip(found, range(_SAMPLES), strict=False))


def _weekday(day: str) -> str:
    return _WEEKDAYS[date.fromisoformat(day).weekday()]

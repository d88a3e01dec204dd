"""Google Chat's dates: in words, in the language of the account; only the English ones are read.

`Thursday, November 3, 2016 at 11:59:50 AM UTC`: the month has a name, so that day and month cannot
be mistaken, and the day of the week must be the right one. Any other form is kept as it is written,
and is no moment.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Final

from stalklog.readers.english_date import LONG_MONTHS, hour_of
from stalklog.records.message import Told

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE: Final = re.compile(
    r"([A-Z][a-z]{5,8},?_(?:[A-Z][a-z]{2,8}_[0-9]{1,2}|[0-9]{1,2}_[A-Z][a-z]{2,8}),?_[0-9]{4})"
    r"(?:_at|,)?_([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:_([AaPp])\.?[Mm]\.?)?(?:_(UTC|GMT))?\Z"
    .replace("_", "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]"),
    re.ASCII,
)  # fmt: skip
"""The day, as it is written, and the time of it."""
_WORD: Final = re.compile("[A-Za-z0-9]+")
_NO_HOUR: Final = 24
_KEPT_DAYS: Final = 1_000
"""Days whose meaning is remembered: in a chat one comes over and over."""


def told_google(written: str) -> Told:
    """A date of Google Chat; only `written` where it is in another language, or is none.

    Args:
        written: As it stands there.
    """
    found = _DATE.match(written.strip())
    if not found:
        return Told(written)
    day, hour, minute, second, half, zone = found.groups()
    day, hour = _day(day), _hour(hour, half)
    if not day or not hour:
        return Told(written)
    wall = f"{day}T{hour}:{minute}:{second}"
    try:
        instant = datetime.fromisoformat(f"{wall}+00:00")
    except ValueError:
        return Told(written)
    if not zone:
        return Told(written, None, wall, "second")
    return Told(written, instant, wall, "second", "+00:00", "file")


@lru_cache(_KEPT_DAYS)
def _day(told: str) -> str:
    """`2016-11-03` of `Thursday, November 3, 2016`; empty where it was no such day."""
    weekday, first, second, year = _WORD.findall(told)
    month, day = (second, first) if first.isdecimal() else (first, second)
    try:
        found = date(int(year), LONG_MONTHS[month], int(day))
    except (KeyError, ValueError):
        return ""
    return found.isoformat() if _DAYS[found.weekday()] == weekday else ""


@cache
def _hour(hour: str, half: str | None) -> str:
    """`16` of `4` and `P`; empty where no clock shows it: with halves of a day, 12 is the first."""
    number = int(hour)
    if half is not None:
        number = hour_of(number, is_later=half in "Pp") if number else _NO_HOUR
    return f"{number:02}" if number < _NO_HOUR else ""

"""Google Chat's dates: in words, in the language of the account; only the English ones are read.

`Thursday, November 3, 2016 at 11:59:50 AM UTC`: the month has a name, so that day and month cannot
be mistaken, and the day of the week must be the right one. Any other form is kept as it is written,
and is no moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from stalklog.readers.english_date import LONG_MONTHS, hour_of
from stalklog.records.message import Told

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE: Final = re.compile(
    r"([A-Z][a-z]{5,8}),? (?:([A-Z][a-z]{2,8}) ([0-9]{1,2})|([0-9]{1,2}) ([A-Z][a-z]{2,8})),? "
    r"([0-9]{4})(?: at|,)? ([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?: ([AaPp])\.?[Mm]\.?)?"
    r"(?: (UTC|GMT))?\Z",
    re.ASCII,
)
_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_NOON: Final = 12


def told_google(written: str) -> Told:
    """A date of Google Chat; only `written` where it is in another language, or is none.

    Args:
        written: As it stands there.
    """
    found = _DATE.match(written.replace(_NARROW, " ").replace(_NO_BREAK, " ").strip())
    if not found:
        return Told(written)
    weekday, month, day, day_first, month_last, year, hour, minute, second, half, zone = (
        found.groups()
    )
    hours = _hours(int(hour), half)
    try:
        moment = datetime(
            int(year),
            LONG_MONTHS[month or month_last],
            int(day or day_first),
            hours,
            int(minute),
            int(second),
            tzinfo=UTC,
        )
    except (KeyError, ValueError):
        return Told(written)
    if _DAYS[moment.weekday()] != weekday:
        return Told(written)
    wall = moment.isoformat()[:19]
    if not zone:
        return Told(written, None, wall, "second")
    return Told(written, moment, wall, "second", "+00:00", "file")


def _hours(hour: int, half: str | None) -> int:
    """Hours from 0; where there are halves of a day, 12 is its beginning and 13 is none."""
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        return -1
    return hour_of(hour, is_later=half in "Pp")

"""Between which moments something certainly was: what can be reckoned with of a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from stalklog.core.clock import read_moment

if TYPE_CHECKING:
    from datetime import date

    from stalklog.core.entry import JsonValue

ABOUT: Final = timedelta(hours=1)
"""How far off, either way, a time is taken to be that is only about right."""
_DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(microseconds=1)


def bounds_of(occurred: JsonValue) -> tuple[datetime, datetime] | None:
    """The earliest and the latest moment that a record's `occurred` can mean; None for no time."""
    body = occurred if isinstance(occurred, dict) else {}
    start, end = read_moment(body.get("start")), read_moment(body.get("end"))
    return None if start is None else bounds(start, end, str(body.get("precision")))


def bounds(start: datetime, end: datetime | None, precision: str) -> tuple[datetime, datetime]:
    """The same of a start, an end where there is one, and how closely they are known."""
    last = start if end is None else end
    try:
        if precision == "day":
            first = start.replace(hour=0, minute=0, second=0, microsecond=0)
            close = datetime.combine(last_day(start, end), first.timetz())
            return first, close + _DAY - _TICK
        if precision == "about" and last == start:
            return start - ABOUT, start + ABOUT
    except OverflowError:  # the first and the last day that a calendar has
        return start, last
    return start, last


def last_day(start: datetime, end: datetime | None) -> date:
    """The last day of what is only known by days."""
    if end is None or end <= start:
        return start.date()
    return (end - _TICK).date()

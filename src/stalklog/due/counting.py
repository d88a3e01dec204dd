"""How long a rule runs from a moment: by the clock for hours, by the calendar for days and more."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from stalklog.due.rule import Unit

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_WORKING_DAYS: Final = 5
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class End:
    """When something runs out."""

    on: date
    """The last day, in the zone in which it is counted."""
    at: datetime | None = None
    """The moment, for what is counted by the hour; None for what has the whole day."""

    def is_past(self, now: datetime, zone: tzinfo) -> bool:
        """Whether it has run out by then."""
        return now > self.at if self.at is not None else day_in(now, zone) > self.on


def day_in(moment: datetime, zone: tzinfo) -> date:
    """The day that it is then, there; in its own zone where no calendar reaches so far."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def end_of(start: datetime, duration: int, unit: Unit, zone: tzinfo) -> End:
    """When a duration that begins at a moment runs out.

    Hours are counted as a clock runs, through nights and changes of the clock. Of all others the
    day on which it begins does not count: seven days from any moment of the 1st end with the 8th.
    A month or a year ends on the day of the same number, or on the month's last where it has none.

    Args:
        start: Aware.
        duration: How many.
        unit: Of what.
        zone: In which the days are counted.

    Raises:
        OverflowError: No calendar reaches so far.
    """
    if unit == "h":
        at = (start.astimezone(UTC) + timedelta(hours=duration)).astimezone(zone)
        return End(at.date(), at)
    day = day_in(start, zone)
    if unit == "d":
        return End(day + duration * _DAY)
    if unit == "bd":
        return End(_working_days_later(day, duration))
    return End(_months_later(day, duration * (_MONTHS_A_YEAR if unit == "y" else 1)))


def part_of(start: datetime, end: End, percent: int, zone: tzinfo) -> End:
    """When so much of that time is over; of days, the earlier one where it falls in between."""
    if end.at is not None:
        at = (start.astimezone(UTC) + (end.at - start) * percent / 100).astimezone(zone)
        return End(at.date(), at)
    day = day_in(start, zone)
    return End(day + timedelta(days=(end.on - day).days * percent // 100))


def _working_days_later(day: date, count: int) -> date:
    """So many days later of which none is a Saturday or a Sunday."""
    if count and day.weekday() >= _SATURDAY:
        day -= timedelta(days=day.weekday() - _SATURDAY + 1)  # as from the Friday before
    weeks, rest = divmod(count, _WORKING_DAYS)
    days = 7 * weeks + rest + (2 if rest and day.weekday() + rest >= _SATURDAY else 0)
    return day + timedelta(days=days)


def _months_later(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, _MONTHS_A_YEAR)
    year = day.year + years
    if year > date.max.year:
        raise OverflowError("no calendar reaches so far")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

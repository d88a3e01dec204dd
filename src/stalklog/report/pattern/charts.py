"""The two drawings of the pattern: by week, month or year, and by hour of the day."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.report.pattern.count import HOURS, start_of
from stalklog.report.pattern.drawing import Mark, Row, draw
from stalklog.report.pattern.names import incidents_name, messages_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from stalklog.report.pattern.count import Pair, Pattern, Period, Unit
    from stalklog.report.pattern.drawing import Drawing

_MONTHS: Final = (
    mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"),
    mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec"),
)  # fmt: skip
_MOST_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "week": mark("{what}: at most {most} in one week"),
        "month": mark("{what}: at most {most} in one month"),
        "year": mark("{what}: at most {most} in one year"),
    }
)
_FEW_WEEKS: Final = 12
"""So many are each called by the day on which they begin."""
_EVERY_HOUR: Final = 3
_LONGEST: Final[Mapping[str, int]] = MappingProxyType({"week": 7, "month": 31, "year": 366})
"""So many days later another one has begun for certain."""


def draw_periods(found: Pattern) -> Drawing:
    """How many in each week, month or year, and what was done about it when."""
    marks = [
        Mark(step.kind, column + _part_of(step.when.first_day, period, found.unit))
        for column, period in enumerate(found.periods)
        for step in period.steps
    ]
    template = _(_MOST_IN[found.unit])
    rows = _rows([period.counts for period in found.periods], template)
    return draw(rows, _short_names([one.start for one in found.periods], found.unit), marks)


def draw_hours(found: Pattern) -> Drawing:
    """How many in each hour of the day, of those whose time is known."""
    labels = [str(hour) if hour % _EVERY_HOUR == 0 else "" for hour in range(HOURS)]
    return draw(_rows(found.hours, _("{what}: at most {most} in one hour of the day")), labels)


def _rows(pairs: Sequence[Pair], template: str) -> list[Row]:
    """A row for each of the two that has anything."""
    both = (
        ("t", incidents_name(), tuple(pair.incidents for pair in pairs)),
        ("m", messages_name(), tuple(pair.messages for pair in pairs)),
    )
    return [
        Row(template.format(what=what, most=max(numbers)), css, numbers)
        for css, what, numbers in both
        if any(numbers)
    ]


def _part_of(day: date, period: Period, unit: Unit) -> float:
    """How much of a period is over at noon of a day."""
    following = start_of(
        period.start + timedelta(days={"week": 7, "month": 31, "year": 366}[unit]), unit
    )
    return ((day - period.start).days + 0.5) / max(1, (following - period.start).days)


def _short_names(starts: Sequence[date], unit: Unit) -> list[str]:
    """Names that fit below a bar; of many weeks only that in which a month begins has one."""
    if unit == "year":
        return [str(start.year) for start in starts]
    if unit == "month":
        return [f"{_(_MONTHS[start.month - 1])} {start.year}" for start in starts]
    if len(starts) <= _FEW_WEEKS:
        return [f"{start.day} {_(_MONTHS[start.month - 1])}" for start in starts]
    return [
        f"{_(_MONTHS[start.month - 1])} {start.year}" if start.day <= 7 else ""  # noqa: PLR2004 - a week
        for start in starts
    ]

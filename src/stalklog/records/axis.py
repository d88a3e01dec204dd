"""Where something stands on the axis of time: one rule for every list, count and report.

What has a zone stands at its moment. What has none stands where its clock would be in the zone of
the vault, and is marked: when it truly was is known to about a day. What can be read as more than
one day, and what has no time, stands nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from stalklog.records.message import ReadingReport, Told

_EASTMOST: Final = timedelta(hours=14)
_WESTMOST: Final = timedelta(hours=12)
"""So far are clocks on the wall from UTC."""
ZONES_APART: Final = _EASTMOST + _WESTMOST
"""So far can two clocks on the wall differ: what has no zone is off by no more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands in time."""

    at: datetime
    """Its place: what has no zone, as if it were in the vault's."""
    instant: datetime | None
    """When it was; None where the zone is not known: then `at` is only what a clock showed."""


def standing(told: Told | None, zone: tzinfo) -> Standing | None:
    """The place of one time; None where there is none, or day and month can be read two ways.

    Args:
        told: As the original tells it.
        zone: Of the vault.
    """
    if told is None or told.others:
        return None
    if told.instant is not None:
        return Standing(told.instant, told.instant)
    return _of_wall(told.wall, zone) if told.wall else None


def standings_of(told: Told | None, zone: tzinfo) -> Iterator[Standing]:
    """The places of one time by each of its readings; none where nobody can say.

    Args:
        told: As the original tells it.
        zone: Of the vault.
    """
    if told is not None and told.others and told.wall:
        yield from (_of_wall(wall, zone) for wall in (told.wall, *told.others))
    elif place := standing(told, zone):
        yield place


def standings(report: ReadingReport, zone: tzinfo) -> tuple[Standing, Standing] | None:
    """The places of the first and the last of what was found in an original; None for none.

    Where the order of day and month is open, only what has a zone has a place; else a picture or a
    recording has the time at which it was made, as it says itself.

    Args:
        report: What the reading came to.
        zone: Of the vault.
    """
    found = [Standing(one, one) for one in (report.first, report.last) if one is not None]
    if report.first_wall and not report.is_order_open:
        found += [_of_wall(one, zone) for one in (report.first_wall, report.last_wall)]
    if not found:
        taken = standing(report.taken, zone)
        return (taken, taken) if taken else None
    return min(found, key=_place), max(found, key=_place)


def within_zones(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """The earliest and the latest moment of what clocks on the wall showed in no known zone.

    Args:
        first: What they showed first, in whatever zone: it is left out of account.
        last: What they showed last.
    """
    first, last = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
    try:
        return first - _EASTMOST, last + _WESTMOST
    except OverflowError:  # the first and the last day that a calendar has
        return first, last


def _of_wall(wall: str, zone: tzinfo) -> Standing:
    return Standing(datetime.fromisoformat(wall).replace(tzinfo=zone), None)


def _place(one: Standing) -> datetime:
    return one.at

"""When a record was written: the time as it stands there, and every reading of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stalklog.readers.whatsapp.clock import parse_clock
from stalklog.readers.whatsapp.kept import Kept
from stalklog.records.message import Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.readers.whatsapp.day import Days
    from stalklog.readers.whatsapp.order import Order
    from stalklog.records.message import ZoneSource


class When:
    """The times of one export.

    Args:
        order: How its dates are read.
        meanings: To each date the days that it can mean.
        zone: In which its times are, an IANA name, if the person says it.
    """

    def __init__(self, order: Order, meanings: Mapping[str, Days], zone: str | None) -> None:
        self._zone = zone_of(zone)
        self._zone_name = zone if self._zone else None
        self._days = Kept(lambda date: _walls(order.read(meanings[date])))
        self.clocks = Kept(parse_clock)
        """What each time of day means."""
        self.sure_days = Kept(self._sure_day)
        """To each date the day that it means, as it stands before a time of day; None where more
        must be told of it."""

    def _sure_day(self, date: str) -> str | None:
        days = self._days[date]
        return days[0] if self._zone is None and len(days) == 1 else None

    def told(self, stamp: str, date: str, clock: str) -> Told:
        """The time of a record; without `wall` where it cannot be understood.

        Args:
            stamp: Date and time as written.
            date: The date of it.
            clock: The time of it.
        """
        days, time = self._days[date], self.clocks[clock]
        if not days or time is None:
            return Told(stamp)
        wall, *others = (day + time[0] for day in days)
        instant = None if others or not self._zone else _instant(wall, self._zone)
        source: ZoneSource = "person" if self._zone else "none"
        return Told(stamp, instant, wall, time[1], self._zone_name, source, tuple(others))


def _walls(days: tuple[str, ...]) -> tuple[str, ...]:
    """Days as they stand before a time of day."""
    return tuple(f"{day}T" for day in days)


def zone_of(name: str | None) -> ZoneInfo | None:
    """The zone of a name; None where there is none of it."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # not found is a KeyError, an unfit name the others
        return None


def _instant(wall: str, zone: ZoneInfo) -> datetime | None:
    """The instant; None in an hour that was there twice or not at all, as clocks were changed."""
    local = datetime.fromisoformat(wall)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        return None
    return first.astimezone(UTC)

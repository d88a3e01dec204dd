"""When a record was written: the time as it stands there, and every reading of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from stalklog.readers.whatsapp.clock import parse_clock
from stalklog.readers.whatsapp.day import parse_days
from stalklog.readers.whatsapp.swift import wall_time
from stalklog.records.message import Told

if TYPE_CHECKING:
    from stalklog.readers.whatsapp.order import Order
    from stalklog.records.message import Precision, ZoneSource

_MAX_KEPT: Final = 100_000
"""Dates and times that are remembered: a day has 86,400 seconds."""
_UNSEEN: Final[tuple[str, Precision]] = ("", "day")


class When:
    """The times of one export.

    Args:
        order: How its dates are read.
        last_day: No day in it can be later.
        zone: In which its times are, an IANA name, if the person says it.
    """

    def __init__(self, order: Order, last_day: str, zone: str | None) -> None:
        self._order = order
        self._last_day = last_day
        self._zone = zone_of(zone)
        self._zone_name = zone if self._zone else None
        self._days: dict[str, tuple[str, ...]] = {}
        self._clocks: dict[str, tuple[str, Precision] | None] = {}

    def told(self, stamp: str, date: str, clock: str) -> Told:
        """The time of a record; without `wall` where it cannot be understood.

        Args:
            stamp: Date and time as written.
            date: The date of it.
            clock: The time of it.
        """
        days = self._days.get(date)
        if days is None:
            days = self._order.read(parse_days(date, self._last_day))
            if len(self._days) >= _MAX_KEPT:
                self._days.clear()
            self._days[date] = days
        time = self._clocks.get(clock, _UNSEEN)
        if time is _UNSEEN:
            time = parse_clock(clock)
            if len(self._clocks) >= _MAX_KEPT:
                self._clocks.clear()
            self._clocks[clock] = time
        if not days or time is None:
            return Told(stamp)
        if self._zone is None and len(days) == 1:
            return wall_time(stamp, f"{days[0]}T{time[0]}", time[1])
        wall, *others = (f"{day}T{time[0]}" for day in days)
        instant = None if others or not self._zone else _instant(wall, self._zone)
        source: ZoneSource = "person" if self._zone else "none"
        return Told(stamp, instant, wall, time[1], self._zone_name, source, tuple(others))


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

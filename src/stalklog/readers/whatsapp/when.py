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
    from stalklog.readers.whatsapp.record import Record
    from stalklog.records.message import Precision, ZoneSource

_MAX_KEPT: Final = 100_000
"""Dates and times that are remembered: a day has 86,400 seconds."""


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

    def told(self, record: Record) -> Told:
        """The time of a record; without `wall` where it cannot be understood."""
        try:
            days = self._days[record.date]
        except KeyError:
            days = self._order.read(parse_days(record.date, self._last_day))
            if len(self._days) >= _MAX_KEPT:
                self._days.clear()
            self._days[record.date] = days
        try:
            clock = self._clocks[record.clock]
        except KeyError:
            clock = parse_clock(record.clock)
            if len(self._clocks) >= _MAX_KEPT:
                self._clocks.clear()
            self._clocks[record.clock] = clock
        if not days or clock is None:
            return Told(record.stamp)
        wall = f"{days[0]}T{clock[0]}"
        if self._zone is None and len(days) == 1:
            return wall_time(record.stamp, wall, clock[1])
        others = tuple(f"{day}T{clock[0]}" for day in days[1:])
        instant = None if others or not self._zone else _instant(wall, self._zone)
        source: ZoneSource = "person" if self._zone else "none"
        return Told(record.stamp, instant, wall, clock[1], self._zone_name, source, others)


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

"""Which day a line of a log is of, where only its time of day stands there.

A log says now and then which day it is. That holds until its clock goes backwards: then a day, or a
year, has begun of which nothing is said, and none is guessed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from stalklog.readers.english_date import MONTHS
from stalklog.readers.epoch import told_local

if TYPE_CHECKING:
    import re

    from stalklog.readers.irc.body import Line
    from stalklog.records.message import Told

_TO_MINUTE: Final = len("21:30")


class Days:
    """The day that it is in a log.

    Args:
        zone: In which zone its times are, as a person said.
    """

    def __init__(self, zone: str | None) -> None:
        self._zone = zone
        self._date = ""
        self._year = ""
        self._last = ""
        self._wall = ""

    def told(self, line: Line, flags: list[str]) -> Told | None:
        """When a line was written; what is odd about it becomes a flag.

        Args:
            line: The line.
            flags: Names of `records.message.FLAGS`.
        """
        told = self._told(line, flags)
        if told is None and line.kind == "message":
            flags.append("no-date")
        if told is None or flags:
            return told
        wall = told.wall or ""
        if wall and wall < self._wall:
            flags.append("time-backwards")
        self._wall = wall or self._wall
        if told.wall is None:
            flags.append("bad-date")
        elif told.instant is None:
            flags.append("no-zone")
        return told

    def _told(self, line: Line, flags: list[str]) -> Told | None:
        if line.whole:
            return told_local(line.whole.replace(",", "."), self._zone, written=line.stamp)
        if line.date:
            return self._begin(line.date)
        if not line.clock:
            return None
        date = self._month_and_day(line) if line.month else self._day(line)
        iso = f"{date or '2000-01-01'}T{line.clock}"
        told = told_local(iso, self._zone, written=line.stamp)
        if date or told.wall is None:
            return told
        flags.append("no-year" if line.month else "no-day")
        return replace(told, instant=None, wall=None, zone=None, zone_source="none")

    def _begin(self, found: re.Match[str]) -> Told | None:
        """The log says which day it is."""
        month = MONTHS.get(found["month"])
        if month is None:
            return None
        self._year = found["year"]
        self._date = f"{self._year}-{month:02}-{int(found['day']):02}"
        clock = found["clock"] or ""
        self._last = f"{self._date[5:]}T{clock[:_TO_MINUTE]}"
        iso = f"{self._date}T{clock}" if clock else self._date
        told = told_local(iso, self._zone, written=found["date"])
        if not clock:
            told = replace(told, precision="day", instant=None, zone=None, zone_source="none")
        return told

    def _day(self, line: Line) -> str:
        """The day of a time without one."""
        now = f"{self._date[5:]}T{line.clock[:_TO_MINUTE]}"
        if now < self._last:
            self._date = ""
        self._last = now
        return self._date

    def _month_and_day(self, line: Line) -> str:
        """The day of a time without a year."""
        month = MONTHS.get(line.month)
        if month is None:
            return "?"
        now = f"{month:02}-{int(line.day):02}T{line.clock[:_TO_MINUTE]}"
        if now < self._last:
            self._year = ""
        self._last = now
        return f"{self._year}-{now[:5]}" if self._year else ""

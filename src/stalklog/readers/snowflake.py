"""The time that is inside the number which Discord or X gives a message.

Both count the milliseconds since a day of their own in all but the last 22 bits. The number is
made by the service when it takes the message, so it is a second witness of the time beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from stalklog.readers.epoch import moment
from stalklog.records.message import Told

_BITS: Final = 22
_MAX_DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class Snowflakes:
    """The numbers of one service."""

    since_ms: int
    """Its day one, in milliseconds since 1970."""
    smallest: int
    """A smaller number is of another kind, or holds a time before there was such a service."""
    within_ms: int
    """How far the number and the time beside it are apart in genuine exports, at most."""

    def contradicts(self, number: str, told: Told | None) -> bool:
        """Whether a number holds another time than the one that is written beside it."""
        if told is None or told.instant is None:
            return False
        millis = self._millis(number)
        if millis is None:
            return False
        return abs(millis - told.instant.timestamp() * 1000) > self.within_ms

    def told(self, number: str, beside: str) -> Told:
        """The moment that a number holds, for where the time beside it cannot be understood.

        Args:
            number: The number.
            beside: The time in words that the original writes: kept, and not read.
        """
        shown = f"{number} ({beside})" if beside else number
        millis = self._millis(number)
        if millis is None:
            return Told(shown)
        held, wall = moment(millis // 1000, millis % 1000 * 1000)
        return Told(shown, held, wall, "millisecond", "+00:00", "epoch")

    def confirmed(self, number: str, told: Told) -> Told:
        """A time without a zone, in UTC if the number proves that it is."""
        millis = self._millis(number)
        if millis is None or told.wall is None or told.instant is not None:
            return told
        instant = datetime.fromisoformat(told.wall).replace(tzinfo=UTC)
        if abs(millis - instant.timestamp() * 1000) > self.within_ms:
            return told
        return Told(told.written, instant, told.wall, told.precision, "+00:00", "epoch")

    def _millis(self, number: str) -> int | None:
        """The moment that a number holds, since 1970; None if it holds none."""
        if len(number) > _MAX_DIGITS or not (number.isascii() and number.isdecimal()):
            return None
        count = int(number)
        return (count >> _BITS) + self.since_ms if count >= self.smallest else None


DISCORD: Final = Snowflakes(1_420_070_400_000, 1 << 40, 1_000)
"""Discord's, since 2015; its exporters take the time from the number itself."""
X: Final = Snowflakes(1_288_834_974_657, 10**15, 60_000)
"""X's, since November 2010: older numbers were merely counted up."""

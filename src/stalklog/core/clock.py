"""The one place that reads the clock, and how a moment is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import tzinfo


class Clock(Protocol):
    """Something that tells the time; tests pass one that stands still."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...


class SystemClock:
    """This machine's clock, right or wrong: what it says is recorded as what it says."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is that one place


def format_at(moment: datetime) -> str:
    """An aware moment as the entries write it: `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def parse_at(text: str) -> datetime:
    """The moment that `format_at` wrote, aware, in UTC."""
    return datetime.fromisoformat(text)


def read_moment(value: object) -> datetime | None:
    """The moment that a record holds, aware; None for what is no moment with its offset."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment


def format_offset(moment: datetime, zone: tzinfo) -> str:
    """The zone's offset from UTC at that moment, as the entries write it: `+05:30`."""
    return _offset_in_words(moment.astimezone(zone).utcoffset() or timedelta(0))


@lru_cache(maxsize=64)
def _offset_in_words(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"

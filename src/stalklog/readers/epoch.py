"""Times as exports write them: a count since 1970, which is in UTC, or a clock with no zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from stalklog.records.message import Told

if TYPE_CHECKING:
    from stalklog.records.message import Precision

_APPLE_S: Final = 978_307_200
"""When 2001 began, in seconds since 1970."""
_COUNT: Final = re.compile(r"-?[0-9]{1,18}\Z", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - days are counted from it
_DAY_S: Final = 86_400
_KEPT_DAYS: Final = 1_000
"""Days whose date is remembered: in a chat one comes over and over."""
_MINUTES: Final = tuple(f"T{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_SECONDS: Final = tuple(f"{second:02}" for second in range(60))
_SECOND_CHARS: Final = len("1970-01-01T00:00:00")
_OFFSET_CHARS: Final = len("+00:00")
_UTC: Final = " UTC"
_SECONDS_BELOW: Final = 100_000_000_000
"""A smaller count is of seconds: of milliseconds it would lie before March 1973."""


def told_epoch(written: str, beside: str = "") -> Told:
    """A count as a time; only `written` where it is none.

    Args:
        written: The digits as they stand there.
        beside: A time that the original writes next to it, in words: kept and not read.
    """
    shown = f"{written} ({beside})" if beside else written
    if not _COUNT.match(written):
        return Told(shown)
    count = int(written)
    is_seconds = -_SECONDS_BELOW < count < _SECONDS_BELOW
    try:
        seconds, millis = (count, 0) if is_seconds else divmod(count, 1000)
        instant, wall = moment(seconds, millis * 1000)
    except OverflowError:
        return Told(shown)
    return Told(shown, instant, wall, "second" if is_seconds else "millisecond", "+00:00", "epoch")


def moment(seconds: int, micros: int = 0) -> tuple[datetime, str]:
    """The instant so long after the beginning of 1970, and what a clock in UTC showed, as `wall`.

    It is put together from its parts: adding to an instant and writing it out takes twice as long.

    Args:
        seconds: Before 1970 they are below 0.
        micros: Below a million.

    Raises:
        OverflowError: No calendar goes so far.
    """
    days, second = divmod(seconds, _DAY_S)
    year, month, day, date = _date(days)
    minute, second = divmod(second, 60)
    hour, wall = minute // 60, f"{date}{_MINUTES[minute]}{_SECONDS[second]}"
    return datetime(year, month, day, hour, minute % 60, second, micros, UTC), wall


@lru_cache(_KEPT_DAYS)
def _date(days: int) -> tuple[int, int, int, str]:
    """Year, month and day of a day counted from 1970, and all three as they are written."""
    day = _EPOCH_DAY + timedelta(days)
    return day.year, day.month, day.day, day.date().isoformat()


def told_apple(count: float) -> Told:
    """A count since 2001, as Apple writes it: of seconds, or since 2017 of nanoseconds."""
    written = str(count)
    is_seconds = -_SECONDS_BELOW < count < _SECONDS_BELOW
    try:
        micros = count * 1_000_000 if is_seconds else count // 1000
        since = timedelta(0, 0, micros)
        seconds = _APPLE_S + since.days * _DAY_S + since.seconds
        instant, wall = moment(seconds, since.microseconds)
    except (OverflowError, ValueError):
        return Told(written)
    precision: Precision = "second" if is_seconds and count == int(count) else "microsecond"
    return Told(written, instant, wall, precision, "+00:00", "epoch")


def told_local(iso: str, zone: str | None = None, *, written: str | None = None) -> Told:
    """A date and time as ISO 8601 has them, without a zone or with one.

    Args:
        iso: It.
        zone: Which zone a person said that it is in, an IANA name.
        written: As it stands in the original, where that is otherwise.
    """
    if written is None:
        written = iso
    try:
        told = datetime.fromisoformat(iso)
    except ValueError:
        return Told(written)
    precision: Precision = "second" if len(iso) > len("2024-03-05T21:30") else "minute"
    if told.tzinfo is UTC:  # it is written out in half the time of `isoformat`
        since = told - _EPOCH
        wall = moment(since.days * _DAY_S + since.seconds)[1]
        return Told(written, told, wall, precision, "+00:00", "file")
    shown = told.isoformat()
    wall = shown[:_SECOND_CHARS]
    if told.tzinfo is not None:
        return Told(written, _utc(told), wall, precision, shown[-_OFFSET_CHARS:], "file")
    if zone is None:
        return Told(written, None, wall, precision)
    try:
        instant = _utc(told.replace(tzinfo=ZoneInfo(zone)))
    except (KeyError, ValueError, OSError):
        return Told(written, None, wall, precision)
    return Told(written, instant, wall, precision, zone, "person")


def told_utc(written: str, zone: str | None = None) -> Told:
    """A date and time with ` UTC` behind it; without it, as `told_local` has it.

    Args:
        written: As it stands there.
        zone: Which zone a person said that it is in, where it does not say.
    """
    if not written.endswith(_UTC):
        return told_local(written, zone)
    return told_local(f"{written.removesuffix(_UTC)}+00:00", written=written)


def flagged(told: Told, flags: list[str]) -> Told | None:
    """A time, and its flag if it is no moment; None where nothing is written."""
    if told.instant is not None:
        return told
    if not told.written:
        flags.append("no-date")
        return None
    flags.append("no-zone" if told.wall else "bad-date")
    return told


def _utc(told: datetime) -> datetime | None:
    try:
        return told.astimezone(UTC)
    except (OverflowError, ValueError):
        return None

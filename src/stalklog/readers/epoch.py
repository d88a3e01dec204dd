"""Times as exports write them: a count since 1970, which is in UTC, or a clock with no zone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from stalklog.records.message import Told

if TYPE_CHECKING:
    from stalklog.records.message import Precision

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_APPLE: Final = datetime(2001, 1, 1, tzinfo=UTC)
_COUNT: Final = re.compile(r"-?[0-9]{1,18}\Z", re.ASCII)
_EPOCH_WALL: Final = _EPOCH.replace(tzinfo=None)
"""A time without a zone is written out in a third of the time."""
_SECOND_CHARS: Final = len("1970-01-01T00:00:00")
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
        since = timedelta(0, count) if is_seconds else timedelta(0, 0, count * 1000)
        instant, wall = _EPOCH + since, (_EPOCH_WALL + since).isoformat()[:_SECOND_CHARS]
    except OverflowError:
        return Told(shown)
    return Told(shown, instant, wall, "second" if is_seconds else "millisecond", "+00:00", "epoch")


def told_apple(count: float) -> Told:
    """A count since 2001, as Apple writes it: of seconds, or since 2017 of nanoseconds."""
    written = str(count)
    is_seconds = -_SECONDS_BELOW < count < _SECONDS_BELOW
    try:
        micros = count * 1_000_000 if is_seconds else count // 1000
        instant = _APPLE + timedelta(0, 0, micros)
    except (OverflowError, ValueError):
        return Told(written)
    wall = instant.isoformat()[:19]
    precision: Precision = "second" if is_seconds and count == int(count) else "microsecond"
    return Told(written, instant, wall, precision, "+00:00", "epoch")


def told_local(written: str, zone: str | None = None) -> Told:
    """A date and time as ISO 8601 has them, without a zone or with one.

    Args:
        written: As it stands there.
        zone: Which zone a person said that it is in, an IANA name.
    """
    try:
        told = datetime.fromisoformat(written)
    except ValueError:
        return Told(written)
    wall = told.replace(tzinfo=None).isoformat()[:19]
    precision: Precision = "second" if len(written) > len("2024-03-05T21:30") else "minute"
    if told.tzinfo is not None:
        offset = told.isoformat()[-6:]
        return Told(written, _utc(told), wall, precision, offset, "file")
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
    return replace(told_local(f"{written.removesuffix(_UTC)}+00:00"), written=written)


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

"""Times that exports write with a zone, or as seconds with a fraction: to the digit they have."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from stalklog.readers.epoch import moment, told_local
from stalklog.records.message import Told

if TYPE_CHECKING:
    from stalklog.records.message import Precision

_MAX_SECONDS_DIGITS: Final = 12
_MICROS: Final = 6
"""Digits behind the point."""
_ISO: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})\Z",
    re.ASCII,
)
_MILLIS: Final = 3


def told_iso(written: str) -> Told:
    """A date and time as ISO 8601 has them; without an `instant` where they have no offset.

    Args:
        written: As it stands there.
    """
    found = _ISO.match(written)
    if not found:
        return told_local(written)
    day, clock, fraction, offset = found.groups()
    try:
        instant = datetime.fromisoformat(written)
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return told_local(written)
    precision: Precision = "second"
    if fraction:
        precision = "millisecond" if len(fraction) <= _MILLIS else "microsecond"
    zone = "+00:00" if offset == "Z" else offset
    return Told(written, instant, f"{day}T{clock}", precision, zone, "file")


def told_decimal(written: str) -> Told:
    """Seconds since 1970 with up to six digits behind the point; only `written` if they are none.

    Args:
        written: The digits as they stand there: `1709654409.000200`.
    """
    whole, point, fraction = written.partition(".")
    if not _is_count(whole, _MAX_SECONDS_DIGITS) or (point and not _is_count(fraction, _MICROS)):
        return Told(written)
    try:
        instant, wall = moment(int(whole), int(fraction.ljust(_MICROS, "0")))
    except OverflowError:
        return Told(written)
    precision: Precision = "microsecond" if point else "second"
    return Told(written, instant, wall, precision, "+00:00", "epoch")


def _is_count(text: str, most: int) -> bool:
    return len(text) <= most and text.isascii() and text.isdecimal()

"""When a server says that it took a message: the date at the end of a Received field."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final

_ZONE: Final = re.compile(
    r":[0-9]{2}(\.[0-9]{1,9})?\s*(?:[+-][0-9]{4}|UTC?|GMT|Z|[ECMP][SD]T)(?![A-Za-z0-9])"
)
"""The zones that have one meaning (RFC 5322 section 4.3); other names have several."""
_ISO: Final = re.compile(r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9:]{8})\s?([+-][0-9]{4}|Z)")
_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"
_USUAL: Final = re.compile(
    r"(?:[A-Z][a-z]{2}, +)?([0-9]{1,2}) ([A-Z][a-z]{2}) ([1-9][0-9]{3}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([01][0-9]|2[0-3])([0-5][0-9])(?: \([A-Z]{1,5}\))?"
)
"""As nearly all servers write it (RFC 5322 section 3.3): read in half the time."""
_MONTH_NUMBERS: Final = {_MONTHS[at : at + 3]: 1 + at // 3 for at in range(0, 36, 3)}
_MAX_CHARS: Final = 200
"""Genuine ones stay below 60."""


def parse_moment(written: str) -> datetime | None:
    """The moment in UTC, to the second; None where it is not understood, or has no zone.

    `-0000` is UTC from a server that does not say where it stands (RFC 5322 section 3.3).
    """
    if (usual := _USUAL.fullmatch(written)) and usual[2] in _MONTH_NUMBERS:
        return _usual_moment(usual)
    zone = _ZONE.search(written) if len(written) <= _MAX_CHARS else None
    if zone is None:
        return None  # what has no zone would be read as UTC
    if zone[1]:
        written = written[: zone.start(1)] + written[zone.end(1) :]
    if iso := _ISO.match(written):
        month = 3 * int(iso[2])
        written = f"{iso[3]} {_MONTHS[month - 3 : month]} {iso[1]} {iso[4]} {iso[5]}"
    try:
        parts = parsedate_tz(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # the standard library trips over some of what strangers write
    if parts is None:
        return None
    try:
        offset = timezone(timedelta(seconds=parts[9] or 0))
        return datetime(*parts[:6], tzinfo=offset).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _usual_moment(usual: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        shown = datetime(
            int(year), _MONTH_NUMBERS[month], int(day), int(hour), int(minute), int(second),
            tzinfo=UTC,
        )  # fmt: skip
        return shown + offset if sign == "-" else shown - offset
    except (ValueError, OverflowError):
        return None

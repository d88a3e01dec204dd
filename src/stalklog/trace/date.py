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
_MAX_CHARS: Final = 200
"""Genuine ones stay below 60."""


def parse_moment(written: str) -> datetime | None:
    """The moment in UTC, to the second; None where it is not understood, or has no zone.

    `-0000` is UTC from a server that does not say where it stands (RFC 5322 section 3.3).
    """
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

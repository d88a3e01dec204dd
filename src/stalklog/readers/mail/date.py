"""A time in a mail's header, as it stands there beside what can be understood of it.

Understood are RFC 5322 with its obsolete forms, `asctime` and ISO 8601. What has no offset that
everybody reads alike has no instant: `IST` is India, Israel and Ireland.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.encoded_word import as_text, unfold
from stalklog.records.message import Told

if TYPE_CHECKING:
    from stalklog.records.message import Precision

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MAX_CHARS: Final = 200
_MOST_AHEAD: Final = timedelta(days=1)
_MOST_BEHIND: Final = timedelta(days=7)
_TIME = (
    r"(?P<hour>\d{1,2})\s?[:.]\s?(?P<minute>\d{2})"
    r"(?:\s?[:.]\s?(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?![\d:])\s?(?P<half>[AaPp][Mm]\b)?"
)
_ZONE = r"(?P<zone>[+-]\d{1,2}:?\d{2}|[A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d{2})?)?)?"
_FORMS: Final = (
    re.compile(
        r"(?:[A-Za-z]{2,9}\.?\s?,?\s?)?(?P<day>\d{1,2})[ -](?P<month>[A-Za-z]{3})[A-Za-z]{0,6}\.?"
        rf"[ ,-]\s?(?P<year>\d{{2,4}})(?:,?\s{_TIME}\s?{_ZONE})?(?![\d:])",
        re.ASCII,
    ),
    re.compile(
        r"(?:[A-Za-z]{2,9},?\s)?(?P<month>[A-Za-z]{3})[A-Za-z]{0,6}\.?\s(?P<day>\d{1,2}),?\s"
        rf"{_TIME}\s(?P<zone>[+-]\d{{4}}\s|[A-Z]{{1,5}}\s)?(?P<year>\d{{4}})"
        r"(?:\s(?P<zone_behind>[+-]\d{4}))?(?![\d:])",
        re.ASCII,
    ),
    re.compile(
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
        rf"(?:[T ]{_TIME}\s?{_ZONE})?(?![\d:])",
        re.ASCII,
    ),
)
_COMMENT = re.compile(r"\(([^()]*)\)")
_OFFSET = re.compile(r"(?:GMT|UTC?|Z)?([+-])(\d{1,2}):?(\d{2})?\Z", re.ASCII | re.IGNORECASE)
_NAMED: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
"""Names of zones that RFC 5322 section 4.3 defines; no other name is one zone alone."""
_MOST_HOURS: Final = 14
"""No zone is further from Greenwich than Kiritimati."""


def told(written: str) -> Told:
    """What a time in a header says; without `wall` where it cannot be understood.

    Args:
        written: The value as `Header` has it.
    """
    shown = as_text(unfold(written))
    comments = _COMMENT.findall(shown[:_MAX_CHARS])
    plain = " ".join(_COMMENT.sub(" ", shown[:_MAX_CHARS]).split())
    for form in _FORMS:
        found = form.match(plain)
        if found:
            return _understood(shown, found.groupdict(), comments)
    return Told(shown)


def received(written: str) -> Told | None:
    """When the receiver took it: the time behind the last semicolon of a Received field."""
    _by, semicolon, time = unfold(written).rpartition(";")
    return told(time) if semicolon and time.strip() else None


def _understood(shown: str, found: dict[str, str | None], comments: list[str]) -> Told:
    wall = _wall(found)
    if wall is None:
        return Told(shown)
    named = (found["zone"] or found.get("zone_behind") or "").strip()
    if not named:
        named = next((each for each in comments if each.lower() in {"utc", "gmt"}), "")
    zone, offset = _zone(named)
    precision: Precision = "second" if found["second"] else "minute" if found["hour"] else "day"
    return Told(
        shown,
        instant=None if offset is None or precision == "day" else _instant(wall, offset),
        wall=wall.isoformat(),
        precision=precision,
        zone=zone or None,
        zone_source="file" if zone else "none",
    )


def _wall(found: dict[str, str | None]) -> datetime | None:
    """What the clock on the wall showed; a leap second is the one after it."""
    month = found["month"] or ""
    hour = int(found["hour"] or 0)
    half = (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    second = int(found["second"] or 0)
    is_leap = second == 60  # noqa: PLR2004 - the leap second
    try:
        return datetime(  # noqa: DTZ001 - a wall clock has no zone
            _year(found["year"] or ""),
            int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0),
            int(found["day"] or 0),
            hour,
            int(found["minute"] or 0),
            second - is_leap,
        ) + timedelta(seconds=is_leap)
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    """The year; two or three digits as RFC 5322 section 4.3 has it."""
    year = int(digits)
    if len(digits) == 2:  # noqa: PLR2004 - the number of digits
        return year + (2000 if year < 50 else 1900)  # noqa: PLR2004 - RFC 5322
    return year + 1900 if len(digits) == 3 else year  # noqa: PLR2004


def _zone(written: str) -> tuple[str, timedelta | None]:
    """The zone as shown, and how far it is from UTC if that is certain."""
    found = _OFFSET.match(written)
    if found:
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours > _MOST_HOURS or minutes > 59:  # noqa: PLR2004 - minutes of an hour
            return written, None
        offset = timedelta(hours=hours, minutes=minutes)
        return f"{found[1]}{hours:02d}:{minutes:02d}", -offset if found[1] == "-" else offset
    hours_off = _NAMED.get(written.lower())
    if hours_off is None:
        return written, None
    return f"{'-' if hours_off < 0 else '+'}{abs(hours_off):02d}:00", timedelta(hours=hours_off)


def _instant(wall: datetime, offset: timedelta) -> datetime | None:
    try:
        return wall.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def are_apart(sent: Told | None, received: Told | None) -> bool:
    """Whether a mail is dated a day after it was received, or a week before: so it could be forged.

    Servers try for four to five days to hand a mail over (RFC 5321, 4.5.4.1).
    """
    if sent is None or received is None or sent.instant is None or received.instant is None:
        return False
    return not -_MOST_AHEAD <= received.instant - sent.instant <= _MOST_BEHIND

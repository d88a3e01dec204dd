"""When a device says that it made something, in the forms in which cameras and phones write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from stalklog.records.message import Told

_EXIF: Final = re.compile(
    r"([0-9]{4})[:/-]([0-9]{2})[:/-]([0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})\s*"
)
_OFFSET: Final = re.compile(r"\s*([+-])([0-9]{2}):([0-9]{2})\s*")
_MAC_EPOCH: Final = datetime(1904, 1, 1, tzinfo=UTC)
_MAX_OFFSET_MINUTES: Final = 24 * 60


def told_exif(written: str, offset: str = "") -> Told | None:
    """A time as EXIF writes it, `2024:03:03 21:30:00`; None where only blanks and zeros stand.

    Args:
        written: The time, which has no zone.
        offset: What the tag beside it says of the zone, `+05:30`.
    """
    if not written.strip(" :0-"):
        return None
    found = _EXIF.fullmatch(written)
    wall = "{}-{}-{}T{}".format(*found.groups()) if found else ""
    moment = _moment(wall)
    if moment is None:
        return Told(written)
    zone = _zone(offset)
    return Told(
        written=written,
        instant=None if zone is None else _in_utc(moment.replace(tzinfo=zone)),
        wall=wall,
        precision="second",
        zone=None if zone is None else offset.strip(),
        zone_source="none" if zone is None else "file",
    )


def told_iso(written: str) -> Told:
    """A time as an iPhone writes it beside a video, `2024-03-03T21:30:00+0530`."""
    moment = _moment(written.strip())
    if moment is None or moment.microsecond:
        return Told(written)
    return Told(
        written=written,
        instant=None if moment.tzinfo is None else _in_utc(moment),
        wall=moment.replace(tzinfo=None).isoformat(),
        precision="second",
        zone=None if moment.tzinfo is None else moment.isoformat()[19:],
        zone_source="none" if moment.tzinfo is None else "file",
    )


def told_mac_epoch(seconds: int) -> Told | None:
    """Seconds since 1904 in UTC, as in QuickTime and MP4; None for 0, which stands for no time.

    It is a number in the file, so what is `written` is that number as a date.
    """
    if not seconds:
        return None
    try:
        moment = _MAC_EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return Told(str(seconds))
    stem = moment.replace(tzinfo=None).isoformat()
    return Told(
        written=f"{stem}Z",
        instant=moment,
        wall=stem,
        precision="second",
        zone="UTC",
        zone_source="epoch",
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _zone(offset: str) -> timezone | None:
    found = _OFFSET.fullmatch(offset)
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes >= _MAX_OFFSET_MINUTES:
        return None
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None

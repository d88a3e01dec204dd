"""When something happened, read from what a person typed: never a guess, never without a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, cast

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.base import Occurred
from stalklog.records.phrase import MAX_SPAN, refuse, take_apart
from stalklog.records.reading import find_readings

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from zoneinfo import ZoneInfo

    from stalklog.records.base import Precision
    from stalklog.records.reading import Reading

_SPAN = re.compile(r"\s*\+\s*([0-9]{1,5})\s*([hdwmy])\s*", re.IGNORECASE)
_MIDNIGHT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """What was typed can mean several times; the person must say which."""

    readings: tuple[tuple[str, Occurred], ...]
    """Each reading in words, with its weekday and zone, and complete."""

    def refusal(self) -> RecordNotValidError:
        """The error where nobody can be asked; it names all readings."""
        labels = _(" or ").join(label for label, _reading in self.readings)
        return RecordNotValidError(
            _("The time can be read in more than one way: {readings}. Nothing was written.").format(
                readings=labels
            ),
            hint=_("Write the day so that it can be read in one way only: 2026-11-20 21:30"),
        )


def read_when(text: str, *, now: datetime, tz: ZoneInfo) -> Occurred | Ambiguous:
    """Read a time as it was typed.

    Args:
        text: What was typed; it is kept beside what was understood.
        now: The moment from which `yesterday` and the like are counted; aware.
        tz: The zone that is meant where the text names none.

    Raises:
        RecordNotValidError: It cannot be understood, names no day, or is a time that did not exist.
        ValueError: `now` has no zone: a fault of the program.
    """
    return _read(text, now, tz, tz.key)


def read_follow_up(text: str, *, base: datetime) -> date:
    """Read the day on which to ask again: a day, or a span from `base` such as `+15d`.

    The units are `h`, `d`, `w`, `m` (months) and `y`. Hours are counted by the clock and rounded
    up to the next midnight.

    Raises:
        RecordNotValidError: It cannot be understood, or can be read in more than one way.
        ValueError: `base` has no zone: a fault of the program.
    """
    if is_span(text):
        return add_span(base, text)
    zone = base.tzinfo
    occurred = _read(text, base, zone or UTC, base.isoformat()[-6:])
    if isinstance(occurred, Ambiguous):
        raise occurred.refusal()
    return day_of(occurred)


def is_span(text: str) -> bool:
    """Whether this is a span such as `+15d`."""
    return _SPAN.fullmatch(text) is not None


def add_span(base: datetime, text: str) -> date:
    """The day that is so much later than an aware moment.

    Raises:
        RecordNotValidError: It is no such span, or ends after the calendar does.
        ValueError: `base` has no zone: a fault of the program.
    """
    _require_aware(base)
    found = _SPAN.fullmatch(text)
    if found is None:
        refuse(_("A span is written like +15d, +2w, +1m or +36h."))
    count, unit = int(found[1]), found[2].lower()
    if count > MAX_SPAN:
        refuse(_("That is more than a hundred years away."))
    try:
        return _later_day(base, count, unit)
    except (OverflowError, ValueError):
        refuse(_("That is more than a hundred years away."))


def day_of(occurred: Occurred) -> date:
    """The day on which it began, in its own zone.

    Raises:
        RecordNotValidError: The time is unknown.
    """
    if occurred.start is None:
        refuse(_("The day is not known."))
    return date.fromisoformat(occurred.start[:10])


def _read(text: str, now: datetime, zone: tzinfo, zone_name: str) -> Occurred | Ambiguous:
    _require_aware(now)
    try:
        readings = find_readings(take_apart(text), now, zone, zone_name)
    except OverflowError:
        refuse(_("The calendar has no such day."))
    if len(readings) == 1:
        return _occurred(text, readings[0])
    return Ambiguous(tuple((_label(one), _occurred(text, one)) for one in readings))


def _require_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("a moment without a zone")


def _later_day(base: datetime, count: int, unit: str) -> date:
    if unit == "h":
        due = (base.astimezone(UTC) + timedelta(hours=count)).astimezone(base.tzinfo)
        into_day = timedelta(hours=due.hour, minutes=due.minute, seconds=due.second)
        return due.date() + timedelta(days=into_day > _MIDNIGHT)
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - 15 ms, for spans alone

    names = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
    span = relativedelta(**{names[unit]: count})  # type: ignore[arg-type]
    return base.date() + span


def _occurred(text: str, reading: Reading) -> Occurred:
    return Occurred(
        start=_write(reading.start),
        end=None if reading.end is None else _write(reading.end),
        precision=cast("Precision", reading.precision),
        tz=reading.tz,
        as_typed=text,
    )


def _write(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _label(reading: Reading) -> str:
    start, end = reading.start, reading.end
    day = f"{_weekday(start)} {start.day} {_month(start)} {start.year}"
    if reading.precision == "day" or (end is not None and end - start >= timedelta(hours=22)):
        return day
    offset = start.isoformat()[-6:]
    zone = offset if reading.tz == offset else f"{reading.tz}, {offset}"
    span = f"{start:%H:%M}" if end is None else f"{start:%H:%M}-{end:%H:%M}"
    seconds = f"{start:%H:%M:%S}" if start.second and end is None else span
    return f"{day}, {seconds} ({zone})"


def _weekday(moment: datetime) -> str:
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return names[moment.weekday()]


def _month(moment: datetime) -> str:
    names = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return names[moment.month - 1]

"""Times in words: what was understood, how closely it is known, and how long after it was noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stalklog.core.clock import read_moment
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.records.axis import within_zones
from stalklog.records.bounds import bounds, last_day
from stalklog.report.model import Moment
from stalklog.report.words import choice
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, tzinfo

    from stalklog.core.entry import JsonValue
    from stalklog.records.axis import Standing

_WEEKDAYS: Final = tuple(map(mark, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))
_MONTHS: Final = (
    mark("January"),
    mark("February"),
    mark("March"),
    mark("April"),
    mark("May"),
    mark("June"),
    mark("July"),
    mark("August"),
    mark("September"),
    mark("October"),
    mark("November"),
    mark("December"),
)
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86_400}
_DAYS_A_MONTH: Final = 30.44
_MINUTES_UNTIL: Final = 2 * _SECONDS["hour"]
_HOURS_UNTIL: Final = 2 * _SECONDS["day"]
_DAYS_UNTIL: Final = 60
_MONTHS_UNTIL: Final = 24


def understood(occurred: JsonValue) -> Moment:
    """A record's `occurred` in words; anything that is no such object is a time not known."""
    body = occurred if isinstance(occurred, dict) else {}
    start, end = read_moment(body.get("start")), read_moment(body.get("end"))
    precision = _text(body, "precision") or "unknown"
    if start is None:
        return _unknown(body)
    span = _Span(start, end, precision)
    zone = _Zone(_offset_words(start), _zone(start, _text(body, "tz")))
    moment = _moment(span, zone, bounds(start, end, precision))
    as_typed = safe(_text(body, "as_typed"), keep_newlines=True)
    return replace(moment, basis=_basis(body), as_typed=as_typed)


def of_content(first: Standing, last: Standing, tz: str) -> Moment:
    """When an exhibit was, by its own content: what has no zone says so, and stands as written.

    Args:
        first: Where the first of what it holds stands.
        last: Where the last does.
        tz: The zone of the record.
    """
    zone = zone_of(tz)
    start, end = _in_zone(first.at, zone), _in_zone(last.at, zone)
    span = _Span(start, end, "exact")
    if first.instant is None or last.instant is None:
        told = _("zone not known, up to a day off")
        found = _moment(span, _Zone(told, told), within_zones(start, end))
        found = replace(found, wall=start)
    else:
        found = _moment(span, _Zone(_offset_words(start), _zone(start, tz)), (start, end))
    return replace(found, basis=_("from its own content, which nobody has checked"))


def recorded(at: str, offset: str) -> str:
    """When an entry was recorded, on the clock of the machine that recorded it."""
    moment = read_moment(at)
    if moment is None:
        return safe(at)
    local = _in_zone(moment, _offset(offset))
    return f"{day_words(local.date())}, {local:%H:%M:%S} {_offset_words(local)}"


def delay(moment: Moment, at: str) -> str:
    """How long after the event it was recorded, in words; empty where that cannot be said."""
    recorded_at = read_moment(at)
    if recorded_at is None or moment.start is None or moment.end is None:
        return ""
    if recorded_at < moment.start:
        return _("before the time that it names")
    if moment.precision == "day":
        local = _in_zone(recorded_at, moment.start.tzinfo or UTC)
        return _days_later((local.date(), moment.start.date()))
    if recorded_at - moment.end <= timedelta(minutes=1):
        return _("at once")
    return _("{span} later").format(span=span(recorded_at - moment.end))


def span(length: timedelta) -> str:
    """A length of time in words, roughly: minutes, hours, days, months or years."""
    seconds = int(length.total_seconds())
    if seconds < _SECONDS["minute"]:
        return _("less than a minute")
    if seconds < _MINUTES_UNTIL:
        return _counted(ngettext("{n} minute", "{n} minutes", seconds // 60), seconds // 60)
    if seconds < _HOURS_UNTIL:
        hours = seconds // _SECONDS["hour"]
        return _counted(ngettext("{n} hour", "{n} hours", hours), hours)
    return days_span(length.days)


def period(first: Moment, last: Moment) -> str:
    """From the day of the one to the day of the other; empty where either is not known."""
    if first.start is None or last.start is None:
        return ""
    days = [_date_words(moment.start.date()) for moment in (first, last) if moment.start]
    if days[0] == days[1]:
        return days[0]
    return _("{first} to {last}").format(first=days[0], last=days[1])


def days_span(days: int) -> str:
    """A number of days in words; two months and more as months, two years and more as years."""
    if days < _DAYS_UNTIL:
        return _counted(ngettext("{n} day", "{n} days", days), days)
    months = int(days / _DAYS_A_MONTH)
    if months < _MONTHS_UNTIL:
        return _counted(ngettext("{n} month", "{n} months", months), months)
    return _counted(ngettext("{n} year", "{n} years", months // 12), months // 12)


def day_words(day: date) -> str:
    """A day with its weekday: `Fri 20 November 2026`."""
    return f"{_(_WEEKDAYS[day.weekday()])} {_date_words(day)}"


def month_words(month: str) -> str:
    """`2026-11` as `November 2026`."""
    year, _dash, number = month.partition("-")
    return f"{_(_MONTHS[int(number) - 1])} {year}"


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The zone of that IANA name or offset; UTC for one that is not known."""
    if name[:1] in {"+", "-"}:
        return _offset(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


class _Span(NamedTuple):
    """From when to when something was, in one zone, and how closely that is known."""

    start: datetime
    end: datetime | None
    precision: str


class _Zone(NamedTuple):
    """A zone in words."""

    short: str
    whole: str


def _moment(span: _Span, zone: _Zone, bounds: tuple[datetime, datetime]) -> Moment:
    day, clock = _in_words(*span)
    return Moment(
        precision=safe(span.precision),
        day=day,
        clock=clock,
        offset=zone.short,
        zone=zone.whole,
        words=_("{day}, {clock} ({zone})").format(day=day, clock=clock, zone=zone.whole),
        basis="",
        as_typed="",
        start=bounds[0],
        end=bounds[1],
        month=f"{span.start.year:04d}-{span.start.month:02d}",
    )


def _date_words(day: date) -> str:
    return f"{day.day} {_(_MONTHS[day.month - 1])} {day.year}"


def _unknown(body: Mapping[str, JsonValue]) -> Moment:
    return Moment(
        precision="unknown",
        day="",
        clock="",
        offset="",
        zone="",
        words=_("time not known"),
        basis=_basis(body),
        as_typed=safe(_text(body, "as_typed"), keep_newlines=True),
        start=None,
        end=None,
        month="",
    )


def _in_words(start: datetime, end: datetime | None, precision: str) -> tuple[str, str]:
    day = day_words(start.date())
    if precision == "day":
        last = last_day(start, end)
        if last > start.date():
            day = _("{first} to {last}").format(first=day, last=day_words(last))
        return day, _("time of day not known")
    clock = _clock(start)
    if end is not None and end != start:
        clock = _until(start, end, precision)
    elif precision == "about":
        clock = _("about {clock}").format(clock=clock)
    return day, clock


def _until(start: datetime, end: datetime, precision: str) -> str:
    last = _clock(end)
    if end.date() != start.date():
        last = f"{last}, {day_words(end.date())}"
    if precision == "exact":
        return _("{first} until {last}").format(first=_clock(start), last=last)
    return _("some time between {first} and {last}").format(first=_clock(start), last=last)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _zone(start: datetime, name: str) -> str:
    offset = _offset_words(start)
    return offset if not name or name[:1] in {"+", "-"} else f"{offset} {safe(name)}"


def file_time(text: str) -> str:
    """A time that a file system gave, to the second."""
    moment = read_moment(text)
    if moment is None:
        return safe(text)
    return f"{day_words(moment.date())}, {moment:%H:%M:%S} {_offset_words(moment)}"


def stamp(moment: datetime) -> str:
    """A moment in words, to the minute: `Fri 20 November 2026, 21:30 +05:30`."""
    return f"{day_words(moment.date())}, {moment:%H:%M} {_offset_words(moment)}"


def _offset_words(moment: datetime) -> str:
    text = f"{moment:%z}"
    return f"{text[:3]}:{text[3:5]}"


def _basis(body: Mapping[str, JsonValue]) -> str:
    basis = _text(body, "basis")
    return choice("basis", basis) if basis else ""


def _days_later(days: tuple[date, date]) -> str:
    later = (days[0] - days[1]).days
    if later <= 0:
        return _("on the same day")
    return _("{span} later").format(span=days_span(later))


def _counted(phrase: str, number: int) -> str:
    return phrase.format(n=number)


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment there; as it is, where no calendar reaches so far."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def _offset(text: str) -> timezone:
    try:
        hours, minutes = text[1:].split(":")
        length = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-length if text[:1] == "-" else length)
    except ValueError:
        return UTC


def _text(body: Mapping[str, JsonValue], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""

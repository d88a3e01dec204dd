"""From the parts of a time that were named to the moments that they can mean, in a zone."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from stalklog.i18n import gettext as _
from stalklog.records.phrase import not_understood, refuse
from stalklog.records.vocabulary import NIGHT, PART_HOURS, ZONE_READINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from stalklog.records.phrase import Phrase

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that the words can mean: a moment or a span, in a zone."""

    start: datetime
    """Aware."""
    end: datetime | None
    precision: str
    tz: str
    """The name of the zone, or an offset."""


@dataclass(frozen=True, slots=True)
class _Zone:
    name: str
    info: tzinfo
    letters: str = ""
    """What was typed for it, such as `IST`: the moments at which it was not called so are out."""

    def is_called_so(self, moment: datetime) -> bool:
        """Whether the zone had the letters that were typed; some zones have none."""
        called = moment.tzname() or ""
        return not self.letters or not called.isalpha() or called == self.letters


def find_readings(phrase: Phrase, now: datetime, zone: tzinfo, zone_name: str) -> list[Reading]:
    """Every moment that the parts can mean; at least one.

    Args:
        phrase: What was named.
        now: The moment from which `yesterday` and the like are counted, aware.
        zone: The zone that is meant where none was named.
        zone_name: Its name.

    Raises:
        RecordNotValidError: The parts are no time, or one that the calendar or clock did not have.
    """
    here = _Zone(zone_name, zone)
    if phrase.minutes_away is not None:
        return [_counted(phrase, now, here)]
    days = _find_days(phrase, now.astimezone(zone).date())
    clocks = _find_clocks(phrase)
    zones = _find_zones(phrase, here, now, days)
    found = [
        reading
        for day, clock, where in itertools.product(days, clocks, zones)
        for reading in _place(phrase, day, clock, where)
    ]
    if not found:
        _refuse_gap(zones)
    return found


def _refuse_gap(zones: list[_Zone]) -> NoReturn:
    if any(zone.letters for zone in zones):
        refuse(_("On that day the zone's letters were others. Write its offset, such as +05:30."))
    refuse(_("On that day the clocks were put forward: that time of day did not exist."))


def _counted(phrase: Phrase, now: datetime, here: _Zone) -> Reading:
    if phrase.zone or phrase.weekday is not None or phrase.part:
        raise not_understood()
    moment = now + timedelta(minutes=phrase.minutes_away or 0)
    is_now = not phrase.minutes_away and not phrase.about
    local = moment.astimezone(here.info).replace(microsecond=0)
    return _reading(local, None, "exact" if is_now else "about", here)


# The day


def _find_days(phrase: Phrase, today: date) -> list[date]:
    if phrase.days:
        days = [day for parts in phrase.days if (day := _calendar_day(*parts)) is not None]
        if not days:
            refuse(_("The calendar has no such day."))
    elif phrase.away:
        days = [today + timedelta(days=away) for away in phrase.away]
    elif phrase.weekday is not None:
        return _week_days(phrase, today)
    else:
        refuse(_("The time has no day, and none is guessed. Add one, such as today or yesterday."))
    if phrase.which:
        raise not_understood()
    if phrase.weekday is not None:
        days = [day for day in days if day.weekday() == phrase.weekday]
        if not days:
            refuse(_("The weekday is not the one of that day."))
    return days


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _week_days(phrase: Phrase, today: date) -> list[date]:
    """The weekday before today; or, where it was not said which, today's and the coming one too."""
    ahead = ((phrase.weekday or 0) - today.weekday()) % 7
    coming = today + timedelta(days=ahead or 7)
    before = coming - timedelta(days=14 if ahead == 0 else 7)
    if phrase.which == "last":
        return [before]
    if phrase.which == "next":
        return [coming, coming + timedelta(days=7)]
    return [before, today, coming] if ahead == 0 else [before, coming]


# The time of day


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day, or a part of it; hours from 24 on are the next day's."""

    start: timedelta
    end: timedelta | None = None


def _find_clocks(phrase: Phrase) -> list[_Clock | None]:
    """The readings of the time of day; None stands for the whole day."""
    if phrase.clock:
        return [
            _Clock(timedelta(hours=hour, minutes=minute, seconds=second))
            for hour, minute, second in _find_hours(phrase)
        ]
    if phrase.part:
        first, last = PART_HOURS[phrase.part]
        return [_Clock(timedelta(hours=first), timedelta(hours=last))]
    return [None]


def _find_hours(phrase: Phrase) -> list[tuple[int, int, int]]:
    """The hours that fit; 9 o'clock is 9 and 21, in the evening it is 21 only."""
    hours: list[tuple[int, int, int]] = []
    for hour, minute, second in phrase.clock:
        if phrase.is_half_day or (phrase.part and 1 <= hour <= 12):  # noqa: PLR2004 - a dial
            hours += [(hour % 12, minute, second), (hour % 12 + 12, minute, second)]
        else:
            hours.append((hour, minute, second))
    if not phrase.part:
        return hours
    fitting = [fit for hour in hours for fit in _fit_part(phrase.part, hour)]
    if not fitting:
        refuse(_("The hour does not fit the part of the day."))
    return fitting


def _fit_part(part: str, clock: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
    """The hour if it lies in that part; two at night is that day's, or the night's next day's."""
    hour, minute, second = clock
    first, last = PART_HOURS[part]
    margin = 2  # hours: parts of a day have no sharp edges
    if first - margin <= hour <= min(last, 23):
        yield clock
    if part == NIGHT and hour <= last - 24 + 1:
        yield clock
        yield (hour + 24, minute, second)


# The zone


def _find_zones(phrase: Phrase, here: _Zone, now: datetime, days: list[date]) -> list[_Zone]:
    if not phrase.zone:
        return [here]
    zones = _named_zones(phrase, here, days)
    if not phrase.days:
        for zone in zones:
            if now.astimezone(zone.info).date() != now.astimezone(here.info).date():
                refuse(_("In that zone it is another day now: write the day as a date."))
    return zones


def _named_zones(phrase: Phrase, here: _Zone, days: list[date]) -> list[_Zone]:
    name = phrase.zone
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[4:6])
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if name[0] == "-" else 1)
        return [_Zone(name, _fixed(offset))]
    if "/" in name:
        return [_iana_zone(name)]
    letters = name.upper()
    ends = (time(0), time(23))  # a zone may be renamed in between
    if any(
        datetime.combine(day, end, here.info).tzname() == letters for day in days for end in ends
    ):
        return [replace(here, letters=letters)]
    if name not in ZONE_READINGS:
        refuse(_("The letters of the zone are not understood. Write its offset, such as +05:30."))
    return [_Zone(zone, ZoneInfo(zone), letters) for zone in ZONE_READINGS[name]]


def _fixed(offset: timedelta) -> tzinfo:
    return timezone(offset)


def _iana_zone(name: str) -> _Zone:
    known = {zone.casefold(): zone for zone in available_timezones()}
    try:
        found = known[name]
        return _Zone(found, ZoneInfo(found))
    except (KeyError, ZoneInfoNotFoundError, OSError, ValueError):
        refuse(_("There is no zone of that name."))


# Day, time of day and zone together


def _place(phrase: Phrase, day: date, clock: _Clock | None, zone: _Zone) -> Iterator[Reading]:
    if clock is None:
        precision = "about" if phrase.about or phrase.is_week_count else "day"
        start, next_day = _first_moment(day, zone), _first_moment(day + _DAY, zone)
        end = _local(next_day.astimezone(UTC) - _SECOND, zone) if precision == "about" else None
        yield _reading(start, end, precision, zone)
    elif clock.end is not None:
        start = _not_before(datetime.combine(day, time()) + clock.start, zone)
        end = _not_before(datetime.combine(day, time()) + clock.end, zone)
        yield _reading(start, end, "about", zone)
    else:
        precision = "about" if phrase.about else "exact"
        for moment in _moments(datetime.combine(day, time()) + clock.start, zone):
            yield _reading(moment, None, precision, zone)


def _moments(local: datetime, zone: _Zone) -> list[datetime]:
    """The moments at which clocks showed this: none when they were put forward, two when back."""
    both = [local.replace(tzinfo=zone.info, fold=fold) for fold in (0, 1)]
    real = [
        moment
        for moment in both
        if _local(moment.astimezone(UTC), zone).replace(tzinfo=None, fold=0) == local
        and zone.is_called_so(moment)
    ]
    if len(real) == 2 and real[0].utcoffset() == real[1].utcoffset():  # noqa: PLR2004 - the folds
        return real[:1]
    return real


def _first_moment(day: date, zone: _Zone) -> datetime:
    return _not_before(datetime.combine(day, time()), zone)


def _not_before(local: datetime, zone: _Zone) -> datetime:
    """The first moment at which clocks showed this, or were put forward past it."""
    moments = _moments(local, zone)
    if moments:
        return moments[0]
    return _local(local.replace(tzinfo=zone.info).astimezone(UTC), zone)


def _local(moment: datetime, zone: _Zone) -> datetime:
    return moment.astimezone(zone.info)


def _reading(start: datetime, end: datetime | None, precision: str, zone: _Zone) -> Reading:
    for moment in (start, end):
        offset = None if moment is None else moment.utcoffset()
        if offset is not None and offset.total_seconds() % 60:
            refuse(_("Then that zone was not whole minutes away from UTC: write the offset."))
    return Reading(start, end, precision, zone.name)

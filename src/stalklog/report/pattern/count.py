"""Count: how many, when, how, to whom, before and after what; each can be checked by hand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stalklog.report.pattern.event import Event, Kind, LeftOut, Step, When

Unit: TypeAlias = Literal["week", "month", "year"]
MOST_WEEKS: Final = 104
"""Two years: what is longer is counted by months, and then by years."""
MOST_MONTHS: Final = 120
HOURS: Final = 24
_DAYS_A_WEEK: Final = 7
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """A number of threats and incidents, and one of messages; they are never added up."""

    incidents: int = 0
    messages: int = 0

    @property
    def is_none(self) -> bool:
        """Whether there is nothing of either."""
        return not (self.incidents or self.messages)


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday on (ISO 8601), a month or a year."""

    start: date
    """Its first day."""
    counts: Pair
    steps: tuple[Step, ...] = ()
    """What was done about it in that time."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way by which something came, or an account from which it came."""

    label: str
    counts: Pair
    first: date | None
    """The day on which it was first used, or can have been; None where no day is known."""


@dataclass(frozen=True, slots=True)
class Around:
    """What came before a step, and what after it."""

    step: Step
    before: Pair
    after: Pair
    """Only what certainly came after it."""
    unclear: Pair
    """What is timed too roughly to say."""
    days_before: int
    """From the first of all to the step; none where nothing came before."""
    days_after: int
    """From the step to the last of all."""
    first_after: date | None
    """The day of the first that came after."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nothing came that has a known time."""

    start: date
    """The last day with something before it."""
    end: date
    """The first day with something after it."""

    @property
    def days(self) -> int:
        """From the one to the other."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Pattern:
    """All counts."""

    zone: str
    """In which days and hours are counted."""
    total: Pair
    undated: Pair
    """Of these, without a known time: in no count below but those by way, audience and kind."""
    without_zone: int
    """Messages whose original tells a time without a zone: counted as it is shown there."""
    first: date | None
    """The first day; None where nothing has a known time."""
    last: date | None
    unit: Unit
    """By what `periods` counts."""
    periods: tuple[Period, ...]
    """From the first to the last, those without anything among them."""
    rough: Pair
    """Dated too roughly for one of these."""
    channels: tuple[Channel, ...]
    """In the order in which they were first used."""
    accounts: tuple[Channel, ...]
    """The identifiers from which messages came, in the same order."""
    hours: tuple[Pair, ...]
    """For each hour of the day."""
    hours_unknown: Pair
    """Those whose time of day is not known."""
    audience: tuple[tuple[str, int], ...]
    """Messages by to whom they went: `alone`, `several`, `bulk`, and empty for not told."""
    around: tuple[Around, ...]
    """For each demand, report and order, by time."""
    gap: Gap | None
    """The longest time without anything; None where there is none."""
    harms: tuple[tuple[str, int], ...]
    """Threats by what was threatened, the most frequent first."""
    in_person: int
    breaches: int
    left_out: LeftOut

    @property
    def days(self) -> int:
        """How many days from the first to the last, both counted."""
        return 0 if self.first is None or self.last is None else (self.last - self.first).days + 1


def count(events: Iterable[Event], steps: Iterable[Step], left_out: LeftOut, zone: str) -> Pattern:
    """Count everything.

    Args:
        events: What was done to the person.
        steps: What was done about it.
        left_out: What is not among them.
        zone: The name of the zone in which their days and hours are.
    """
    all_ = list(events)
    dated = sorted(((one.when, one) for one in all_ if one.when), key=lambda two: two[0].first)
    days = [(when.first_day, when.last_day) for when, _event in dated]
    first = min((day for day, _last in days), default=None)
    last = max((day for _first, day in days), default=None)
    known = [event for _when, event in dated]
    unit = _unit(first, last)
    inside = [one for one in known if one.when and _is_in_one(one.when, unit)]
    steps_ = tuple(sorted(steps, key=lambda step: step.when.first))
    line = _Line(dated)
    return Pattern(
        zone=zone,
        total=_pair(all_),
        undated=_pair(one for one in all_ if one.when is None),
        without_zone=sum(one.when is not None and not one.when.has_zone for one in all_),
        first=first,
        last=last,
        unit=unit,
        periods=_periods(inside, steps_, unit, first, last),
        rough=_pair(one for one in known if one.when and not _is_in_one(one.when, unit)),
        channels=_channels(all_, lambda one: one.channel),
        accounts=_channels((one for one in all_ if one.account), lambda one: one.account),
        hours=_hours(known),
        hours_unknown=_pair(one for one in all_ if one.when is None or one.when.hour is None),
        audience=_audience(all_),
        around=tuple(map(line.around, steps_)),
        gap=_gap(days),
        harms=_ranked(harm for one in all_ for harm in one.harms),
        in_person=sum(one.is_in_person for one in all_),
        breaches=sum(one.is_breach for one in all_),
        left_out=left_out,
    )


def start_of(day: date, unit: Unit) -> date:
    """The first day of the week, month or year."""
    if unit == "week":
        return day - timedelta(days=day.weekday()) if day.toordinal() > day.weekday() else day
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _pair(events: Iterable[Event]) -> Pair:
    kinds: Counter[Kind] = Counter(one.kind for one in events)
    return Pair(kinds["incident"], kinds["message"])


def _unit(first: date | None, last: date | None) -> Unit:
    if first is None or last is None or (last - first).days < MOST_WEEKS * _DAYS_A_WEEK:
        return "week"
    months = (last.year - first.year) * _MONTHS_A_YEAR + last.month - first.month
    return "month" if months < MOST_MONTHS else "year"


def _is_in_one(when: When, unit: Unit) -> bool:
    return start_of(when.first_day, unit) == start_of(when.last_day, unit)


def _periods(
    events: Sequence[Event],
    steps: Sequence[Step],
    unit: Unit,
    first: date | None,
    last: date | None,
) -> tuple[Period, ...]:
    if first is None or last is None:
        return ()
    members: dict[date, list[Event]] = {start: [] for start in _starts(first, last, unit)}
    for one in events:
        if one.when is not None:
            members[start_of(one.when.first_day, unit)].append(one)
    done: dict[date, list[Step]] = {}
    for step in steps:
        done.setdefault(start_of(step.when.first_day, unit), []).append(step)
    return tuple(
        Period(start, _pair(inside), tuple(done.get(start, ())))
        for start, inside in members.items()
    )


def _starts(first: date, last: date, unit: Unit) -> Iterable[date]:
    if unit == "week":
        for number in range(start_of(first, unit).toordinal(), last.toordinal() + 1, _DAYS_A_WEEK):
            yield start_of(date.fromordinal(number), unit)
        return
    step = _MONTHS_A_YEAR if unit == "year" else 1
    begin = start_of(first, unit)
    for number in range(
        begin.year * _MONTHS_A_YEAR + begin.month - 1,
        last.year * _MONTHS_A_YEAR + last.month,
        step,
    ):
        yield date(number // _MONTHS_A_YEAR, number % _MONTHS_A_YEAR + 1, 1)


def _channels(events: Iterable[Event], label: Callable[[Event], str]) -> tuple[Channel, ...]:
    members: dict[str, list[Event]] = {}
    for one in events:
        members.setdefault(label(one), []).append(one)
    began = {
        name: min(
            ((one.when.first_day, one.when.first) for one in inside if one.when), default=None
        )
        for name, inside in members.items()
    }
    never = [name for name, first in began.items() if first is None]
    used = [(*first, name) for name, first in began.items() if first is not None]
    return (
        *(Channel(name, _pair(members[name]), day) for day, _moment, name in sorted(used)),
        *(Channel(name, _pair(members[name]), None) for name in sorted(never)),
    )


def _hours(events: Iterable[Event]) -> tuple[Pair, ...]:
    members: list[list[Event]] = [[] for _hour in range(HOURS)]
    for one in events:
        if one.when is not None and one.when.hour is not None:
            members[one.when.hour].append(one)
    return tuple(map(_pair, members))


def _audience(events: Iterable[Event]) -> tuple[tuple[str, int], ...]:
    counted = Counter(one.audience for one in events if one.kind == "message")
    return tuple((name, counted[name]) for name in ("alone", "several", "bulk", ""))


def _ranked(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda row: (-row[1], row[0])))


def _gap(days: Sequence[tuple[date, date]]) -> Gap | None:
    """The longest time between one and the next, where both are certain."""
    longest, until = None, None
    for first, last in sorted(days):
        if until is not None and first > until:
            found = Gap(until, first)
            if longest is None or found.days > longest.days:
                longest = found
        until = last if until is None else max(until, last)
    return longest


class _Line:
    """Everything dated on one line of time, to hold a step against."""

    def __init__(self, dated: Sequence[tuple[When, Event]]) -> None:
        kinds: tuple[Kind, ...] = ("incident", "message")
        self._whens = [when for when, _event in dated]
        self._firsts = [when.first for when in self._whens]
        self._last_day = max((when.last_day for when in self._whens), default=None)
        self._starts = [sorted(when.first for when, e in dated if e.kind == k) for k in kinds]
        self._ends = [sorted(when.last for when, e in dated if e.kind == k) for k in kinds]

    def around(self, step: Step) -> Around:
        """What came before and after a step."""
        before = [bisect_left(ends, step.when.first) for ends in self._ends]
        after = [len(starts) - bisect_right(starts, step.when.last) for starts in self._starts]
        all_ = [len(starts) for starts in self._starts]
        unclear = [n - early - late for n, early, late in zip(all_, before, after, strict=True)]
        later = self._whens[bisect_right(self._firsts, step.when.last) :]
        first = self._whens[0].first_day if self._whens else step.when.first_day
        last = self._last_day or step.when.last_day
        return Around(
            step=step,
            before=Pair(*before),
            after=Pair(*after),
            unclear=Pair(*unclear),
            days_before=max(0, (step.when.first_day - first).days),
            days_after=max(0, (last - step.when.last_day).days),
            first_after=later[0].first_day if later else None,
        )

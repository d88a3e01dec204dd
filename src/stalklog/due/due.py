"""What is due: follow-ups, copies to get, and the clocks of the rules; what is over is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from stalklog.due.counting import End, day_in, end_of, part_of
from stalklog.due.ending import is_copy_missing, is_followed_up, is_over
from stalklog.due.matter import Matters
from stalklog.due.rule import ANYWHERE
from stalklog.due.start import INCIDENTS, ONE_OF_MANY, starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from stalklog.due.fact import Contact, Facts
    from stalklog.due.rule import Rule, Rules
    from stalklog.due.start import Start

FOLLOW_UP: Final = "follow_up"
COPY: Final = "copy"
_FROM_THE_LATEST: Final = frozenset({"their_duty", "practice"})
"""What they have to do is asked for only when their time is over for certain; what she has to do is
counted from the earliest moment, so that it is not missed."""
_PARTS: Final = (50, 80)
"""At so many hundredths of the time for which records are kept, it is time to ask for them."""
_NEVER_OVERDUE: Final = frozenset({"retention", "limitation", COPY})


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do or to ask for."""

    kind: str
    """`follow_up`, `copy`, or the kind of its rule."""
    id: str
    """The entry that it comes from."""
    agency: str
    """As noted; empty where it comes from an incident."""
    about: str
    """What was promised or asked for; empty where that was not noted."""
    end: End | None
    """The day, or the moment; None for what has none: a copy that nobody has to give by a day."""
    zone: tzinfo
    """In which its day is counted."""
    is_past: bool
    """Whether that day or moment is over."""
    days: int
    """Days from today until then; below zero it is past."""
    later: tuple[str, ...] = ()
    """Contacts that go on from it and did not end it."""
    rule: Rule | None = None
    """By which rule; None for a follow-up or a copy."""
    percent: int | None = None
    """For records that are kept for a while: how much of that is over then."""
    is_rough: bool = False
    """Whether the time that it is counted from is only known roughly."""

    @property
    def is_overdue(self) -> bool:
        """Whether something should have come, or been done, by now; never said of a lost chance."""
        return self.is_past and self.kind not in _NEVER_OVERDUE

    @property
    def key(self) -> str:
        """What it is known by, as long as it is due: `C-0002 in.it.ack`."""
        named = self.kind if self.rule is None else self.rule.id
        percent = "" if self.percent is None else f" {self.percent}"
        return f"{self.id} {named}{percent}"


@dataclass(frozen=True, slots=True)
class Found:
    """What is due, overdue first."""

    dues: tuple[Due, ...]
    uncounted: tuple[str, ...]
    """Entries from which a clock could not be counted, as it is not known when they were."""
    lacks_country: bool
    """Whether a law could give days, and nobody noted of which country."""


def find_due(facts: Facts, rules: Rules, now: datetime, zone: tzinfo) -> Found:
    """Everything that is due or to come.

    Args:
        facts: What the records tell.
        rules: What runs from when.
        now: Aware.
        zone: In which days are counted where no rule says another.
    """
    return _Finding(facts, rules, now, zone).found()


class _Finding:
    """One look at the facts."""

    def __init__(self, facts: Facts, rules: Rules, now: datetime, zone: tzinfo) -> None:
        self._facts = facts
        self._rules = rules
        self._now = now
        self._zone = zone
        self._matters = Matters(facts.contacts)
        self._later = {one.id: self._matters.later(one) for one in facts.contacts}
        self._uncounted: dict[str, None] = {}
        self._lacks_country = False
        if any(
            rule.trigger in INCIDENTS and rules.holds_in(rule, facts.country) for rule in rules.rows
        ):
            self._uncounted |= dict.fromkeys(facts.undated)

    def found(self) -> Found:
        dues = [*self._noted(), *self._clocks()]
        dues.sort(key=lambda due: (not due.is_overdue, *_place(due), due.key))
        return Found(tuple(dues), tuple(self._uncounted), self._lacks_country)

    def _noted(self) -> Iterator[Due]:
        """What was noted with the contacts themselves."""
        for contact in self._facts.contacts:
            later = self._later[contact.id]
            if contact.follow_up is not None and not is_followed_up(contact, later):
                yield self._of(contact, FOLLOW_UP, End(contact.follow_up), later)
            if is_copy_missing(contact, later):
                yield self._of(contact, COPY, None, later)

    def _of(self, contact: Contact, kind: str, end: End | None, later: Sequence[Contact]) -> Due:
        return Due(
            kind=kind,
            id=contact.id,
            agency=contact.agency,
            about=contact.about,
            end=end,
            zone=self._zone,
            is_past=end is not None and end.is_past(self._now, self._zone),
            days=self._days_until(end, self._zone),
            later=tuple(one.id for one in later),
        )

    def _clocks(self) -> Iterator[Due]:
        running = list(self._running())
        bound = {start.id for start, rule, _anchor in running if rule.kind == "their_duty"}
        told: set[str] = set()
        gone: set[str] = set()
        for start, rule, anchor in running:
            if rule.kind == "practice" and (start.id in bound or self._has_day(start)):
                continue  # a usage is for where neither a law nor she herself set a day
            if rule.id in told or is_over(start, rule, self._later_of(start), self._facts):
                continue
            found = tuple(self._of_rule(start, rule, anchor))
            if start.trigger in ONE_OF_MANY and found:
                is_gone = rule.kind == "limitation" and found[-1].is_past
                if is_gone and rule.id in gone:
                    continue
                (gone if is_gone else told).add(rule.id)
            yield from found

    def _has_day(self, start: Start) -> bool:
        """Whether a day to ask again is noted in this matter."""
        own = () if start.contact is None else (start.contact,)
        return any(one.follow_up is not None for one in (*own, *self._later_of(start)))

    def _later_of(self, start: Start) -> tuple[Contact, ...]:
        return () if start.contact is None else self._later[start.contact.id]

    def _running(self) -> Iterator[tuple[Start, Rule, datetime]]:
        """What sets off which rule, and the moment from which it is counted."""
        for start in starts(self._facts, self._matters):
            for rule in self._rules.rows:
                if not rule.is_set_off_by(start.trigger, start.agency_kind):
                    continue
                self._lacks_country |= not start.country and rule.jurisdiction != ANYWHERE
                if self._rules.holds_in(rule, start.country):
                    anchor = start.latest if rule.kind in _FROM_THE_LATEST else start.earliest
                    if anchor is None:
                        self._uncounted[start.id] = None
                    elif rule.is_in_force(day_in(anchor, self._zone_of(rule))):
                        yield start, rule, anchor

    def _zone_of(self, rule: Rule) -> tzinfo:
        return self._rules.zone_of(rule, self._zone)

    def _of_rule(self, start: Start, rule: Rule, anchor: datetime) -> Iterator[Due]:
        zone = self._zone_of(rule)
        try:
            end = end_of(anchor, rule.duration, rule.unit, zone)
            parts: list[tuple[int | None, End]] = [(None, end)]
            if rule.kind == "retention":
                parts = [(percent, part_of(anchor, end, percent, zone)) for percent in _PARTS]
        except OverflowError:  # no calendar reaches so far
            return
        if rule.kind == "retention" and end.is_past(self._now, zone):
            return
        past = [one for one in parts if one[1].is_past(self._now, zone)]
        for percent, at in [*past[-1:], *parts[len(past) :]]:
            yield self._at(start, rule, percent, at)

    def _at(self, start: Start, rule: Rule, percent: int | None, end: End) -> Due:
        zone = self._zone_of(rule)
        contact = start.contact
        return Due(
            kind=rule.kind,
            id=start.id,
            agency="" if contact is None else contact.agency,
            about="" if contact is None else contact.about,
            end=end,
            zone=zone,
            is_past=end.is_past(self._now, zone),
            days=self._days_until(end, zone),
            later=tuple(one.id for one in self._later_of(start)),
            rule=rule,
            percent=percent,
            is_rough=start.earliest != start.latest,
        )

    def _days_until(self, end: End | None, zone: tzinfo) -> int:
        return 0 if end is None else (end.on - day_in(self._now, zone)).days


def _place(due: Due) -> tuple[date, float]:
    """Where it stands in time: on one day moments come first, and what has no day comes last."""
    if due.end is None:
        return date.max, math.inf
    return due.end.on, math.inf if due.end.at is None else due.end.at.timestamp()

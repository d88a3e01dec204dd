"""What the pattern is counted from: what was done and when, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

Kind: TypeAlias = Literal["incident", "message"]
StepKind: TypeAlias = Literal["demand", "report", "order"]


@dataclass(frozen=True, slots=True)
class When:
    """When something was, as far as that is certain."""

    first: datetime
    """The earliest moment that it can have been."""
    last: datetime
    """The latest."""
    first_day: date
    """The day of the earliest, in the zone in which the pattern is counted."""
    last_day: date
    """The day of the latest: another one where the day is not certain."""
    hour: int | None = None
    """The hour of the day there; None where the time of day is not known."""
    has_zone: bool = True
    """False for what only a clock on the wall showed."""


@dataclass(frozen=True, slots=True)
class Event:
    """A threat or incident that was logged, or a message that was read in an exhibit."""

    id: str
    """The entry."""
    kind: Kind
    when: When | None
    """None where no time is known: it is counted apart."""
    channel: str
    """By which way it came."""
    account: str = ""
    """Of a message, the identifier of the case that its sender has."""
    audience: str = ""
    """Of a message: `alone`, `several`, `bulk`; empty where nothing tells."""
    harms: tuple[str, ...] = ()
    """What was threatened, in the words of the record."""
    is_in_person: bool = False
    is_breach: bool = False
    """Whether it was against an order, as was noted."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done about it: a demand to stop, a report, an order."""

    id: str
    kind: StepKind
    label: str
    """To whom or of what sort, in words; empty where that is not noted."""
    when: When


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not counted, and how much of it there is."""

    withdrawn: int = 0
    """Threats and incidents that were withdrawn."""
    from_others: int = 0
    """Messages whose sender is none of the identifiers of the case."""
    twice: int = 0
    """Messages that stand in several exhibits: each is counted once."""
    unread: int = 0
    """Exhibits that could not be read, or not wholly."""
    steps: int = 0
    """Demands, reports and orders without a known time."""
    has_identifiers: bool = True
    """Whether any identifier is noted: without one no message can be told from others."""

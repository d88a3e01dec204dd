"""What the rules are held against: contacts and incidents, with nothing in them but what counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

AUTHORITIES: Final = frozenset({"police", "cyber-cell", "portal", "prosecutor", "court"})
"""Those that take a complaint, and can have others keep their records."""
_ANSWERS: Final = frozenset({"accepted", "refused"})
_NO_ANSWER: Final = frozenset({"pending", "no-answer"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact with an agency that was not withdrawn."""

    id: str
    seq: int
    agency: str
    """As it was noted."""
    kind: str
    country: str
    """Two letters; empty where none was noted."""
    direction: str
    purpose: str
    outcome: str
    how: str
    earliest: datetime | None
    """The earliest moment that it can have been; None where that is not known."""
    latest: datetime
    """The latest; where no time is known, when it was recorded: it was not after that."""
    numbers: frozenset[tuple[str, str]]
    """The references that they gave, each with its type."""
    report: str
    """Whether there is a copy of their official report, in the words of the record."""
    has_copy: bool
    """Whether a copy of it is named, or an exhibit of that kind belongs to this contact."""
    exhibits: frozenset[str]
    """What was sent or handed over."""
    follows: str
    """The earlier contact that it goes on from; empty for none."""
    follow_up: date | None
    is_closed: bool
    about: str
    """What was promised, or else asked for."""

    @property
    def is_with_authority(self) -> bool:
        """Whether it is with police, court and the like."""
        return self.kind in AUTHORITIES

    @property
    def is_decided(self) -> bool:
        """Whether its own outcome is a yes or a no."""
        return self.outcome in _ANSWERS

    @property
    def is_answer(self) -> bool:
        """Whether it answers what it goes on from: a word from them that does not put it off."""
        return self.is_decided or (self.direction == "in" and self.outcome not in _NO_ANSWER)


@dataclass(frozen=True, slots=True)
class Incident:
    """A threat or an exhibit that tells of something that was done to the person."""

    id: str
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a rule can be about."""

    contacts: tuple[Contact, ...]
    """In the order of the chain."""
    country: str
    """Of the case, for what has none of its own; empty where it is not noted."""
    unreported: tuple[Incident, ...] = ()
    """Threats and incidents that name no contact in which they were reported: the earliest of each
    day, by day."""
    last: Incident | None = None
    """The latest threat or incident."""
    electronic: tuple[Incident, ...] = ()
    """What came electronically: the earliest of each day, by day."""
    intimate: frozenset[str] = frozenset()
    """Exhibits that are marked intimate."""
    undated: tuple[str, ...] = ()
    """Threats and incidents of which no time is known: no clock can be counted from them."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The id of each contact and exhibit by its place in the chain, `#41`."""

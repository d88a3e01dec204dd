"""A dated rule: what sets its clock off, how long it runs, what ends it, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, tzinfo

Kind: TypeAlias = Literal["their_duty", "our_deadline", "retention", "limitation", "practice"]
Unit: TypeAlias = Literal["h", "d", "bd", "mo", "y"]
Confidence: TypeAlias = Literal["high", "medium", "low", "convention"]

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "their_duty": mark("what they have to do"),
        "our_deadline": mark("what you have to do by then"),
        "retention": mark("how long records are kept"),
        "limitation": mark("how long a complaint can be made"),
        "practice": mark("no law: when it is worth asking"),
    }
)
UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "h": mark("hours by the clock, day and night"),
        "d": mark("days, all of them"),
        "bd": mark("working days: not Saturday and Sunday; holidays are not known"),
        "mo": mark("months"),
        "y": mark("years"),
    }
)
CONFIDENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "high": mark("the text was seen, or a copy of it"),
        "medium": mark("others tell it alike; the text was not seen"),
        "low": mark("not checked against the text in force"),
        "convention": mark("no law"),
    }
)
TRIGGERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "grievance-sent": mark("a complaint to a platform or its grievance officer"),
        "removal-requested": mark("a request to remove something"),
        "intimate-removal-requested": mark("such a request about an exhibit marked intimate"),
        "order-served": mark("a protection order, handed to a provider"),
        "grievance-answered": mark("their answer to a complaint, unless they accepted it"),
        "appeal-filed": mark("an appeal"),
        "content-removed": mark("a request to remove something, accepted"),
        "notice-sent": mark("a notice, a report of abuse or a request to a provider"),
        "report-made": mark("a report or statement to the police"),
        "electronic-report-sent": mark("such a report by e-mail, portal or another electronic way"),
        "fir-registered": mark("a number of type FIR or zero-FIR, the first time it is noted"),
        "hold-served": mark("a preservation notice through the police, accepted"),
        "electronic-incident": mark("a threat or exhibit that came electronically"),
        "incident": mark(
            "the earliest threat or incident that was not reported yet and whose time still runs"
        ),
        "last-incident": mark("the latest threat or incident"),
        "enquiry-opened": mark(
            "a contact with the purpose enquiry: a preliminary enquiry was opened"
        ),
        "arrest-or-charge": mark(
            "a contact with the purpose arrest-or-charge that did not come from them"
        ),
        "access-requested": mark(
            "a contact with the purpose data-access that did not come from them"
        ),
    }
)
"""What can set a clock off, and how it is told from the records."""
ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answered": mark("they accepted or refused, or a later contact is their answer"),
        "acknowledged": mark("they answered in any way, or gave a number"),
        "heard": mark("a later contact came from them"),
        "numbered": mark("they gave a number, or refused"),
        "copied": mark("a copy of their official report is in hand"),
        "appealed": mark("an appeal was made later"),
        "followed": mark("any later contact"),
        "asked": mark("a preservation notice went to the police later"),
        "reported": mark("a contact with police or court is named in which it was reported"),
        "closed": mark("only that the matter is closed"),
    }
)
"""What ends a clock before it runs out; that the matter is closed always does."""
AGENCIES: Final = frozenset(
    {
        "isp",
        "mail-provider",
        "platform",
        "grievance-officer",
        "police",
        "cyber-cell",
        "portal",
        "prosecutor",
        "court",
        "lawyer",
        "regulator",
        "hospital",
        "helpline",
        "ngo",
        "employer",
        "other",
    }
)
"""The kinds of agency, as `records.contact` has them, whose import takes 60 ms."""
MAX_DURATION: Final[Mapping[str, int]] = MappingProxyType(
    {"h": 100_000, "d": 40_000, "bd": 10_000, "mo": 1_200, "y": 100}
)
"""A hundred years, or forty of working days: beyond it is a slip of the finger."""
ANYWHERE: Final = "any"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the same rule at another time is another row of the same id."""

    id: str
    """A stable name: `in.it.resolve`."""
    what: str
    """What is due, as a short sentence without a full stop."""
    jurisdiction: str
    """Where it holds: two letters (ISO 3166), `EU`, or `any`."""
    trigger: str
    """What sets the clock off: a name of `TRIGGERS`."""
    agency_type: tuple[str, ...]
    """With which kinds of agency; empty for all."""
    duration: int
    unit: Unit
    kind: Kind
    until: str
    """What ends it: a name of `ENDS`."""
    effective_from: date | None
    """The first day on which something can set it off; None where that is not known."""
    effective_to: date | None
    """The last such day; None while it holds."""
    basis: str
    """The law or usage that it rests on."""
    source: str
    """Where that was read."""
    as_of: date
    """The day on which it was read."""
    confidence: Confidence
    note: str = ""
    """What should be known besides."""
    is_first_day_checked: bool = True
    """Whether a source tells its first day, or since when it holds."""

    def is_in_force(self, day: date) -> bool:
        """Whether something that happened on that day can set it off."""
        if self.effective_from is not None and day < self.effective_from:
            return False
        return self.effective_to is None or day <= self.effective_to

    def is_set_off_by(self, trigger: str, agency_kind: str) -> bool:
        """Whether its clock is set off by that, and with that kind of agency."""
        is_for = not self.agency_type or agency_kind in self.agency_type
        return trigger == self.trigger and is_for


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, and in which zones their days are counted."""

    rows: tuple[Rule, ...]
    zones: Mapping[str, str]
    """An IANA name for each jurisdiction that has one zone only."""
    areas: Mapping[str, tuple[str, ...]]
    """The countries of each jurisdiction that is more than one: those of the `EU`."""

    def holds_in(self, rule: Rule, country: str) -> bool:
        """Whether a rule is of that country, of an area that it is in, or of everywhere."""
        name = rule.jurisdiction
        return name in {ANYWHERE, country} or country in self.areas.get(name, ())

    def zone_of(self, rule: Rule, otherwise: tzinfo) -> tzinfo:
        """Where a rule's days begin and end."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - beside its only use

        name = self.zones.get(rule.jurisdiction)
        return otherwise if name is None else ZoneInfo(name)

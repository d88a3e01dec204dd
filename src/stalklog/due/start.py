"""What in the records sets clocks off: each contact and incident by the names of the triggers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from stalklog.due.fact import Contact, Facts, Incident
    from stalklog.due.matter import Matters

ELECTRONIC: Final = "electronic-incident"
INCIDENT: Final = "incident"
ONE_OF_MANY: Final = frozenset({ELECTRONIC, INCIDENT})
"""Of what sets these off, only the earliest is told whose time still runs."""
INCIDENTS: Final = frozenset({*ONE_OF_MANY, "last-incident"})
"""The triggers that are no contact."""
_GRIEVANCES: Final = frozenset({"report", "abuse-report", "takedown"})
_NOTICES: Final = frozenset({"preservation-notice", "abuse-report", "takedown"})
_REPORTS: Final = frozenset({"report", "statement"})
_FIRS: Final = frozenset({"FIR", "zero-FIR"})
_ELECTRONIC_WAY: Final = re.compile(
    r"e-?mail|portal|online|web|electronic|whats ?app", re.IGNORECASE
)
"""How a report reached them without a visit; what is typed there is free."""


@dataclass(frozen=True, slots=True)
class Start:
    """Something that can set a clock off."""

    trigger: str
    """A name of `rule.TRIGGERS`."""
    id: str
    """The entry that tells of it."""
    country: str
    """Where it counts."""
    earliest: datetime | None
    latest: datetime
    contact: Contact | None = None
    """The contact, where it is one."""

    @property
    def agency_kind(self) -> str:
        """With what kind of agency; empty for an incident."""
        return "" if self.contact is None else self.contact.kind


def starts(facts: Facts, matters: Matters) -> Iterator[Start]:
    """Everything that can set a clock off."""
    for trigger, found in ((ELECTRONIC, facts.electronic), (INCIDENT, facts.unreported)):
        for incident in found:
            yield _incident(trigger, incident, facts)
    if facts.last is not None:
        yield _incident("last-incident", facts.last, facts)
    once = _Once(matters)
    for contact in facts.contacts:
        for trigger in (*_triggers(contact, facts), *once.triggers(contact)):
            country = contact.country or facts.country
            yield Start(trigger, contact.id, country, contact.earliest, contact.latest, contact)


class _Once:
    """What several contacts of one matter tell of, and what is counted from the first of them."""

    def __init__(self, matters: Matters) -> None:
        self._matters = matters
        self._firs: set[tuple[str, str]] = set()
        self._removed: set[str] = set()
        self._complained: set[str] = set()

    def triggers(self, contact: Contact) -> Iterator[str]:
        """Of the contacts in the order of the chain."""
        firs = {number for number in contact.numbers if number[0] in _FIRS}
        if firs - self._firs:
            yield "fir-registered"
        self._firs |= firs
        if contact.outcome == "accepted" and _is_removal(contact):
            if contact.id not in self._removed:
                yield "content-removed"
            self._removed |= self._later(contact)
        if contact.direction != "in" and _is_grievance(contact):
            self._complained |= self._later(contact)
            if contact.outcome == "refused":
                yield "grievance-answered"
        elif contact.id in self._complained and _is_unwelcome_answer(contact):
            yield "grievance-answered"

    def _later(self, contact: Contact) -> set[str]:
        return {one.id for one in self._matters.later(contact)}


def _incident(trigger: str, incident: Incident, facts: Facts) -> Start:
    return Start(trigger, incident.id, facts.country, incident.earliest, incident.latest)


def _triggers(contact: Contact, facts: Facts) -> Iterator[str]:
    for trigger, is_one in _OUTGOING.items():
        if contact.direction != "in" and is_one(contact):
            yield trigger
    if _is_removal(contact) and _is_intimate(contact, facts) and contact.direction != "in":
        yield "intimate-removal-requested"
    if contact.outcome == "accepted" and contact.is_with_authority and _is_hold(contact):
        yield "hold-served"
    if contact.purpose == "enquiry":
        yield "enquiry-opened"


def _is_grievance(contact: Contact) -> bool:
    is_officer = contact.kind == "grievance-officer" and not contact.purpose
    return is_officer or contact.purpose in _GRIEVANCES


def _is_removal(contact: Contact) -> bool:
    return contact.purpose == "takedown"


def _is_hold(contact: Contact) -> bool:
    return contact.purpose == "preservation-notice"


def _is_intimate(contact: Contact, facts: Facts) -> bool:
    exhibits = {facts.names.get(name, name) for name in contact.exhibits}
    return not facts.intimate.isdisjoint(exhibits)


def _is_electronic_report(contact: Contact) -> bool:
    return contact.purpose in _REPORTS and _ELECTRONIC_WAY.search(contact.how) is not None


def _is_unwelcome_answer(contact: Contact) -> bool:
    return contact.direction == "in" and contact.is_answer and contact.outcome != "accepted"


_OUTGOING: Final[dict[str, Callable[[Contact], bool]]] = {
    "grievance-sent": _is_grievance,
    "removal-requested": _is_removal,
    "order-served": lambda contact: contact.purpose == "protection-order",
    "appeal-filed": lambda contact: contact.purpose == "appeal",
    "notice-sent": lambda contact: contact.purpose in _NOTICES,
    "report-made": lambda contact: contact.purpose in _REPORTS,
    "arrest-or-charge": lambda contact: contact.purpose == "arrest-or-charge",
    "access-requested": lambda contact: contact.purpose == "data-access",
    "electronic-report-sent": _is_electronic_report,
}
"""What a contact sets off that did not come from them."""

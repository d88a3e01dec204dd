"""What ends a clock before it runs out, and what makes other reminders disappear.

Args everywhere: the contact that set it off, and those that go on from it (`matter.Matters.later`).
docs/decisions/0034 says why.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stalklog.due.fact import Contact, Facts
    from stalklog.due.rule import Rule
    from stalklog.due.start import Start


def is_over(start: Start, rule: Rule, later: Sequence[Contact], facts: Facts) -> bool:
    """Whether what a rule waits for is there, or the matter is closed."""
    matter = later if start.contact is None else (start.contact, *later)
    if any(one.is_closed for one in matter):
        return True
    if rule.until == "asked":
        return any(_asks_to_keep(one, start) for one in facts.contacts)
    if rule.until == "appealed":
        return any(_is_appeal(one, start) for one in facts.contacts)
    return start.contact is not None and _ENDS[rule.until](start.contact, later)


def is_followed_up(contact: Contact, later: Sequence[Contact]) -> bool:
    """Whether a day to ask again is over: answered, closed, or put to a newer day."""
    return contact.is_closed or any(
        one.is_answer or one.is_closed or one.follow_up is not None for one in later
    )


def is_copy_missing(contact: Contact, later: Sequence[Contact]) -> bool:
    """Whether a copy of an official report was asked for and is not in hand."""
    if contact.report not in {"requested", "obtained"} or contact.has_copy:
        return False
    return not any(one.has_copy or one.report == "unavailable" for one in later)


def _is_answered(contact: Contact, later: Sequence[Contact]) -> bool:
    return contact.is_decided or any(one.is_answer for one in later)


def _is_acknowledged(contact: Contact, later: Sequence[Contact]) -> bool:
    return _is_answered(contact, later) or any(
        one.numbers or (one is not contact and one.direction == "in") for one in (contact, *later)
    )


def _is_numbered(contact: Contact, later: Sequence[Contact]) -> bool:
    return any(one.numbers or one.outcome == "refused" for one in (contact, *later))


_ENDS: Final[Mapping[str, Callable[[Contact, Sequence[Contact]], bool]]] = MappingProxyType(
    {
        "answered": _is_answered,
        "acknowledged": _is_acknowledged,
        "heard": lambda _contact, later: any(one.direction == "in" for one in later),
        "numbered": _is_numbered,
        "copied": lambda contact, later: any(one.has_copy for one in (contact, *later)),
        "followed": lambda _contact, later: bool(later),
        "reported": lambda _contact, _later: False,
        "closed": lambda _contact, _later: False,
    }
)
"""Whether a clock is over, by the contact that set it off and those that go on from it."""


def _asks_to_keep(contact: Contact, start: Start) -> bool:
    """Whether police and the like were asked since to have records kept."""
    return (
        contact.is_with_authority
        and contact.purpose == "preservation-notice"
        and contact.outcome != "refused"
        and contact.id != start.id
        and contact.latest >= start.latest
    )


def _is_appeal(contact: Contact, start: Start) -> bool:
    is_ours = contact.purpose == "appeal" and contact.direction != "in"
    return is_ours and contact.latest >= start.latest

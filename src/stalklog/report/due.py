"""What is due, overdue first, beside the entry that each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.detail import text_of
from stalklog.report.item import shortened
from stalklog.report.model import Due
from stalklog.report.moment import day_words, days_span
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from stalklog.report.model import Item


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that is due, as it is handed to a report."""

    id: str
    """The entry that it comes from."""
    kind: str
    """`follow_up`, `copy`, `their_duty`, `our_deadline`, `retention`, `limitation`, `practice`."""
    what: str
    """What to do, or what should have come."""
    on: date | None
    """The day; None where there is none."""
    clock: str = ""
    """The moment of that day, `22:00 +05:30`; empty where it is the whole day."""
    days: int = 0
    """Days from the report to that day; below zero it is past."""
    is_overdue: bool = False
    rule: str = ""
    """The id of the rule; empty where it was noted with the contact."""
    basis: str = ""
    """The law or usage that it rests on, and where and when that was read."""
    remark: str = ""
    """How it was counted."""
    later: tuple[str, ...] = ()
    """Contacts that go on from it."""
    key: str = ""
    """What it is known by as long as it is due."""
    at: datetime | None = None
    """The moment; None where it is the whole day."""


def due_in(reminders: Iterable[Reminder], items: Iterable[Item]) -> tuple[Due, ...]:
    """Those that come from an entry of the report, in their order."""
    by_id = {item.id: item for item in items}
    return tuple(_due(one, by_id[one.id]) for one in reminders if one.id in by_id)


def _due(one: Reminder, item: Item) -> Due:
    about = text_of(item.fields, "promised") or text_of(item.fields, "asked")
    text = shortened(safe(about, keep_newlines=True)) if about else item.headline
    return Due(
        on=one.on,
        day="" if one.on is None else ", ".join(filter(None, (day_words(one.on), one.clock))),
        days=one.days,
        words=_words(one),
        item=item,
        about=text,
        later=one.later,
        kind=one.kind,
        what=safe(one.what),
        basis=safe(one.basis),
        remark=safe(one.remark),
        rule=safe(one.rule),
        is_overdue=one.is_overdue,
        key=one.key,
        at=one.at,
    )


def _words(one: Reminder) -> str:
    if one.on is None:
        return _("no day is set")
    if one.days == 0:
        return _("today")
    if one.days > 0:
        return _("in {span}").format(span=days_span(one.days))
    span = days_span(-one.days)
    return (_("{span} overdue") if one.is_overdue else _("{span} ago")).format(span=span)


def due_note() -> str:
    """What to know of these days."""
    return _(
        "These days were counted from what is recorded here, by rules that are dated and may have "
        "changed; holidays are not known. None is advice of a lawyer: check the law."
    )

"""What is due with agencies, overdue first: reminders that were noted, never computed duties."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.detail import text_of
from stalklog.report.item import shortened
from stalklog.report.model import Due
from stalklog.report.moment import day_words, days_span
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.core.entry import JsonValue
    from stalklog.report.model import Item


def due_on(contacts: Iterable[Item], today: date) -> tuple[Due, ...]:
    """The follow-ups of contacts that are neither closed nor withdrawn, by day."""
    found = []
    contacts = tuple(contacts)
    later = _followers(contacts)
    for item in contacts:
        on = _day(item.fields.get("follow_up"))
        if on is not None and "closed" not in item.fields and not item.is_withdrawn:
            found.append(_one_due(item, on, today, (*later[item.id], *later[f"#{item.seq}"])))
    return tuple(sorted(found, key=lambda due: (due.on, due.item.seq)))


def _one_due(item: Item, on: date, today: date, later: tuple[str, ...]) -> Due:
    about = text_of(item.fields, "promised") or text_of(item.fields, "asked")
    days = (on - today).days
    if days < 0:
        words = _("{span} overdue").format(span=days_span(-days))
    elif days == 0:
        words = _("today")
    else:
        words = _("in {span}").format(span=days_span(days))
    text = shortened(safe(about, keep_newlines=True)) if about else item.headline
    return Due(on, day_words(on), days, words, item, text, later)


def _followers(contacts: Iterable[Item]) -> Mapping[str, list[str]]:
    """For each contact, by what it is named by, those that say that they follow it."""
    followers: defaultdict[str, list[str]] = defaultdict(list)
    for one in contacts:
        followers[text_of(one.fields, "regarding")].append(one.id)
    return followers


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None

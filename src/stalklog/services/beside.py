"""What a report is given besides the entries: what is due, in the report's own shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.due.gathering import Gathering
from stalklog.due.words import remarks_of, what_of
from stalklog.i18n import gettext as _
from stalklog.report.beside import Beside
from stalklog.report.due import Reminder
from stalklog.report.pattern.count import count
from stalklog.services.dues import due_now, rules_if_usable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.core.entry import JsonObject
    from stalklog.due.due import Due, Found
    from stalklog.due.rule import Rule
    from stalklog.records.view import Shown
    from stalklog.report.pattern.gathering import Gathering as Seen
    from stalklog.services.desk import Desk


def find_beside(
    desk: Desk, entries: Iterable[Shown], particulars: JsonObject, seen: Seen
) -> tuple[Beside, tuple[str, ...]]:
    """What is due by all entries, the pattern of those shown, and what to tell of the rules.

    Args:
        desk: Whose clock and zone.
        entries: All of them, corrected: what a report leaves out can be an answer all the same.
        particulars: Those of the case.
        seen: What was seen of the entries that are shown, and inside them.
    """
    gathering = Gathering()
    for entry in entries:
        gathering.take(entry)
    rules, told = rules_if_usable()
    found = due_now(desk, gathering.facts(particulars.get("country")), rules)
    zone = str(desk.reading_zone())
    pattern = count(seen.events, seen.steps, seen.left_out(), zone)
    return Beside(reminders_of(found), pattern), told


def reminders_of(found: Found) -> tuple[Reminder, ...]:
    """The same as a report takes it, with its words."""
    return tuple(
        Reminder(
            id=one.id,
            kind=one.kind,
            what=what_of(one),
            on=None if one.end is None else one.end.on,
            clock=_clock(one),
            days=one.days,
            is_overdue=one.is_overdue,
            rule="" if one.rule is None else one.rule.id,
            basis="" if one.rule is None else _basis(one.rule),
            remark=" ".join(remarks_of(one)),
            later=one.later,
            key=one.key,
            at=None if one.end is None else one.end.at,
        )
        for one in found.dues
    )


def _clock(one: Due) -> str:
    if one.end is None or one.end.at is None:
        return ""
    return f"{one.end.at:%H:%M} {one.end.at.isoformat()[-6:]}"


def _basis(rule: Rule) -> str:
    if rule.kind == "practice":
        return _("{basis} ({id})").format(basis=rule.basis, id=rule.id)
    told = _("{basis} ({id}; {source}; found {as_of})")
    return told.format(basis=rule.basis, id=rule.id, source=rule.source, as_of=rule.as_of)

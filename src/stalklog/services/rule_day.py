"""A day to ask again that a rule gives: `--follow-up in.fir.prelim`, counted from the contact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.bounds import bounds_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from stalklog.due.rule import Rule
    from stalklog.services.desk import Desk, Typed

_RULE = re.compile(r"\s*([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+)\s*", re.IGNORECASE)


def taken_apart(typed: Typed) -> tuple[Typed, str]:
    """What was typed without the rule that stands for the day to ask again, and that rule's id."""
    found = _RULE.fullmatch("".join(typed.get("follow_up", ())))
    if found is None:
        return typed, ""
    return {name: values for name, values in typed.items() if name != "follow_up"}, found[1]


def day_by(rule_id: str, occurred: object, desk: Desk) -> date:
    """The day that a rule gives, counted from the last moment that the contact can have been.

    Raises:
        RecordNotValidError: There is no such rule, or none that was in force then.
        UsageError: The person's own file of rules cannot be used.
    """
    from stalklog.due.counting import day_in, end_of  # noqa: PLC0415 - for who names a rule only
    from stalklog.services.dues import load_rules  # noqa: PLC0415 - likewise

    rules = load_rules()
    known = [rule for rule in rules.rows if rule.id == rule_id]
    bounds = bounds_of(occurred if isinstance(occurred, dict) else None)
    start = desk.clock.now() if bounds is None else bounds[1]
    for rule in known:
        zone = rules.zone_of(rule, desk.zone())
        if rule.is_in_force(day_in(start, zone)):
            return end_of(start, rule.duration, rule.unit, zone).on
    raise _none(known, start)


def _none(known: list[Rule], start: datetime) -> RecordNotValidError:
    if known:
        told = _("That rule did not hold on {day}. Nothing was written.")
        return RecordNotValidError(
            told.format(day=start.date().isoformat()), hint=_("Give the day itself.")
        )
    return RecordNotValidError(
        _("follow_up names a rule that there is not. Nothing was written."),
        hint=_("Give a day, a span such as +15d, or a rule: docs/reference/due-rules.md"),
    )

"""Show the pattern in plain counts: lines, bars and tables, and what is and is not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli import span
from stalklog.cli.bars import bars, gathered
from stalklog.cli.command import command
from stalklog.cli.console import Screen, bold, dim, warn
from stalklog.cli.front import Front
from stalklog.cli.receipt import show_unreadable
from stalklog.i18n import gettext as _
from stalklog.report.pattern.count import HOURS
from stalklog.report.pattern.names import (
    incidents_name,
    messages_name,
    period_name,
    step_name,
)
from stalklog.report.pattern.plain import to_json
from stalklog.report.pattern.section import make_section
from stalklog.services import pattern as services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.report.pattern.count import Pair, Pattern
    from stalklog.report.pattern.section import Table

_LETTERS = {"demand": "D", "report": "R", "order": "O"}
_LEAST_WIDTH = 10


@command
def pattern(front: Front, since: span.Since = None, until: span.Until = None) -> None:
    """Count what was done, when, how and to whom."""
    desk, ask = front.desk(), front.when_question()
    first, last = span.between(desk, since, until, ask)
    counted = services.pattern(desk, first, last, progress=front.progress())
    found = counted.pattern
    front.screen.answer(to_json(found), lambda: _show(front.screen, found))
    show_unreadable(front.screen, counted.unreadable_lines)


def _show(screen: Screen, found: Pattern) -> None:
    section = make_section(found)
    screen.say(bold(_("The pattern, in plain counts")))
    screen.pairs(section.lines)
    _draw_periods(screen, found)
    _draw_hours(screen, found)
    for table in section.tables:
        screen.heading(table.title)
        if table.is_wide:
            _show_wide(screen, table)
        else:
            screen.table(table.head, table.rows)
    screen.heading(_("What is counted"))
    for note in section.notes:
        screen.prose(note, indent="  ")


def _show_wide(screen: Screen, table: Table) -> None:
    """A table whose rows need a line for each cell: the first two head it."""
    for first, second, *others in table.rows:
        screen.say("  ", first, dim(f"  {second}"))
        pairs = zip(table.head[2:], others, strict=True)
        screen.pairs([pair for pair in pairs if pair[1]], indent="      ")


def _draw_periods(screen: Screen, found: Pattern) -> None:
    """Both numbers by week, month or year, and below them what was done about it."""
    if found.first is None:
        return
    screen.say()
    lead = _lead()
    width = max(_LEAST_WIDTH, screen.width() - lead - 2)
    columns = _draw_both(screen, [period.counts for period in found.periods], width)
    marks = [" "] * columns
    for at, period in enumerate(found.periods):
        for step in period.steps:
            column = at * columns // len(found.periods)
            letter = _LETTERS[step.kind]
            marks[column] = letter if marks[column] in {" ", letter} else "+"
    if "".join(marks).strip():
        screen.say(" " * lead, warn("".join(marks).rstrip()))
        screen.say(" " * lead, dim(_legend(found, "".join(marks))))
    first, last = (period_name(found.periods[at].start, found.unit) for at in (0, -1))
    told = first if first == last else _("{first} to {last}").format(first=first, last=last)
    screen.say(" " * lead, dim(told))


def _legend(found: Pattern, marks: str) -> str:
    kinds = dict.fromkeys(around.step.kind for around in found.around)
    names = [f"{_LETTERS[kind]} {step_name(kind)}" for kind in kinds]
    if "+" in marks:
        names.append(_("+ several of them"))
    return ", ".join(names)


def _draw_hours(screen: Screen, found: Pattern) -> None:
    if all(pair.is_none for pair in found.hours):
        return
    screen.say()
    _draw_both(screen, found.hours, HOURS)
    screen.say(" " * _lead(), dim("0     6     12    18"))
    told = _("hours of the day in {zone}, where the time is known")
    screen.say(" " * _lead(), dim(told.format(zone=found.zone)))


def _draw_both(screen: Screen, pairs: Sequence[Pair], width: int) -> int:
    """A line for each of the two; tells how many columns they have."""
    columns = 0
    for name, numbers in (
        (incidents_name(), [pair.incidents for pair in pairs]),
        (messages_name(), [pair.messages for pair in pairs]),
    ):
        heights = gathered(numbers, width)
        columns = len(heights)
        most = _("  at most {n}").format(n=max(heights))
        screen.say("  ", name.ljust(_lead() - 2), bars(heights), dim(most))
    return columns


def _lead() -> int:
    return 4 + max(len(incidents_name()), len(messages_name()))

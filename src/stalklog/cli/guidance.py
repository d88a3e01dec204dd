"""Advice: what to think of, the five protective steps, and whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.console import Screen, bold, dim
from stalklog.cli.front import Front
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.services import guidance

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.services.guidance import Helpline, HelplineTable, Step


@command
def safety(front: Front) -> None:
    """Say what to think of, to stay safe while keeping a record."""
    lines = guidance.safety_lines()
    front.screen.answer(list(lines), lambda: show_safety(front.screen, lines))


@command
def steps(front: Front) -> None:
    """Say the five protective steps, one by one."""
    told = guidance.steps()
    front.screen.answer([_step_json(step) for step in told], lambda: _show_steps(front, told))


@command
def helplines(
    front: Front,
    country: Annotated[
        str | None,
        typer.Option("--country", metavar="XX", help=mark("Two letters: IN, GB, US.")),
    ] = None,
) -> None:
    """Say whom to call, with the date and the source of each number."""
    table = guidance.helplines(country)
    front.screen.answer(
        [_helpline_json(row) for row in table.rows], lambda: _show_helplines(front.screen, table)
    )


def show_safety(screen: Screen, lines: tuple[str, ...]) -> None:
    """The safety lines, one below the other."""
    for line in lines:
        screen.prose(line, indent="    ", first="  - ")


def _show_steps(front: Front, told: tuple[Step, ...]) -> None:
    screen = front.screen
    for step in told:
        if step.number > 1:
            screen.say()
        screen.say(bold(f"{step.number}. {step.title}"))
        screen.prose(step.advice, indent="   ")
        if step.note:
            screen.prose(step.note, indent="   ")
        for one in step.commands:
            screen.say("   ", dim(one))
    screen.hint(_("How far you are with them: stalklog status"))


def _show_helplines(screen: Screen, table: HelplineTable) -> None:
    if not table.rows:
        screen.say(_("No helpline of that country is known to stalklog."))
        screen.say(_("Known countries: {known}").format(known=", ".join(table.countries)))
        return
    for number, row in enumerate(table.rows):
        if number:
            screen.say()
        screen.say(bold(row.number or row.url or ""), "  ", row.name, dim(f"  {row.country}"))
        for told in (row.what_for, row.hours, row.note, row.url if row.number else None):
            if told:
                screen.prose(told, indent="    ")
        found = _("found {day}: {source}").format(day=row.as_of, source=row.source)
        screen.say("    ", dim(found))
    screen.hint(_("Numbers change: each was right on the day beside it, as far as we could see."))


def _step_json(step: Step) -> JsonObject:
    return {
        "number": step.number,
        "key": step.key,
        "title": step.title,
        "advice": step.advice,
        "note": step.note,
        "commands": list(step.commands),
    }


def _helpline_json(row: Helpline) -> JsonObject:
    return {
        "country": row.country,
        "number": row.number,
        "url": row.url,
        "name": row.name,
        "what_for": row.what_for,
        "hours": row.hours,
        "source": row.source,
        "as_of": row.as_of,
        "note": row.note,
    }

"""Show what is due, overdue first, each day with what it rests on; and put it into a calendar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.console import Part, Screen, bold, dim, ident, warn
from stalklog.cli.front import Front
from stalklog.cli.receipt import id_to_type, show_unreadable, shown_path
from stalklog.cli.telling import day_in_words, excerpt, moment_in_words
from stalklog.due.calendar import event_title
from stalklog.due.words import kind_of, remarks_of, what_of
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.services import dues as services

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.core.entry import JsonObject
    from stalklog.due.due import Due, Found
    from stalklog.due.rule import Rule

_Text = str | None
_MOST_NAMED = 10


@command
def due(
    front: Front,
    ics: Annotated[
        _Text,
        typer.Option("--ics", metavar="FILE", help=mark("Write the days for a calendar, too.")),
    ] = None,
    rules: Annotated[
        _Text,
        typer.Option("--rules", metavar="FILE", help=mark("Rules of your own; see the how-to.")),
    ] = None,
) -> None:
    """Say what is due, overdue first."""
    desk = front.desk()
    given = Path(rules) if rules else None
    reminders = services.dues(desk, given, progress=front.progress())
    found = reminders.found
    count = services.make_calendar(desk, found.dues, Path(ics)) if ics else 0
    numbers = reminders.numbers
    front.screen.answer(
        [{**due_json(one), "number": numbers.get(one.key)} for one in found.dues],
        lambda: _show(front.screen, found, numbers),
    )
    if ics:
        _tell_calendar(front.screen, count, Path(ics))
    _tell_uncounted(front.screen, found)
    if found.lacks_country:
        front.screen.tell_prose(
            _(
                "No country is noted, so no law was counted by. To note it: "
                "stalklog case --set country=IN"
            )
        )
    show_unreadable(front.screen, reminders.unreadable_lines)


def due_json(one: Due) -> JsonObject:
    """One thing that is due, as `--json` shows it."""
    end = one.end
    return {
        "on": None if end is None else end.on.isoformat(),
        "at": None if end is None or end.at is None else end.at.isoformat(timespec="seconds"),
        "overdue": one.is_overdue,
        "past": one.is_past,
        "days": None if end is None else one.days,
        "kind": one.kind,
        "what": what_of(one),
        "id": one.id,
        "agency": one.agency or None,
        "about": one.about or None,
        "later": [*one.later],
        "percent": one.percent,
        "rough": one.is_rough,
        "rule": None if one.rule is None else _rule_json(one.rule),
    }


def _rule_json(rule: Rule) -> JsonObject:
    first, last = rule.effective_from, rule.effective_to
    return {
        "id": rule.id,
        "jurisdiction": rule.jurisdiction,
        "duration": rule.duration,
        "unit": rule.unit,
        "effective_from": None if first is None else first.isoformat(),
        "effective_to": None if last is None else last.isoformat(),
        "basis": rule.basis,
        "source": rule.source,
        "as_of": rule.as_of.isoformat(),
        "confidence": rule.confidence,
        "note": rule.note or None,
        "first_day_checked": rule.is_first_day_checked,
    }


def when_of(one: Due) -> Part:
    """The day or the moment, and whether it is past."""
    if one.end is None:
        return _("no day")
    told = day_in_words(one.end.on.isoformat())
    if one.end.at is not None:
        told = moment_in_words(one.end.at.isoformat())
    if one.is_overdue:
        return warn(_("{day} (past)").format(day=told))
    return warn(_("{day} (now)").format(day=told)) if one.is_past and one.percent else told


def head_of(one: Due) -> Iterator[Part]:
    """One line: when, from which entry, with whom, and what."""
    yield when_of(one)
    yield "  "
    yield ident(one.id)
    yield "  "
    if one.agency:
        yield f"{one.agency}: "
    yield what_of(one)


def _show(screen: Screen, found: Found, numbers: Mapping[str, int]) -> None:
    if not found.dues:
        screen.say(_("Nothing is due that stalklog knows of."))
        return
    for title, members in (
        (_("Overdue"), [one for one in found.dues if one.is_overdue]),
        (_("To come, or to ask for"), [one for one in found.dues if not one.is_overdue]),
    ):
        if members:
            screen.say(bold(title))
            for one in members:
                _show_one(screen, one, numbers.get(one.key))
            screen.say()
    screen.prose(
        _(
            "No day here is advice of a lawyer. Laws change, and stalklog may have counted from a "
            "wrong beginning: check the law before you rely on a day."
        )
    )
    first = next((one.id for one in found.dues if one.id.startswith("C")), None)
    if first is not None:
        told = _("Answered? stalklog log-contact --direction in --regarding {id}. Over? "
                 "stalklog amend {id} --set closed=today --reason WHY")  # fmt: skip
        screen.hint(told.format(id=id_to_type(first)))


def _show_one(screen: Screen, one: Due, number: int | None) -> None:
    screen.say("  ", *head_of(one))
    if one.about:
        screen.say("      ", dim(excerpt(one.about)))
    if one.later:
        screen.say("      ", dim(_("since then: {ids}").format(ids=", ".join(one.later))))
    called = (
        ""
        if number is None
        else _("In a calendar: {title}.").format(title=event_title().format(n=number))
    )
    screen.prose(f"{_resting_on(one)} {called}".rstrip(), indent="      ")
    remarks = remarks_of(one)
    if remarks:
        screen.prose(" ".join(remarks), indent="      ")


def _resting_on(one: Due) -> str:
    kind = kind_of(one)
    if one.rule is None:
        return f"{kind[:1].upper()}{kind[1:]}."
    told = _("{kind}: {basis} ({id}; {source}; found {as_of}). Check the law.")
    if one.kind == "practice":
        told = _("{kind} ({id}).")
    return told.format(
        kind=f"{kind[:1].upper()}{kind[1:]}",
        basis=one.rule.basis,
        id=one.rule.id,
        source=one.rule.source,
        as_of=one.rule.as_of.isoformat(),
    )


def _tell_calendar(screen: Screen, count: int, path: Path) -> None:
    if not count:
        screen.tell(_("Nothing that is due has a day, so no calendar was written."))
        return
    told = ngettext("{n} day is in {path}", "{n} days are in {path}", count)
    screen.tell(told.format(n=count, path=shown_path(path.absolute())))
    screen.tell_prose(calendar_caution(), style="warn")


def calendar_caution() -> str:
    """What to know before a calendar file goes into a calendar."""
    return _(
        "Its titles say only Follow-up and a number; due shows what each stands for. A calendar "
        "may be seen by others, or be copied to an account that somebody else can open: think "
        "of that before you put it in."
    )


def _tell_uncounted(screen: Screen, found: Found) -> None:
    if not found.uncounted:
        return
    told = ngettext(
        "{n} entry has no known time, so nothing is counted from it: {ids}",
        "{n} entries have no known time, so nothing is counted from them: {ids}",
        len(found.uncounted),
    )
    more = "…" if len(found.uncounted) > _MOST_NAMED else ""
    ids = ", ".join(found.uncounted[:_MOST_NAMED]) + more
    screen.tell_prose(told.format(n=len(found.uncounted), ids=ids))

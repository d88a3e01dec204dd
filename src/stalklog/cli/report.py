"""Make a report, and say where it lies and how to open it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli import span
from stalklog.cli.command import command
from stalklog.cli.completion import offered
from stalklog.cli.console import bold, dim, good, json_name, warn
from stalklog.cli.due import calendar_caution
from stalklog.cli.front import Front
from stalklog.cli.receipt import show_receipt, show_unreadable, show_warnings, shown_path
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.report.base import CALENDAR
from stalklog.report.model import Choice
from stalklog.services import entries, reports

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk
    from stalklog.services.reports import Made

_Text = str | None
_Many = list[str] | None


@command
def report(
    front: Front,
    output: Annotated[
        _Text,
        typer.Option("--output", "-o", metavar="FILE", help=mark("Where; its ending says how.")),
    ] = None,
    format_name: Annotated[
        _Text,
        typer.Option(
            "--format",
            metavar="WORD",
            help=mark("html, md, csv (a folder), json; ics: only the days of what is due."),
            autocompletion=offered(("html", "md", "csv", "json", "ics")),
        ),
    ] = None,
    only: Annotated[
        _Many,
        typer.Option("--only", metavar="LOG", help=mark("This log only. May be given again.")),
    ] = None,
    since: span.Since = None,
    until: span.Until = None,
    ids: Annotated[
        _Many,
        typer.Option("--ids", metavar="A,B", help=mark("These entries only: T-0003,E-0001.")),
    ] = None,
    has_sheet: Annotated[
        bool,
        typer.Option(
            "--confidential-sheet",
            help=mark("Beside it a sheet with name and contact, in a file of its own."),
        ),
    ] = False,
) -> None:
    """Make a report for the one who must act."""
    desk, ask = front.desk(), front.when_question()
    first, last = span.between(desk, since, until, ask)
    choice = Choice(
        only=tuple(only or ()),
        since=first,
        until=last,
        ids=tuple(_ids(desk, ids or ())),
        language=front.language,
        confidential_sheet=has_sheet,
    )
    made = reports.make_report(
        desk,
        Path(output) if output else None,
        format_name=format_name,
        choice=choice,
        progress=front.progress(),
    )
    front.screen.answer(_as_json(made), lambda: _show(front, desk, made))
    front.tell_if_readable(desk)
    show_warnings(front.screen, made.warnings)
    show_unreadable(front.screen, made.unreadable_lines)


def _ids(desk: Desk, given: Sequence[str]) -> list[str]:
    """The entries that were named; naming a correction names what it corrects."""
    vault = desk.open()
    return [entries.resolve_id(vault, name).partition(".")[0] for name in _names(given)]


def _names(given: Sequence[str]) -> list[str]:
    return [name.strip() for names in given for name in names.split(",") if name.strip()]


def _as_json(made: Made) -> JsonObject:
    sheet: JsonObject = {"sheet": str(made.sheet)} if made.sheet else {}
    return {
        **json_name(str(made.path)),
        "sha256": made.sha256,
        "format": made.format,
        "entries": made.entries,
        "size": made.size,
        "head": made.head,
        **sheet,
    }


def _show(front: Front, desk: Desk, made: Made) -> None:
    screen = front.screen
    path = made.path.absolute()
    if made.format == CALENDAR.name:
        screen.say(good(_("The calendar is made: ")), bold(shown_path(path)))
    else:
        count = ngettext("{n} entry", "{n} entries", made.entries).format(n=made.entries)
        screen.say(good(_("The report is made: ")), bold(shown_path(path)), dim(f"  ({count})"))
    screen.pairs([("SHA-256", made.sha256)])
    show_receipt(screen, made, desk)
    screen.say()
    screen.prose(_how_to_open(made).format(path=shown_path(path), url=path.as_uri()))
    if made.sheet:
        screen.say()
        screen.say(warn(_("The confidential sheet: ")), shown_path(made.sheet.absolute()))
        screen.prose(_("It holds names and ways to be reached. Give it only to who needs it."))
    if made.format == CALENDAR.name:
        return
    screen.hint(
        _(
            "Read it before you hand it over: it holds words and names of others. Originals go "
            "beside it, each by: stalklog get ID -o FILE"
        )
    )


def _how_to_open(made: Made) -> str:
    return {
        "html": _("Open it in any browser, without a network: {url}"),
        "md": _("Open it in any text editor: {path}"),
        "ics": calendar_caution(),
        "csv": _("It is a folder of tables, one a log, for any spreadsheet: {path}"),
    }.get(made.format, _("It is meant for programs: {path}"))

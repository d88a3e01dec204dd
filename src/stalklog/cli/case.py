"""The particulars of the case: an alias, who helps, how the stalker can be recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.amend import typed_sets
from stalklog.cli.command import command
from stalklog.cli.console import Part, Screen, dim, good, ident
from stalklog.cli.front import Front
from stalklog.cli.receipt import recorded_as, show_unreadable, show_warnings
from stalklog.cli.telling import label, told_fields
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.services import records
from stalklog.services.records import Noted

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk


@command
def case(
    front: Front,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help=mark(
                "alias, operator, postal_address, relation, country, language, trusted_by; and, "
                "for the confidential sheet only: name, contact, safe_contact. May be given again."
            ),
        ),
    ] = None,
    identifiers: Annotated[
        list[str] | None,
        typer.Option(
            "--identifier",
            metavar="KIND:VALUE",
            help=mark(
                "How the stalker writes or calls: e-mail, phone, handle, account, URL, address or "
                "domain. May be given again."
            ),
        ),
    ] = None,
    references: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            metavar="TYPE:VALUE",
            help=mark("A case or FIR number. May be given again."),
        ),
    ] = None,
    unsets: Annotated[
        list[str] | None,
        typer.Option("--unset", metavar="FIELD", help=mark("A field that should be empty again.")),
    ] = None,
) -> None:
    """Note the particulars of the case; the newest word on each field holds."""
    typed = typed_sets(sets or ())
    for name, values in (("identifiers", identifiers), ("references", references)):
        if values:
            typed.setdefault(name, []).extend(values)
    unset = [name.replace("-", "_") for name in unsets or ()]
    if not (typed or unset):
        _answer_case(front)
        return
    desk = front.desk()
    noted = records.note_case(desk, typed, unset=unset)
    particulars: JsonObject = {} if noted.case is None else {"case": {**noted.case}}
    front.screen.answer(
        {"id": noted.id, "seq": noted.seq, "head": noted.head, **particulars},
        lambda: _show_noted(front, desk, noted),
    )
    show_warnings(front.screen, noted.warnings)


def _answer_case(front: Front) -> None:
    """Without anything to note, say what the case says."""
    found = records.read_case(front.desk())
    front.screen.answer({"case": {**found.case}}, lambda: _show_case(front.screen, found.case))
    show_unreadable(front.screen, found.unreadable_lines)


def _show_case(screen: Screen, noted: JsonObject) -> None:
    if noted:
        _show_fields(screen, noted)
    else:
        screen.say(_("Nothing is noted of the case yet."))
        screen.hint(_("For example: stalklog case --set alias='Ms A'"))


def _show_noted(front: Front, desk: Desk, noted: Noted) -> None:
    screen = front.screen
    if noted.case is None:
        screen.say(good(_("Noted as ")), ident(noted.id), good("."))
    else:
        screen.say(good(_("Noted as ")), ident(noted.id), good("."), _(" The case now says:"))
        _show_fields(screen, noted.case)
    screen.pairs([(_("Head"), dim(noted.head)), *recorded_as(desk)])
    screen.hint(_("name, contact and safe_contact go into the confidential sheet only."))


def _show_fields(screen: Screen, noted: JsonObject) -> None:
    rows: list[tuple[str, Part]] = [
        (label(name), told) for name, value in noted.items() for told in told_fields(value)
    ]
    screen.pairs(rows)

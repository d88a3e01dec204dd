"""The particulars of the case: an alias, who helps, how the stalker can be recognised."""

from __future__ import annotations

from typing import Annotated

import typer

from stalklog.cli.amend import split_set
from stalklog.cli.command import command
from stalklog.cli.console import Part, dim, good, ident
from stalklog.cli.front import Front
from stalklog.cli.telling import told_fields
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.services import records
from stalklog.services.records import Noted


@command
def case(
    front: Front,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help=mark(
                "alias, operator, postal_address, relation, country, language; and, for the "
                "confidential sheet only: name, contact, safe_contact. May be given again."
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
) -> None:
    """Note the particulars of the case; the newest word on each field holds."""
    typed: dict[str, list[str]] = {}
    for one in sets or ():
        name, value = split_set(one)
        typed.setdefault(name, []).append(value)
    for name, values in (("identifiers", identifiers), ("references", references)):
        if values:
            typed.setdefault(name, []).extend(values)
    if not typed:
        raise UsageError(
            _("--set is missing: what should be noted? Nothing was written."),
            hint=_("For example: stalklog case --set alias='Ms A'"),
        )
    noted = records.note_case(front.desk(), typed, ask_when=front.when_question())
    front.screen.answer(
        {"id": noted.id, "seq": noted.seq, "head": noted.head, "case": {**noted.case}},
        lambda: _show(front, noted),
    )


def _show(front: Front, noted: Noted) -> None:
    screen = front.screen
    screen.say(good(_("Noted as ")), ident(noted.id), good("."), _(" The case now says:"))
    rows: list[tuple[str, Part]] = [
        (name.replace("_", " "), told)
        for name, value in noted.case.items()
        for told in told_fields(value)
    ]
    screen.pairs(rows)
    screen.pairs([(_("Head"), dim(noted.head))])
    screen.hint(_("name, contact and safe_contact go into the confidential sheet only."))

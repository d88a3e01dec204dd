"""Letters: make one from the record, the page for an officer, and look after the templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import command
from stalklog.cli.completion import offered
from stalklog.cli.console import bold, dim, good, ident, json_name
from stalklog.cli.front import Front
from stalklog.cli.receipt import (
    id_to_type,
    show_receipt,
    show_unreadable,
    show_warnings,
    shown_path,
)
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.letters.heading import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.cli.questions import WhenQuestion
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk
    from stalklog.services.letter_about import Wish
    from stalklog.services.letter_log import LoggedLetter, Sending
    from stalklog.services.letters import Draft, MadeLetter

OFFICER = "officer"
_ALSO = (OFFICER, "templates", "check")
_Text = str | None
_Many = list[str] | None


@command
def letter(
    front: Front,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help=mark(
                "stop, preserve, abuse, grievance, police, reminder, escalation; officer: one page "
                "for the officer; templates: what there is; check: what a template may use."
            ),
            autocompletion=offered((*KINDS, *_ALSO)),
        ),
    ],
    name: Annotated[
        _Text,
        typer.Argument(metavar="NAME", help=mark("templates: which one; check: the file.")),
    ] = None,
    output: Annotated[
        _Text,
        typer.Option("--output", "-o", metavar="FILE", help=mark("Where; its ending says how.")),
    ] = None,
    to: Annotated[_Text, typer.Option("--to", metavar="NAME", help=mark("To whom."))] = None,
    for_: Annotated[
        _Many,
        typer.Option(
            "--for",
            metavar="ID",
            help=mark("What it is about, or the contact that it follows. May be given again."),
        ),
    ] = None,
    account: Annotated[
        _Many,
        typer.Option(
            "--account",
            metavar="TEXT",
            help=mark("Name only this account or address. May be given again."),
        ),
    ] = None,
    address: Annotated[
        _Many,
        typer.Option(
            "--address",
            metavar="ADDRESS:PORT@TIME,ID",
            help=mark(
                "A connection whose records should be kept; port, time and exhibit where they are "
                "known. May be given again."
            ),
        ),
    ] = None,
    kind: Annotated[
        _Text,
        typer.Option("--kind", metavar="WORD", help=mark("What sort of agency it goes to.")),
    ] = None,
    country: Annotated[
        _Text,
        typer.Option("--country", metavar="XX", help=mark("Whose law: IN, US.")),
    ] = None,
    template: Annotated[
        _Text,
        typer.Option("--template", metavar="NAME", help=mark("This template, by its name.")),
    ] = None,
    templates: Annotated[
        _Many,
        typer.Option(
            "--templates", metavar="DIR", help=mark("A folder of your own. May be given again.")
        ),
    ] = None,
    is_logged: Annotated[
        bool,
        typer.Option("--log", help=mark("Write down that it was prepared, or with --when sent.")),
    ] = False,
    when: Annotated[
        _Text, typer.Option("--when", metavar="TIME", help=mark("log: when it was sent."))
    ] = None,
    how: Annotated[
        _Text, typer.Option("--how", metavar="TEXT", help=mark("log: by which way it was sent."))
    ] = None,
    follow_up: Annotated[
        _Text,
        typer.Option("--follow-up", metavar="DAY", help=mark("log: when to ask again: +7d.")),
    ] = None,
    decided_with: Annotated[
        _Text,
        typer.Option(
            "--decided-with", metavar="NAME", help=mark("log: with whom stop was decided.")
        ),
    ] = None,
    tz: Annotated[
        _Text, typer.Option("--tz", metavar="ZONE", help=mark("The zone of the times."))
    ] = None,
    by: Annotated[
        _Text, typer.Option("--by", metavar="NAME", help=mark("log: who writes this down."))
    ] = None,
) -> None:
    """Make a letter from the record; nothing is sent."""
    from stalklog.places import templates_folder  # noqa: PLC0415 - beside its only use

    folders = (*map(Path, templates or ()), templates_folder())
    if what in {"templates", "check"}:
        from stalklog.cli.templates import check, list_or_copy  # noqa: PLC0415 - needs no vault

        if what == "check":
            check(front, name)
        else:
            list_or_copy(front, folders, name, output)
        return
    if name is not None:
        raise UsageError(
            _("letter {kind} takes no further word. Nothing was written.").format(kind=what[:20]),
            hint=_("Name the file with -o, and the addressee with --to."),
        )
    from stalklog.services.connections import read_connection  # noqa: PLC0415 - `--help` makes none
    from stalklog.services.letter_about import Wish  # noqa: PLC0415 - likewise

    desk, ask = front.desk(tz=tz, by=by), front.when_question()
    wish = Wish(
        kind=what,
        to=(to or "").strip(),
        ids=tuple(for_ or ()),
        language=front.language_asked,
        country=country or "",
        agency_kind=kind or "",
        template=template or "",
        folders=folders,
        accounts=tuple(account or ()),
        connections=tuple(read_connection(desk, one, ask) for one in address or ()),
    )
    target = Path(output) if output else None
    if what == OFFICER:
        from stalklog.cli.officer import make_page  # noqa: PLC0415 - as above

        make_page(front, desk, wish, target)
        return
    sending = None
    if is_logged:
        sending = _sending(what, when, how, follow_up, decided_with)
    elif when or how or follow_up or decided_with:
        raise UsageError(
            _("--when, --how, --follow-up and --decided-with need --log. Nothing was written."),
            hint=_("Add --log to write the letter down."),
        )
    _make(front, desk, wish, target, sending, ask)


def _sending(
    kind: str, when: str | None, how: str | None, follow_up: str | None, decided_with: str | None
) -> Sending:
    from stalklog.services.letter_log import Sending  # noqa: PLC0415 - to log only

    is_demand = kind == "stop"
    if (follow_up and is_demand) or (decided_with and not is_demand):
        raise UsageError(
            _("--follow-up is for letters to agencies, --decided-with for stop. Nothing was done."),
            hint=_("Leave it out."),
        )
    more = {"follow_up": follow_up, "decided_with": decided_with}
    return Sending(when or "", how or "", {name: [value] for name, value in more.items() if value})


def _make(
    front: Front,
    desk: Desk,
    wish: Wish,
    target: Path | None,
    sending: Sending | None,
    ask: WhenQuestion,
) -> None:
    from stalklog.services import letters  # noqa: PLC0415 - `--help` makes none

    draft = letters.draft_letter(desk, wish, target, progress=front.progress())
    if not front.screen.is_json:
        tell_warnings(front, draft.warnings)
    made = letters.write_letter(desk, draft, sending, ask_when=ask)
    front.screen.answer(_as_json(draft, made), lambda: _show(front, desk, draft, made))
    if front.screen.is_json:
        tell_warnings(front, draft.warnings)  # for a program an error stands alone on stderr
    front.tell_if_readable(desk)
    show_warnings(
        front.screen, (*_passed_over(draft), *(made.logged.warnings if made.logged else ()))
    )
    show_unreadable(front.screen, draft.unreadable_lines)


def tell_warnings(front: Front, warnings: Sequence[str]) -> None:
    """Say what belongs to a letter: to a person before it is made."""
    for warning in warnings:
        front.screen.tell_prose(warning, indent="  ", style="warn")


def _as_json(draft: Draft, made: MadeLetter) -> JsonObject:
    answer: JsonObject = {**json_name(str(made.path)), "blanks": [*draft.letter.blanks]}
    return {**answer, "logged": _logged_json(made.logged)} if made.logged else answer


def _logged_json(logged: LoggedLetter) -> JsonObject:
    return {
        "id": logged.id,
        "seq": logged.seq,
        "head": logged.head,
        "size": logged.size,
        "text": logged.text_id,
        "sent": logged.is_sent,
    }


def _show(front: Front, desk: Desk, draft: Draft, made: MadeLetter) -> None:
    screen, template = front.screen, draft.template
    screen.say(good(_("The draft is made: ")), bold(shown_path(made.path.absolute())))
    reviewed = template.heading.reviewed_by or _("no lawyer has reviewed it")
    where = f"{template.heading.language}/{template.heading.jurisdiction}/{template.name}"
    screen.pairs([(_("Template"), f"{where} ({template.place}; {reviewed})")])
    screen.pairs([("SHA-256", dim(made.sha256))])
    if draft.letter.blanks:
        screen.heading(_("Left blank, to be filled in"))
        for blank in draft.letter.blanks:
            screen.prose(blank, indent="    ", first="  - ")
    if made.logged:
        screen.say()
        told = _("Logged as sent: ") if made.logged.is_sent else _("Logged as prepared, not sent: ")
        screen.say(
            good(told), ident(made.logged.id), _(", its text as "), ident(made.logged.text_id)
        )
        show_receipt(screen, made.logged, desk)
    screen.hint(_next(made.logged))


def _next(logged: LoggedLetter | None) -> str:
    if logged is None:
        return _("Nothing was sent or logged. With --log it is written down, with --when as sent.")
    name = id_to_type(logged.id)
    if logged.is_sent:
        return _("Keep the proof of sending: stalklog add-evidence FILE --kind proof-of-sending")
    return _(
        "When it was sent: stalklog amend {id} --set when=TIME --set how=WAY --reason 'sent'"
    ).format(id=name)


def _passed_over(draft: Draft) -> list[str]:
    told = _("The template {path} was passed over. What is wrong: stalklog letter check FILE")
    return [told.format(path=shown_path(path)) for path in draft.unusable]

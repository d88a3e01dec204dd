"""Letters: make one from the record, the page for an officer, and look after the templates."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import Deferred, with_signature
from stalklog.cli.completion import offered
from stalklog.cli.console import bold, dim, good, ident, json_name
from stalklog.cli.field import CONTACT
from stalklog.cli.front import Front
from stalklog.cli.not_listed import not_listed_json, show_not_listed, tell_confidential
from stalklog.cli.origins import origins_json, show_origins
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
from stalklog.letters.shelf import called
from stalklog.places import templates_folder
from stalklog.records.country import is_country

if TYPE_CHECKING:
    from stalklog.cli.questions import WhenQuestion
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk
    from stalklog.services.letter_about import Wish
    from stalklog.services.letter_log import LoggedLetter, Sending
    from stalklog.services.letters import Draft, MadeLetter

OFFICER = "officer"
_ALSO = (OFFICER, "templates", "check")
_LOGGING = ("when", "how", "follow_up", "decided_with")
"""Options that say something of a sending: they need `--log`."""
_OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("to", "--to", "NAME", mark("To whom.")),
    (
        "for_",
        "--for",
        "ID",
        mark("What it is about, or the contact that it follows. May be given again."),
    ),
    (
        "account",
        "--account",
        "TEXT",
        mark("Name only this account or address. May be given again."),
    ),
    (
        "address",
        "--address",
        "ADDRESS:PORT@TIME,ID",
        mark(
            "A connection whose records should be kept; port, time and exhibit where they are "
            "known. May be given again."
        ),
    ),
    (
        "trusted_by",
        "--trusted-by",
        "HOST",
        mark("A machine, or a network, of your own side, as for trace. May be given again."),
    ),
    ("kind", "--kind", "WORD", mark("What sort of agency it goes to.")),
    ("country", "--country", "XX", mark("Whose law: IN, US.")),
    ("template", "--template", "NAME", mark("This template, by its name: any/preserve.")),
    ("templates", "--templates", "DIR", mark("A folder of your own. May be given again.")),
    ("is_logged", "--log", "", mark("Write down that it was prepared, or with --when sent.")),
    ("when", "--when", "TIME", mark("log: when it was sent.")),
    ("how", "--how", "TEXT", mark("log: by which way it was sent.")),
    ("follow_up", "--follow-up", "DAY", mark("log: when to ask again: +7d.")),
    ("decided_with", "--decided-with", "NAME", mark("log: with whom stop was decided.")),
    ("tz", "--tz", "ZONE", mark("The zone of the times.")),
    ("by", "--by", "NAME", mark("log: who writes this down.")),
)
_MANY = frozenset({"for_", "account", "address", "templates", "trusted_by"})


def _letter(front: Front, **given: object) -> None:
    """Make a letter or the page, or look after the templates; nothing is sent."""
    what, name, output = (_text(given, key) for key in ("what", "name", "output"))
    folders = (*_own_folders(_texts(given, "templates")), templates_folder())
    if what in {"templates", "check"}:
        from stalklog.cli import templates  # noqa: PLC0415 - these need no vault

        if what == "check":
            templates.check(front, name or None)
        else:
            templates.list_or_copy(front, folders, name or None, output or None)
        return
    _require_known(what, name, given)
    desk = front.desk(tz=_text(given, "tz") or None, by=_text(given, "by") or None)
    ask = front.when_question()
    wish = _wish(front, desk, ask, what, folders, given)
    target = Path(output) if output else None
    if what == OFFICER:
        from stalklog.cli.officer import make_page  # noqa: PLC0415 - as above

        make_page(front, desk, wish, target)
    else:
        _make(front, desk, wish, target, _sending(what, given), ask)


def _own_folders(typed: tuple[str, ...]) -> tuple[Path, ...]:
    """The folders that were named: one that is not there is said, else ours would be taken."""
    folders = tuple(map(Path, typed))
    if not all(folder.is_dir() for folder in folders):
        raise UsageError(
            _("--templates names no folder that is there. Nothing was written."),
            hint=_("Name a folder: --templates DIR; one file is tried with: letter check FILE"),
        )
    return folders


def _require_known(what: str, name: str, given: Mapping[str, object]) -> None:
    """Refuse what would be passed over in silence."""
    if what not in {*KINDS, *_ALSO}:
        raise UsageError(
            _("letter does not know this. Nothing was written."),
            hint=_("It knows: {kinds}").format(kinds=", ".join((*KINDS, *_ALSO))),
        )
    if name:
        raise UsageError(
            _("letter {kind} takes no further word. Nothing was written.").format(kind=what),
            hint=_("Name the file with -o, and the addressee with --to."),
        )
    kind = _text(given, "kind")
    if kind and kind not in CONTACT["kind"].choices:
        raise UsageError(
            _("--kind is no kind of agency. Nothing was written."),
            hint=_("It is one of: {kinds}").format(kinds=", ".join(CONTACT["kind"].choices)),
        )
    country = _text(given, "country")
    if country and not is_country(country):
        raise UsageError(
            _("--country is no country. Nothing was written."),
            hint=_("It takes two letters: --country IN"),
        )
    is_logged = bool(given.get("is_logged"))
    if what == OFFICER and is_logged:
        raise UsageError(
            _("The page for the officer is not logged. Nothing was written."),
            hint=_("When it was handed over: stalklog log-contact --attach FILE"),
        )
    if not is_logged and any(given.get(option) for option in _LOGGING):
        raise UsageError(
            _("--when, --how, --follow-up and --decided-with need --log. Nothing was written."),
            hint=_("Add --log to write the letter down."),
        )


def _wish(
    front: Front,
    desk: Desk,
    ask: WhenQuestion,
    kind: str,
    folders: tuple[Path, ...],
    given: Mapping[str, object],
) -> Wish:
    from stalklog.services.connections import read_connection  # noqa: PLC0415 - `--help` makes none
    from stalklog.services.letter_about import Wish  # noqa: PLC0415 - likewise

    return Wish(
        kind=kind,
        to=_text(given, "to").strip(),
        ids=_texts(given, "for_"),
        language=front.language_asked,
        country=_text(given, "country"),
        agency_kind=_text(given, "kind"),
        template=_text(given, "template"),
        folders=folders,
        accounts=_texts(given, "account"),
        trusted_by=_texts(given, "trusted_by"),
        connections=tuple(read_connection(desk, one, ask) for one in _texts(given, "address")),
    )


def _sending(kind: str, given: Mapping[str, object]) -> Sending | None:
    """What is to be logged; None where nothing is."""
    if not given.get("is_logged"):
        return None
    from stalklog.services.letter_log import Sending  # noqa: PLC0415 - to log only

    other = "follow_up" if kind == "stop" else "decided_with"
    if given.get(other):
        raise UsageError(
            _("--follow-up is for letters to agencies, --decided-with for stop. Nothing was done."),
            hint=_("Leave it out."),
        )
    more = {name: [_text(given, name)] for name in ("follow_up", "decided_with")}
    return Sending(
        _text(given, "when"),
        _text(given, "how"),
        {name: values for name, values in more.items() if values != [""]},
    )


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
    tell_confidential(front.screen, draft.confidential)
    front.tell_if_readable(desk)
    logged = made.logged.warnings if made.logged else ()
    show_warnings(front.screen, (*_passed_over(draft), *logged))
    show_unreadable(front.screen, draft.unreadable_lines)


def tell_warnings(front: Front, warnings: Sequence[str]) -> None:
    """Say what belongs to a letter: to a person before it is made."""
    for warning in warnings:
        front.screen.tell_prose(warning, indent="  ", style="warn")


def _as_json(draft: Draft, made: MadeLetter) -> JsonObject:
    answer: JsonObject = {
        **json_name(str(made.path)),
        "blanks": [*draft.letter.blanks],
        **not_listed_json(draft.not_listed),
        **origins_json(draft.origins, draft.about.addressee),
    }
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
    screen.pairs([(_("Template"), f"{called(template)} ({template.place}; {reviewed})")])
    screen.pairs([("SHA-256", dim(made.sha256))])
    about = draft.about
    if about.addressee and not about.wish.to:
        told = _(
            "Nobody was named, so it goes to {name}, out of the contact log. With --to it goes to "
            "somebody else."
        )
        screen.prose(told.format(name=about.addressee), indent="  ")
    if draft.letter.blanks:
        screen.heading(_("Left blank, to be filled in"))
        for blank in draft.letter.blanks:
            screen.prose(blank, indent="    ", first="  - ")
    show_not_listed(screen, draft.not_listed)
    show_origins(screen, draft.origins, draft.about.addressee)
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
        told = _(
            "Keep the proof of sending: stalklog add-evidence FILE --kind proof-of-sending "
            "--for {id}"
        )
        return told.format(id=name)
    return _(
        "When it was sent: stalklog amend {id} --set when=TIME --set how=WAY --reason 'sent'"
    ).format(id=name)


def _passed_over(draft: Draft) -> list[str]:
    told = _("The template {path} was passed over. What is wrong: stalklog letter check FILE")
    return [told.format(path=shown_path(path)) for path in draft.unusable]


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    values = given.get(name)
    return tuple(map(str, values)) if isinstance(values, Sequence) else ()


def _parameters() -> list[inspect.Parameter]:
    what = typer.Argument(
        metavar="WHAT",
        help=mark(
            "stop, preserve, abuse, grievance, police, reminder, escalation; officer: one page "
            "for the officer; templates: what there is; check: what a template may use."
        ),
        autocompletion=offered((*KINDS, *_ALSO)),
    )
    name = typer.Argument(
        metavar="NAME", help=mark("templates: which one; check: the file or folder.")
    )
    output = typer.Option(
        "--output", "-o", metavar="FILE", help=mark("Where; its ending says how.")
    )
    return [
        _parameter("what", Annotated[str, what], inspect.Parameter.empty),
        _parameter("name", Annotated[str | None, name]),
        _parameter("output", Annotated[str | None, output]),
        *(_option(*option) for option in _OPTIONS),
    ]


def _option(name: str, option: str, metavar: str, told: str) -> inspect.Parameter:
    wish = typer.Option(option, metavar=metavar or None, help=told)
    if not metavar:
        return _parameter(name, Annotated[bool, wish], default=False)
    return _parameter(name, Annotated[(list[str] if name in _MANY else str) | None, wish])


def _parameter(name: str, annotation: object, default: object = None) -> inspect.Parameter:
    by_name = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, by_name, default=default, annotation=annotation)


letter = Deferred(lambda: with_signature(_letter, _parameters()))

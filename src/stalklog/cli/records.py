"""The three logs: a threat, a contact with an agency, the demand to stop."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.command import Deferred, with_signature
from stalklog.cli.console import good, ident
from stalklog.cli.field import CONTACT, DEMAND, MORE, THREAT, is_piped, read_long_texts
from stalklog.cli.front import Front
from stalklog.cli.plan import CONTACT_QUESTIONS, DEMAND_QUESTIONS, THREAT_QUESTIONS, Plan
from stalklog.cli.receipt import added_json, id_to_type, show_added, show_receipt, show_warnings
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.services import records
from stalklog.services.records import Logged

if TYPE_CHECKING:
    from stalklog.cli.questions import WhenQuestion
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk

_TIME = ("when", "precision")

THREATS = Plan(
    THREAT,
    needed=(_TIME, ("words", "recollection", "behaviour", "circumstances")),
    questions=THREAT_QUESTIONS,
    fallback=(("circumstances", mark("Not written down yet.")),),
)
CONTACTS = Plan(
    CONTACT,
    needed=(("agency",), ("kind",)),
    questions=CONTACT_QUESTIONS,
    fallback=(("agency", mark("not stated yet")), ("kind", "other")),
)
DEMANDS = Plan(
    DEMAND,
    needed=(_TIME, ("words", "to", "how", "form", "identifiers", "order")),
    questions=DEMAND_QUESTIONS,
    fallback=(("to", mark("not stated yet")),),
)

Log = Callable[[], "Logged"]


def _log(front: Front, plan: Plan, given: dict[str, object], write: Callable[..., Logged]) -> None:
    """Gather what was typed, ask for what is missing, write it, show the receipt."""
    typed = plan.fields.typed(given)
    is_edited = bool(given.get("edit"))
    _require_person(front, is_edited=is_edited)
    desk = front.desk(tz=_text(given, "tz"), by=_text(given, "by"))
    when = front.when_question()

    def log() -> Logged:
        return write(desk, typed, ask_when=when)

    is_typed_here = is_edited or is_piped(plan.fields, typed) or plan.missing(typed)
    if is_typed_here:
        logged = _log_with_care(front, desk, plan, typed, when, log, is_edited=is_edited)
    else:
        logged = log()
    answer = _as_json(logged)
    if plan is CONTACTS:
        answer["attached"] = [*added_json(logged.attached)]
    front.screen.answer(answer, lambda: _show(front, desk, logged))
    show_warnings(front.screen, logged.warnings)


def _require_person(front: Front, *, is_edited: bool) -> None:
    if is_edited and front.screen.is_json:
        raise UsageError(
            _("--edit is for a person, and --json for a program. Nothing was written."),
            hint=_("Leave one of them out: a text that cannot be saved is shown to you again."),
        )


def _log_with_care(
    front: Front,
    desk: Desk,
    plan: Plan,
    typed: dict[str, list[str]],
    when: WhenQuestion,
    log: Log,
    *,
    is_edited: bool,
) -> Logged:
    from stalklog.cli.care import Care  # noqa: PLC0415 - only where somebody types

    def complete() -> None:
        from stalklog.cli import interview  # noqa: PLC0415 - likewise

        interview.complete(plan, typed, when)

    care = Care(front.screen, desk, typed, complete, is_edited=is_edited)
    care.gather(lambda: _gather(front, desk, plan, typed, when, is_edited=is_edited))
    return care.save(log)


def _gather(
    front: Front,
    desk: Desk,
    plan: Plan,
    typed: dict[str, list[str]],
    when: WhenQuestion,
    *,
    is_edited: bool,
) -> None:
    """Fill `typed` until it is enough to be logged."""
    if is_edited and desk.open().header.sealed:
        raise UsageError(
            _("--edit is not for a sealed vault: an editor keeps copies. Nothing was written."),
            hint=_("Let the program ask (without options), or give the text with: --words -"),
        )
    read_long_texts(plan.fields, typed, is_edited=is_edited)
    missing = plan.missing(typed)
    if not missing:
        return
    if not front.screen.can_ask():
        raise _needed(plan, missing[0])
    from stalklog.cli.interview import Interview  # noqa: PLC0415 - only for a person

    Interview(front, desk, plan, when).fill(typed)
    if plan.missing(typed):
        raise UsageError(
            _("There is nothing to log yet. Nothing was written."),
            hint=_("Come back at any time; one sentence is enough."),
        )


def _needed(plan: Plan, group: Sequence[str]) -> UsageError:
    if group == _TIME:
        return UsageError(
            _("--when is missing. Nothing was written."),
            hint=_("If the time is not known, say so: --precision unknown"),
        )
    options = _(" or ").join(plan.fields[name].option for name in group)
    return UsageError(
        _("{options} is missing. Nothing was written.").format(options=options),
        hint=_("On a terminal you are asked for it: run the command there, without options."),
    )


def _show(front: Front, desk: Desk, logged: Logged) -> None:
    screen = front.screen
    if screen.can_ask():
        screen.say()
    screen.say(good(_("Logged as ")), ident(logged.id), good("."), _(" It is safely on the disk."))
    show_added(screen, logged.attached)
    show_receipt(screen, logged, desk)
    screen.hint(
        _(
            "Look at it: stalklog show {id}. Remembered more? stalklog amend {id} "
            "--set FIELD=VALUE --reason WHY"
        ).format(id=id_to_type(logged.id))
    )


def _as_json(logged: Logged) -> JsonObject:
    return {
        "id": logged.id,
        "seq": logged.seq,
        "head": logged.head,
        "size": logged.size,
    }


def _text(given: dict[str, object], name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else None


def _threat(front: Front, **given: object) -> None:
    _log(front, THREATS, given, records.log_threat)


def _contact(front: Front, **given: object) -> None:
    files = given.pop("attach") or ()
    attach = [Path(str(file)) for file in files] if isinstance(files, Sequence) else []
    _log(front, CONTACTS, given, partial(records.log_contact, attach=attach))


def _demand(front: Front, **given: object) -> None:
    if front.screen.can_ask():
        front.screen.tell_prose(
            _(
                "This only writes down what was said; nothing is sent. A demand is your choice, "
                "never a must: it can provoke. If you can, decide with an advocate."
            )
        )
    _log(front, DEMANDS, given, records.log_demand)


def _option(
    name: str, annotation: object, option: str, told: str, metavar: str | None = None
) -> inspect.Parameter:
    wish = typer.Option(option, help=told, metavar=metavar, rich_help_panel=MORE)
    default = False if annotation is bool else None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[annotation, wish],
    )


def _ways() -> list[inspect.Parameter]:
    """How a record is written, whatever it is."""
    words = str | None
    return [
        _option("edit", bool, "--edit", mark("Write the long texts in your editor.")),
        _option("tz", words, "--tz", mark("The zone of the times: Asia/Kolkata."), "ZONE"),
        _option("by", words, "--by", mark("Who writes this down, if not the usual one."), "NAME"),
    ]


_ATTACH = _option(
    "attach",
    list[str] | None,
    "--attach",
    mark(
        "A file that belongs to it: their report, what was sent, or with --sent the proof of "
        "sending. It becomes evidence first. May be given again."
    ),
    "FILE",
)

log_threat = Deferred(lambda: with_signature(_threat, [*THREAT.parameters(), *_ways()]))
log_contact = Deferred(lambda: with_signature(_contact, [*CONTACT.parameters(), _ATTACH, *_ways()]))
log_demand = Deferred(lambda: with_signature(_demand, [*DEMAND.parameters(), *_ways()]))

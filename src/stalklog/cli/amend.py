"""Corrections: a new entry says what is different now, and the old one stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from stalklog.cli.care import Care
from stalklog.cli.command import command
from stalklog.cli.console import good, ident
from stalklog.cli.front import Front
from stalklog.cli.questions import Questions, StoppedError
from stalklog.cli.receipt import id_to_type, show_receipt, show_warnings
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.services import records
from stalklog.services.records import Logged

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.services.desk import Desk

_Id = Annotated[str, typer.Argument(metavar="ID", help=mark("The entry: T-0003, or @41."))]
_Reason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help=mark("Why, in a few words: it stays with it.")),
]
_By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help=mark("Who writes this down, if not the usual one.")),
]
_Tz = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help=mark("The zone of the times: Asia/Kolkata.")),
]


@command
def amend(
    front: Front,
    entry: _Id,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help=mark("What a field says now. May be given again.")
        ),
    ] = None,
    unsets: Annotated[
        list[str] | None,
        typer.Option(
            "--unset",
            metavar="FIELD",
            help=mark("A field that should be empty. May be given again."),
        ),
    ] = None,
    reason: _Reason = None,
    tz: _Tz = None,
    by: _By = None,
) -> None:
    """Correct or complete an entry."""
    typed = typed_sets(sets or ())
    if not typed and not unsets:
        raise UsageError(
            _("--set is missing: what should be different? Nothing was written."),
            hint=_("For example: --set place='the bus stop'"),
        )
    desk = front.desk(tz=tz, by=by)
    unset = [name.replace("-", "_") for name in unsets or ()]
    ask = front.when_question()

    def log(why: str) -> Logged:
        return records.amend(desk, entry, typed, unset=unset, reason=why, ask_when=ask)

    logged = _with_reason(front, desk, reason, _("Why is it different now?"), log)
    _answer(front, desk, logged, _("Amended. What stood there before stays in the vault, as "))


@command
def withdraw(front: Front, entry: _Id, reason: _Reason = None, by: _By = None) -> None:
    """Say that an entry should not count; it stays, with the reason."""
    desk = front.desk(by=by)

    def log(why: str) -> Logged:
        return records.withdraw(desk, entry, why)

    logged = _with_reason(front, desk, reason, _("Why should it not count?"), log)
    _answer(
        front, desk, logged, _("Withdrawn. It stays in the vault, marked, with your reason, as ")
    )


def typed_sets(sets: Iterable[str]) -> dict[str, list[str]]:
    """Each `place=the bus stop` as a field and its value; a field may stand there several times.

    Raises:
        UsageError: There is no `=`.
    """
    typed: dict[str, list[str]] = {}
    for one in sets:
        name, value = _split(one)
        typed.setdefault(name, []).append(value)
    return typed


def _split(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not (name and equals):
        raise UsageError(
            _("--set takes FIELD=VALUE. Nothing was written."),
            hint=_("For example: --set place='the bus stop'"),
        )
    return name.strip().replace("-", "_"), value


def _with_reason(
    front: Front, desk: Desk, given: str | None, question: str, log: Callable[[str], Logged]
) -> Logged:
    """Write it with the reason that was given, or that the person is asked for."""
    if given is not None and given.strip():
        return log(given)
    if not front.screen.can_ask():
        raise _no_reason()
    typed: dict[str, list[str]] = {}
    care = Care(front.screen, desk, typed, complete=lambda: None)
    care.gather(lambda: _ask_reason(front, question, typed))
    return care.save(lambda: log(typed["reason"][0]))


def _ask_reason(front: Front, question: str, typed: dict[str, list[str]]) -> None:
    try:
        reason = Questions(front.screen).line(question)
    except StoppedError as error:
        typed["reason"] = [error.text] if error.text.strip() else []
        raise
    if not reason.strip():
        raise _no_reason()
    typed["reason"] = [reason]


def _no_reason() -> UsageError:
    return UsageError(
        _("--reason is missing. Nothing was written."),
        hint=_("A few words are enough: --reason 'remembered later'"),
    )


def _answer(front: Front, desk: Desk, logged: Logged, told: str) -> None:
    def show() -> None:
        front.screen.say(good(told), ident(logged.id), good("."))
        show_receipt(front.screen, logged, desk)
        front.screen.hint(
            _("With its history: stalklog show {id} --history").format(
                id=id_to_type(logged.id.split(".")[0])
            )
        )

    answer: JsonObject = {
        "id": logged.id,
        "seq": logged.seq,
        "head": logged.head,
        "size": logged.size,
    }
    front.screen.answer(answer, show)
    show_warnings(front.screen, logged.warnings)

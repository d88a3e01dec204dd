"""Ask what an export does not say itself, and write the answer down.

Nobody has to answer, and without a person nobody is asked: then it is said that it is open, and the
answer can be given later.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stalklog.cli import date_order, read_as
from stalklog.cli.console import dim
from stalklog.cli.receipt import id_to_type
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.cli.front import Front
    from stalklog.records.message import Decision, ReadingReport
    from stalklog.services.desk import Desk

_QUESTIONS = {"date_order": date_order, "read_as": read_as}


def settle(
    front: Front, desk: Desk, inside: Mapping[str, ReadingReport], said_order: object = None
) -> None:
    """Ask of each export what nobody has decided; write down what was answered.

    Args:
        front: Who is asked.
        desk: Where it is written down.
        inside: What was found, by id.
        said_order: The order of day and month that was said with the files, if one was.
    """
    for name, report in inside.items():
        for decision in report.decisions:
            if decision.about in _QUESTIONS and decision.by == "nobody":
                _settle(front, desk, name, decision)
            elif date_order.is_denied(decision, said_order):
                front.screen.tell_prose(date_order.denied(name, decision), style="warn")
    without = [name for name, report in inside.items() if _lacks_zone(report)]
    if without:
        front.screen.tell_prose(_zone_open(", ".join(without), id_to_type(without[0])))


def still_open(name: str, report: ReadingReport) -> Iterator[str]:
    """What nobody has said of an export, and how it can be said."""
    typed = id_to_type(name)
    for decision in report.decisions:
        if decision.about in _QUESTIONS and decision.by == "nobody":
            yield _QUESTIONS[decision.about].still_open(name, typed, decision)
    if _lacks_zone(report):
        yield _zone_open(name, typed)


def _lacks_zone(report: ReadingReport) -> bool:
    """Whether messages have times on a clock of which nobody says in which zone it was."""
    is_told = any(decision.about == "zone" for decision in report.decisions)
    has_wall = bool(report.first_wall) or report.is_order_open
    return has_wall and not is_told and "message" in report.counts


def _zone_open(names: str, typed: str) -> str:
    return _(
        "Times in {id} are without a zone, so a report gives it no place in its chronology by "
        "them. Nothing is guessed. If you know which zone the clock was in: stalklog amend {typed} "
        "--set times_zone=Asia/Kolkata --reason ..."
    ).format(id=names, typed=typed)


def _settle(front: Front, desk: Desk, name: str, decision: Decision) -> None:
    screen, question = front.screen, _QUESTIONS[decision.about]
    answer = question.ask(screen, name, decision) if screen.can_ask() else ""
    if not answer:
        screen.tell_prose(question.still_open(name, id_to_type(name), decision))
        return
    from stalklog.services.records import amend  # noqa: PLC0415 - few exports need it

    typed = {decision.about: [answer]}
    written = amend(replace(desk, begun=None), name, typed, reason=question.reason())
    screen.tell(dim(_("Noted as {id}.").format(id=written.id)))

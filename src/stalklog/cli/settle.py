"""Ask what an export does not say itself, and write the answer down.

Nobody has to answer, and without a person nobody is asked: then it is said that it is open, and the
answer can be given later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from stalklog.cli import date_order, read_as
from stalklog.cli.console import dim
from stalklog.cli.receipt import id_to_type
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.cli.front import Front
    from stalklog.records.message import Decision, ReadingReport
    from stalklog.services.desk import Desk

_QUESTIONS = {"date_order": date_order, "read_as": read_as}


def settle(front: Front, desk: Desk, inside: Mapping[str, ReadingReport]) -> None:
    """Ask of each export what nobody has decided; write down what was answered."""
    for name, report in inside.items():
        for decision in report.decisions:
            if decision.about in _QUESTIONS and decision.by == "nobody":
                _settle(front, desk, name, decision)


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

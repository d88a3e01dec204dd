"""Ask what exports do not say themselves, and write the answers down.

Nobody has to answer, and without a person nobody is asked: then it is said that it is open, and the
answer can be given later. What can have one answer for several exports is asked once for all.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from stalklog.cli import date_order, read_as, times_zone
from stalklog.cli.receipt import id_to_type
from stalklog.cli.zone import local_zone
from stalklog.i18n import gettext as _
from stalklog.records.reckoning import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stalklog.cli.console import Screen
    from stalklog.cli.front import Front
    from stalklog.records.message import Decision, ReadingReport
    from stalklog.services.desk import Desk


class _Question(Protocol):
    """What one of the modules asks."""

    def alike(self, name: str, decision: Decision, /) -> object:
        """Exports for which this is the same can have one answer."""
        ...

    def ask(
        self, screen: Screen, names: Sequence[str], decision: Decision, proposed: Sequence[str], /
    ) -> str | None:
        """The answer; empty where she does not know; None where it is not the same for all."""
        ...

    def still_open(self, names: str, typed: str, decision: Decision, /) -> str:
        """What is said where nobody answered."""
        ...

    def reason(self) -> str:
        """Why the answer is written down."""
        ...


class _Open(NamedTuple):
    """What nobody has decided of an export."""

    name: str
    decision: Decision


_QUESTIONS: Final[dict[str, _Question]] = {
    "read_as": read_as,
    "date_order": date_order,
    "zone": times_zone,
}
"""By what a decision is about, in the order in which they are asked."""
_FIELDS: Final = {"zone": "times_zone"}
"""The field of the record that the answer is written into, where it is called otherwise."""


def settle(
    front: Front, desk: Desk, inside: Mapping[str, ReadingReport], said_order: object = None
) -> None:
    """Ask of the exports what nobody has decided; write down what was answered.

    Args:
        front: Who is asked.
        desk: Where it is written down.
        inside: What was found, by id.
        said_order: The order of day and month that was said with the files, if one was.
    """
    proposed = _zones(desk)
    for about in _QUESTIONS:
        groups: defaultdict[object, list[_Open]] = defaultdict(list)
        for name, report in inside.items():
            for decision in _open_in(report, about):
                key = _QUESTIONS[about].alike(name, decision)
                groups[key].append(_Open(name, decision))
        for group in groups.values():
            _settle(front, desk, group, proposed)
    for name, report in inside.items():
        for decision in report.decisions:
            if date_order.is_denied(decision, said_order):
                front.screen.tell_prose(date_order.denied(name, decision), style="warn")


def still_open(name: str, report: ReadingReport) -> Iterator[str]:
    """What nobody has said of an export, and how it can be said."""
    for about, question in _QUESTIONS.items():
        for decision in _open_in(report, about):
            yield question.still_open(name, id_to_type(name), decision)


def _open_in(report: ReadingReport, about: str) -> Iterator[Decision]:
    for decision in report.decisions:
        if decision.about == about and decision.by == "nobody":
            yield decision


def _zones(desk: Desk) -> Sequence[str]:
    """In which zone a phone probably was: that of the vault, and that of this computer."""
    return tuple(dict.fromkeys((str(desk.reading_zone()), local_zone(os.environ))))


def _settle(front: Front, desk: Desk, group: Sequence[_Open], proposed: Sequence[str]) -> None:
    """Ask once for all of a group, or of each where the answers differ."""
    screen, decision = front.screen, group[0].decision
    question, names = _QUESTIONS[decision.about], [one.name for one in group]
    answer = question.ask(screen, names, decision, proposed) if screen.can_ask() else ""
    if answer is None:
        for one in group:
            _settle(front, desk, [one], proposed)
    elif answer:
        _write(front, desk, group, answer)
    else:
        told = question.still_open(", ".join(names), id_to_type(names[0]), decision)
        screen.tell_prose(told)


def _write(front: Front, desk: Desk, group: Sequence[_Open], answer: str) -> None:
    from stalklog.services.records import amend  # noqa: PLC0415 - few exports need it

    written = []
    for name, decision in group:
        typed = {_FIELDS.get(decision.about, decision.about): [answer]}
        reason = _QUESTIONS[decision.about].reason()
        written.append(amend(replace(desk, begun=None), name, typed, reason=reason).id)
    told = _("Noted as {ids}: {answer}.")
    answer = _(ORDERS.get(answer, answer))
    front.screen.tell_prose(told.format(ids=", ".join(written), answer=answer), style="dim")

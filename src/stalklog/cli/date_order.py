"""Ask in which order day and month stand in an export, where nothing in it proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, dim
from stalklog.cli.questions import Questions
from stalklog.cli.receipt import id_to_type
from stalklog.i18n import gettext as _
from stalklog.i18n import mark

if TYPE_CHECKING:
    from stalklog.cli.front import Front
    from stalklog.records.message import Decision, ReadingReport
    from stalklog.services.desk import Desk

_ORDERS = ("dmy", "mdy")
_IN_WORDS = {
    "dmy": mark("day before month"),
    "mdy": mark("month before day"),
    "ymd": mark("year first"),
}


def settle_date_orders(front: Front, desk: Desk, inside: Mapping[str, ReadingReport]) -> None:
    """Ask for each export whose dates can be read two ways; write down what was answered.

    Nobody has to answer, and without a person nobody is asked: then both readings stand, and it
    can be said later.
    """
    for name, report in inside.items():
        for decision in report.decisions:
            if decision.about == "date_order" and decision.by == "nobody":
                _settle(front, desk, name, decision)


def _settle(front: Front, desk: Desk, name: str, decision: Decision) -> None:
    screen = front.screen
    order = _ask(screen, name, decision) if screen.can_ask() else ""
    if not order:
        told = _(
            "In {id} day and month can be read two ways, and both readings are kept. If you know "
            "how the phone writes dates: stalklog amend {typed} --set date_order=dmy --reason ..."
        )
        screen.tell_prose(told.format(id=name, typed=id_to_type(name)))
        return
    from stalklog.services.records import amend  # noqa: PLC0415 - few exports need it

    reason = _("whoever added it knows how the phone writes dates")
    written = amend(replace(desk, begun=None), name, {"date_order": [order]}, reason=reason)
    screen.tell(dim(_("Noted as {id}.").format(id=written.id)))


def _ask(screen: Screen, name: str, decision: Decision) -> str:
    screen.tell()
    screen.tell_prose(
        _("In {id} day and month can be read two ways. Which reading is right?").format(id=name)
    )
    orders = decision.orders or _ORDERS
    for sample in decision.samples:
        if len(sample) == 1 + len(orders):
            written, *readings = sample
            screen.tell("  ", written)
            for number, reading in enumerate(readings, 1):
                screen.tell("    ", dim(f"{number}: "), reading)
    choices = [_(_IN_WORDS[order]) for order in orders]
    answer = Questions(screen).choice(
        _("Which one?"), choices, note=_("Enter if you do not know; both are kept then.")
    )
    return orders[choices.index(answer)] if answer in choices else ""

"""Ask in which order day and month stand in an export, where nothing in it proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, dim
from stalklog.cli.questions import Questions
from stalklog.i18n import gettext as _
from stalklog.records.reckoning import ORDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.records.message import Decision

_USUAL = ("dmy", "mdy")


def alike(_name: str, decision: Decision) -> object:
    """What one phone exports is in one order; what can be read in other orders is another's.

    So is an export whose dates are against one another.
    """
    return decision.orders, decision.reason


def ask(
    screen: Screen, names: Sequence[str], decision: Decision, _proposed: Sequence[str]
) -> str | None:
    """The order that the person knows; empty if she does not; None if there are several."""
    screen.tell()
    told = _("In {ids} day and month can be read two ways. {why} Which reading is right?")
    screen.tell_prose(told.format(ids=", ".join(names), why=decision.reason).replace("  ", " "))
    orders = decision.orders or _USUAL
    for sample in decision.samples:
        if len(sample) == 1 + len(orders):
            written, *readings = sample
            screen.tell("  ", written)
            for number, reading in enumerate(readings, 1):
                screen.tell("    ", dim(f"{number}: "), reading)
    choices, several = [_(ORDERS[order]) for order in orders], _("not the same for all of them")
    if len(names) > 1:
        screen.tell_prose(_("These lines are from {id}.").format(id=names[0]), indent="  ")
        choices.append(several)
    answer = Questions(screen).choice(
        _("Which one?"), choices, note=_("Enter if you do not know; both are kept then.")
    )
    if answer == several:
        return None
    return orders[choices.index(answer)] if answer in choices else ""


def still_open(names: str, typed: str, decision: Decision) -> str:
    """What is said where nobody answered."""
    told = _(
        "In {ids} day and month can be read two ways, and both readings are kept. {why} If you "
        "know how the phone writes dates: stalklog amend {typed} --set date_order=dmy --reason ..."
    )
    return told.format(ids=names, typed=typed, why=decision.reason).replace("  ", " ")


def is_denied(decision: Decision, said: object) -> bool:
    """Whether the export proves another order than the one that was said."""
    return bool(said) and decision.about == "date_order" and decision.value not in {"", said}


def denied(name: str, decision: Decision) -> str:
    """What is said then."""
    told = _(
        "{id} itself proves another order than the one you gave, and is read by that: {order}. "
        "What you gave is written down too, and changes no date."
    )
    return told.format(id=name, order=_(ORDERS[decision.value]))


def reason() -> str:
    """Why the answer is written down."""
    return _("whoever added it knows how the phone writes dates")

"""Ask in which order day and month stand in an export, where nothing in it proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.console import Screen, dim
from stalklog.cli.questions import Questions
from stalklog.i18n import gettext as _
from stalklog.i18n import mark

if TYPE_CHECKING:
    from stalklog.records.message import Decision

_ORDERS = ("dmy", "mdy")
_IN_WORDS = {
    "dmy": mark("day before month"),
    "mdy": mark("month before day"),
    "ymd": mark("year first"),
}


def ask(screen: Screen, name: str, decision: Decision) -> str:
    """The order that the person knows; empty if she does not."""
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


def still_open(name: str, typed: str, decision: Decision) -> str:  # noqa: ARG001 - as all questions
    """What is said where nobody answered."""
    told = _(
        "In {id} day and month can be read two ways, and both readings are kept. If you know "
        "how the phone writes dates: stalklog amend {typed} --set date_order=dmy --reason ..."
    )
    return told.format(id=name, typed=typed)


def is_denied(decision: Decision, said: object) -> bool:
    """Whether the export proves another order than the one that was said."""
    return bool(said) and decision.about == "date_order" and decision.value not in {"", said}


def denied(name: str, decision: Decision) -> str:
    """What is said then."""
    told = _(
        "{id} itself proves another order than the one you gave, and is read by that: {order}. "
        "What you gave is written down too, and changes no date."
    )
    return told.format(id=name, order=_(_IN_WORDS[decision.value]))


def reason() -> str:
    """Why the answer is written down."""
    return _("whoever added it knows how the phone writes dates")

"""Ask as which format a file is to be read, where it fits two of them equally well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.message import named_format
from stalklog.cli.questions import Questions
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.cli.console import Screen
    from stalklog.records.message import Decision


def alike(name: str, _decision: Decision) -> object:
    """Each file is asked about by itself."""
    return name


def ask(
    screen: Screen, exports: Sequence[str], decision: Decision, _proposed: Sequence[str]
) -> str | None:
    """The format that the person knows; empty if she does not."""
    names = _names(decision)
    choices = tuple(map(named_format, names))
    screen.tell()
    told = _("{id} fits more than one format equally well.")
    screen.tell_prose(told.format(id=", ".join(exports)))
    answer = Questions(screen).choice(
        _("Which one is it?"),
        choices,
        note=_("Enter if you do not know; it is read as the first then, and that is said."),
    )
    return names[choices.index(answer)] if answer in choices else ""


def still_open(name: str, typed: str, decision: Decision) -> str:
    """What is said where nobody answered."""
    told = _(
        "{id} fits more than one format equally well: {formats}. It is read as the first. If it is "
        "another: stalklog amend {typed} --set read_as={other} --reason ..."
    )
    names = _names(decision)
    formats = ", ".join(map(named_format, names))
    return told.format(id=name, formats=formats, typed=typed, other=names[-1])


def reason() -> str:
    """Why the answer is written down."""
    return _("whoever added it knows which format it is")


def _names(decision: Decision) -> tuple[str, ...]:
    return decision.samples[0] if decision.samples else (decision.value,)

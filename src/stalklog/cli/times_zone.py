"""Ask in which zone the clock of a phone or computer was, where an export does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.questions import Questions
from stalklog.i18n import gettext as _
from stalklog.services.times_zone import zone_meant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.cli.console import Screen
    from stalklog.records.message import Decision


def alike(_name: str, _decision: Decision) -> object:
    """All exports of one command can come from one phone."""
    return None


def ask(
    screen: Screen, names: Sequence[str], _decision: Decision, proposed: Sequence[str]
) -> str | None:
    """The zone that the person says; empty if she does not know; None if there are several."""
    screen.tell()
    told = _("The times in {ids} are those of a clock, and the export does not say in which zone "
             "it was.")  # fmt: skip
    screen.tell_prose(told.format(ids=", ".join(names)))
    choices, several = [*proposed], _("not the same for all of them")
    if len(names) > 1:
        choices.append(several)
    answer = Questions(screen).choice(
        _("Which zone was set on the phone or computer when the chat was exported?"),
        choices,
        note=_("A number, or another zone such as Europe/Paris. It is written down that you say "
               "so. Enter if you do not know; then nothing is guessed."),
        other=zone_meant,
    )  # fmt: skip
    return None if answer == several else answer


def still_open(names: str, typed: str, _decision: Decision) -> str:
    """What is said where nobody answered."""
    return _(
        "Times in {ids} are without a zone. Nothing is guessed: they stand as they are written, "
        "up to a day off. If you know which zone the clock was in: stalklog amend {typed} --set "
        "times_zone=Asia/Kolkata --reason ..."
    ).format(ids=names, typed=typed)


def reason() -> str:
    """Why the answer is written down."""
    return _("whoever added it says in which zone the clock was")

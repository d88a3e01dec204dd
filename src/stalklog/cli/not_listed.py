"""Say what a letter leaves out, why, and how it comes in; and what of the person stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.services.letter_senders import WHY_NOT

if TYPE_CHECKING:
    from stalklog.cli.console import Screen
    from stalklog.core.entry import JsonObject

_MOST = 8
"""So many are named one by one; of the rest their number is."""


def show_not_listed(screen: Screen, not_listed: Mapping[str, str]) -> None:
    """Show to a person what was left out."""
    if not not_listed:
        return
    screen.heading(_("Not listed in it: the other person may not have sent these"))
    for why in dict.fromkeys(not_listed.values()):
        ids = [name for name, reason in not_listed.items() if reason == why]
        names = ", ".join(ids[:_MOST])
        if len(ids) > _MOST:
            names += _(" and {n} more").format(n=len(ids) - _MOST)
        screen.prose(f"{names}: {_(WHY_NOT[why])}", indent="    ", first="  - ")
    told = _(
        "Is one by the other person? Note that account: stalklog case --identifier e-mail:ADDRESS. "
        "Or name what the letter is about with --for ID, again for each."
    )
    screen.prose(told, indent="  ")


def not_listed_json(not_listed: Mapping[str, str]) -> JsonObject:
    """The same for a program; nothing where nothing was left out."""
    if not not_listed:
        return {}
    return {"not_listed": [{"id": name, "why": why} for name, why in not_listed.items()]}


def tell_confidential(screen: Screen, found: Mapping[str, str]) -> None:
    """Say that what the case keeps confidential stands in it, and where."""
    if not found:
        return
    screen.tell_prose(
        _(
            "In it stands what the case keeps confidential. It comes from words of others, or from "
            "what was noted, and nothing was struck out. Look whether it may go to whoever reads "
            "this:"
        ),
        style="warn",
    )
    for name, line in found.items():
        screen.tell_prose(f"{name}: {line}", indent="    ", style="warn")

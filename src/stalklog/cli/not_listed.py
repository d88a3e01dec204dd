"""Say which e-mails are not among the exhibits of a letter, why, and how they come in."""

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

"""Say which connections a letter took from mails, which not and why, and whom one could ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.cli.console import dim, ident
from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.services.letter_origins import WHY_NOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.cli.console import Screen
    from stalklog.core.entry import JsonObject
    from stalklog.services.letter_candidates import Candidate
    from stalklog.services.letter_origins import LeftOut, Origins

_WHY = {
    "connected": mark("its own machines handed over {ids}"),
    "registry": mark("a registry named it, as kept in {ids}"),
    "account": mark("{ids} is by its name an account there"),
    "platform": mark("named by {ids}"),
}
_MOST = 8
"""So many mails are named one by one; of the rest their number is."""


def show_origins(screen: Screen, origins: Origins, addressee: str) -> None:
    """Show what was found in the mails, to a person."""
    count = len(origins.connections)
    if count:
        told = ngettext(
            "{n} connection that a receiving side recorded is named in it",
            "{n} connections that a receiving side recorded are named in it",
            count,
        )
        screen.heading(told.format(n=count))
        for one in origins.connections[:_MOST]:
            at = f"{one.at:%Y-%m-%d %H:%M:%S} UTC" if one.at else _("no time")
            screen.say("  ", ident(one.exhibit), f"{_message(one.message)}  {at}  {one.address}")
        _say_more(screen, count - _MOST)
    if origins.left_out:
        screen.heading(_("Where these came from is not in it"))
        for why in dict.fromkeys(one.why for one in origins.left_out):
            found = [one for one in origins.left_out if one.why == why]
            screen.prose(_left_out(why, found), indent="    ", first="  - ")
    _show_candidates(screen, origins, addressee)


def _say_more(screen: Screen, count: int) -> None:
    if count > 0:
        screen.say("  ", dim(ngettext("and {n} more", "and {n} more", count).format(n=count)))


def _left_out(why: str, found: Sequence[LeftOut]) -> str:
    names = ", ".join(map(_name, found[:_MOST]))
    if len(found) > _MOST:
        names += _(" and {n} more").format(n=len(found) - _MOST)
    return f"{names}: {_(WHY_NOT[why])}"


def _name(left: LeftOut) -> str:
    mails = ngettext("{n} mail", "{n} mails", left.count).format(n=left.count)
    if left.messages:
        numbers = ", ".join(map(str, left.messages[:_MOST]))
        mails += _(": messages {numbers}").format(numbers=numbers)
        mails += ", …" if len(left.messages) > _MOST else ""
    return left.id if left.count == 1 and not left.messages else f"{left.id} ({mails})"


def _message(number: int | None) -> str:
    return "" if number is None else _(", message {n}").format(n=number)


def _show_candidates(screen: Screen, origins: Origins, addressee: str) -> None:
    others = [one for one in origins.candidates if one.name != addressee or origins.addressee]
    if not others:
        return
    screen.heading(_("Who could be written to"))
    for one in others:
        screen.prose(_candidate(one), indent="    ", first="  - ")
    if origins.addressee:
        told = _("Nobody was named, so it goes to {name}. With --to it goes to somebody else.")
        screen.prose(told.format(name=origins.addressee), indent="  ")
    elif not addressee:
        screen.prose(_("Choose one with --to NAME; nobody was chosen for you."), indent="  ")
    if any(one.why == "platform" for one in others):
        told = _(
            "How a grievance officer is reached stands on the platform's own pages; stalklog does "
            "not know it."
        )
        screen.prose(told, indent="  ")


def _candidate(one: Candidate) -> str:
    told = f"{one.name}: {_(_WHY[one.why]).format(ids=', '.join(one.ids[:_MOST]))}"
    if not one.contacts:
        return told
    return _("{told}; reports of abuse to {contacts}").format(
        told=told, contacts=", ".join(one.contacts)
    )


def origins_json(origins: Origins, addressee: str) -> JsonObject:
    """The same for a program; nothing where no mail was looked at."""
    if not (origins.connections or origins.left_out or origins.candidates):
        return {}
    found: JsonObject = {
        "to": addressee or None,
        "connections": [
            {
                "address": one.address,
                "port": int(one.port) if one.port else None,
                "at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ") if one.at else None,
                "id": one.exhibit,
                "message": one.message,
            }
            for one in origins.connections
        ],
        "not_put_in": [
            {
                "id": one.id,
                "why": one.why,
                "mails": one.count,
                "messages": list(one.messages),
            }
            for one in origins.left_out
        ],
        "candidates": [
            {
                "name": one.name,
                "contacts": list(one.contacts),
                "ids": list(one.ids),
                "why": one.why,
            }
            for one in origins.candidates
        ],
    }
    return {"origins": found}

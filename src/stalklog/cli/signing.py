"""Fetch the signing keys that a mail names: from whom she chooses, said first, kept as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.cli import lookup
from stalklog.cli.console import dim, ident
from stalklog.cli.leaving import Consent
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.cli.console import Screen
    from stalklog.cli.front import Front
    from stalklog.core.entry import JsonObject
    from stalklog.errors import NetworkNotReachableError
    from stalklog.services.signing_keys import Fetched
    from stalklog.services.tracing import Traced
    from stalklog.trace.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Fetching:
    """What came of asking for a mail's keys."""

    resolver: Resolver | None
    """Who was asked; None where there was nothing to ask for."""
    fetched: Sequence[Fetched] = ()
    failure: NetworkNotReachableError | None = None

    def leave(self) -> None:
        """End the command.

        Raises:
            NetworkNotReachableError: Somebody did not answer.
        """
        if self.failure is not None:
            raise self.failure


def fetch(front: Front, traced: Traced, chosen: str | None) -> Fetching:
    """Ask for the keys of a mail of which no answer is kept yet.

    Args:
        front: Of the command.
        traced: The mail.
        chosen: Who is asked, as typed; None: a person is asked for it.

    Raises:
        UsageError: Nobody was chosen, or nobody that is known.
        DeclinedError: The person said no; nothing left.
    """
    from stalklog.services import signing_keys as services  # noqa: PLC0415 - only here

    names = traced.lacking_keys
    if not names:
        return Fetching(None)
    resolver = _resolver(front.screen, chosen)
    desk = front.desk()
    asked, _others = services.split_askable(names)
    consent = Consent(front.screen)
    if asked:
        consent.agree(resolver.host, asked, _told(resolver, asked))
    door = lookup.make_door(desk.clock, consent.tell)
    fetched, failure = services.fetch_keys(desk, door, resolver, names, traced.id)
    return Fetching(resolver, fetched, failure)


def _told(resolver: Resolver, names: Sequence[str]) -> str:
    told = _(
        "This leaves the computer: the names of these signing keys: {names}. They go to {host} "
        "({who}), which so learns about which domains you ask, and also sees your own internet "
        "address. It asks the machines of each domain in turn: whoever runs the domain can see "
        "that somebody asked for this key now, not who. Where the domain may be the other "
        "person's own, think of that first."
    ).format(names=", ".join(names), host=resolver.host, who=resolver.name)
    if resolver.policy:
        told += " " + _("What it keeps of it: {url}").format(url=resolver.policy)
    return told


def _resolver(screen: Screen, chosen: str | None) -> Resolver:
    from stalklog.trace.resolver import find_resolver, load_resolvers  # noqa: PLC0415 - only here

    known = load_resolvers()
    ids = [one.id for one in known]
    typed = chosen
    if typed is None and screen.can_ask():
        from stalklog.cli.questions import Questions  # noqa: PLC0415 - to a person only

        note = "; ".join(f"{one.id}: {one.name}" for one in known)
        typed = Questions(screen).choice(_("Who shall be asked for the keys?"), ids, note=note)
    found = find_resolver(typed or "")
    if found is None:
        raise UsageError(
            _("--fetch-keys needs somebody who is asked, with --resolver. Nothing left."),
            hint=_("One of {ids}, or the https address of another one.").format(ids=", ".join(ids)),
        )
    return found


def show(screen: Screen, fetching: Fetching | None) -> None:
    """Show what came of each key."""
    if fetching is None:
        return
    from stalklog.services.signing_keys import STATES  # noqa: PLC0415 - loaded by now

    screen.heading(_("Keys that were asked for"))
    if not fetching.fetched:
        screen.prose(_("There was none to ask for."), indent="  ")
    for one in fetching.fetched:
        screen.say("  ", one.name)
        screen.say("      ", _(STATES[one.state]))
        if one.kept is not None:
            kept = _("The answer is kept as ")
            screen.say("      ", kept, ident(one.kept.id), dim(f"  {one.kept.sha256}"))


def to_json(fetching: Fetching | None) -> JsonObject:
    """The same for a program; nothing where no key was to be asked for."""
    if fetching is None:
        return {}
    return {
        "fetched_keys": [
            {
                "name": one.name,
                "state": one.state,
                "resolver": fetching.resolver.url if fetching.resolver else None,
                "kept": None if one.kept is None else lookup.kept_to_json(one.kept),
            }
            for one in fetching.fetched
        ]
    }

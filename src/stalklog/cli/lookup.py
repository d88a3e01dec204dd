"""Ask a registry: say first what leaves and to whom, then show what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.cli.console import bold, dim, ident
from stalklog.cli.leaving import Consent
from stalklog.errors import NetworkNotReachableError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stalklog.cli.console import Part, Screen
    from stalklog.cli.front import Front
    from stalklog.core.clock import Clock
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.net import Door, Leaving
    from stalklog.services.answers import Kept
    from stalklog.services.lookup import LookedUp
    from stalklog.services.tracing import Subject
    from stalklog.trace.bootstrap import Registries

_MOST = 20


@dataclass(slots=True)
class Asking:
    """Whether registries are asked by this command, and asks them."""

    front: Front
    is_lookup: bool
    is_refresh: bool
    registries: Registries | None = None
    """By which lists it was asked."""
    _failure: NetworkNotReachableError | None = None

    def ask(self, subjects: Sequence[Subject], *, about: str = "") -> list[LookedUp] | None:
        """What came of asking about each; None where nobody is to be asked.

        Where nobody answers, that is remembered for `leave`: what is known is shown all the same.

        Raises:
            DeclinedError: The person said no; nothing left.
        """
        if not self.is_lookup:
            return None
        from stalklog.services import lookup as services  # noqa: PLC0415 - only here
        from stalklog.services import registry_lists  # noqa: PLC0415 - likewise

        desk = self.front.desk()
        vault = desk.open()  # what comes back is kept there, so it is there before anything leaves
        door = make_door(desk.clock, Consent(self.front.screen).tell)
        if self.is_refresh:
            try:
                self.registries = registry_lists.refresh(desk, door)
            except NetworkNotReachableError as error:
                for subject in subjects:
                    services.keep_for_later(desk, subject, error)
                self._failure = error
                return [services.LookedUp(subject, "unreachable") for subject in subjects]
        else:
            self.registries = registry_lists.registries_of(vault)
        registrar = services.Registrar(desk, door, self.registries, (about,) if about else ())
        asked = []
        for subject in subjects:
            try:
                asked.append(registrar.look_up(subject))
            except NetworkNotReachableError as error:
                self._failure = error
                asked.append(services.LookedUp(subject, "unreachable"))
        return asked

    def leave(self) -> None:
        """End the command.

        Raises:
            NetworkNotReachableError: Somebody did not answer; the question is kept.
        """
        if self._failure is not None:
            raise self._failure

    def ask_kept(self) -> None:
        """Ask what could not be asked before."""
        from stalklog.services.questions import kept_questions  # noqa: PLC0415 - only here

        subjects = kept_questions(self.front.desk())
        asked = self.ask(subjects)
        screen = self.front.screen

        def show() -> None:
            if not subjects:
                screen.say(_("No question was kept."))
            show_lookups(screen, asked or None)
            show_registries(screen, self.registries)

        screen.answer(with_lookups({}, asked, self.registries), show)
        self.leave()


def make_door(clock: Clock, tell: Callable[[Leaving], None]) -> Door:
    """The door, opened for this one command."""
    from stalklog.net import Door  # noqa: PLC0415 - every other command leaves it alone

    return Door(is_open=True, clock=clock, tell=tell)


def with_lookups(
    answer: JsonObject, asked: Sequence[LookedUp] | None, registries: Registries | None
) -> JsonObject:
    """The answer with what the registries said; as it is where nobody was to be asked."""
    if asked is None:
        return answer
    found = next((one for one in asked if one.state == "found"), None)
    provider = answer.get("provider") or (_provider(found) if found else None)
    is_named = "provider" in answer
    return {
        **answer,
        **({"provider": provider} if is_named else {}),
        "lookups": [_lookup(one) for one in asked],
        "registries": None
        if registries is None
        else {"as_of": dict(registries.as_of), "kept": list(registries.kept)},
    }


def show_lookups(screen: Screen, asked: Sequence[LookedUp] | None) -> None:
    """Show what the registries said, every contact with its path, for a person to choose."""
    if asked is None:
        return
    if not asked:
        screen.heading(_("Nobody was asked"))
        screen.prose(_("There is nothing that a registry could be asked about."), indent="  ")
    for one in asked:
        _show(screen, one)


def show_registries(screen: Screen, registries: Registries | None) -> None:
    """Say by which lists it was asked, and of when they are."""
    if registries is None:
        return
    days = ", ".join(f"{name} {told[:10]}" for name, told in registries.as_of.items())
    if registries.kept:
        told = _("Who is asked stands in IANA's lists as they are kept in {ids} (of {days}).")
        screen.prose(told.format(ids=", ".join(registries.kept), days=days), indent="  ")
        return
    told = _(
        "Who is asked stands in the lists that came with stalklog (of {days}), which were compiled "
        "by hand. --refresh fetches IANA's own, and keeps them."
    )
    screen.prose(told.format(days=days), indent="  ")


def _show(screen: Screen, found: LookedUp) -> None:
    from stalklog.services.lookup import STATES, why_in_words  # noqa: PLC0415 - loaded by now

    screen.heading(_("What the registry says of {what}").format(what=found.subject.value))
    screen.prose(_(STATES[found.state]), indent="  ")
    if why_in_words(found):
        screen.prose(why_in_words(found), indent="  ")
    if found.retry_after_s is not None:
        screen.say("  ", _("It asks to wait {n} seconds.").format(n=found.retry_after_s))
    registration = found.registration
    if registration is not None:
        span = "" if registration.start is None else f"{registration.start} - {registration.end}"
        rows: list[tuple[str, Part]] = [
            (_("Network"), " ".join(filter(None, (registration.name, registration.handle)))),
            (_("From to"), span),
            (_("Who has it"), registration.organisation),
            (_("Country"), registration.country),
        ]
        screen.pairs(rows)
    if registration is not None and found.state == "found":
        screen.say("  ", bold(_("Contacts, for you to choose:")))
        for contact in registration.contacts[:_MOST]:
            screen.say("    ", bold(contact.email), "  ", contact.name)
            path = " > ".join(part for part in contact.path if part)
            screen.say("      ", dim(", ".join(contact.roles)), dim(f"  {path}"))
    for kept in found.kept:
        screen.say("  ", _("The answer is kept as "), ident(kept.id), dim(f"  {kept.sha256}"))


def _lookup(found: LookedUp) -> JsonObject:
    registration = found.registration
    network: JsonValue = None
    if registration is not None:
        network = {
            "kind": registration.kind,
            "handle": registration.handle,
            "name": registration.name,
            "organisation": registration.organisation,
            "country": registration.country,
            "start": str(registration.start) if registration.start else None,
            "end": str(registration.end) if registration.end else None,
        }
    return {
        "kind": found.subject.kind,
        "value": found.subject.value,
        "state": found.state,
        "why": found.why or None,
        "retry_after_s": found.retry_after_s,
        "network": network,
        "contacts": _contacts(found) if found.state == "found" else [],
        "kept": [kept_to_json(kept) for kept in found.kept],
    }


def kept_to_json(kept: Kept) -> JsonObject:
    """An answer as it lies in the vault."""
    return {
        "id": kept.id,
        "sha256": kept.sha256,
        "url": kept.answer.url,
        "final_url": kept.answer.final_url,
        "redirects": list(kept.answer.redirects),
        "status": kept.answer.status,
        "at": kept.answer.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _provider(found: LookedUp) -> JsonObject:
    registration = found.registration
    named = registration.organisation or registration.name if registration else ""
    return {
        "id": None,
        "name": named,
        "reason": "registry",
        "contacts": _contacts(found),
        "rests_on": None,
    }


def _contacts(found: LookedUp) -> list[JsonValue]:
    registration = found.registration
    return [
        {
            "email": one.email,
            "source": "registry",
            "name": one.name,
            "roles": list(one.roles),
            "path": list(one.path),
            "abuse": one.is_abuse,
        }
        for one in (registration.contacts if registration else ())
    ]

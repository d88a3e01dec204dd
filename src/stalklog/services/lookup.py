"""Ask the registry who runs an address or a domain, and keep its answer as evidence.

One question at a time goes to one registry, through the one door out. What came back is kept byte
for byte, with the address that was asked, the time and each redirect, whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from stalklog.errors import NetworkNotReachableError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.records.tags import REGISTRY_TAG
from stalklog.services.answers import Label, keep_answer
from stalklog.services.questions import drop_question, keep_question
from stalklog.trace.rdap import PROBLEMS, RdapError, parse_registration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.net import Answer, Door
    from stalklog.services.answers import Kept
    from stalklog.services.desk import Desk
    from stalklog.services.tracing import Subject
    from stalklog.trace.bootstrap import Registries
    from stalklog.trace.rdap import Registration

State = Literal[
    "found", "nobody", "not-found", "busy", "failed", "unreachable", "not-public", "no-registry"
]

STATES: Final[Mapping[str, str]] = {
    "found": mark("the registry named who runs it"),
    "nobody": mark("the registry answered, and names nobody who could be asked"),
    "not-found": mark("the registry does not know it"),
    "busy": mark("the registry asks to wait before it is asked again"),
    "failed": mark("the registry did not answer as it should"),
    "unreachable": mark("nobody answered"),
    "not-public": mark("nobody was asked: it is no address of the public internet"),
    "no-registry": mark("nobody was asked: which registry knows about it is not known"),
}
"""What came of asking, with what a person is told."""

_OK: Final = 200
_NOT_FOUND: Final = 404
_BUSY: Final = frozenset({429, 503})
_MEDIA_TYPES: Final = frozenset({"application/rdap+json", "application/json", "text/json"})


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What came of asking about one address or domain."""

    subject: Subject
    state: State
    why: str = ""
    """More about that: a name of `rdap.PROBLEMS`, or the number that the registry answered."""
    registration: Registration | None = None
    kept: tuple[Kept, ...] = ()
    """Each answer; empty where another question had been answered by the same one."""
    retry_after_s: int | None = None


@dataclass(slots=True)
class Registrar:
    """Asks registries for one command; what one answer covers is not asked again."""

    desk: Desk
    door: Door
    registries: Registries
    about: tuple[str, ...] = ()
    """Entries that the questions belong to."""
    _answered: list[LookedUp] = field(default_factory=list)

    def look_up(self, subject: Subject) -> LookedUp:
        """Ask about one, and keep the answer.

        Raises:
            NetworkNotAllowedError: The door is closed; nothing left.
            NetworkNotReachableError: Nobody answered; the question is kept for the next time.
            OverLimitError: The answer is longer than is read.
            VaultError: The answer could not be saved.
        """
        if subject.address is not None and not subject.address.is_public:
            return LookedUp(subject, "not-public")
        url = self._url(subject)
        if url is None:
            return LookedUp(subject, "no-registry")
        known = self._known(subject)
        if known is not None:
            return replace(known, subject=subject, kept=())
        try:
            found = self._ask(subject, url)
        except NetworkNotReachableError as error:
            keep_for_later(self.desk, subject, error)
            raise
        drop_question(self.desk, subject)
        self._answered.append(found)
        return found

    def _url(self, subject: Subject) -> str | None:
        if subject.address is None:
            base = self.registries.of_domain(subject.value)
            return base and f"{base}domain/{_asked(subject)}"
        base = self.registries.of_address(subject.address)
        return base and f"{base}ip/{_asked(subject)}"

    def _known(self, subject: Subject) -> LookedUp | None:
        """An answer of this command that covers it too."""
        for one in self._answered:
            covered = one.registration
            if covered is None or one.state != "found":
                continue
            if subject.value == one.subject.value:
                return one
            if subject.address is not None and covered.holds(
                subject.address.carries or subject.address.value
            ):
                return one
        return None

    def _ask(self, subject: Subject, url: str) -> LookedUp:
        first = self._judge(subject, url)
        registration = first.registration
        if first.why != "catch-all" or registration is None or not registration.related:
            return first
        # Space that one registry handed to another: that one is asked, once.
        second = self._judge(subject, registration.related[0])
        return replace(second, kept=(*first.kept, *second.kept))

    def _judge(self, subject: Subject, url: str) -> LookedUp:
        answer = self.door.get(url, _asked(subject))
        if answer.status in _BUSY:
            return LookedUp(subject, "busy", str(answer.status), retry_after_s=answer.retry_after_s)
        if answer.status not in {_OK, _NOT_FOUND}:
            return LookedUp(subject, "failed", str(answer.status))
        kept = self._keep(subject, answer)
        if answer.status == _NOT_FOUND:
            return LookedUp(subject, "not-found", kept=(kept,))
        return replace(_understood(subject, answer), kept=(kept,))

    def _keep(self, subject: Subject, answer: Answer) -> Kept:
        label = Label(
            REGISTRY_TAG,
            f"rdap-{subject.value.replace(':', '_')}.json",
            _("The registry's answer about {what}").format(what=subject.value),
            self.about,
        )
        return keep_answer(self.desk, answer, label)


def keep_for_later(desk: Desk, subject: Subject, error: NetworkNotReachableError) -> None:
    """Keep a question that nobody answered, and let the error say so."""
    if keep_question(desk, subject):
        error.hint = _("The question is kept. Ask again with: stalklog trace --lookup")


def _asked(subject: Subject) -> str:
    """What a registry is told: of a tunnel the address inside, of a name the part that is sold."""
    if subject.address is None:
        return registered_part(subject.value)
    return subject.address.carries or subject.address.value


def registered_part(domain: str) -> str:
    """What a registry knows of a name: its last two parts, or three as in `example.co.in`."""
    parts = domain.split(".")
    is_second = len(parts) > 2 and parts[-2] in _SECOND and len(parts[-1]) == 2  # noqa: PLR2004
    return ".".join(parts[-3:] if is_second else parts[-2:])


_SECOND: Final = frozenset({"co", "com", "net", "org", "gov", "ac", "edu", "nic", "res", "gen"})
"""Second parts that belong to the registry in many countries."""


def _understood(subject: Subject, answer: Answer) -> LookedUp:
    if answer.media_type not in _MEDIA_TYPES:
        return LookedUp(subject, "failed", "not-json")
    try:
        registration = parse_registration(answer.body)
    except RdapError as error:
        return LookedUp(subject, "failed", error.reason)
    if subject.address is not None:
        asked = subject.address.carries or subject.address.value
        if registration.is_catch_all:
            return LookedUp(subject, "nobody", "catch-all", registration)
        if not registration.holds(asked):
            return LookedUp(subject, "nobody", "another", registration)
    if not registration.contacts:
        return LookedUp(subject, "nobody", "", registration)
    return LookedUp(subject, "found", "", registration)


def why_in_words(found: LookedUp) -> str:
    """More about what came of it."""
    if found.why in PROBLEMS:
        return _(PROBLEMS[found.why])
    return _("answer {number}").format(number=found.why) if found.why else ""

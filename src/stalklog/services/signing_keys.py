"""The keys of a mail's signatures, asked for when the person wants it, and kept.

What the directory of names answered is evidence of what a domain published at that time. It is kept
byte for byte, also where it says that there is no key, so that a mail is verified without a network
later on, when the key may be long gone.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.errors import NetworkNotReachableError, OverLimitError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.net import NAMES
from stalklog.records.tags import KEY_TAG
from stalklog.safety.limits import MAX_KEY_NAMES
from stalklog.services.answers import Label, keep_answer
from stalklog.trace.dns_message import DnsError, askable, make_question, parse_answer
from stalklog.trace.published import Published

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stalklog.net import Answer, Door
    from stalklog.services.answers import Kept
    from stalklog.services.desk import Desk
    from stalklog.trace.dns_message import TextAnswer
    from stalklog.trace.resolver import Resolver

State: TypeAlias = Literal[
    "found", "revoked", "malformed", "gone", "failed", "unreachable", "not-asked"
]
STATES: Final[Mapping[str, str]] = {
    "found": mark("a key stands there"),
    "revoked": mark("the domain has taken the key back"),
    "malformed": mark("what stands there is no key"),
    "gone": mark("nothing stands there"),
    "failed": mark("the answer is not what the directory of names answers"),
    "unreachable": mark("nobody answered"),
    "not-asked": mark("nobody was asked: it is no name that can be asked for, or one of too many"),
}
"""What came of asking for a key, with what a person is told."""

_OK: Final = 200
_MEDIA_TYPE: Final = "application/dns-message"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking for one key."""

    name: str
    """Under which name it would stand."""
    state: State
    kept: Kept | None = None


def split_askable(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Which of these names can be asked for, each once, and which not."""
    once = dict.fromkeys(found for name in names if (found := askable(name)))
    asked = list(once)[:MAX_KEY_NAMES]
    return asked, [name for name in dict.fromkeys(names) if askable(name) not in asked]


def fetch_keys(
    desk: Desk, door: Door, resolver: Resolver, names: Sequence[str], about: str
) -> tuple[list[Fetched], NetworkNotReachableError | None]:
    """Ask for these keys, and keep each answer; with it why one was not to be had.

    Who does not answer once is not asked for the others.

    Args:
        desk: Which vault.
        door: Open for this one command.
        resolver: Who is asked.
        names: Of the keys, as a stranger's mail names them.
        about: The mail.

    Raises:
        NetworkNotAllowedError: The door is closed; nothing left.
        DeclinedError: The person said no.
        VaultError: An answer could not be saved.
    """
    asked, others = split_askable(names)
    found: list[Fetched] = []
    failure: NetworkNotReachableError | None = None
    for name in asked:
        if failure is not None:
            found.append(Fetched(name, "unreachable"))
            continue
        try:
            answer = door.get(_url(resolver, name), name, NAMES)
        except NetworkNotReachableError as error:
            failure = error
            found.append(Fetched(name, "unreachable"))
            continue
        except OverLimitError:
            found.append(Fetched(name, "failed"))
            continue
        found.append(_judged(desk, name, answer, about))
    return [*found, *(Fetched(name, "not-asked") for name in others)], failure


def _url(resolver: Resolver, name: str) -> str:
    question = urlsafe_b64encode(make_question(name)).rstrip(b"=").decode("ascii")
    return f"{resolver.url}?dns={question}"


def _judged(desk: Desk, name: str, answer: Answer, about: str) -> Fetched:
    told = _understood(answer)
    if told is None or told.name != name:
        return Fetched(name, "failed")
    label = Label(
        KEY_TAG,
        f"dkim-key-{name}.dns",
        _("What the directory of names answered about the signing key {name}").format(name=name),
        (about,),
    )
    kept = keep_answer(desk, answer, label)
    states: dict[str, State] = {"found": "found", "revoked": "revoked", "malformed": "malformed"}
    return Fetched(name, states.get(Published(told.texts).state, "gone"), kept)


def _understood(answer: Answer) -> TextAnswer | None:
    if answer.status != _OK or answer.media_type != _MEDIA_TYPE:
        return None
    try:
        return parse_answer(answer.body)
    except DnsError:
        return None

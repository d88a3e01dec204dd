"""One Received field: who connected to whom, as the server that wrote it says (RFC 5321 4.4).

Addresses are read from the from-clause only: elsewhere stand version numbers that look like some.
What is in no known form is told as not understood, and never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from stalklog.i18n import mark
from stalklog.safety.limits import MAX_RECEIVED_CHARS
from stalklog.trace.address import parse_address
from stalklog.trace.date import parse_moment
from stalklog.trace.words import Word, split_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from stalklog.trace.address import Address
    from stalklog.trace.words import Split

PROBLEMS: Final[Mapping[str, str]] = {
    "no-address": mark("it tells no address"),
    "not-understood": mark("it is in a form that is not understood"),
    "ambiguous": mark("it can be read in two ways"),
    "too-long": mark("it is longer than is read"),
    "fetched": mark("a program fetched the message there: nobody connected to deliver it"),
    "handed-over": mark("one program handed it to another on the same machine"),
}
"""Why a field tells no address, with what a person is told."""

_FOLD: Final = re.compile(r"\n[ \t]*|\t")
_GROUP: Final = re.compile(
    r"\s*(?:(?P<name>[^\s\[\]]+)\s+|Not Verified)?"
    r"(?P<address>\[[^\s\[\]]+\](?:[:.][0-9]{1,5})?)(?P<rest>.*)",
    re.DOTALL,
)
_BARE: Final = re.compile(
    r"\s*(?:\S*@)?(?P<address>\[[^\s\[\]]+\]|[0-9A-Fa-f:.%IPv]+)(?:\s.*)?", re.DOTALL
)
_HELO: Final = re.compile(r"(?<!\S)(?:(?:EHLO|LHLO|HELO)(?:\s|\Z)|helo=)", re.IGNORECASE)
_MARKED: Final = re.compile(r'helo=([^\s"]+)|(?:EHLO|LHLO|HELO)\s+([^\s"]+)')
_NAMED: Final = re.compile(r"EHLO|LHLO|HELO", re.IGNORECASE)
_PORT: Final = re.compile(r"\bport=([0-9]{1,5})\b")
_FETCHES: Final = ("imap", "pop3")
_HANDED_ON: Final = frozenset({"fetched", "handed-over"})
_CLAIMING: Final = "claiming"
_UNSURE: Final = "may be forged"
"""What a server writes behind a name that it looked up and that leads to another address."""
_LOOKS_UP: Final = "Exim "
"""The server that puts first the name which it found for the address, and checked."""
_NAMES_ITSELF: Final = "MDaemon "
"""The server that puts first what the other side called itself, even where that is an address."""
_HIDDEN: Final = Word("unknown", is_group=True)
"""What one large sender of mail writes for the address that it keeps to itself."""
_BY_ITSELF: Final = re.compile(r"\([\w.-]+(?: pid)?(?: [0-9]+)? invoked |with [A-Z]+ \(")
"""How programs begin that hand a message on and name no machine."""


@dataclass(frozen=True, slots=True)
class Received:
    """What one field says."""

    raw: str
    """The field as it stands there, unfolded."""
    name: str = ""
    """The name that the other side gave itself, or that the server found for its address: which of
    the two depends on the server."""
    looked_up: str = ""
    """The name that stands beside the address: the server found it in the directory of names."""
    address: Address | None = None
    """From where the connection came."""
    is_alone: bool = False
    """Whether the address stands where a server may also write the name that it was told."""
    by: str = ""
    """The machine that wrote this."""
    protocol: str = ""
    id: str = ""
    recipient: str = ""
    at: datetime | None = None
    """When, in UTC."""
    date: str = ""
    """The same as it stands there."""
    problem: str = ""
    """Why there is no address: a name of `PROBLEMS`; empty where there is one."""
    is_handed_on: bool = False
    """Whether nobody connected: it has no from-clause at all, or a program fetched the message or
    handed it to the next. Nothing that the other side calls itself may ever make it so. A machine
    that speaks SMTP, calls itself by its name and leaves out who connected is none of these."""


def parse_received(value: str) -> Received:
    """What a field says; never raises.

    Args:
        value: Its text without its name, folded or not.
    """
    raw = value[: 2 * MAX_RECEIVED_CHARS].strip()
    if not raw.isprintable():
        raw = _FOLD.sub(" ", raw.replace("\r", ""))
    if len(raw) > MAX_RECEIVED_CHARS:
        return Received(raw[:MAX_RECEIVED_CHARS], problem="too-long")
    split = split_words(raw)
    if split is None:
        return Received(raw, problem="not-understood")
    by, protocol = split.first("by"), split.first("with") or split.first("via")
    sender = _sender(raw, split, by, protocol)
    if "by" in split.repeated or "with" in split.repeated:
        # What the other side called itself can hold these words: then no reading is safe.
        by, protocol, sender = "", "", _Sender(problem="ambiguous")
    return Received(
        raw,
        name=sender.name,
        looked_up=sender.looked_up,
        address=sender.address,
        is_alone=sender.is_alone,
        by=by,
        protocol=protocol,
        id=split.first("id").strip("<>"),
        recipient=split.first("for").strip("<>"),
        at=parse_moment(split.date),
        date=split.date,
        problem=sender.problem,
        is_handed_on=sender.problem in _HANDED_ON
        or (
            sender.problem == "no-address"
            and "from" not in split.clauses
            and not (_is_smtp(split) and is_name(by))
        ),
    )


class _Sender(NamedTuple):
    """What the from-clause says."""

    name: str = ""
    looked_up: str = ""
    address: Address | None = None
    is_alone: bool = False
    problem: str = ""


class _Told(NamedTuple):
    """What one of its words says of the connection."""

    address: Address
    name: str
    is_glued: bool


def _sender(raw: str, split: Split, by: str, protocol: str) -> _Sender:
    words = split.sender()
    if not words:
        is_told = "from" not in split.clauses and (bool(by) or bool(_BY_ITSELF.match(raw)))
        return _Sender(problem="no-address" if is_told else "not-understood")
    name = _name(words)
    spoken = protocol.lower() if by else ""  # without `by` the name can hold it
    if by and _is_fetched(split, spoken):
        return _Sender(name, problem="fetched")
    if spoken.startswith("qmail-scanner"):
        return _Sender(name, problem="handed-over")
    is_first = words[0].text.startswith("[")  # then `(helo=…)` holds nothing but what was told
    told = [
        one
        for word in words[1:]
        if not (is_first and word.text.startswith("helo=")) and (one := _told(word)) is not None
    ]
    if words[0].is_group and (first := _told(words[0])) is not None:
        told.insert(0, first)
    # `name(address)` is one server's form, and what a stranger can call himself in another's.
    told = [one for one in told if not one.is_glued] or told
    if not told:
        is_local = spoken == "local" or spoken.startswith("lmtp")
        found = _alone(name, words, split, is_mail=not protocol or _is_smtp(split))
        return _Sender(name, problem="handed-over") if is_local and not found.address else found
    best = told[0]
    if any(one.address.value != best.address.value for one in told):
        return _Sender(name, problem="ambiguous")
    looked_up = best.name
    if not (looked_up or words[0].is_group) and _LOOKS_UP in split.text:
        looked_up = _host(words[0].text) if _is_of(_LOOKS_UP, split.words("with")) else ""
    return _Sender(name, looked_up, _with_port(best.address, words))


def _alone(name: str, words: Sequence[Word], split: Split, *, is_mail: bool) -> _Sender:
    """Where only the first word can be an address: in brackets, or where no name would be told."""
    word = words[0].text.rstrip(",")
    has_name = any(_HELO.search(one.text) for one in words if one.is_group)
    is_name = _is_of(_NAMES_ITSELF, split.words("by")) or _HIDDEN in words
    is_address = (word.startswith("[") and not is_name) or has_name or not is_mail
    address = parse_address(word) if is_address else None
    if address is None:
        return _Sender(name, problem="no-address")
    address = _with_port(address, words)
    return _Sender(name if has_name else "", "", address, is_alone=is_mail and not has_name)


def _told(word: Word) -> _Told | None:
    """What a word or bracket behind the first says of the connection; None: nothing."""
    text = word.text
    if not word.is_group:
        address = parse_address(text.rstrip(",")) if text.startswith("[") else None
        return None if address is None else _Told(address, "", word.is_glued)
    if found := _GROUP.fullmatch(text):
        name = found["name"] or ""
        if _NAMED.fullmatch(name):
            return None
        address = parse_address(found["address"])
        is_none = name.lower().startswith("helo=") or _UNSURE in found["rest"]
        name = "" if is_none else _host(name)
        return None if address is None else _Told(address, name, word.is_glued)
    bare = _BARE.fullmatch(text)
    address = parse_address(bare["address"]) if bare else None
    return None if address is None else _Told(address, "", word.is_glued)


def _with_port(address: Address, words: Sequence[Word]) -> Address:
    """Some write the port apart: `(port=5025 helo=…)`."""
    if address.port is not None:
        return address
    for word in words:
        found = _PORT.search(word.text) if word.is_group and "port=" in word.text else None
        if found and 0 < int(found[1]) < 1 << 16:
            return replace(address, port=int(found[1]))
    return address


def _name(words: Sequence[Word]) -> str:
    """The name of the other side: where one is marked as told by itself, that one."""
    for word in words:
        if word.is_group and (found := _MARKED.search(word.text)) and (found[1] or found[2]):
            return found[1] or found[2]
        if word.text == _CLAIMING:
            return next(one.text for one in reversed(words) if not one.is_group).strip('"')
    return "" if words[0].is_group else words[0].text.rstrip(",")


def _host(name: str) -> str:
    """The host of `user@host`; an address, or a name that the directory does not have, is none."""
    host = name.rpartition("@")[2].rstrip(".")
    if host.lower() in {"unknown", "unverified", "softdnserr"}:
        return ""
    return "" if not host[-1:].isalpha() and parse_address(host) else host


def _is_of(server: str, words: Sequence[Word]) -> bool:
    """Whether a server says there in brackets what it is."""
    return any(word.is_group and word.text.startswith(server) for word in words)


def _is_smtp(split: Split) -> bool:
    """Whether SMTP was spoken, in which the other side gives itself a name."""
    words = (*split.words("with"), *split.words("via"))
    return any("smtp" in word.text.lower() for word in words if not word.is_group)


def is_name(by: str) -> bool:
    """Whether a machine calls itself by a name; some bear an address of their own network."""
    address = parse_address(by)
    return bool(by) and not (address is not None and address.is_own)


def _is_fetched(split: Split, protocol: str) -> bool:
    """Whether a program fetched it: then the address is that of the server, not of a sender."""
    if protocol.startswith(_FETCHES):
        return True
    # Only what the server wrote behind `with`: a sender can call himself so as well.
    return "fetchmail" in split.text and any(
        word.is_group and "fetchmail" in word.text for word in split.words("with")
    )

"""The connections that mails in the record show, for a letter: observed ones, and why others not.

Nothing that is only claimed is ever put into a letter by itself: what is left out is said, with its
reason. Everything is read from the vault's own copies, and nothing is written or asked.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.errors import StalklogError
from stalklog.i18n import mark
from stalklog.report.pattern.sender import Senders
from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_LETTER_BOX_BYTES, MAX_LETTER_MAILS
from stalklog.services.letter_candidates import Candidate, by_account, by_registry
from stalklog.services.letter_facts import Connection
from stalklog.services.letter_material import text
from stalklog.services.mail_header import MAIL, SINGLE, header_of
from stalklog.trace.profile import load_profiles
from stalklog.trace.trace import CERTAIN, trace_fields
from stalklog.trace.trust import parse_trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stalklog.records.message import Message
    from stalklog.records.view import Shown
    from stalklog.services.contents import Contents
    from stalklog.services.letter_about import About
    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.trace import Trace
    from stalklog.trace.trust import Trust
    from stalklog.vault.vault import Vault

WHY_NOT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "other-sender": mark(
            "the sender is none of the accounts noted in the case, and no incident shows it; with "
            "--for ID a mail is taken all the same"
        ),
        "to-them": mark("sent to an account of the other person: it may be your own"),
        "copy": mark("it is somebody's copy: its header tells of the forwarding"),
        "claimed": mark(
            "it is only claimed; stalklog trace ID names the machine that says so, and if that is "
            "your own provider's, --trusted-by makes it count"
        ),
        "low": mark("it is doubtful"),
        "own": mark("the connection came from inside the network of the receiver"),
        "inside": mark("it never left one provider: only that one knows from where it was sent"),
        "none": mark("its header tells of no address"),
        "other-provider": mark("it came from a machine of another provider than the addressee"),
        "not-read": mark("it could not be read"),
        "too-many": mark("so many are not looked into at once; name it with --for"),
    }
)
"""Why the origin of a mail is not in the letter."""
_IN_BOX: Final = frozenset({"mbox"})
"""Readers of many mails whose headers stand among their bytes."""
_BELIEVED: Final = frozenset({"high", "medium"})
_MAIL_TYPES: Final = frozenset({"message/rfc822", "application/mbox", "application/x-ole-storage"})
_MAIL_KINDS: Final = frozenset({"email"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mail whose origin is not in the letter."""

    id: str
    """The exhibit."""
    why: str
    """A name of `WHY_NOT`."""
    count: int = 1
    """How many mails of it."""


@dataclass(frozen=True, slots=True)
class Origins:
    """What the mails show."""

    connections: tuple[Connection, ...] = ()
    """Observed, oldest first."""
    candidates: tuple[Candidate, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    addressee: str = ""
    """To whom the letter goes where nobody was named: the one provider that is certain."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one mail shows: a connection, a provider, or why there is nothing."""

    id: str
    connection: Connection | None = None
    provider: Profile | None = None
    why: str = ""


def find_origins(vault: Vault, about: About, trusted_by: Sequence[str] = ()) -> Origins:
    """The connections by which the mails that a letter is about were handed over.

    Of single mails the first is looked at; of a mailbox only one that was named, and in it only
    what the accounts noted in the case sent.

    Args:
        vault: Where the mails are.
        about: The letter: which exhibits, which accounts are the other person's.
        trusted_by: Machines and networks that the person vouches for.
    """
    look = _Look(vault, about, load_profiles(), parse_trust(trusted_by))
    seen = [one for entry in about.exhibits if _can_be_mail(entry) for one in look.at(entry)]
    certain = tuple(_providers(seen))
    names = {one.name.casefold() for one in certain}
    addressee = about.addressee.casefold().strip()
    if not addressee and len(certain) == 1 and about.wish.kind in {"preserve", "abuse"}:
        addressee = certain[0].name.casefold()
    if addressee in names and about.wish.kind in {"preserve", "abuse"}:
        seen = [_for_them(one, addressee) for one in seen]
    held = [one.connection for one in seen if one.connection is not None]
    unknown = [one.connection.address for one in seen if one.connection and not one.provider]
    return Origins(
        connections=tuple(sorted(dict.fromkeys(held), key=_by_time)),
        candidates=(
            *certain,
            *by_registry(vault, about.material, unknown),
            *(one for one in by_account(about, look.profiles) if one.name.casefold() not in names),
        ),
        left_out=tuple(_counted(seen)),
        addressee="" if about.addressee or addressee not in names else certain[0].name,
    )


class _Look:
    """Looks at exhibits, so many mails in all."""

    def __init__(self, vault: Vault, about: About, profiles: Profiles, trust: Trust) -> None:
        self._vault = vault
        self._about = about
        self.profiles = profiles
        self._trust = trust
        self._theirs = Senders(about.material.case.get("identifiers"))
        self._left = MAX_LETTER_MAILS

    def at(self, entry: Shown) -> Iterator[_Seen]:
        """What the mails of one exhibit show."""
        if self._left <= 0:
            yield _Seen(entry.id, why="too-many")
            return
        from stalklog.services.contents import Contents  # noqa: PLC0415 - 60 ms, where there are

        try:
            with closing(Contents(self._vault, entry, wanted_header=1)) as contents:
                reader = contents.reader.name if contents.reader else ""
                if reader in SINGLE:
                    yield from self._single(contents, reader)
                elif reader in _IN_BOX and entry.id in self._about.ids:
                    yield from self._box(contents, reader)
        except StalklogError:
            yield _Seen(entry.id, why="not-read")

    def _single(self, contents: Contents, reader: str) -> Iterator[_Seen]:
        self._left -= 1
        with closing(iter(contents)) as messages:
            message = next(messages, None)
        if message is not None:
            entry = contents.entry
            is_named = entry.id in self._about.ids or entry.id in self._about.material.times
            why = self._why_not(message, is_named=is_named)
            yield _Seen(entry.id, why=why) if why else self._traced(contents, reader, message)

    def _box(self, contents: Contents, reader: str) -> Iterator[_Seen]:
        name = contents.entry.id
        size = contents.entry.fields.get("size_bytes")
        if not isinstance(size, int) or size > MAX_LETTER_BOX_BYTES:
            yield _Seen(name, why="too-many")
            return
        with closing(iter(contents)) as messages:
            taken = [one for one in messages if one.parent is None]
        whys = [self._why_not(one, is_named=False) for one in taken]
        yield from (_Seen(name, why=why) for why in whys if why)
        theirs = [one for one, why in zip(taken, whys, strict=True) if not why]
        for message in theirs[: self._left]:
            yield self._traced(contents, reader, message)
        yield from (_Seen(name, why="too-many") for _one in theirs[self._left :])
        self._left -= len(theirs)

    def _why_not(self, message: Message, *, is_named: bool) -> str:
        """Why a mail is not looked at: it is hers, or somebody else's, or a copy."""
        if not self._theirs.of(message.sender):
            if any(self._theirs.of(one) for one in message.recipients):
                return "to-them"
            if not is_named:
                return "other-sender"
        return "copy" if message.forwarded == "inline" else ""

    def _traced(self, contents: Contents, reader: str, message: Message) -> _Seen:
        raw = b""
        if reader in MAIL:
            raw, _size = contents.slice_of(message, MAX_HEADER_BYTES)
        fields = header_of(reader, raw, contents.header).fields
        trace = trace_fields(fields, self.profiles, self._trust)
        return _seen(contents.entry.id, trace)


def _seen(name: str, trace: Trace) -> _Seen:
    certain = trace.provider if trace.provider and trace.provider.why in CERTAIN else None
    provider = certain.profile if certain else None
    origin = trace.origin
    if origin is None:
        return _Seen(name, provider=provider, why="inside" if provider else "none")
    if origin.basis != "observed":
        return _Seen(name, why="claimed")
    if origin.confidence not in _BELIEVED:
        return _Seen(name, why="low")
    if origin.address.is_own:
        return _Seen(name, why="own")
    port = "" if origin.address.port is None else str(origin.address.port)
    found = Connection(origin.address.value, port, origin.at, name)
    return _Seen(name, found, provider)


def _for_them(one: _Seen, addressee: str) -> _Seen:
    """A provider is told of its own machines only."""
    if one.connection is None:
        return one
    if one.provider is not None and one.provider.name.casefold() == addressee:
        return one
    return _Seen(one.id, why="other-provider")


def _providers(seen: Iterable[_Seen]) -> Iterator[Candidate]:
    """The providers that are certain, each once."""
    found: dict[str, tuple[Profile, dict[str, None]]] = {}
    for one in seen:
        if one.provider is not None:
            found.setdefault(one.provider.id, (one.provider, {}))[1][one.id] = None
    for profile, ids in found.values():
        yield Candidate(profile.name, profile.contacts, tuple(ids), "connected")


def _counted(seen: Iterable[_Seen]) -> Iterator[LeftOut]:
    counts: dict[tuple[str, str], int] = {}
    for one in seen:
        if one.why:
            counts[one.id, one.why] = counts.get((one.id, one.why), 0) + 1
    for (name, why), count in counts.items():
        yield LeftOut(name, why, count)


def _can_be_mail(entry: Shown) -> bool:
    return text(entry, "media_type") in _MAIL_TYPES or text(entry, "kind") in _MAIL_KINDS


def _by_time(one: Connection) -> tuple[bool, float, str]:
    return (one.at is None, one.at.timestamp() if one.at else 0.0, one.exhibit)

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
from stalklog.safety.limits import MAX_LETTER_BOX_BYTES, MAX_LETTER_MAILS
from stalklog.services.letter_candidates import Candidate, by_account, by_registry
from stalklog.services.letter_facts import Connection
from stalklog.services.letter_material import text
from stalklog.services.mail_header import SINGLE, is_redirected
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
            "the sender is none of the accounts noted in the case, and no incident shows it; a "
            "mail that stands alone is taken all the same where it is named with --for ID"
        ),
        "to-them": mark("sent to an account of the other person: it may be your own"),
        "copy": mark(
            "it is somebody's copy: its header tells of the forwarding, and the connection can be "
            "your own"
        ),
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
        "box": mark("a mailbox is looked into where it is named: --for ID"),
        "too-long": mark(
            "so long a mailbox is not looked into here; stalklog trace ID --message N tells of one "
            "mail in it, and --address takes what it tells"
        ),
        "attached": mark(
            "it is attached to another mail, and whoever attached it could have made it up; a mail "
            "with others attached is taken where it is named with --for ID, in a mailbox stalklog "
            "trace ID --message N tells of it, and --address takes what it tells"
        ),
        "attached-by-them": mark(
            "the other person attached it to a mail, and could have made it up"
        ),
    }
)
"""Why the origin of a mail is not in the letter."""
_MAX_SINGLE_BYTES: Final = 4 << 20
"""Of a file with the line of a mailbox above it that may hold one mail; most have 10 to 500 kB."""
_BELIEVED: Final = frozenset({"high", "medium"})
_MAIL_TYPES: Final = frozenset(
    {
        "message/rfc822",
        "application/mbox",
        "application/x-ole-storage",
        "application/vnd.ms-outlook-pst",
    }
)
_MAIL_KINDS: Final = frozenset({"email", "mailbox"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mail whose origin is not in the letter."""

    id: str
    """The exhibit."""
    why: str
    """A name of `WHY_NOT`."""
    count: int = 1
    """How many mails of it."""
    messages: tuple[int, ...] = ()
    """Which of the messages inside it, where it is not that mail alone."""


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
    number: int | None = None
    """Which of the messages inside the exhibit; None where that is the mail alone."""
    connection: Connection | None = None
    provider: Profile | None = None
    why: str = ""


def find_origins(vault: Vault, about: About, trusted_by: Sequence[str] = ()) -> Origins:
    """The connections by which the mails that a letter is about were handed over.

    Every mail is looked at, wherever it stands: alone, in a mailbox that was named, of which only
    what the accounts noted in the case sent counts, and attached to a mail that was named.

    Args:
        vault: Where the mails are.
        about: The letter: which exhibits, which accounts are the other person's.
        trusted_by: Machines and networks that the person vouches for.
    """
    look = _Look(vault, about, load_profiles(), parse_trust(trusted_by))
    mails = [entry for entry in about.exhibits if _can_be_mail(entry)]
    newest_first = {entry.id: tuple(look.at(entry)) for entry in reversed(mails)}
    seen = [one for entry in mails for one in newest_first[entry.id]]
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
        from stalklog.services.mails import has_mails, open_mails  # noqa: PLC0415 - 60 ms

        is_named = entry.id in self._about.ids or entry.id in self._about.material.times
        try:
            with closing(open_mails(self._vault, entry)) as contents:
                if not has_mails(contents):
                    return
                is_box = _is_box(contents)
                why = _why_not_opened(entry, is_named=is_named) if is_box else ""
                if why:
                    yield _Seen(entry.id, why=why)
                else:
                    yield from self._inside(contents, _Judge(self._theirs, is_named, is_box))
        except StalklogError:
            yield _Seen(entry.id, why="not-read")

    def _inside(self, contents: Contents, judge: _Judge) -> Iterator[_Seen]:
        from stalklog.services.mails import read_mails_in  # noqa: PLC0415 - loaded by now

        left_out: list[_Seen] = []

        def is_taken(message: Message) -> bool:
            why = judge.why_not(message)
            number = judge.place_of(message)
            if why is None:
                return False
            if not why and self._left <= 0:
                why = "too-many"
            if why:
                left_out.append(_Seen(contents.entry.id, number, why=why))
                return False
            self._left -= 1
            return True

        for mail in read_mails_in(contents, is_taken):
            if is_redirected(mail.fields):
                place = judge.place_of(mail.message)
                left_out.append(_Seen(contents.entry.id, place, why="copy"))
                continue
            trace = trace_fields(mail.fields, self.profiles, self._trust)
            yield _seen(contents.entry.id, judge.place_of(mail.message), mail.message, trace)
        yield from left_out


class _Judge:
    """Which mails of one exhibit are looked at: asked of each in the order of the original."""

    def __init__(self, theirs: Senders, is_named: bool, is_box: bool) -> None:  # noqa: FBT001
        self._theirs = theirs
        self._is_named = is_named
        self._is_box = is_box
        self._holders: dict[int, Message] = {}

    def place_of(self, message: Message) -> int | None:
        """Its number, where the exhibit is not that mail alone."""
        return message.number if self._is_box or message.parent is not None else None

    def why_not(self, message: Message) -> str | None:
        """Why a mail is not looked at: a name of `WHY_NOT`; empty: it is; None: it is nobody's."""
        self._holders[message.number] = message
        if message.parent is not None:
            return self._why_not_attached(message, self._outermost(message))
        is_named = self._is_named and not self._is_box
        is_theirs = bool(self._theirs.of(message.sender))
        if message.forwarded == "attached" and not is_theirs:
            return "copy"
        return self._why_not_own(message, is_named=is_named)

    def _why_not_own(self, message: Message, *, is_named: bool) -> str:
        """Why not, by itself: it is hers, or somebody else's, or a copy."""
        if not self._theirs.of(message.sender):
            if any(self._theirs.of(one) for one in message.recipients):
                return "to-them"
            if not is_named:
                return "other-sender"
        return "copy" if message.forwarded == "inline" else ""

    def _why_not_attached(self, message: Message, holder: Message) -> str | None:
        """All of it came with the mail that holds it: whoever attached it could have made it up."""
        is_theirs = bool(self._theirs.of(message.sender))
        is_forward = holder.forwarded == "attached"
        if not is_theirs and not (is_forward and self._is_named and not self._is_box):
            return None
        if self._theirs.of(holder.sender):
            return "attached-by-them"
        if self._is_box or not self._is_named:
            return "attached"
        return self._why_not_own(message, is_named=True)

    def _outermost(self, message: Message) -> Message:
        while message.parent is not None and message.parent in self._holders:
            message = self._holders[message.parent]
        return message


def _is_box(contents: Contents) -> bool:
    """Whether it holds many mails; of a long mailbox that is taken for granted."""
    from stalklog.services.mails import is_box  # noqa: PLC0415 - loaded by now

    if contents.reader is not None and contents.reader.name in SINGLE:
        return False
    return _size_bytes(contents.entry) > _MAX_SINGLE_BYTES or is_box(contents)


def _why_not_opened(entry: Shown, *, is_named: bool) -> str:
    """Why a mailbox is not looked into."""
    if not is_named:
        return "box"
    return "" if _size_bytes(entry) <= MAX_LETTER_BOX_BYTES else "too-long"


def _size_bytes(entry: Shown) -> int:
    size = entry.fields.get("size_bytes")
    return size if isinstance(size, int) else MAX_LETTER_BOX_BYTES + 1


def _seen(name: str, number: int | None, message: Message, trace: Trace) -> _Seen:
    certain = trace.provider if trace.provider and trace.provider.why in CERTAIN else None
    provider = certain.profile if certain else None
    origin = trace.origin
    if origin is None:
        return _Seen(name, number, provider=provider, why="inside" if provider else "none")
    if origin.basis != "observed":
        return _Seen(name, number, why="claimed")
    if origin.confidence not in _BELIEVED:
        return _Seen(name, number, why="low")
    if origin.address.is_own:
        return _Seen(name, number, why="own")
    found = Connection(
        address=origin.address.value,
        port="" if origin.address.port is None else str(origin.address.port),
        at=origin.at,
        exhibit=name,
        message=number,
        native_id="" if number is None else message.native_id,
    )
    return _Seen(name, number, found, provider)


def _for_them(one: _Seen, addressee: str) -> _Seen:
    """A provider is told of its own machines only."""
    if one.connection is None:
        return one
    if one.provider is not None and one.provider.name.casefold() == addressee:
        return one
    return _Seen(one.id, one.number, why="other-provider")


def _providers(seen: Iterable[_Seen]) -> Iterator[Candidate]:
    """The providers that are certain, each once."""
    found: dict[str, tuple[Profile, dict[str, None]]] = {}
    for one in seen:
        if one.provider is not None:
            found.setdefault(one.provider.id, (one.provider, {}))[1][one.id] = None
    for profile, ids in found.values():
        yield Candidate(profile.name, profile.contacts, tuple(ids), "connected")


def _counted(seen: Iterable[_Seen]) -> Iterator[LeftOut]:
    found: dict[tuple[str, str], list[int | None]] = {}
    for one in seen:
        if one.why:
            found.setdefault((one.id, one.why), []).append(one.number)
    for (name, why), numbers in found.items():
        messages = tuple(number for number in numbers if number is not None)
        yield LeftOut(name, why, len(numbers), messages)


def _can_be_mail(entry: Shown) -> bool:
    return text(entry, "media_type") in _MAIL_TYPES or text(entry, "kind") in _MAIL_KINDS


def _by_time(one: Connection) -> tuple[bool, float, str]:
    return (one.at is None, one.at.timestamp() if one.at else 0.0, one.exhibit)

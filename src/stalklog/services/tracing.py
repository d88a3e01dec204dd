"""Find out where a message came from, and whom to ask: from its header, or from an address alone.

Nothing here asks anybody: what is said rests on the original in the vault, on the profiles, and on
the signing keys that were kept.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.safety.limits import MAX_SIGNED_BYTES
from stalklog.services.contents import Contents, message_in
from stalklog.services.entries import find_entry
from stalklog.services.kept_keys import kept_keys
from stalklog.services.mail_header import ITEMS, MAIL, header_of, is_redirected
from stalklog.services.mails import is_box
from stalklog.services.own_servers import own_servers, require_trustable
from stalklog.trace.address import address_of
from stalklog.trace.arc import read_chain
from stalklog.trace.profile import load_profiles
from stalklog.trace.published import Published
from stalklog.trace.signature import verify_signatures
from stalklog.trace.trace import CERTAIN, trace_fields
from stalklog.trace.trust import parse_trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from stalklog.services.contents import Found
    from stalklog.services.desk import Desk
    from stalklog.trace.address import Address
    from stalklog.trace.arc import Chain
    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.published import Keys
    from stalklog.trace.signature import Signature
    from stalklog.trace.trace import Trace
    from stalklog.vault.vault import Vault

_URL: Final = re.compile(
    r"\s*(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*).*", re.DOTALL
)
_HOST: Final = re.compile(r"(?:[^\s.@/:]{1,63}\.)+[^\s.@/:]{2,63}")
_DIGITS: Final = re.compile(r"[0-9.]+")
_MAX_TYPED: Final = 2_000
_MAX_KEY_BYTES: Final = 1 << 20

SubjectKind = Literal["address", "domain"]


@dataclass(frozen=True, slots=True)
class Traced:
    """What the header of one message shows."""

    id: str
    number: int | None
    """Which of its messages; None where it is no e-mail."""
    trace: Trace
    signatures: tuple[Signature, ...] = ()
    chain: Chain | None = None
    """Who sealed it on the way."""
    lacking_keys: tuple[str, ...] = ()
    """Names of the keys of which no answer is kept; none where nothing can be verified anyway."""
    is_header_only: bool = False
    """Whether the original holds only its header: then no signature can be verified."""
    attached_to: int | None = None
    """Of a mail that is attached to another one, which of the messages that is."""
    is_copy: bool = False
    """Whether it is somebody's copy of another message: the header tells of the forwarding."""
    unreadable_lines: int = 0
    trusted_by: tuple[str, ...] = ()
    """Whom the person vouches for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An address or a domain that is asked about without a message."""

    kind: SubjectKind
    value: str
    address: Address | None
    profile: Profile | None
    """Who has the domain, where the profiles know it."""
    profiles: Profiles


def trace_message(
    desk: Desk,
    name: str,
    *,
    number: int | None,
    trusted_by: Sequence[str],
    keys: Keys,
    now: datetime,
) -> Traced:
    """What the header of a message in the vault shows.

    Args:
        desk: Where the vault is.
        name: The piece of evidence.
        number: Which of its messages; None for the only one.
        trusted_by: Machines and networks that the person vouches for, besides those of the case.
        keys: Signing keys that were kept elsewhere, besides those in the vault.
        now: The present.

    Raises:
        UsageError: It holds many messages, and none was named; or nobody can be vouched for so.
        NoSuchEntryError: There is no such entry or message.
        UnknownFormatError: It needs a part of stalklog that is not installed.
        PassphraseError, ReadOnlyVaultError, OverLimitError: As `Contents`.
    """
    require_trustable(trusted_by, "--trusted-by")
    wanted = 1 if number is None else number
    vault = desk.open()
    shown = find_entry(vault, name)
    with closing(Contents(vault, shown.entry, wanted_header=wanted)) as contents:
        contents.unreadable_lines = shown.unreadable_lines
        entry, reader = contents.entry.id, contents.reader.name if contents.reader else ""
        if reader not in MAIL | ITEMS:
            why = "not-mail" if reader else "not-recognised"
            trace = replace(trace_fields((), load_profiles()), why_not=why)
            return Traced(entry, None, trace, unreadable_lines=contents.unreadable_lines)
        if number is None and is_box(contents):
            raise UsageError(
                _("{id} holds many messages. Nothing was done.").format(id=entry),
                hint=_("Name one with --message N; which there are: stalklog messages {id}").format(
                    id=entry
                ),
            )
        found = message_in(contents, wanted, most=MAX_SIGNED_BYTES)
    return _traced(vault, found, reader, (*trusted_by, *own_servers(vault)), keys, now)


def _traced(
    vault: Vault,
    found: Found,
    reader: str,
    trusted_by: Sequence[str],
    given: Keys,
    now: datetime,
) -> Traced:
    header = header_of(reader, found.raw, found.contents.header)
    fields = header.fields
    trace = trace_fields(fields, load_profiles(), parse_trust(trusted_by))
    if not header.is_there:
        trace = replace(trace, why_not="no-header")
    at = trace.origin.at if trace.origin and trace.origin.basis == "observed" else None
    is_whole = bool(header.mail) and found.raw_size_bytes == len(found.raw)
    signed = header.mail if is_whole else b""
    names = _key_names(fields, now) if signed else ()
    kept = kept_keys(vault, names)
    keys = {name: (*kept.get(name, ()), *given.get(name, ())) for name in names}
    return Traced(
        id=found.contents.entry.id,
        number=found.message.number,
        trace=trace,
        signatures=_signatures(signed, fields, keys, at, now),
        chain=read_chain(signed, fields, keys, now),
        lacking_keys=tuple(name for name in names if not keys[name]),
        is_header_only=header.is_there and not is_whole,
        attached_to=found.message.parent,
        is_copy=found.message.forwarded == "inline" or is_redirected(fields),
        unreadable_lines=found.contents.unreadable_lines,
        trusted_by=tuple(trusted_by),
    )


def _key_names(fields: Sequence[tuple[str, str]], now: datetime) -> tuple[str, ...]:
    """The keys that the signatures and seals of a mail name, in lower case."""
    signatures = verify_signatures(b"", fields, {}, received_at=None, now=now)
    named = [one.key_name for one in signatures if one.domain and one.selector]
    chain = read_chain(b"", fields, {}, now)
    return tuple(dict.fromkeys(map(str.lower, (*named, *(chain.key_names if chain else ())))))


def _signatures(
    mail: bytes,
    fields: Sequence[tuple[str, str]],
    keys: Keys,
    received_at: datetime | None,
    now: datetime,
) -> tuple[Signature, ...]:
    """The signatures; of a mail that is not there whole none is verified."""
    if mail:
        return verify_signatures(mail, fields, keys, received_at=received_at, now=now)
    found = verify_signatures(mail, fields, {}, received_at=received_at, now=now)
    return tuple(replace(one, state="not-whole") for one in found)


def to_ask(traced: Traced) -> list[Subject]:
    """What a registry could be asked about a message: the address of its origin.

    Nothing where the connection came from a large provider's own machine: then that provider is to
    be asked, and no registry knows more.
    """
    origin, provider = traced.trace.origin, traced.trace.provider
    if origin is None or (provider is not None and provider.why in CERTAIN):
        return []
    return [subject_of_address(origin.address.value)]


def read_keys(path: Path | None) -> Keys:
    """Signing keys that were kept elsewhere: a line for each, its name and then the answer.

    Or JSON, `{"s1._domainkey.example.org": "v=DKIM1; p=…"}`.

    Raises:
        UsageError: The file cannot be read, or is something else.
    """
    if path is None:
        return {}
    try:
        if not path.is_file():  # a pipe that nobody writes to would wait for ever
            raise FileNotFoundError
        with path.open("rb") as file:
            text = file.read(_MAX_KEY_BYTES).decode("utf-8")
        found = json.loads(text) if text.lstrip().startswith("{") else _lines(text)
        return {
            str(name).rstrip(".").lower(): [Published((str(answer),))]
            for name, answer in found.items()
        }
    except (OSError, ValueError, RecursionError):
        raise UsageError(
            _("The file of keys cannot be read. Nothing was done."),
            hint=_("It has a line for each key: its name, a blank, and the answer v=DKIM1; p=…"),
        ) from None


def _lines(text: str) -> dict[str, str]:
    parts = (line.strip().partition(" ") for line in text.splitlines() if line.strip())
    return {name: answer.strip() for name, _blank, answer in parts}


def subject_of_address(typed: str) -> Subject:
    """An internet address that is asked about.

    Raises:
        UsageError: It is none.
    """
    try:
        address = address_of(typed)
    except ValueError:
        raise UsageError(
            _("That is not an internet address. Nothing was done."),
            hint=_("It looks like 192.0.2.1 or 2001:db8::1; a name goes with --domain."),
        ) from None
    profiles = load_profiles()
    profile = next((one for one in profiles.mail if one.has_relay_address(address)), None)
    return Subject("address", address.value, address, profile, profiles)


def subject_of_domain(typed: str) -> Subject:
    """A domain that is asked about, or what stands behind the @ of an e-mail address.

    Raises:
        UsageError: It is none.
    """
    domain = typed.strip().rpartition("@")[2].rstrip(".").lower()
    if _DIGITS.fullmatch(domain):
        domain = ""
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _HOST.fullmatch(domain):
        raise UsageError(
            _("That is not the name of a domain. Nothing was done."),
            hint=_("It looks like example.org; an address of numbers goes with --address."),
        )
    profiles = load_profiles()
    return Subject("domain", domain, None, profiles.of_domain(domain), profiles)


def subject_of_url(typed: str) -> Subject:
    """Whose page or profile that is, by the machine that it names.

    Raises:
        UsageError: No machine is named there.
    """
    found = _URL.fullmatch(typed[:_MAX_TYPED])
    host = found[1] if found else ""
    try:
        return subject_of_address(host)
    except UsageError:
        return subject_of_domain(host)

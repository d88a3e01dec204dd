"""Find out where a message came from, and whom to ask: from its header, or from an address alone.

Nothing here asks anybody: what is said rests on the original in the vault and on the profiles.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.safety.limits import MAX_SIGNED_BYTES
from stalklog.services.contents import find_message
from stalklog.services.mail_header import ITEMS, MAIL, SINGLE, header_of
from stalklog.services.own_servers import own_servers
from stalklog.trace.address import address_of
from stalklog.trace.arc import read_chain
from stalklog.trace.profile import load_profiles
from stalklog.trace.signature import verify_signatures
from stalklog.trace.trace import CERTAIN, trace_fields
from stalklog.trace.trust import parse_trust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from stalklog.services.contents import Found
    from stalklog.services.desk import Desk
    from stalklog.trace.address import Address
    from stalklog.trace.arc import Chain
    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.signature import Signature
    from stalklog.trace.trace import Trace

_URL: Final = re.compile(
    r"\s*(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*).*", re.DOTALL
)
_HOST: Final = re.compile(r"(?:[^\s.@/:]{1,63}\.)+[^\s.@/:]{2,63}")
_MAX_TYPED: Final = 2_000
_MAX_KEY_BYTES: Final = 1 << 20

SubjectKind = Literal["address", "domain"]


@dataclass(frozen=True, slots=True)
class Traced:
    """What the header of one message shows."""

    id: str
    number: int
    trace: Trace
    signatures: tuple[Signature, ...]
    chain: Chain | None
    """Who sealed it on the way."""
    is_header_only: bool
    """Whether the original holds only its header: then no signature can be verified."""
    is_copy: bool
    """Whether it is somebody's copy of another message: the header tells of the forwarding."""
    unreadable_lines: int
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
    keys: Mapping[str, str],
    now: datetime,
) -> Traced:
    """What the header of a message in the vault shows.

    Args:
        desk: Where the vault is.
        name: The piece of evidence.
        number: Which of its messages; None for the only one.
        trusted_by: Machines and networks that the person vouches for, besides those of the case.
        keys: Answers about signing keys that were kept, by name.
        now: The present.

    Raises:
        UsageError: It holds many messages, and none was named.
        NoSuchEntryError: There is no such entry or message.
        UnknownFormatError, PassphraseError, ReadOnlyVaultError, OverLimitError: As `find_message`.
    """
    found = find_message(desk, name, number or 1, most=MAX_SIGNED_BYTES)
    reader = found.contents.reader.name if found.contents.reader else ""
    if number is None and reader not in SINGLE and reader in MAIL | ITEMS:
        raise UsageError(
            _("{id} holds many messages. Nothing was done.").format(id=found.contents.entry.id),
            hint=_("Name one with --message N; which there are: stalklog messages {id}").format(
                id=found.contents.entry.id
            ),
        )
    trusted = (*trusted_by, *own_servers(desk.open()))
    return _traced(found, reader, trusted, keys, now)


def _traced(
    found: Found, reader: str, trusted_by: Sequence[str], keys: Mapping[str, str], now: datetime
) -> Traced:
    header = header_of(reader, found.raw, found.contents.header)
    fields = header.fields
    trace = trace_fields(fields, load_profiles(), parse_trust(trusted_by))
    if not header.is_there:
        why = "no-header" if reader in MAIL | ITEMS else "not-mail"
        trace = replace(trace, why_not=why)
    at = trace.origin.at if trace.origin and trace.origin.basis == "observed" else None
    is_whole = bool(header.mail) and found.raw_size_bytes == len(found.raw)
    signed = header.mail if is_whole else b""
    return Traced(
        id=found.contents.entry.id,
        number=found.message.number,
        trace=trace,
        signatures=_signatures(signed, fields, keys, at, now),
        chain=read_chain(signed, fields, keys if signed else {}, now),
        is_header_only=header.is_there and not is_whole,
        is_copy=found.message.forwarded == "inline",
        unreadable_lines=found.contents.unreadable_lines,
        trusted_by=tuple(trusted_by),
    )


def _signatures(
    mail: bytes,
    fields: Sequence[tuple[str, str]],
    keys: Mapping[str, str],
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


def read_keys(path: Path | None) -> dict[str, str]:
    """Answers about signing keys that were kept: a line for each, its name and then the answer.

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
        return {str(name).rstrip(".").lower(): str(answer) for name, answer in found.items()}
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

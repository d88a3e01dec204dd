"""What a registry answers about an address or a domain (RDAP, RFC 9083), read tolerantly.

Contacts are gathered from everywhere in the tree of entities, each with its path and roles, for a
person to choose from: each registry puts them elsewhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from stalklog.i18n import mark
from stalklog.safety.limits import MAX_CONTACTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from ipaddress import IPv4Address, IPv6Address

PROBLEMS: Final[Mapping[str, str]] = {
    "not-json": mark("the answer is not what a registry answers"),
    "not-registration": mark("the answer says nothing of an address or a domain"),
    "catch-all": mark(
        "the registry only knows a block as large as a continent, or one of its own: nobody there "
        "runs this address"
    ),
    "another": mark("the answer is about another address than the one that was asked about"),
}
"""Why an answer names nobody to ask, with what a person is told."""

_MAX_DEPTH: Final = 10
_MAX_CHARS: Final = 300
_WIDEST: Final = {4: 32 - 8, 6: 128 - 16}
"""Bits of a network that is no wider than /8 or /16."""
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_REGISTRY: Final = re.compile(
    r"(?:IANA|ARIN|APNIC|RIPE|RIPE-?NCC|AFRINIC|LACNIC)"
    r"(?:-(?:[0-9]+|BLK.*|NETBLOCK.*|ERX.*|CIDR-BLOCK.*|RESERVED.*|TRANSFERS?.*))?"
    r"|IANA-.*|NON-RIPE-NCC-.*|ERX-NETBLOCK|STUB-.*",
    re.IGNORECASE,
)
_RANKS: Final = ("abuse", "irt", "noc", "technical", "registrant", "registrar", "administrative")


class RdapError(Exception):
    """It is no registration; `reason` is a name of `PROBLEMS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail address in an answer, and where in it."""

    email: str
    name: str
    """Of the entity that has it."""
    roles: tuple[str, ...]
    """Of that entity, then those of the ones around it."""
    path: tuple[str, ...]
    """The handles from the outermost entity to this one."""
    is_abuse: bool
    """Whether reports of abuse go there, as the registry says."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What is registered."""

    kind: str
    """`ip network`, `autnum`, `domain`, `entity`."""
    handle: str
    name: str
    country: str
    start: IPv4Address | IPv6Address | None
    end: IPv4Address | IPv6Address | None
    organisation: str
    """Who has it, where that is said."""
    contacts: tuple[Contact, ...]
    """For a person to choose from, the most fitting first."""
    related: tuple[str, ...]
    """Where another registry says more."""

    @property
    def is_catch_all(self) -> bool:
        """Whether it is so wide, or so much a registry's own, that nobody there can be asked."""
        if self.start is not None and self.end is not None:
            size = int(self.end) - int(self.start) + 1
            if size > 1 << _WIDEST[self.start.version]:
                return True
        return self.kind == "ip network" and bool(_REGISTRY.fullmatch(self.name.strip()))

    def holds(self, value: str) -> bool:
        """Whether an address is in it; of what has no range that is not known, and so no."""
        address = ip_address(value)
        if self.start is None or self.end is None or self.start.version != address.version:
            return False
        return int(self.start) <= int(address) <= int(self.end)


def parse_registration(body: bytes) -> Registration:
    """What a registry answered.

    Raises:
        RdapError: It is something else.
    """
    try:
        held = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise RdapError("not-json") from None
    if not isinstance(held, dict):
        raise RdapError("not-json")
    kind = _kind(held)
    if not kind:
        raise RdapError("not-registration")
    contacts = tuple(_contacts(held))[:MAX_CONTACTS]
    return Registration(
        kind=kind,
        handle=_text(held.get("handle")),
        name=_text(held.get("name") or held.get("ldhName")),
        country=_text(held.get("country")),
        start=_address(held.get("startAddress")),
        end=_address(held.get("endAddress")),
        organisation=_organisation(held),
        contacts=tuple(sorted(dict.fromkeys(contacts), key=_rank)),
        related=tuple(_related(held)),
    )


def _kind(held: Mapping[str, Any]) -> str:
    """Old answers leave out what they are about."""
    said = _text(held.get("objectClassName"))
    if said:
        return said
    for field, kind in (
        ("startAddress", "ip network"),
        ("startAutnum", "autnum"),
        ("ldhName", "domain"),
        ("vcardArray", "entity"),
    ):
        if field in held:
            return kind
    return ""


def _contacts(held: Mapping[str, Any]) -> Iterator[Contact]:
    if "vcardArray" in held:
        yield from _of_entity(held, (), (), 0)
    else:
        yield from _inside(held, (), (), 0)


def _inside(
    held: Mapping[str, Any], roles: tuple[str, ...], path: tuple[str, ...], depth: int
) -> Iterator[Contact]:
    for entity in _rows(held.get("entities")) if depth < _MAX_DEPTH else ():
        if isinstance(entity, dict):
            yield from _of_entity(entity, roles, path, depth)


def _of_entity(
    entity: Mapping[str, Any], roles: tuple[str, ...], path: tuple[str, ...], depth: int
) -> Iterator[Contact]:
    own = tuple(_text(role).lower() for role in _rows(entity.get("roles")))
    here = (*path, _text(entity.get("handle")))
    card = list(_card(entity))
    name = next((value for field, _kinds, value in card if field == "fn"), "")
    for field, kinds, value in card:
        if field == "email" and "@" in value:
            is_abuse = "abuse" in own or "abuse" in kinds
            yield Contact(value, name, tuple(dict.fromkeys((*own, *roles))), here, is_abuse)
    yield from _inside(entity, (*own, *roles), here, depth + 1)


def _card(entity: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The lines of a card (RFC 7095): name, its types, value."""
    rows = _rows(entity.get("vcardArray"))
    for row in _rows(rows[1]) if len(rows) > 1 else ():
        parts = _rows(row)
        if len(parts) < 4:  # noqa: PLR2004 - name, parameters, type, value
            continue
        parameters = parts[1] if isinstance(parts[1], dict) else {}
        kinds = parameters.get("type", ())
        told = (kinds,) if isinstance(kinds, str) else tuple(map(_text, _rows(kinds)))
        yield _text(parts[0]).lower(), tuple(kind.lower() for kind in told), _text(parts[3])


def _organisation(held: Mapping[str, Any]) -> str:
    for entity in _rows(held.get("entities")):
        if isinstance(entity, dict) and "registrant" in _rows(entity.get("roles")):
            for field, _kinds, value in _card(entity):
                if field == "fn" and value:
                    return value
    return ""


def _related(held: Mapping[str, Any]) -> Iterator[str]:
    for link in _rows(held.get("links")):
        if isinstance(link, dict) and link.get("rel") in {"related", "up"}:
            href, kind = _text(link.get("href"), 2_000), _text(link.get("type"))
            if kind == "application/rdap+json" and "://" in href:
                yield href


def _rank(contact: Contact) -> tuple[bool, int]:
    ranks = [_RANKS.index(role) for role in contact.roles[:1] if role in _RANKS]
    return not contact.is_abuse, min(ranks, default=len(_RANKS))


def _address(value: object) -> IPv4Address | IPv6Address | None:
    """An address as registries write it: some with leading zeros, some with `/32` behind."""
    text = _text(value).partition("/")[0].strip()
    try:
        return ip_address(_ZEROS.sub("", text) if ":" not in text else text)
    except ValueError:
        return None


def _rows(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _text(value: object, most: int = _MAX_CHARS) -> str:
    return value[:most] if isinstance(value, str) else ""

"""Whose words about a connection are believed: names and networks that a person vouches for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from stalklog.trace.address import Address

_PARTS: Final = 4
_WIDEST: Final[Mapping[int, int]] = MappingProxyType({4: 8, 6: 16})
"""So many bits a network has at least that is one provider's, by version."""
_LIKE_A_NETWORK: Final = re.compile(r"[0-9.]+(?:/.*)?|.*/.*|.*:.*")
"""What can only be meant as an address or a network: no machine is called so."""
_NAME: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})?\.)*[a-z0-9_][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks, some of which are taken out again; of several that fit the first one counts."""

    rules: tuple[tuple[IPv4Network | IPv6Network, bool], ...] = ()

    def holds(self, address: Address) -> bool:
        """Whether the address is in them; the machine itself always is."""
        if address.kind == "loopback":
            return True
        found = ip_address(address.value)
        for network, is_in in self.rules:
            if network.version == found.version and found in network:
                return is_in
        return False


@dataclass(frozen=True, slots=True)
class Trust:
    """What a person vouches for."""

    hosts: tuple[str, ...] = ()
    """Machines by name; whatever is called below such a name is meant too, unless it is one word:
    `com` would be half of the internet."""
    networks: Networks = Networks()

    def wrote(self, host: str) -> bool:
        """Whether a machine of that name is vouched for."""
        name = host.lower().rstrip(".")
        return any(name == one or ("." in one and name.endswith(f".{one}")) for one in self.hosts)

    def has(self, address: Address | None) -> bool:
        """Whether the machine at that address is."""
        return address is not None and bool(self.networks.rules) and self.networks.holds(address)


def parse_trust(typed: Iterable[str]) -> Trust:
    """What a person vouches for, as typed: `mx.example.org`, `192.0.2.0/24`, `!192.0.2.7`.

    What is neither vouches for nobody; `is_trustable` tells it before.
    """
    hosts: list[str] = []
    rules: list[tuple[IPv4Network | IPv6Network, bool]] = []
    for one in typed:
        word = one.strip().lower()
        network = parse_network(word.removeprefix("!"))
        if network is not None:
            rules.append((network, not word.startswith("!")))
        elif name := _name(word):
            hosts.append(name)
    return Trust(tuple(hosts), Networks(tuple(rules)))


def is_trustable(typed: str) -> bool:
    """Whether that is a machine's name, or a network that can be somebody's: not half of all."""
    trust = parse_trust([typed])
    networks = [network for network, _is_in in trust.networks.rules]
    return bool(trust.hosts) or any(one.prefixlen >= _WIDEST[one.version] for one in networks)


def _name(word: str) -> str:
    """A machine's name in the letters that stand in a header; empty where it is none."""
    if _LIKE_A_NETWORK.fullmatch(word):
        return ""
    try:
        name = word.removeprefix("*").strip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return name if _NAME.fullmatch(name) else ""


def parse_network(word: str) -> IPv4Network | IPv6Network | None:
    """A network or one address; `10/8` may leave out its zeros. None where it is none."""
    address, slash, bits = word.partition("/")
    if slash and ":" not in address and address.replace(".", "").isdecimal():
        address += ".0" * (_PARTS - 1 - address.count("."))
    try:
        return ip_network(f"{address}{slash}{bits}", strict=False)
    except ValueError:
        return None


def count_trusted(
    addresses: Sequence[Address],
    trusted: Networks | None,
    submission: Networks = Networks(),
) -> int:
    """How many of the connections, from the top on, came from machines that are believed.

    What a believed machine wrote is believed; so the one below these is the first stranger.

    Args:
        addresses: From where each connection came, the latest first.
        trusted: None: nobody said, so a connection inside a private network is believed.
        submission: Believed machines that take mail only from their own people: then who connected
            to them is believed too, and so is all below.
    """
    for position, address in enumerate(addresses):
        is_trusted = address.is_own if trusted is None else trusted.holds(address)
        if not is_trusted:
            return position
        if submission.rules and submission.holds(address):
            return len(addresses)
    return len(addresses)

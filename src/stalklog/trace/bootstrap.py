"""Which registry knows about an address or a domain: the files in which IANA says so (RFC 9224)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Network, IPv6Network

    from stalklog.trace.address import Address

SOURCES: Final[Mapping[str, str]] = {
    "ipv4": "https://data.iana.org/rdap/ipv4.json",
    "ipv6": "https://data.iana.org/rdap/ipv6.json",
    "dns": "https://data.iana.org/rdap/dns.json",
}
"""Where IANA publishes them."""
_MAX_ROWS: Final = 50_000


class BootstrapError(Exception):
    """It is not a file of that kind."""


@dataclass(frozen=True, slots=True)
class Registries:
    """Who knows about what, and as of when that is."""

    networks: tuple[tuple[IPv4Network | IPv6Network, str], ...]
    domains: Mapping[str, str]
    """By the last part of a domain's name."""
    as_of: Mapping[str, str]
    """For each file, when it was published, as it says itself."""
    origin: str
    """Where these files come from, in a sentence."""

    def of_address(self, address: Address) -> str | None:
        """Where the registry of an address is asked; of several the narrowest network counts."""
        found = ip_address(address.carries or address.value)
        fitting = [
            (network.prefixlen, url)
            for network, url in self.networks
            if network.version == found.version and found in network
        ]
        return max(fitting)[1] if fitting else None

    def of_domain(self, domain: str) -> str | None:
        """Where the registry of a domain is asked."""
        return self.domains.get(domain.rpartition(".")[2].lower())


def load_registries() -> Registries:
    """The files that came with this edition of stalklog."""
    data = resources.files("stalklog.trace").joinpath("data", "bootstrap.json").read_bytes()
    held = json.loads(data)
    return make_registries({name: held[name] for name in SOURCES}, held["origin"])


def parse_file(data: bytes) -> dict[str, Any]:
    """One of IANA's files.

    Raises:
        BootstrapError: It is something else.
    """
    try:
        held = json.loads(data)
        if not list(_rows(held)):
            raise BootstrapError
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise BootstrapError from None
    return dict(held)


def make_registries(files: Mapping[str, Any], origin: str) -> Registries:
    """The same from three files."""
    networks = []
    for name in ("ipv4", "ipv6"):
        for entry, url in _rows(files[name]):
            try:
                networks.append((ip_network(entry), url))
            except ValueError:
                continue
    return Registries(
        networks=tuple(networks),
        domains={entry.lower(): url for entry, url in _rows(files["dns"])},
        as_of={name: str(held.get("publication", "")) for name, held in files.items()},
        origin=origin,
    )


def _rows(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is asked where: only by https, and each entry with the first such address."""
    count = 0
    for service in held["services"]:
        entries, urls = service[0], service[1]
        url = next((one for one in urls if str(one).startswith("https://")), None)
        for entry in entries if url else ():
            count += 1
            if count > _MAX_ROWS:
                return
            yield str(entry), f"{str(url).rstrip('/')}/"

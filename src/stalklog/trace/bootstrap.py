"""Which registry knows about an address or a domain: the files in which IANA says so (RFC 9224).

Those that come with stalklog were compiled by hand, say so themselves, and have the form of IANA's
own: a file that was fetched takes the place of one of them as it is.
"""

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
_MAX_DATE: Final = 40


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
    kept: tuple[str, ...] = ()
    """The pieces of evidence that these files were fetched as; none: they came with stalklog."""

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
        """Where the registry of a domain is asked; the longest ending counts (RFC 9224, 4)."""
        parts = domain.lower().rstrip(".").split(".")
        endings = (".".join(parts[start:]) for start in range(len(parts)))
        return next((self.domains[one] for one in endings if one in self.domains), None)


def load_registries() -> Registries:
    """The files that came with this edition of stalklog."""
    folder = resources.files("stalklog.trace").joinpath("data", "rdap")
    files = {name: parse_file(folder.joinpath(f"{name}.json").read_bytes()) for name in SOURCES}
    return make_registries(files)


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


def kind_of_file(held: Mapping[str, Any]) -> str:
    """Which of the files it is, by its first entry: a name of `SOURCES`; empty where it is none."""
    first = next(_rows(held), ("", ""))[0] if held else ""
    try:
        return f"ipv{ip_network(first).version}"
    except ValueError:
        return "dns" if any(map(str.isalpha, first)) else ""


def make_registries(files: Mapping[str, Any], kept: tuple[str, ...] = ()) -> Registries:
    """The same from three files.

    Args:
        files: Each as parsed, by its name in `SOURCES`.
        kept: As which pieces of evidence they were fetched.
    """
    networks = []
    for name in ("ipv4", "ipv6"):
        for entry, url in _rows(files[name]):
            try:
                networks.append((ip_network(entry), url))
            except ValueError:
                continue
    return Registries(
        networks=tuple(networks),
        domains={entry.lower().strip("."): url for entry, url in _rows(files["dns"])},
        as_of={name: str(held.get("publication", ""))[:_MAX_DATE] for name, held in files.items()},
        kept=kept,
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

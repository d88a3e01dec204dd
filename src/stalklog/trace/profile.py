"""What is known of providers: how the machines are called that take mail in, and send it out.

The knowledge is data with a version and a date. Its SHA-256 goes into each result, so that a reader
can see later on what a statement rested; and each provider says whether that was real mail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from importlib import resources
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

from stalklog.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Network, IPv6Network

    from stalklog.trace.address import Address

RESTS_ON: Final[Mapping[str, str]] = {
    "real-mail": mark("checked against many real mails"),
    "some-real-mail": mark("checked against a few real mails"),
    "public-knowledge": mark("from what is published; not checked against real mail"),
}
"""On what a profile rests, with what a person is told."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One provider of e-mail."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    """Behind the @ of its customers."""
    edge: tuple[str, ...] = ()
    """Names, with `*`, of the machines to which strangers connect."""
    inside: tuple[str, ...] = ()
    """Names of its other machines."""
    relays: tuple[str, ...] = ()
    """Names of the machines that send its customers' mail."""
    relay_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Where those machines are."""
    results_ids: tuple[str, ...] = ()
    """How it signs Authentication-Results; `""` where it does not."""
    results_below_edge: bool = False
    """Whether it writes them below the Received field of its edge."""
    contacts: tuple[str, ...] = ()
    """Where it takes reports of abuse."""
    rests_on: str = ""
    """A name of `RESTS_ON`; empty for a platform, of which only the name is used."""
    basis: str = ""
    """On which mail, in a sentence."""

    def has_edge(self, host: str) -> bool:
        """Whether strangers connect to that machine."""
        return fits(host, self.edge)

    def has_inside(self, host: str) -> bool:
        """Whether the machine is the provider's own."""
        return fits(host, self.inside) or fits(host, self.edge)

    def has_relay_name(self, host: str) -> bool:
        """Whether a machine that sends its customers' mail is called so."""
        return fits(host, self.relays)

    def has_relay_address(self, address: Address) -> bool:
        """Whether a machine that sends its customers' mail is there."""
        found = ip_address(address.value)
        return any(
            found.version == network.version and found in network for network in self.relay_networks
        )


@dataclass(frozen=True, slots=True)
class Profiles:
    """All that is known, and which edition of it."""

    version: int
    as_of: str
    sha256: str
    """Of the file that they stand in."""
    mail: tuple[Profile, ...]
    platforms: tuple[Profile, ...] = ()

    def at_edge(self, host: str) -> Profile | None:
        """Whose edge that machine is."""
        return next((profile for profile in self.mail if profile.has_edge(host)), None)

    def inside(self, host: str) -> Profile | None:
        """Whose machine it is."""
        return next((profile for profile in self.mail if profile.has_inside(host)), None)

    def of_domain(self, domain: str) -> Profile | None:
        """Who has that domain, or the one that it is part of."""
        wanted = domain.lower().rstrip(".")
        return next(
            (
                profile
                for profile in (*self.mail, *self.platforms)
                if any(wanted == one or wanted.endswith(f".{one}") for one in profile.domains)
            ),
            None,
        )


def fits(host: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of the patterns, in which `*` stands for anything.

    What has no dot is no name of the internet; only such names fit a pattern that has none.
    """
    name = host.lower().rstrip(".")
    return bool(name) and any(
        fnmatchcase(name, pattern) and ("." in pattern or "." not in name) for pattern in patterns
    )


def load_profiles() -> Profiles:
    """The profiles of this edition of stalklog."""
    data = resources.files("stalklog.trace").joinpath("data", "profiles.json").read_bytes()
    return parse_profiles(data)


def parse_profiles(data: bytes) -> Profiles:
    """Profiles from their file."""
    rows = json.loads(data)
    return Profiles(
        version=rows["version"],
        as_of=rows["as_of"],
        sha256=sha256(data).hexdigest(),
        mail=tuple(map(_profile, rows["profiles"])),
        platforms=tuple(map(_profile, rows["platforms"])),
    )


def _profile(row: dict[str, Any]) -> Profile:
    lists = ("domains", "edge", "inside", "relays", "results_ids", "contacts")
    return Profile(
        id=row["id"],
        name=row["name"],
        relay_networks=tuple(map(ip_network, row.get("relay_networks", ()))),
        results_below_edge=row.get("results_below_edge", False),
        rests_on=row.get("rests_on", ""),
        basis=row.get("basis", ""),
        **{name: tuple(row.get(name, ())) for name in lists},
    )

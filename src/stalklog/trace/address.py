"""Internet addresses: as a header writes them, and what kind of address each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

from stalklog.i18n import mark

KINDS: Final[Mapping[str, str]] = {
    "public": mark("an address on the public internet"),
    "private": mark("an address inside a private network; nobody outside can find it"),
    "cgnat": mark("an address that a provider shares among customers; it alone finds nobody"),
    "loopback": mark("the machine itself"),
    "link-local": mark("an address that is valid on one cable or radio cell only"),
    "documentation": mark("an address that is kept for examples"),
    "benchmark": mark("an address that is kept for measurements"),
    "multicast": mark("an address of a group of receivers, which no sender can have"),
    "reserved": mark("an address that nobody should have"),
    "6to4": mark("an old kind of IPv6 that carries an IPv4 address"),
    "nat64": mark("IPv6 that carries an IPv4 address on its way through a translator"),
    "teredo": mark("an old kind of IPv6 through a tunnel that carries an IPv4 address"),
}
"""What kind of address it is, with what a person is told."""

_SPECIAL: Final = (
    ("0.0.0.0/8", "reserved"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "cgnat"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmark"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::1/128", "loopback"),
    ("64:ff9b::/96", "nat64"),
    ("64:ff9b:1::/48", "private"),
    ("2001::/32", "teredo"),
    ("2001:2::/48", "benchmark"),
    ("2001:db8::/32", "documentation"),
    ("2001::/23", "reserved"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
    ("2000::/3", "public"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private"),
    ("ff00::/8", "multicast"),
)
"""IANA's registries of special purposes (RFC 6890 as updated), the narrower before the wider.

Not `ipaddress.is_global`: it calls multicast, 6to4, NAT64 and the old 6to4 relays global, and what
else it says depends on the version of Python.
"""
_NETWORKS: Final = {
    version: tuple(
        (int(network[0]), int(network[-1]), kind)
        for network, kind in ((ip_network(written), kind) for written, kind in _SPECIAL)
        if network.version == version
    )
    for version in (4, 6)
}
"""The same as numbers, the first and the last of each network."""
_OWN_KINDS: Final = ("private", "loopback", "link-local")
_DIGITS: Final = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}(?![0-9])")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_MAX_PORT: Final = 65535
_MIN_CHARS: Final = 2
_MAX_CHARS: Final = 80
"""No address is longer: 45 letters, a prefix, a zone and a port."""
_CARRIER: Final = ip_network("::ffff:0:0/96")


@dataclass(frozen=True, slots=True)
class Address:
    """One address, and what kind of address it is."""

    text: str
    """As it stands in the header."""
    value: str
    """The same in its shortest form; the IPv4 address where IPv6 only wraps one (`::ffff:…`)."""
    kind: str
    """A name of `KINDS`."""
    port: int | None = None
    """The port that the other side used, where it stands there."""
    carries: str = ""
    """The IPv4 address inside a 6to4, NAT64 or Teredo address."""

    @property
    def is_public(self) -> bool:
        """Whether somebody can be asked who had it; of a tunnel the address inside counts."""
        if self.carries:
            return kind_of(ip_address(self.carries)) == "public"
        return self.kind == "public"

    @property
    def is_own(self) -> bool:
        """Whether it is of the writer's own machine or network; in a tunnel the one inside."""
        if self.carries:
            return kind_of(ip_address(self.carries)) in _OWN_KINDS
        return self.kind in _OWN_KINDS


def parse_address(text: str) -> Address | None:
    """The address that is written there, and nothing else; None where it is none.

    Brackets, `IPv6:` and a port are understood: `[192.0.2.1]:25`, `192.0.2.1.5025`, `192.0.2.1:25`,
    `IPv6:2001:db8::1`, `[2001:db8::1]:25`. A port glued to IPv6 without a bracket cannot be told
    from the address, so none is read. Leading zeros are refused: some read them as octal.
    """
    if not _MIN_CHARS <= len(text) <= _MAX_CHARS:
        return None
    inner, port = _unwrapped(text.strip())
    bare = inner[5:] if inner[:5].lower() == "ipv6:" else inner
    found = _DIGITS.match(bare)
    if found and found.end() < len(bare) and bare[found.end()] in ".:" and port is None:
        port, bare = _port(bare[found.end() + 1 :]), found[0]
        if port is None:
            return None
    if found and found.end() != len(bare):
        return None
    try:
        if found:  # as four bytes, which is faster than as text
            return _judged(IPv4Address(bytes(map(int, bare.split(".")))), bare, port)
        return _judged(IPv6Address(bare.partition("%")[0]), bare, port)
    except ValueError:
        return None


def address_of(value: str) -> Address:
    """An address that is typed by a person.

    Raises:
        ValueError: It is none, or names a part of one machine's own network (`fe80::1%eth0`).
    """
    address = ip_address(value.strip().strip("[]").replace("%", " "))
    return _judged(address, value.strip(), None)


def kind_of(address: IPv4Address | IPv6Address) -> str:
    """What kind of address it is: a name of `KINDS`."""
    number = int(address)
    for first, last, kind in _NETWORKS[address.version]:
        if first <= number <= last:
            return kind
    return "public" if isinstance(address, IPv4Address) else "reserved"


def _judged(address: IPv4Address | IPv6Address, text: str, port: int | None) -> Address:
    if isinstance(address, IPv6Address) and address in _CARRIER:
        wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        shown = text.rpartition(":")[2] if "." in text else text
        return Address(shown, str(wrapped), kind_of(wrapped), port)
    kind = kind_of(address)
    return Address(text, str(address), kind, port, _carried(address, kind))


def _carried(address: IPv4Address | IPv6Address, kind: str) -> str:
    if kind == "6to4":
        return str(IPv4Address(int(address) >> 80 & 0xFFFFFFFF))
    if kind == "nat64":
        return str(IPv4Address(int(address) & 0xFFFFFFFF))
    if kind == "teredo":
        return str(IPv4Address(~int(address) & 0xFFFFFFFF))  # RFC 4380 section 4: bits turned over
    return ""


def _unwrapped(text: str) -> tuple[str, int | None]:
    """What stands inside the brackets, and the port behind them."""
    if not text.startswith("["):
        return text, None
    inner, bracket, behind = text[1:].partition("]")
    if not bracket:
        return "", None
    if not behind:
        return inner.strip(), None
    port = _port(behind[1:]) if behind[0] in ":." else None
    return (inner.strip(), port) if port is not None else ("", None)


def _port(text: str) -> int | None:
    return int(text) if _PORT.fullmatch(text) and 0 < int(text) <= _MAX_PORT else None

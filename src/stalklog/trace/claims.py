"""What other fields of a header say of where the sender was: claims, each with its doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.i18n import mark
from stalklog.trace.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from stalklog.trace.address import Address
    from stalklog.trace.edge import Confidence

FIELDS: Final = (
    "x-originating-ip",
    "x-sender-ip",
    "x-senderip",
    "x-source-ip",
    "x-client-ip",
    "x-remote-ip",
    "x-real-ip",
    "x-aol-ip",
    "x-yahoo-post-ip",
    "x-mdremoteip",
    "x-ms-exchange-crosstenant-originalattributedtenantconnectingip",
)
"""Fields into which services for mail in a browser, and some servers, write an address."""

REASONS: Final[Mapping[str, str]] = {
    "header": mark("a field that anybody could have written"),
    "header-above-edge": mark("a field that the receiver's side wrote, or left standing"),
    "relay-hop": mark(
        "what the sending provider's own machine seems to have written; only that provider knows"
    ),
}
"""How a claim was judged, with what a person is told."""

_ADDRESS: Final = re.compile(
    r"\[?(?<![0-9A-Za-z.:])(?:IPv6:)?[0-9A-Fa-f:.]{2,60}\]?", re.IGNORECASE
)
_MAX_CHARS: Final = 500
_MAX_CLAIMS: Final = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """An address that is claimed."""

    source: str
    """The field that it stands in; `received` for a hop."""
    address: Address
    confidence: Confidence
    reason: str
    """A name of `REASONS`."""
    at: datetime | None = None
    """When, for a hop."""
    hop: int | None = None
    """Which hop, from 0 at the top."""


def header_claims(fields: Sequence[tuple[str, str]], edge: int) -> Iterator[Claim]:
    """What the fields claim, in their order; at most twenty.

    Args:
        fields: The whole header, names in lower case.
        edge: Where in it the Received field of the edge is; -1 where there is none.
    """
    count = 0
    for position, (name, value) in enumerate(fields):
        if name not in FIELDS or len(value) > _MAX_CHARS:
            continue
        for found in _ADDRESS.finditer(value):
            address = parse_address(found[0])
            if address is not None and count < _MAX_CLAIMS:
                count += 1
                yield Claim(name, address, "low", _reason(position, edge))


def _reason(position: int, edge: int) -> str:
    return "header-above-edge" if position < edge else "header"

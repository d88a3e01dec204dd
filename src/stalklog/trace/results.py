"""What a provider wrote down of its own checks: Authentication-Results and Received-SPF.

Our own tolerant reader of RFC 8601: Microsoft leaves out who speaks, others write what is in no
rule. Only what the receiver's provider wrote counts: the topmost that stands where that provider
puts it, and bears its name; any other can have come with the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.safety.limits import MAX_RECEIVED_CHARS
from stalklog.trace.address import parse_address
from stalklog.trace.profile import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.trace.address import Address
    from stalklog.trace.profile import Profile

_PIECE: Final = re.compile(r"[();]|[^();]+")
_METHOD: Final = re.compile(
    r"\s*([A-Za-z][A-Za-z0-9_-]*)(?:/[0-9]+)?\s*=\s*([A-Za-z]+)(.*)", re.DOTALL
)
_PROPERTY: Final = re.compile(r"(?<![A-Za-z])([A-Za-z]+\.[A-Za-z0-9_-]+)\s*=\s*(\"[^\"]*\"|[^\s]+)")
_SENDER: Final = re.compile(
    r"sender IP is ([0-9A-Fa-f:.]+)|client-ip=([0-9A-Fa-f:.]+)"
    r"|designates? ([0-9A-Fa-f:.]+) as (?:a )?permitted",
    re.IGNORECASE,
)
_ID: Final = re.compile(r"\s*([^\s;=]+)(?:\s+[0-9]+)?\s*\Z")
_FIELDS: Final = ("authentication-results", "received-spf")
_MAX_RESULTS: Final = 50
"""Of one field; genuine ones have below ten."""


@dataclass(frozen=True, slots=True)
class Result:
    """One check and what came out."""

    method: str
    """`spf`, `dkim`, `dmarc`, `arc`."""
    result: str
    """`pass`, `fail`, `none` and so on, as it stands there."""
    properties: tuple[tuple[str, str], ...] = ()
    """What it was about: `header.d`, `smtp.mailfrom`."""


@dataclass(frozen=True, slots=True)
class Results:
    """What the receiver's provider wrote down of its checks."""

    said_by: str
    """As it names itself; empty where it does not."""
    results: tuple[Result, ...]
    sender: Address | None = None
    """From where the connection came, where it writes that too: a second witness of its own."""


def provider_results(
    fields: Sequence[tuple[str, str]], profile: Profile | None, edge: int, below: int
) -> Results | None:
    """What the provider said; None where nothing is certain to be its own.

    Args:
        fields: The whole header, names in lower case.
        profile: The receiver's provider.
        edge: Where in `fields` its Received field is.
        below: Where the next Received field is, or the end.
    """
    if profile is None:
        return None
    end = below if profile.results_below_edge else edge
    found: Results | None = None
    sender: Address | None = None
    seen: set[str] = set()
    for name, value in fields[:end]:
        if name not in _FIELDS or name in seen or len(value) > MAX_RECEIVED_CHARS:
            continue
        if name == "received-spf":
            seen.add(name)
            sender = sender or _sender(value)
            continue
        parsed = parse_results(value)
        if fits(parsed.said_by, profile.results_ids) or parsed.said_by in profile.results_ids:
            seen.add(name)
            found, sender = parsed, parsed.sender or sender
    if found is None and sender is None:
        return None
    return Results(found.said_by if found else "", found.results if found else (), sender)


def parse_results(value: str) -> Results:
    """One Authentication-Results field; what is in no known form is left out."""
    parts = _without_comments(value[:MAX_RECEIVED_CHARS])
    named = _ID.match(parts[0]) if parts else None
    said_by = named[1] if named else ""
    results = [one for part in parts[1 if named else 0 :][:_MAX_RESULTS] if (one := _result(part))]
    return Results(said_by, tuple(results), _sender(value))


def _result(part: str) -> Result | None:
    found = _METHOD.match(part)
    if found is None:
        return None
    properties = tuple(
        (name.lower(), written.strip('"')) for name, written in _PROPERTY.findall(found[3])
    )
    return Result(found[1].lower(), found[2].lower(), properties)


def _without_comments(value: str) -> list[str]:
    """The parts between semicolons, without what stands in brackets."""
    parts, depth = [""], 0
    for found in _PIECE.finditer(value):
        piece = found[0]
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif depth == 0 and piece == ";":
            parts.append("")
        elif depth == 0:
            parts[-1] += piece
    return parts


def _sender(value: str) -> Address | None:
    found = _SENDER.search(value)
    return parse_address(found[found.lastindex or 0].rstrip(".")) if found else None

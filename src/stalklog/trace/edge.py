"""Where the receiver's own provider took a message in: the last place that can be believed.

Each server writes its Received field on top of what it was given. So the field on top was written
last, by the receiver's side; the lowest that its provider wrote tells who connected from outside,
and all below came with the message and can be made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.i18n import mark
from stalklog.trace.received import is_name
from stalklog.trace.trust import count_trusted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.received import Received
    from stalklog.trace.trust import Trust

Basis: TypeAlias = Literal["observed", "claimed"]
Confidence: TypeAlias = Literal["high", "medium", "low", "none"]

REASONS: Final[Mapping[str, str]] = {
    "provider-edge": mark(
        "the receiver's provider wrote this on the machine to which strangers connect"
    ),
    "vouched-for": mark("a machine that somebody vouched for wrote this"),
    "others-above": mark(
        "it looks like a provider's own, but other machines stand above it, so a stranger can have "
        "written it"
    ),
    "nobody-known": mark(
        "no provider is known by the machines at the top, so nobody says how far they can be "
        "believed"
    ),
    "sent-inside": mark("it was sent inside one provider: nobody connected from outside"),
    "no-hops": mark("the header tells of no connection at all"),
    "edge-without-address": mark("the provider's field is there and tells no address"),
    "all-trusted": mark("every machine in it is one that somebody vouched for"),
    "above-edge": mark("written by the receiver's side, after it took the message in"),
    "below-edge": mark("it came with the message: whoever sent it could have made it up"),
    "not-placed": mark("nobody says whether the machine that wrote this can be believed"),
}
"""How a hop or an origin was judged, with what a person is told."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where the message was taken in."""

    position: int | None
    """Which hop, from 0 at the top; None where there is none."""
    basis: Basis
    confidence: Confidence
    reason: str
    """A name of `REASONS`."""
    profile: Profile | None = None
    """The provider that took it in, where it is known."""


def find_edge(hops: Sequence[Received], profiles: Profiles, trust: Trust) -> Edge:
    """Where the message was taken in, as far as can be said.

    Args:
        hops: The Received fields, the topmost first.
        profiles: Known providers.
        trust: Whom a person vouches for besides.
    """
    if not any(hop.by or hop.name or hop.address for hop in hops):
        return Edge(None, "claimed", "none", "no-hops")
    known = _known(hops, profiles)
    start = known if known and known.basis == "observed" else _vouched(hops, trust) or known
    if start is None:
        return _inside(hops, profiles) or _inferred(hops, profiles)
    if start.basis == "claimed" or not (trust.hosts or trust.networks.rules):
        return _with_address(start, hops)
    return _with_address(_farther(start, hops, profiles, trust), hops)


def _known(hops: Sequence[Received], profiles: Profiles) -> Edge | None:
    """The topmost hop at the edge of a known provider, if that is the receiver's.

    Where the machines at the top are nobody's or another's, it can be the sender's provider, or a
    line that a stranger made up.
    """
    for position, hop in enumerate(hops):
        profile = profiles.at_edge(hop.by)
        if profile is None:
            continue
        above = [one for one in hops[:position] if not _names_nobody(one)]
        if all(profile.has_inside(one.by) for one in above):
            edge = _handed(hops, position, profile)
            return Edge(edge, "observed", "high", "provider-edge", profile)
        if profile.has_inside(above[0].by):
            return Edge(position, "claimed", "low", "others-above", profile)
        return None
    return None


def _names_nobody(hop: Received) -> bool:
    """Whether it was handed on by what may as well be the provider's: no machine is named.

    A machine of another name may be the receiver's, and have taken the message from a stranger
    without a word of him.
    """
    return hop.is_handed_on and (hop.problem == "fetched" or not is_name(hop.by))


def _handed(hops: Sequence[Received], position: int, profile: Profile) -> int:
    """Behind a connection from the provider's own network, the machine that made it.

    Some write only an address of their own network as their name: `by 10.222.140.201`. Others
    give their name, and it is that of a machine to which strangers connect.
    """
    while True:
        hop, below = hops[position], _next(hops, position)
        if hop.address is None or below is None or not hop.address.is_own:
            return position
        by = hops[below].by
        is_told = profile.has_edge(by) and hop.name.lower() == by.lower()
        is_numbered = by == hop.address.value or (
            hop.address.kind == "loopback" and bool(by) and not is_name(by)
        )
        if not (is_told or is_numbered):
            return position
        position = below


def _vouched(hops: Sequence[Received], trust: Trust) -> Edge | None:
    """The topmost hop of a machine that a person vouches for; nothing but handing on above it."""
    if trust.networks.rules:
        return Edge(0, "observed", "medium", "vouched-for")
    for position, hop in enumerate(hops):
        if trust.wrote(hop.by):
            if all(one.is_handed_on or _is_own(one) for one in hops[:position]):
                return Edge(position, "observed", "medium", "vouched-for")
            return Edge(position, "claimed", "low", "others-above")
    return None


def _farther(start: Edge, hops: Sequence[Received], profiles: Profiles, trust: Trust) -> Edge:
    """From there on down as long as each connection came from a machine that is vouched for."""
    edge = start
    while (below := _next(hops, edge.position or 0)) is not None:
        hop = hops[edge.position or 0]
        is_vouched = trust.has(hop.address) or (
            trust.wrote(hops[below].by) and _came_from(hop, trust)
        )
        if not is_vouched:
            return edge
        edge = Edge(below, "observed", "medium", "vouched-for", profiles.at_edge(hops[below].by))
    last = hops[edge.position or 0]
    if trust.has(last.address):
        return Edge(None, "observed", "none", "all-trusted")
    return edge


def _came_from(hop: Received, trust: Trust) -> bool:
    """Whether the machine that connected there is vouched for.

    The name that the other side gives itself never counts: anybody can give himself any. Nor is
    it needed in LMTP, which a server speaks within its own house (RFC 2033 section 1).
    """
    if hop.address is None:
        return hop.is_handed_on
    is_inside = hop.address.is_own or hop.protocol.lower().startswith("lmtp")
    return is_inside or trust.wrote(hop.looked_up)


def _inside(hops: Sequence[Received], profiles: Profiles) -> Edge | None:
    """Whether it never left one provider: all that is there are that one's own machines."""
    spoken = [hop for hop in hops if not _names_nobody(hop)]
    profile = profiles.inside(spoken[0].by) if spoken else None
    if profile is None or not all(profile.has_inside(hop.by) for hop in spoken):
        return None
    return Edge(None, "observed", "medium", "sent-inside", profile)


def _inferred(hops: Sequence[Received], profiles: Profiles) -> Edge:
    """Where nobody is known: the first connection from outside a private network, as a claim."""
    told = [(position, hop.address) for position, hop in enumerate(hops) if hop.address is not None]
    count = count_trusted([address for _position, address in told], None)
    if count == len(told):
        return Edge(None, "claimed", "none", "nobody-known", profiles.inside(hops[0].by))
    return Edge(told[count][0], "claimed", "low", "nobody-known", None)


def _with_address(edge: Edge, hops: Sequence[Received]) -> Edge:
    """An edge that tells no address, or only the provider's machine itself, has no origin."""
    if edge.position is None:
        return edge
    address = hops[edge.position].address
    is_itself = edge.reason == "provider-edge" and address is not None
    if address is not None and not (is_itself and address.kind == "loopback"):
        return edge
    return Edge(edge.position, edge.basis, "none", "edge-without-address", edge.profile)


def _next(hops: Sequence[Received], position: int) -> int | None:
    """The next hop below that tells anything."""
    for below in range(position + 1, len(hops)):
        if not hops[below].is_handed_on:
            return below
    return None


def _is_own(hop: Received) -> bool:
    return hop.address is not None and hop.address.is_own

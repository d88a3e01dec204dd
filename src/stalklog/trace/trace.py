"""The way of one message: each hop with its doubt, the origin as far as it was observed, claims."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.safety.limits import MAX_HOPS
from stalklog.trace.claims import Claim, header_claims
from stalklog.trace.date import parse_moment
from stalklog.trace.edge import find_edge
from stalklog.trace.received import parse_received
from stalklog.trace.results import provider_results
from stalklog.trace.skew import Observation, observe_date, observe_times
from stalklog.trace.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from stalklog.trace.address import Address
    from stalklog.trace.edge import Basis, Confidence, Edge
    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.received import Received
    from stalklog.trace.results import Results

CERTAIN: Final = frozenset({"relay-address", "sent-inside"})
"""For which reasons a provider is the one to be asked without a doubt: a name can be chosen."""
HopTrust: TypeAlias = Literal["observed", "edge", "claimed"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the way."""

    trust: HopTrust
    """`observed`: written by the receiver's side; `edge`: there it was taken in; else `claimed`."""
    reason: str
    """A name of `edge.REASONS`."""
    received: Received
    provider: str = ""
    """Whose machine wrote it, where that is known by its name; of a claim nobody's."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where the message was handed to the receiver's provider."""

    address: Address
    at: datetime | None
    """When, in UTC, by that provider's clock."""
    recorded_by: str
    """Who recorded it: the provider, or the name of the machine."""
    basis: Basis
    confidence: Confidence
    reason: str
    """A name of `edge.REASONS`."""
    hop: int
    """Which hop, from 0 at the top."""


@dataclass(frozen=True, slots=True)
class Provider:
    """To whom a letter goes: who knows which customer it was."""

    profile: Profile
    why: Literal["relay-address", "relay-name", "told-name", "sent-inside"]
    """A name of `PROVIDER_REASONS`."""


@dataclass(frozen=True, slots=True)
class Trace:
    """All that a header shows of where its message came from."""

    hops: tuple[Hop, ...]
    """The latest first, as in the header."""
    origin: Origin | None
    claims: tuple[Claim, ...]
    provider: Provider | None
    receiver: Profile | None
    """The receiver's provider, where it is known."""
    results: Results | None
    """What that provider wrote down of its checks."""
    observations: tuple[Observation, ...]
    why_not: str
    """Why there is no origin: a name of `edge.REASONS`; empty where there is one."""
    vouch: str
    """A machine whose word would settle it, if it is the receiver's: for `--trusted-by`."""
    profiles_version: int
    profiles_sha256: str


def trace_fields(
    fields: Sequence[tuple[str, str]],
    profiles: Profiles,
    trust: Trust = Trust(),  # noqa: B008 - frozen
) -> Trace:
    """What the fields of a header show; never raises, and asks nobody.

    Args:
        fields: The whole header in its order: names in lower case, values as written.
        profiles: Known providers.
        trust: Whom a person vouches for besides.
    """
    places = [position for position, (name, _value) in enumerate(fields) if name == "received"]
    read = places[:MAX_HOPS]
    hops = [parse_received(fields[position][1]) for position in read]
    edge = find_edge(hops, profiles, trust)
    at_edge = -1 if edge.position is None else read[edge.position]
    below = next((position for position in places if position > at_edge), len(fields))
    results = None
    if edge.position is not None and edge.basis == "observed":
        results = provider_results(fields, edge.profile, at_edge, below)
    origin = _origin(edge, hops)
    witnessed = list(_witness(origin, results))
    if origin is not None and any(one.code == "provider-disagrees" for one in witnessed):
        origin = replace(origin, confidence="low")
    provider = _provider(edge, origin, hops, profiles)
    return Trace(
        hops=tuple(_judged(hops, edge, profiles)),
        origin=origin,
        claims=(*header_claims(fields, at_edge), *_relay_claims(edge, hops, provider)),
        provider=provider,
        receiver=edge.profile if edge.basis == "observed" else None,
        results=results,
        observations=(*witnessed, *_observe(fields, hops, origin, is_cut=len(places) > len(read))),
        why_not="" if origin else edge.reason,
        vouch=_vouch(edge, hops),
        profiles_version=profiles.version,
        profiles_sha256=profiles.sha256,
    )


def _origin(edge: Edge, hops: Sequence[Received]) -> Origin | None:
    if edge.position is None:
        return None
    hop = hops[edge.position]
    if hop.address is None or edge.confidence == "none":
        return None
    confidence = edge.confidence
    if confidence == "high" and (not hop.address.is_public or hop.is_alone):
        confidence = "medium"
    named = edge.profile.name if edge.profile and edge.basis == "observed" else hop.by
    return Origin(
        address=hop.address,
        at=hop.at,
        recorded_by=named,
        basis=edge.basis,
        confidence=confidence,
        reason=edge.reason,
        hop=edge.position,
    )


def _judged(hops: Sequence[Received], edge: Edge, profiles: Profiles) -> Iterator[Hop]:
    for position, hop in enumerate(hops):
        trust, reason = _judge(position, edge)
        known = None if trust == "claimed" else profiles.inside(hop.by)
        yield Hop(trust, reason, hop, known.name if known else "")


def _judge(position: int, edge: Edge) -> tuple[HopTrust, str]:
    if edge.reason in {"sent-inside", "all-trusted"}:
        return "observed", edge.reason
    if edge.position is None or edge.basis == "claimed":
        return "claimed", edge.reason if position == edge.position else "not-placed"
    if position == edge.position:
        return "edge", edge.reason
    return ("observed", "above-edge") if position < edge.position else ("claimed", "below-edge")


def _provider(
    edge: Edge, origin: Origin | None, hops: Sequence[Received], profiles: Profiles
) -> Provider | None:
    """Whose machine connected: a large provider's own sends for a customer that only it knows."""
    if edge.reason == "sent-inside" and edge.profile is not None:
        return Provider(edge.profile, "sent-inside")
    if origin is None:
        return None
    hop = hops[origin.hop]
    for profile in profiles.mail:
        if profile.has_relay_address(origin.address):
            return Provider(profile, "relay-address")
    for profile in profiles.mail:
        if profile.has_relay_name(hop.looked_up):
            return Provider(profile, "relay-name")
    for profile in profiles.mail:
        if not hop.looked_up and profile.has_relay_name(hop.name):
            return Provider(profile, "told-name")
    return None


def _relay_claims(
    edge: Edge, hops: Sequence[Received], provider: Provider | None
) -> Iterator[Claim]:
    """From where the customer connected to the provider that sent it, as that one seems to say."""
    if provider is None or edge.position is None or provider.why not in CERTAIN:
        return
    for position in range(edge.position + 1, len(hops)):
        hop = hops[position]
        if not provider.profile.has_inside(hop.by):
            return
        if hop.address is not None and not provider.profile.has_inside(hop.name):
            yield Claim("received", hop.address, "medium", "relay-hop", hop.at, position)
            return


def _witness(origin: Origin | None, results: Results | None) -> Iterator[Observation]:
    if origin is not None and results is not None and results.sender is not None:
        is_same = results.sender.value == origin.address.value
        yield Observation("two-witnesses" if is_same else "provider-disagrees", origin.hop)


def _observe(
    fields: Sequence[tuple[str, str]],
    hops: Sequence[Received],
    origin: Origin | None,
    *,
    is_cut: bool,
) -> Iterator[Observation]:
    yield from observe_times(hops)
    sent = next((parse_moment(value) for name, value in fields if name == "date"), None)
    yield from observe_date(sent, origin.at if origin else None)
    for position, hop in enumerate(hops):
        if hop.problem in {"not-understood", "ambiguous", "too-long"}:
            yield Observation("not-read", position)
    if is_cut:
        yield Observation("hops-cut")


def _vouch(edge: Edge, hops: Sequence[Received]) -> str:
    if edge.basis == "observed" or not hops:
        return ""
    if edge.reason == "nobody-known" and edge.position is not None:
        return hops[edge.position].by
    return next((hop.by for hop in hops if hop.by), "")

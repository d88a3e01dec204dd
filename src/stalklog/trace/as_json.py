"""A trace as plain JSON: the shape that `trace --json` promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from stalklog.core.entry import JsonObject
    from stalklog.trace.address import Address
    from stalklog.trace.arc import Chain
    from stalklog.trace.claims import Claim
    from stalklog.trace.profile import Profile, Profiles
    from stalklog.trace.published import Published
    from stalklog.trace.results import Results
    from stalklog.trace.signature import Signature
    from stalklog.trace.trace import Hop, Origin, Trace


def trace_to_json(trace: Trace) -> JsonObject:
    """What a header shows. Reasons are names; the words for them stand in the reference."""
    return {
        "hops": [_hop(hop) for hop in trace.hops],
        "origin": None if trace.origin is None else _origin(trace.origin),
        "why_no_origin": trace.why_not or None,
        "claims": [_claim(claim) for claim in trace.claims],
        "provider": None
        if trace.provider is None
        else provider_to_json(trace.provider.profile, trace.provider.why),
        "receiver": trace.receiver.name if trace.receiver else None,
        "results": None if trace.results is None else _results(trace.results),
        "observations": [
            {"code": one.code, "hop": one.hop, "seconds": one.seconds} for one in trace.observations
        ],
        "vouch": trace.vouch or None,
        "profiles": {"version": trace.profiles_version, "sha256": trace.profiles_sha256},
    }


def provider_to_json(profile: Profile, why: str) -> JsonObject:
    """Whom to ask, why, and where it takes reports as far as the profiles know."""
    return {
        "id": profile.id,
        "name": profile.name,
        "reason": why,
        "contacts": [{"email": email, "source": "profile"} for email in profile.contacts],
        "rests_on": profile.rests_on or None,
    }


def profiles_to_json(profiles: Profiles) -> JsonObject:
    """Which edition of the profiles was used."""
    return {"version": profiles.version, "sha256": profiles.sha256}


def signature_to_json(signature: Signature) -> JsonObject:
    """What came of a signature."""
    return {
        "domain": signature.domain,
        "selector": signature.selector,
        "state": signature.state,
        "key_name": signature.key_name,
        "covers_part": signature.covers_part,
        "key": _key(signature.key),
        "taken_back": _key(signature.taken_back),
    }


def _key(key: Published | None) -> JsonObject | None:
    if key is None:
        return None
    at = None if key.asked_at is None else key.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": key.id or None, "asked_at": at, "asked_of": key.asked_of or None}


def chain_to_json(chain: Chain | None) -> JsonObject | None:
    """Who sealed it, and what came of that."""
    if chain is None:
        return None
    return {
        "sealers": list(chain.sealers),
        "key_names": list(chain.key_names),
        "state": chain.state,
    }


def _hop(hop: Hop) -> JsonObject:
    received = hop.received
    return {
        "trust": hop.trust,
        "reason": hop.reason,
        "by": received.by,
        "provider": hop.provider or None,
        "name": received.name,
        "looked_up": received.looked_up,
        **_address(received.address),
        "at": _moment(received.at),
        "date": received.date,
        "protocol": received.protocol,
        "problem": received.problem or None,
        "raw": received.raw,
    }


def _origin(origin: Origin) -> JsonObject:
    return {
        **_address(origin.address),
        "at": _moment(origin.at),
        "recorded_by": origin.recorded_by,
        "basis": origin.basis,
        "confidence": origin.confidence,
        "reason": origin.reason,
        "hop": origin.hop,
    }


def _claim(claim: Claim) -> JsonObject:
    return {
        "source": claim.source,
        **_address(claim.address),
        "at": _moment(claim.at),
        "confidence": claim.confidence,
        "reason": claim.reason,
        "hop": claim.hop,
    }


def _address(address: Address | None) -> JsonObject:
    if address is None:
        return {"address": None, "port": None, "kind": None}
    return {"address": address.text, "port": address.port, "kind": address.kind}


def _results(results: Results) -> JsonObject:
    return {
        "said_by": results.said_by,
        "results": [
            {"method": one.method, "result": one.result, "properties": dict(one.properties)}
            for one in results.results
        ],
        "sender": results.sender.text if results.sender else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")

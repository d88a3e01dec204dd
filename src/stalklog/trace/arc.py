"""Who sealed a mail that was handed on: the Authenticated Received Chain (RFC 8617).

A list or a forwarder changes a mail, so that its signature no longer fits, and seals instead what
it saw when the mail came. What a seal says is worth as much as its sealer is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.safety.limits import MAX_SIGNATURES
from stalklog.trace.published import read_tags
from stalklog.trace.signature import verify_chain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from stalklog.trace.published import Keys

_SEAL = "arc-seal"
_MESSAGE = "arc-message-signature"


@dataclass(frozen=True, slots=True)
class Chain:
    """The seals of a mail."""

    sealers: tuple[str, ...]
    """The domains, in the order in which they say that they sealed."""
    key_names: tuple[str, ...]
    """Under which names their keys stand."""
    state: str
    """A name of `signature.STATES`."""


def read_chain(
    mail: bytes,
    fields: Sequence[tuple[str, str]],
    keys: Keys,
    now: datetime,
) -> Chain | None:
    """The seals of a mail, verified by keys that were kept; None where there are none.

    Args:
        mail: The mail, byte for byte; empty where it is not there.
        fields: Its header, names in lower case.
        keys: What was kept of the keys.
        now: The present.
    """
    seals = [read_tags(value) for name, value in fields if name == _SEAL][: MAX_SIGNATURES + 1]
    if not seals:
        return None
    sealers = sorted(seals, key=lambda tags: tags.get("i", "").rjust(3, "0")[:3])
    signed = [*seals, *(read_tags(value) for name, value in fields if name == _MESSAGE)]
    names = {
        f"{tags.get('s', '')}._domainkey.{tags.get('d', '')}".lower(): None
        for tags in signed[: 2 * MAX_SIGNATURES]
    }
    return Chain(
        sealers=tuple(tags.get("d", "") for tags in sealers),
        key_names=tuple(names),
        state=_state(mail, names, keys, now, count=len(seals)),
    )


def _state(mail: bytes, names: Mapping[str, None], keys: Keys, now: datetime, *, count: int) -> str:
    if any(not keys.get(name) for name in names):
        return "no-key"
    usable: dict[str, str] = {}
    for name in names:
        records = [record for one in keys[name] for record in one.usable]
        if not records:
            return keys[name][-1].state
        usable[name] = records[0]
    return "not-read" if count > MAX_SIGNATURES else verify_chain(mail, usable, now)

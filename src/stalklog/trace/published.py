"""What a domain published of a signing key, as it was kept: a key, none, or one taken back.

Keys are changed, and taken back: what stood there when somebody asked is all that is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

_TAG: Final = re.compile(r"\s*([A-Za-z0-9_]+)\s*=\s*([^;]*)")


@dataclass(frozen=True, slots=True)
class Published:
    """What stood under the name of a key when it was asked for."""

    records: tuple[str, ...]
    """Each text under that name; none: nothing stood there."""
    asked_at: datetime | None = None
    """When; None of a key that was given as a file."""
    asked_of: str = ""
    """Whose machine answered."""
    id: str = ""
    """The piece of evidence that holds the answer."""

    @property
    def state(self) -> str:
        """What it tells by itself: `found`, or a name of `signature.STATES`."""
        states = [_state(record) for record in self.records]
        for state in ("found", "revoked", "malformed"):
            if state in states:
                return state
        return "gone"

    @property
    def usable(self) -> tuple[str, ...]:
        """The records that hold a key; of several a verifier tries each (RFC 6376, 6.1.2)."""
        return tuple(record for record in self.records if _state(record) == "found")


Keys: TypeAlias = Mapping[str, Sequence[Published]]
"""By the name of each key, in lower case: all that was kept, the oldest first."""


def read_tags(value: str) -> dict[str, str]:
    """The tags of a signature or key, blanks taken out (RFC 6376 section 3.2)."""
    return {
        found[1].lower(): re.sub(r"\s", "", found[2])
        for part in value.split(";")
        if (found := _TAG.fullmatch(part))
    }


def _state(record: str) -> str:
    tags = read_tags(record)
    if "p" not in tags:
        return "malformed"
    return "found" if tags["p"] else "revoked"

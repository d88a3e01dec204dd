"""A country as people write it, as its two letters: `India` is `IN` (ISO 3166)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALSO_CALLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "INDIA": "IN",
        "BHARAT": "IN",
        "भारत": "IN",
        "USA": "US",
        "UNITED STATES": "US",
        "UNITED STATES OF AMERICA": "US",
        "UK": "GB",
        "UNITED KINGDOM": "GB",
    }
)
_LETTERS: Final = re.compile(r"[A-Z]{2}")


def country_of(text: str) -> str:
    """Its two letters; what is none stays as it is, in capitals."""
    name = " ".join(text.split()).upper()
    return _ALSO_CALLED.get(name, name)


def is_country(text: str) -> bool:
    """Whether it is understood: two letters, or a name that is known here."""
    return _LETTERS.fullmatch(country_of(text)) is not None

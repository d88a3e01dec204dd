"""How long a call was, as exports write it: seconds, or a duration of ISO 8601."""

from __future__ import annotations

import re
from typing import Final

_MOST_S: Final = 1_000_000_000
_SECONDS: Final = re.compile(r"([0-9]{1,9})(?:\.[0-9]{1,9})?\Z", re.ASCII)
_ISO: Final = re.compile(
    r"PT(?=[0-9])(?:([0-9]{1,4})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})S)?\Z", re.ASCII
)


def call_length(written: object) -> int | None:
    """The whole seconds; None for what is no length.

    Args:
        written: `65`, `"65"`, `"65.0"` or `"PT1M5S"`.
    """
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    if isinstance(written, int) and not 0 <= written < _MOST_S:
        return None  # nor is a number of thousands of digits written out
    text = str(written)
    found = _SECONDS.match(text)
    if found:
        return int(found[1])
    parts = _ISO.match(text)
    if not parts:
        return None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return (hours * 60 + minutes) * 60 + seconds

"""The time of day that a header tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.whatsapp.half import hour_of_day

if TYPE_CHECKING:
    from stalklog.records.message import Precision

_DIGITS = re.compile(r"(\D*)(\d{1,2})\D+(\d{2})(?:[:.](\d{2}))?(\D*)\Z")
_OTHER = re.compile("[_чh]")
_MAX: Final = 59


def parse_clock(written: str) -> tuple[str, Precision] | None:
    """The time as `22:15:00` and how exact it is; None where it cannot be understood."""
    found = _DIGITS.match(written)
    if not found:
        return None
    before, hours, minutes, seconds, behind = found.groups()
    word = before.strip() or _without(behind)
    hour, minute, second = hour_of_day(int(hours), word), int(minutes), int(seconds or 0)
    if hour is None or minute > _MAX or second > _MAX:
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}", "second" if seconds else "minute"


def _without(behind: str) -> str:
    """The word behind a time, without what belongs to no word."""
    return _OTHER.sub("", behind) if behind.strip(" _.") in {"ч", ""} else behind.replace("_", "")

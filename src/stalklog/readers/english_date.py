"""Months in English and halves of the day, which can be read in one way only."""

from __future__ import annotations

from typing import Final

MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
"""The number of each month."""
LONG_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"), 1,
    )
}  # fmt: skip
"""The same of whole names."""
_NOON: Final = 12
_NO_HOUR: Final = 99


def hour_of(hour: int, *, is_later: bool) -> int:
    """The hour of a clock of twelve; one that no clock has where it is none of these.

    Args:
        hour: From 0 to 12; in Japan midnight is 0.
        is_later: Whether it is after noon.
    """
    return hour % _NOON + _NOON * is_later if 0 <= hour <= _NOON else _NO_HOUR

"""How a header is written, apart from what it says: what differs from all others may be no header.

A line inside a message can look like the beginning of another one. A phone writes all of one
export alike: separators, seconds, the case of `am`, noughts before numbers below ten.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from stalklog.readers.whatsapp.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_T = TypeVar("_T")
_NUMBER = re.compile(r"\d+")
_UPPER, _LOWER, _LETTERS = re.compile("[A-Z]+"), re.compile("[a-z]+"), re.compile(r"[^\W\d_a-zA]+")
_YEAR_BEHIND_NAME = re.compile(r"(?<=[a-z]{2})(\.?(?:[ \u00a0]\d{1,2})?),?[ \u00a0]\d{4}\Z")
"""Phones that write the name of a month leave out the year while it lasts."""
_MOST: Final = 3
"""How many times as many of one kind there must be before the other is odd."""
_LONG_YEAR: Final = 3


class Forms:
    """The forms of all dates, or all times, of an export, and which of them are odd.

    Args:
        written: Each of them.
        numbers: How many numbers of one, from the first on, may have a nought before them.
    """

    def __init__(self, written: Iterable[str], numbers: int) -> None:
        self._shapes = Kept(lambda one: (_form(one), _padding(one, numbers)))
        forms: Counter[str] = Counter()
        paddings: Counter[str] = Counter()
        times = Counter(written)
        for one, count in times.items():
            form, padding = self._shapes[one]
            forms[form] += count
            paddings[padding] += count
        self._main = main_of(forms)
        self._odd_padding = next(
            (one for one, other in (("0", "-"), ("-", "0"))
             if paddings[other] and paddings[one] * _MOST <= paddings[other]),
            None,
        )  # fmt: skip
        self.has_odd = any(map(self.is_odd, times))
        """Whether any of them is."""

    def is_odd(self, written: str) -> bool:
        """Whether it is written otherwise than nearly all."""
        form, padding = self._shapes[written]
        has_odd_form = self._main is not None and form != self._main
        return has_odd_form or (self._odd_padding is not None and padding == self._odd_padding)


def main_of(times: Mapping[_T, int]) -> _T | None:
    """What nearly all are; None where there is no such thing."""
    if not times:
        return None
    main = max(times, key=lambda one: times[one])
    others = sum(times.values()) - times[main]
    return main if times[main] >= _MOST * others else None


def _form(written: str) -> str:
    form = _NUMBER.sub(_width, _YEAR_BEHIND_NAME.sub(r"\1", written))
    return _LETTERS.sub("x", _LOWER.sub("a", _UPPER.sub("A", form)))


def _width(number: re.Match[str]) -> str:
    return "0000" if len(number[0]) >= _LONG_YEAR else "0"


def _padding(written: str, count: int) -> str:
    """`0` where a number below ten has a nought before it, `-` where one has none."""
    numbers = [one for one in _NUMBER.findall(written) if len(one) < _LONG_YEAR][:count]
    if any(len(one) > 1 and int(one[0]) == 0 and int(one) for one in numbers):
        return "0"
    return "-" if any(len(one) == 1 for one in numbers) else ""

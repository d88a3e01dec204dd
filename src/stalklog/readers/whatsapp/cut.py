"""A text cut where messages begin in it, as columns: what stands where in each of its rows.

One call of the pattern gives all of it, several times as quickly as a step for each line would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from operator import add, sub
from typing import TYPE_CHECKING, Final

from stalklog.readers.whatsapp.grammar import HEADER, family

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTEXT: Final = 2
"""So many characters of a text are enough to see how a line before it ended."""
_MORE_WAYS: Final = re.compile(r"[JFMASOND][a-z]{2}|\.\Z")
"""What stands in a date whose family its bracket or colon does not tell."""
_STRIDE: Final = HEADER.groups + 1


@dataclass(slots=True)
class Cut:
    """The rows of a text, each from one beginning to the next."""

    before: str
    """What stands before the first row, without the line break at its end."""
    heads: list[str]
    """All of each beginning, without the line break before it."""
    brackets: list[str | None]
    stamps: list[str]
    """Date and time as written."""
    dates: list[str]
    clocks: list[str]
    turned: list[str | None]
    """The time of day once more, where it stands before the date."""
    colons: list[str | None]
    labels: list[str | None]
    """What stands before the first colon, if a space stands behind that."""
    rests: list[str]
    """What stands behind each beginning, without the line break before the next one."""

    def families(self) -> list[str]:
        """How each row is set off."""
        kinds = set(zip(self.brackets, self.colons, strict=True))
        if len(kinds) == 1 and not any(map(_MORE_WAYS.search, set(self.dates))):
            return [family(*kinds.pop(), self.dates[0], self.heads[0])] * len(self.heads)
        return list(map(family, self.brackets, self.colons, self.dates, self.heads))

    def behind_lf(self) -> list[bool]:
        """Whether an LF without a CR stands before a row; before the first of all is nothing."""
        first = self.before != "" and not self.before.endswith("\r")
        return [first, *(not rest.endswith("\r") for rest in self.rests[:-1])]

    def gaps(self) -> list[int]:
        """How many characters stand between date and time; below nought where time is first."""
        both = map(add, map(len, self.dates), map(len, self.clocks))
        found = list(map(sub, map(len, self.stamps), both))
        if not any(self.turned):
            return found
        return [-gap if one else gap for gap, one in zip(found, self.turned, strict=True)]

    def extend(self, following: Cut) -> None:
        """More of the same text.

        Args:
            following: What comes next, cut with the two characters before it.
        """
        between = following.before + "\n" * bool(following.heads)
        end = (self.rests[-1] if self.rests else self.before) + between[CONTEXT:]
        end = end[:-1] if following.heads else end
        if self.rests:
            self.rests[-1] = end
        else:
            self.before = end
        self.heads += following.heads
        self.brackets += following.brackets
        self.stamps += following.stamps
        self.dates += following.dates
        self.clocks += following.clocks
        self.turned += following.turned
        self.colons += following.colons
        self.labels += following.labels
        self.rests += following.rests

    def kept(self, numbers: Sequence[int]) -> Cut:
        """Only some of the rows; each other one is a part of the text before it.

        Args:
            numbers: Of the rows to keep, in their order.
        """
        borders = [-1, *numbers, len(self.heads)]
        texts = ["\n".join(self._joined(*border)) for border in pairwise(borders)]
        return Cut(
            texts[0],
            [self.heads[one] for one in numbers],
            [self.brackets[one] for one in numbers],
            [self.stamps[one] for one in numbers],
            [self.dates[one] for one in numbers],
            [self.clocks[one] for one in numbers],
            [self.turned[one] for one in numbers],
            [self.colons[one] for one in numbers],
            [self.labels[one] for one in numbers],
            texts[1:],
        )

    def _joined(self, number: int, following: int) -> list[str]:
        """What stands behind a beginning, and the rows that belong to it; -1 is before all."""
        own = self.rests[number] if number >= 0 else self.before
        return [
            own,
            *map(add, self.heads[number + 1 : following], self.rests[number + 1 : following]),
        ]


def cut(text: str) -> Cut:
    """A text cut into its rows.

    Args:
        text: A message in it begins behind a line break.
    """
    parts = HEADER.split(text)
    heads, brackets, stamps, dates, clocks, turned, last, colons, labels, rests = (
        parts[column::_STRIDE] for column in range(1, _STRIDE + 1)
    )
    if any(turned):
        dates = [one or other for one, other in zip(dates, last, strict=True)]
        clocks = [one or other for one, other in zip(clocks, turned, strict=True)]
    return Cut(parts[0], heads, brackets, stamps, dates, clocks, turned, colons, labels, rests)

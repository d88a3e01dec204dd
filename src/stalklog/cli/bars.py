"""Bars of one line, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS = " ▁▂▃▄▅▆▇█"


def bars(numbers: Sequence[int]) -> str:
    """A letter for each number, the highest as high as a line; whatever is above zero is seen."""
    most = max(numbers, default=0) or 1
    return "".join(_BLOCKS[-(-number * 8 // most)] for number in numbers)


def gathered(numbers: Sequence[int], width: int) -> list[int]:
    """The numbers added up by as many neighbours as it takes to be no more than this many."""
    step = max(1, -(-len(numbers) // max(1, width)))
    return [sum(numbers[at : at + step]) for at in range(0, len(numbers), step)]

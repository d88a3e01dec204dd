"""Rows as lines of one width: the last column is folded, and no letter is torn from its marks.

Rich draws tables too, but measures every word of every cell several times: with it a list of
10,000 entries took ten times as long as without.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

GAP = "  "
_LEAST_LAST = 24
"""The last column is never narrower, however wide the others are."""
_MORE = "…"


def widths_of(rows: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """How wide each column is, the last one as wide as the screen leaves it.

    Args:
        rows: The headings and all rows, each as long as the others.
        width: How many columns the screen has.
    """
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    while len(widths) > 1 and width - _taken(widths) < min(_LEAST_LAST, widths[-1]):
        widest = max(widths[:-1])
        if widest <= len(_MORE):
            break
        widths[widths.index(widest)] = widest - 1
    widths[-1] = max(1, min(widths[-1], width - _taken(widths)))
    return tuple(widths)


def _taken(widths: Sequence[int]) -> int:
    return sum(widths[:-1]) + len(GAP) * (len(widths) - 1)


def cells_of(row: Sequence[str], widths: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """The lines of one row, each with a text for every column, as wide as it is."""
    *first, last = row
    heads = [
        padded(shortened(cell, width), width) for cell, width in zip(first, widths, strict=False)
    ]
    blank = [" " * width for width in widths[:-1]]
    for number, line in enumerate(folded(last, widths[-1])):
        yield (*(blank if number else heads), line)


def folded(text: str, width: int) -> Iterator[str]:
    """A text in lines that are no wider, broken between words where that can be."""
    line, used = "", 0
    for word in text.split(" "):
        size = cell_width(word)
        if line and used + 1 + size <= width:
            line, used = f"{line} {word}", used + 1 + size
            continue
        if line:
            yield line
        *whole, line = _pieces(word, width) if size > width else [word]
        yield from whole
        used = cell_width(line)
    yield line


def shortened(text: str, width: int) -> str:
    """A text that is no wider, with … where something is left out."""
    if cell_width(text) <= width:
        return text
    head = _pieces(text, max(1, width - 1))[0]
    return f"{head}{_MORE}" if cell_width(head) < width else _MORE


def padded(text: str, width: int) -> str:
    """A text with spaces behind it up to that width."""
    return text + " " * (width - cell_width(text))


def cell_width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_letter_width, text))


@lru_cache(maxsize=4096)
def _letter_width(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1


def _pieces(word: str, width: int) -> list[str]:
    """A word cut into pieces that are no wider, never before a mark that belongs to a letter."""
    pieces, used = [""], 0
    for letter in word:
        size = _letter_width(letter)
        is_mark = unicodedata.category(letter).startswith("M")
        if pieces[-1] and used + size > width and not is_mark:
            pieces.append("")
            used = 0
        pieces[-1] += letter
        used += size
    return pieces

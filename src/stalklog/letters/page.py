"""One page for whoever must act: few lines, each of one height, so that it fits one A4 sheet.

What does not fit is left out by whole lines, counted and said; the most telling come first. What is
too long for a line ends in three dots, and the record has the rest. Where a page has room, what was
asked of whom, and the particulars, take a second line before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.letters.render import one_line
from stalklog.letters.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROWS: Final = 36
"""Lines of all lists together: with heads and particulars, 4.6 mm each, they fill 268 of 273 mm."""
_MOST_ACROSS: Final = 125
"""Characters of one line across the page, at the size of its letters."""
_MOST_CHARS: Final = 110
"""The same, beside a label."""
_MOST_IN_CELL: Final = 70
"""Of one column; a SHA-256 has 64."""


@dataclass(frozen=True, slots=True)
class Section:
    """A list on the page."""

    name: str
    """`connections`, `accounts`, `contacts` or `exhibits`."""
    title: str
    rows: tuple[tuple[str, ...], ...]
    """What is shown of it, column by column."""
    left_out: int
    """How many more there are."""
    remark: str
    """The same in words, or that there are none; empty where all are shown."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page, ready to be written in any format; every text in it is safe and on one line."""

    language: str
    title: str
    opening: tuple[str, ...]
    """Who made it, when, and of which record."""
    particulars: tuple[tuple[str, str], ...]
    """Labels and what stands beside them."""
    sections: tuple[Section, ...]

    @property
    def has_room(self) -> bool:
        """Whether each particular, and each line of contacts, could take one line more."""
        rows = {section.name: len(section.rows) for section in self.sections}
        more = len(self.particulars) + rows.get("contacts", 0)
        return not self.left_out and sum(rows.values()) + more <= ROWS

    @property
    def left_out(self) -> int:
        """How many lines of its lists did not fit."""
        return sum(section.left_out for section in self.sections)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list before it is fitted to the page."""

    name: str
    rows: Sequence[Sequence[str]]
    """The most telling first."""


def make_page(
    language: str,
    opening: Iterable[str],
    particulars: Iterable[tuple[str, str]],
    listings: Sequence[Listing],
) -> Page:
    """Fit everything to one page.

    Args:
        language: Of the page's own words.
        opening: Lines below the title.
        particulars: Names of words of ours, and values; those without a value are left out.
        listings: The lists, in their order on the page.
    """
    shown = shares([len(one.rows) for one in listings], ROWS)
    return Page(
        language=language,
        title=word("page", "title", language),
        opening=tuple(_cut(line, _MOST_ACROSS) for line in opening),
        particulars=tuple(
            (word("page", name, language), _cut(value, _MOST_CHARS))
            for name, value in particulars
            if value
        ),
        sections=tuple(
            _section(one, count, language) for one, count in zip(listings, shown, strict=True)
        ),
    )


def shares(wanted: Sequence[int], total: int) -> list[int]:
    """How many each gets of what there is: none more than it wants, evenly where it is short."""
    given = [0] * len(wanted)
    left = total
    while left > 0 and given != list(wanted):
        for at, most in enumerate(wanted):
            if given[at] < most and left > 0:
                given[at] += 1
                left -= 1
    return given


def joined(texts: Sequence[str], language: str) -> str:
    """Texts beside one another on one line, those that do not fit counted."""
    line = ""
    for at, text in enumerate(texts):
        longer = f"{line}; {one_line(text)}" if line else one_line(text)
        if line and len(longer) > _MOST_CHARS // 2:
            more = word("page", "more", language).format(count=len(texts) - at)
            return f"{line}; {more}"
        line = longer
    return line


def _section(listing: Listing, count: int, language: str) -> Section:
    left_out = len(listing.rows) - count
    remark = word("page", "more", language).format(count=left_out) if left_out else ""
    if not listing.rows:
        remark = word("page", "none", language)
    rows = tuple(tuple(_cut(cell, _MOST_IN_CELL) for cell in row) for row in listing.rows[:count])
    return Section(listing.name, word("page", listing.name, language), rows, left_out, remark)


def _cut(text: str, most: int) -> str:
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"

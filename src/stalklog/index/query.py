"""What is looked for: how it is typed, and what it means. Nothing that is typed is an error.

Words stand anywhere in the text and in any order, and each must be there. Words in quotes must
follow one another. A star at the end of a word is for its beginning: `threat*`. With `anywhere` all
that is typed is one piece of text, found inside words too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.errors import OverLimitError
from stalklog.i18n import gettext as _
from stalklog.index.folding import BETWEEN, flat, fold, words
from stalklog.safety.limits import MAX_QUERY_CHARS

if TYPE_CHECKING:
    from datetime import datetime

_QUOTES: Final = '"\u201c\u201d\u201e\u201f'
_TERM: Final = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)(?:[{_QUOTES}](\\*?)|$)|([^\\s{_QUOTES}]+)")
"""A phrase, to the end where its quote is not closed, with a star behind it; or a word."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow one another."""

    words: tuple[str, ...]
    """As they are once folded; at least one."""
    is_prefix: bool = False
    """Whether the last one is only the beginning of a word."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents are looked at."""

    from_whom: str = ""
    """A part of the sender's label or id; empty for everybody."""
    since: datetime | None = None
    """From this moment on, by `sorted_at`."""
    until: datetime | None = None
    """Until this moment, itself included."""
    kinds: tuple[str, ...] = ()
    """Only these kinds; empty for all."""
    without_kinds: tuple[str, ...] = ()
    """None of these kinds."""
    seqs: tuple[int, ...] | None = None
    """Only what comes from these entries; None for all."""
    is_dated: bool = False
    """Only what has a time of its own: an instant, or what a clock on the wall showed."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a document must have to be found; with nothing in it, every document is."""

    terms: tuple[Term, ...] = ()
    """Each must occur, as whole words."""
    parts: tuple[str, ...] = ()
    """Each must occur, anywhere; folded, and with single spaces."""
    filters: Filters = Filters()
    """Which documents are looked at."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for, whatever the filters."""
        return not self.terms and not self.parts


def parse_query(typed: str, *, anywhere: bool = False, filters: Filters = Filters()) -> Query:
    """What a person means by what they typed.

    A term that has no word in it, such as `:-)`, is looked for anywhere.

    Raises:
        OverLimitError: It is longer than `MAX_QUERY_CHARS`.
    """
    if len(typed) > MAX_QUERY_CHARS:
        raise OverLimitError(
            _("That is too long to search for: at most {limit} characters.").format(
                limit=MAX_QUERY_CHARS
            ),
            hint=_("A few words of it are enough."),
        )
    if anywhere:
        part = flat(typed)
        return Query(parts=(part,) if part else (), filters=filters)
    terms, parts = [], []
    for found in _TERM.finditer(typed):
        phrase, star, word = found[1], found[2], found[3]
        text = word if phrase is None else phrase
        held = tuple(words(fold(text)))
        if held:
            is_prefix = star == "*" if phrase is not None else _is_beginning(word)
            terms.append(Term(held, is_prefix))
        elif flat(text):
            parts.append(flat(text))
    return Query(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(parts)), filters)


def _is_beginning(word: str) -> bool:
    """Whether a star stands right behind the last letter: `threat*`, and not `threat!*`."""
    return re.search(f"[^{BETWEEN}] ?\\*$", fold(word)) is not None


def term_pattern(term: Term) -> re.Pattern[str]:
    """Where a term stands in a folded text; of a beginning, the whole word."""
    phrase = f"[{BETWEEN}]+".join(map(re.escape, term.words))
    tail = f"[^{BETWEEN}]*" if term.is_prefix else f"(?![^{BETWEEN}])"
    return re.compile(f"(?<![^{BETWEEN}]){phrase}{tail}")


def part_pattern(part: str) -> re.Pattern[str]:
    """Where a part stands in a folded text, whatever white space is in it there."""
    return re.compile(r"\s+".join(map(re.escape, part.split(" "))))

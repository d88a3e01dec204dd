"""Where in a text the hits are, and the part around them that is shown.

What is compared is the folded text; what is marked and cut is the original. A mark covers whole
grapheme clusters, and nothing is cut inside one.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final

from stalklog.index.document import Snippet
from stalklog.index.folding import Places, fold, is_joined, uneven
from stalklog.index.query import part_pattern, term_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from stalklog.index.query import Query

WIDTH: Final = 160
"""How much of a text is shown: two lines of a terminal."""
_BEFORE: Final = 40
"""How much of that stands before the first hit, where there is more text behind it."""
_WORD_REACH: Final = 20
"""How far a cut moves so as not to fall into a word."""
_MAX_SPANS: Final = 200
"""Of each term that are looked at to choose what is shown."""
_FAR: Final = 64
"""How far a cut moves so as not to fall into a cluster; only a hostile one is longer."""
_STEP: Final = 200
"""How much is folded at once on the way to a hit."""

Span = tuple[int, int]


class Marker:
    """Finds what a query looks for in one text after another."""

    def __init__(self, query: Query) -> None:
        self._patterns: list[re.Pattern[str]] = [
            *map(term_pattern, query.terms),
            *map(part_pattern, query.parts),
        ]

    def snippet(self, text: str) -> Snippet | None:
        """The part of a text that holds most of what is looked for; None if not all of it is there.

        With nothing to look for it is the beginning.
        """
        folded = fold(text)
        found = [_first_spans(pattern, folded) for pattern in self._patterns]
        if not all(found):
            return None
        marked = found if text.isascii() else _marked(text, folded, found)
        return _cut_out(text, _best(marked), _apart(span for each in marked for span in each))


def _marked(text: str, folded: str, found: list[list[Span]]) -> list[list[Span]]:
    origins = Origins(text, folded)
    return [[origins.of(span) for span in spans] for spans in found]


class Origins:
    """Where in a text it stands that folded to something, in whole grapheme clusters."""

    def __init__(self, text: str, folded: str) -> None:
        odd = uneven(text, folded)
        self._text = text
        self._places = Walk(text) if odd is None else Places(odd)

    def of(self, span: Span) -> Span:
        """The part of the text that has this part of the folded text, which is not empty."""
        start, last = self._places.of(span[0]), self._places.of(span[1] - 1)
        return _whole(self._text, start, -1), _whole(self._text, last + 1, 1)


class Walk:
    """As `Places` where letters were composed: by folding one cluster after another.

    It goes on from where it was, so that many places in order cost one walk.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._start = 0
        """A cluster,"""
        self._done = 0
        """and where it begins in the folded text."""

    def of(self, at: int) -> int:
        """Where the cluster begins that stands there in the folded text."""
        if at < self._done:
            self._start = self._done = 0
        for step in (_STEP, 1):
            while self._start < len(self._text):
                end = _whole(self._text, min(self._start + step, len(self._text)), 1)
                length = len(fold(self._text[self._start : end]))
                if self._done + length > at:
                    break
                self._start, self._done = end, self._done + length
        return self._start


def _first_spans(pattern: re.Pattern[str], folded: str) -> list[Span]:
    return [match.span() for match in islice(pattern.finditer(folded), _MAX_SPANS)]


def _whole(text: str, at: int, step: int) -> int:
    """The nearest place in that direction where the text can be cut."""
    for _ in range(_FAR):
        if not is_joined(text, at):
            break
        at += step
    return at


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; those that overlap as one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _best(found: list[list[Span]]) -> int:
    """Where the first hit stands from which most of the terms are near."""
    starts = sorted({start for spans in found for start, _ in spans})[:_MAX_SPANS]
    if len(found) <= 1:
        return starts[0] if starts else 0

    def count(first: int) -> int:
        last = first + WIDTH - _BEFORE
        nexts = (spans[bisect_left(spans, (first,)) :][:1] for spans in found)
        return sum(one[0][1] <= last for one in nexts if one)

    return max(starts, key=count)


def _cut_out(text: str, first: int, spans: list[Span]) -> Snippet:
    start, end = _window(text, first)
    inside = tuple(
        (max(span[0], start) - start, min(span[1], end) - start)
        for span in spans
        if span[0] < end and start < span[1]
    )
    return Snippet(text[start:end], inside, start > 0, end < len(text))


def _window(text: str, first: int) -> Span:
    """What to show so that `first` is in it; it is cut between words where one ends nearby."""
    start = max(0, min(first - _BEFORE, len(text) - WIDTH))
    if start > 0:
        near = (at for at in range(start, min(start + _WORD_REACH, first)) if text[at].isspace())
        start = _whole(text, next(near, start - 1) + 1, -1)
    end = max(start + WIDTH, first + WIDTH // 2)  # a very long cluster may begin far before
    if end < len(text):
        near = (at for at in range(end, end - _WORD_REACH, -1) if text[at].isspace())
        end = _whole(text, next(near, end), -1)
    return start, min(end, len(text))

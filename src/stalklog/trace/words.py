"""The clauses of a Received field: what stands outside of all brackets, and each pair whole.

A server joins what the other side said of itself to what it saw, so a stranger may have written
some of it. Round brackets that do not pair are therefore no field that is read.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Final, NamedTuple

_BRACKET: Final = re.compile(r"[()]")
_OPEN, _FILLED = "\x01", "\x00"
"""What stands in for a bracket and all in it, letter for letter, while clauses are looked for."""
_KEYWORD: Final = re.compile(
    r"<[^<>\s]*>|;|"
    + "|".join(
        rf"{word}(?<![^\s;\x00]{word})(?=[\s\x01;]|\Z)"
        for word in ("from", "by", "via", "with", "id", "for")
    )
)
"""In lower case: looking for either case takes three times as long."""
_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
"""For what holds a letter of which `lower` makes two, so that places would no longer fit."""
_PIECE: Final = re.compile(r"\x01\x00*|[^\s\x00\x01]+")
_WORD: Final = re.compile(r"<[^<>\x00\x01;]*>|[^\s\x00\x01;]+")
_DATE: Final = re.compile(
    r"(?<=\s)(?:[A-Z][a-z]{2},\s+[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}|[0-9]{4}(?:-[0-9]{2}){2}) "
    r"[0-9:.]{8,18} [+-][0-9]{4}(?: UTC)?(?: m=[0-9.+-]+)?(?: \([A-Za-z0-9:+-]+\))?\Z"
)
"""A date at the end, as one large sender of mail writes it without a semicolon."""
_MAILBOX: Final = re.compile(r"\s+<")
_WITH_VALUE: Final = frozenset({"from", "by", "id", "for"})


class Word(NamedTuple):
    """A word, or what stands in one pair of round brackets."""

    text: str
    is_group: bool = False
    is_glued: bool = False
    """Whether no blank parts it from what stands before it."""


class Split(NamedTuple):
    """A field taken apart."""

    text: str
    masked: str
    """The same without what stands in brackets."""
    clauses: dict[str, tuple[int, int]]
    """Where the first clause of each keyword is, without the keyword; of `with` and `via` only one
    behind `by`, if that is there."""
    repeated: frozenset[str]
    """Keywords that stand there more than once."""
    date: str
    """What stands behind the last semicolon, or a date that stands at the end without one."""

    def first(self, keyword: str) -> str:
        """The first word of a clause that is no bracket; empty where there is none."""
        place = self.clauses.get(keyword)
        found = _WORD.search(self.masked, *place) if place else None
        return found[0].rstrip(",") if found else ""

    def words(self, keyword: str) -> list[Word]:
        """All words of a clause."""
        return self._words(*self.clauses.get(keyword, (0, 0)))

    def sender(self) -> list[Word]:
        """All words behind `from` up to `by`, or to the end where that is not there.

        Whatever keyword stands between: the other side's name can hold it.
        """
        if "from" not in self.clauses:
            return []
        start, by = self.clauses["from"][0], self.clauses.get("by", (0, 0))[0] - len("by")
        return self._words(start, by if by > start else len(self.masked))

    def _words(self, start: int, end: int) -> list[Word]:
        words, before = [], -1
        for found in _PIECE.finditer(self.masked, start, end):
            first, last = found.span()
            is_group = found[0][0] == _OPEN
            text = self.text[first + 1 : last - 1] if is_group else found[0]
            words.append(Word(text, is_group, first == before))
            before = last
        return words


def split_words(text: str) -> Split | None:
    """The clauses of a field; None where its brackets do not pair.

    A field that is one bracket around `from …`, as some write it, is read as if there were none.
    """
    masked = _masked(text)
    if masked is None:
        return None
    if text[:6].lower() == "(from ":
        length = len(masked) - len(masked[1:].lstrip(_FILLED))
        text = f" {text[1 : length - 1]} {text[length:]}"
        masked = _masked(text)
        if masked is None:
            return None
    return _split(text, masked)


def _masked(text: str) -> str | None:
    """The text with each outermost pair of brackets filled; None where they do not pair."""
    if _OPEN in text or _FILLED in text:
        return None
    parts: list[str] = []
    depth, opened, done = 0, 0, 0
    for found in _BRACKET.finditer(text):
        at = found.start()
        if found[0] == "(":
            depth += 1
            if depth == 1:
                opened = at
        else:
            depth -= 1
            if depth < 0:
                return None
            if depth == 0:
                parts += (text[done:opened], _OPEN, _FILLED * (at - opened))
                done = at + 1
    return None if depth else "".join((*parts, text[done:]))


def _split(text: str, masked: str) -> Split:
    clauses: dict[str, tuple[int, int]] = {}
    repeated: set[str] = set()
    keyword, start, semicolon = "", 0, -1
    lowered = masked.lower()
    if len(lowered) != len(masked):
        lowered = masked.translate(_LOWER)
    for found in _KEYWORD.finditer(lowered):
        at, end = found.span()
        word = found[0]
        # What follows `from`, `by`, `id` or `for` at once is their value, whatever it says.
        is_value = keyword in _WITH_VALUE and not masked[start:at].strip()
        if is_value and word == "for" and keyword == "id" and _MAILBOX.match(masked, end):
            is_value = False  # one server leaves its id empty
        if word[0] == "<" or (is_value and word != ";"):
            continue
        if keyword in clauses:
            repeated.add(keyword)
        elif keyword:
            clauses[keyword] = start, at
        if word == ";":
            semicolon, word = at, ""
        keyword, start = word, end
    if keyword in clauses:
        repeated.add(keyword)
    elif keyword:
        clauses[keyword] = start, len(masked)
    _drop_told(clauses)
    return Split(text, masked, clauses, frozenset(repeated), _date(text, semicolon))


def _drop_told(clauses: dict[str, tuple[int, int]]) -> None:
    """Without how it was sent, where that stands before `by`: the other side's name can hold it."""
    for word in ("with", "via"):
        if word in clauses and clauses[word] < clauses.get("by", (0, 0)):
            del clauses[word]


def _date(text: str, semicolon: int) -> str:
    if semicolon >= 0:
        return text[semicolon + 1 :].strip()
    found = _DATE.search(text)
    return found[0] if found else ""

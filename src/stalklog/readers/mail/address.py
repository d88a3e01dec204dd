"""Addresses in a header field: the name shown apart from the address, in time that is linear.

Names are decoded after the list was split, so that an encoded comma or bracket makes no address
(RFC 2047 section 5). The standard library recurses at each bracket of a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.encoded_word import decode_field, unfold
from stalklog.records.message import Party

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIMPLE = re.compile(r'\s*(?:"([^"\\]*)"|([^",;:<>()\\@]*))\s*<([^<>\s,;:()"]+)>\s*\Z')
_BARE = re.compile(r"[^\s\",;:<>()\\]+@[^\s\",;:<>()\\@]+\Z")
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|<(?P<angle>[^<>]*)>?|(?P<mark>[(),;:>"])'
    r'|(?P<escaped>\\.?)|(?P<text>[^"<>(),;:\\]+)',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MAX_TOKENS: Final = 100_000
"""Names, addresses and marks of one field; 2,000 recipients have about 12,000."""
_COMMENT = re.compile(r"\([^()]*\)")
_ROUTE = re.compile(r"@[^:]*:")
_NOBODY = re.compile(r"undisclosed|unlisted|suppressed|recipients? list", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody whom a field names."""

    parties: tuple[Party, ...] = ()
    is_sure: bool = True
    """Whether all letters could be decoded as declared."""
    is_cut: bool = False
    """Whether there are more than are listed."""


def parse_parties(value: str, role: str = "", declared: str = "", *, limit: int) -> Parties:
    """Everybody whom a field names.

    Args:
        value: As `Header` has it.
        role: What they are called in the result.
        declared: The charset of the mail's text.
        limit: How many are listed at most.
    """
    parties: list[Party] = []
    is_sure = True
    for label, address in _split(unfold(value)):
        shown, is_right = decode_field(label.strip(), declared)
        id_, is_id_right = decode_field(address.strip(), declared)
        is_sure = is_sure and is_right and is_id_right
        shown = "" if shown == id_ else shown.strip()
        if not id_ and (not shown or _NOBODY.search(shown)):
            continue
        if len(parties) == limit:
            return Parties(tuple(parties), is_sure, is_cut=True)
        parties.append(Party(shown, id_, role))
    return Parties(tuple(parties), is_sure)


def _split(value: str) -> Iterator[tuple[str, str]]:
    simple = _SIMPLE.match(value)
    if simple:
        return iter(((simple[1] or simple[2] or "", simple[3]),))
    if _BARE.match(value):
        return iter((("", value),))
    return _Split(value).run()


class _Split:
    """One pass over the tokens of an address list (RFC 5322 section 3.4)."""

    def __init__(self, value: str) -> None:
        self._value = value
        self._words: list[str] = []
        self._comment: list[str] = []
        self._angle: str | None = None
        self._depth = 0
        self._before = ""

    def run(self) -> Iterator[tuple[str, str]]:
        for count, found in enumerate(_TOKEN.finditer(self._value)):
            if count == _MAX_TOKENS:
                break
            if self._depth:
                self._take_comment(found)
            elif found.lastgroup == "mark" and found[0] in ",;":
                if self._words or self._comment or self._angle is not None or self._before:
                    yield from self._end(found[0])
            else:
                self._take(found)
        yield from self._end(";")

    def _take_comment(self, found: re.Match[str]) -> None:
        self._depth += {"(": 1, ")": -1}.get(found[0], 0)
        if self._depth:
            self._comment.append(found["escaped"][1:] if found["escaped"] else found[0])

    def _take(self, found: re.Match[str]) -> None:
        mark = found["mark"]
        if mark == "(":
            self._depth = 1
        elif mark == ":":
            if not any("@" in word for word in self._words):
                self._words.clear()  # the name of a group
        elif found["quoted"] is not None:
            self._words.append(_ESCAPED.sub(r"\1", found["quoted"]))
        elif found["angle"] is not None:
            self._angle = found["angle"]
        elif not mark:
            self._words.append(found["escaped"][1:] if found["escaped"] else found["text"])

    def _end(self, mark: str) -> Iterator[tuple[str, str]]:
        phrase = " ".join("".join(self._words).split())
        comment = "".join(self._comment).strip()
        angle = self._angle
        self._words.clear()
        self._comment.clear()
        self._angle = None
        before, self._before = self._before, ""
        if angle is not None:
            label = f"{before}, {phrase}" if before and phrase else (before or phrase)
            yield label or comment, _ROUTE.sub("", _COMMENT.sub("", angle), count=1)
            return
        if before:
            yield from _loose(before, "")
        if phrase and mark == "," and "@" not in phrase:
            self._before = phrase  # perhaps `Doe, Jane <jane@example.org>`, which lacks its quotes
        else:
            yield from _loose(phrase, comment)


def _loose(phrase: str, comment: str) -> Iterator[tuple[str, str]]:
    """Of a phrase without brackets: the address in it, and the rest as the name."""
    before, at, behind = phrase.partition("@")
    if at:
        rest, _space, local = before.rstrip().rpartition(" ")
        domain, _space, more = behind.lstrip().partition(" ")
        yield f"{rest} {more}".strip() or comment, f"{local}@{domain}"
    elif phrase:
        yield phrase, ""


ROLES: Final = ("to", "cc", "bcc")
"""The fields that name recipients."""

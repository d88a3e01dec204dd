"""How text is compared in a search: what differs only in how it was typed is made alike.

Text and query pass through the same `fold`; the original is never changed. The steps are those of
NFKC_Casefold (Unicode Standard, section 3.13), and then what people who search do not mind:

- accents and other marks over and under letters go (`café`, `cafe`); vowel signs, the virama,
  voiced kana and Thai marks stay, because without them it is another word;
- of Devanagari the nukta goes, candrabindu becomes anusvara, and so does a nasal before a consonant
  of its own row, because each is written both ways: ज़/ज, हँस/हंस, हिन्दी/हिंदी;
- every decimal digit is an ASCII digit: ९८७ and 987;
- joiners, soft hyphens, direction marks and all else that is not seen go;
- curly quotes and long dashes become plain ones, other punctuation outside ASCII a space;
- an emoji or another symbol outside ASCII stands by itself, so that it is a word.

So in what comes out a word is a run of ASCII letters and digits and of anything outside ASCII.
That is how the `ascii` tokenizer of SQLite's FTS5 cuts, in every version of it, and `words` here.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate, takewhile
from typing import Final

from stalklog.safety.normal import nfc

VERSION: Final = 2
"""Counted up whenever anything is folded otherwise: an index of another version is made again."""

BETWEEN: Final = "\\x00-/:-`{-\\x7f"
"""What no word has once it is folded, for a character class. A class of what words do have would
take milliseconds to compile, for each term of each query."""
_WORD: Final = re.compile(f"[^{BETWEEN}]+")
_VIRAMA: Final = "\u094d"
_NASAL: Final = re.compile(
    "(?:\u0919\u094d(?=[\u0915-\u0918])"  # ṅ before k kh g gh
    "|\u091e\u094d(?=[\u091a-\u091d])"  # ñ before c ch j jh
    "|\u0923\u094d(?=[\u091f-\u0922])"  # ṇ before ṭ ṭh ḍ ḍh
    "|\u0928\u094d(?=[\u0924-\u0927])"  # n before t th d dh
    "|\u092e\u094d(?=[\u092a-\u092d]))"  # m before p ph b bh
)
_ANUSVARA: Final = "\u0902"
_PLAIN: Final = {
    "\u0901": _ANUSVARA,
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
"""What has one plain form."""
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Default-ignorable letters and marks (DerivedCoreProperties.txt); the others are told below."""
_OVERLAY, _NUKTA, _FIRST_FIXED, _LAST_FIXED, _FIRST_PLACED = 1, 7, 10, 36, 200
"""Canonical combining classes (UAX #44, table 15): Hebrew and Arabic points are 10 to 36, and
what stands above, below or attached is 200 and more. The vowel signs that are letters have
others: 0, 8 (kana), 9 (virama), 84 to 132 (Telugu, Thai, Lao, Tibetan)."""
_HINDI: Final = re.compile(
    "[\x01-\x7f\u0900-\u097f\u200c\u200d\u2010-\u2027\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]*"
)
"""Text in which nothing is left to compose once each letter is folded: 2 microseconds for one of
70 letters, and 6 the other way."""
_CHANGING: Final = re.compile(
    "[^\x01-@\\[-\x7f\u0902\u0903\u0905-\u0928\u092a-\u0930\u0932\u0933\u0935-\u0939\u093d-\u094d\u0950]"
)
"""Letters that are folded, as far as these are not named here: a few in a text of Hindi."""
_UNEVEN: Final = re.compile(
    "[\u093c\u0951-\u0954\u200c\u200d\u2025\u2026\u2600-\u2767\u2794-\u27bf\ufe0f\U0001f300-\U0001faff]"
)
"""Letters of such a text that become none or several."""
_FAR: Final = 64
"""How far back is looked to see what belongs together; genuine clusters have below 16."""


def fold(text: str) -> str:
    """The text as it is compared; white space stays what it is, as far as it is ASCII."""
    if text.isascii():
        return text.lower().replace("\0", " ")
    try:
        return _without_nasals(_CHANGING.sub(_quickly_folded, text))
    except KeyError:  # a letter that is not Hindi: something may be left to compose
        return nfc(_without_nasals(text.translate(_LETTERS)))


def _without_nasals(folded: str) -> str:
    return _NASAL.sub(_ANUSVARA, folded) if _VIRAMA in folded else folded


def flat(text: str) -> str:
    """The text as it is compared, each run of white space as one space and none at its ends."""
    return " ".join(fold(text).split())


def words(folded: str) -> list[str]:
    """The words of a text that was folded."""
    return _WORD.findall(folded)


def uneven(text: str, folded: str) -> list[tuple[int, int]] | None:
    """Which letters of a text are not one letter of `folded`, what it was folded to.

    Returns:
        For each its place in the text, and how many letters it became; None where that cannot be
        told, as letters were composed: then `is_joined` tells what belongs together.
    """
    if text.isascii():
        return []
    if _HINDI.fullmatch(text):
        found = [(match.start(), _SIZES[ord(match[0])]) for match in _UNEVEN.finditer(text)]
        unbound = _CHANGING.sub(_quickly_folded, text) if _VIRAMA in text else ""
    else:
        sizes = map(_SIZES.__getitem__, map(ord, text))
        found = [(place, size) for place, size in enumerate(sizes) if size != 1]
        unbound = text.translate(_LETTERS) if _VIRAMA in text else ""
    viramas = [match.end() - 1 for match in _NASAL.finditer(unbound)]
    if viramas:
        places = Places(found)
        found = sorted([*found, *((places.of(one), 0) for one in viramas)])
    length = len(text) + sum(size - 1 for _, size in found)
    return found if length == len(folded) else None


class Places:
    """From where in a text each letter of the folded one comes.

    Args:
        odd: What `uneven` tells.
    """

    def __init__(self, odd: list[tuple[int, int]]) -> None:
        self._odd = odd
        shifts = accumulate((size - 1 for _, size in odd), initial=0)
        self._starts = [place + shift for (place, _), shift in zip(odd, shifts, strict=False)]

    def of(self, at: int) -> int:
        """The place in the text of what stands there in the folded one."""
        last = bisect_right(self._starts, at) - 1
        if last < 0:
            return at
        place, size = self._odd[last]
        beyond = at - self._starts[last] - size
        return place if beyond < 0 else place + 1 + beyond


def is_joined(text: str, at: int) -> bool:
    """Whether what stands before and after belongs together, so that a cut there would show.

    It is so within a grapheme cluster (UAX #29), between a virama and its consonant, and wherever
    the two sides fold otherwise together than apart. Never at the two ends.
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after.isascii():
        return before == "\r" and after == "\n"
    return _extends(after) or _binds(text, at) or _is_inside_flag(text, at)


class _Letters(dict[int, str]):
    """What each letter becomes; filled as letters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_letter(chr(code))
        return folded


class _Sizes(dict[int, int]):
    """How long each letter is then."""

    def __missing__(self, code: int) -> int:
        size = self[code] = len(_LETTERS[code])
        return size


class _HindiLetters(dict[str, str]):
    """What each letter of a text of Hindi becomes; a `KeyError` for any other letter."""

    def __missing__(self, letter: str) -> str:
        if not _HINDI.fullmatch(letter):
            raise KeyError(letter)
        folded = self[letter] = _LETTERS[ord(letter)]
        return folded


_LETTERS: Final = _Letters()
_HINDI_LETTERS: Final = _HindiLetters()
_SIZES: Final = _Sizes()


def _quickly_folded(match: re.Match[str]) -> str:
    return _HINDI_LETTERS[match[0]]


def _fold_letter(letter: str) -> str:
    folded = letter
    while True:
        parts = unicodedata.normalize("NFKD", folded)
        again = unicodedata.normalize("NFC", "".join(map(_fold_part, parts)))
        if again == folded:
            break
        folded = again
    return "".join(map(_set_apart, folded))


def _fold_part(part: str) -> str:
    if _is_dropped(part):
        return ""
    if unicodedata.category(part) == "Nd":
        return str(unicodedata.decimal(part))
    return _PLAIN.get(part) or "".join(_PLAIN.get(each, each) for each in part.casefold())


def _is_dropped(letter: str) -> bool:
    kind, place = unicodedata.category(letter), unicodedata.combining(letter)
    return (
        kind in {"Cf", "Me"}
        or letter in _FILLERS
        or "\ufe00" <= letter <= "\ufe0f"  # variation selectors
        or "\U000e0000" <= letter <= "\U000e0fff"  # tags, and more variation selectors
        or "\U0001f3fb" <= letter <= "\U0001f3ff"  # skin tones
        or place in {_OVERLAY, _NUKTA}
        or _FIRST_FIXED <= place <= _LAST_FIXED
        or place >= _FIRST_PLACED
    )


def _set_apart(letter: str) -> str:
    """A letter or mark as it is; a symbol as a word of its own; anything else as a space."""
    kind = unicodedata.category(letter)
    if letter == "\0":
        return " "
    if letter.isascii() or kind[0] in "LNM" or kind == "Co":
        return letter
    if kind[0] == "S" or (kind == "Cn" and not _is_never_a_letter(ord(letter))):
        return f" {letter} "  # what is not assigned may be an emoji that is newer than this Python
    return " "


def _is_never_a_letter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - noncharacters


def _extends(letter: str) -> bool:
    if unicodedata.category(letter)[0] == "M":
        return True
    first = _LETTERS[ord(letter)][:1]
    return (
        not first
        or unicodedata.category(first)[0] == "M"
        or "\u1160" <= first <= "\u11ff"  # a vowel or a final of Hangul
    )


def _binds(text: str, at: int) -> bool:
    """Whether the letter before is a virama or a joiner; what is not seen is passed over."""
    for letter in reversed(text[max(0, at - _FAR) : at]):
        if letter == "\u200d" or unicodedata.combining(letter) == unicodedata.combining(_VIRAMA):
            return True
        if letter.isascii() or _LETTERS[ord(letter)]:
            return False
    return False


def _is_inside_flag(text: str, at: int) -> bool:
    """Whether both sides are halves of one flag: they come in pairs."""
    if not ("\U0001f1e6" <= text[at] <= "\U0001f1ff"):
        return False
    before = reversed(text[max(0, at - _FAR) : at])
    halves = takewhile(lambda letter: "\U0001f1e6" <= letter <= "\U0001f1ff", before)
    return sum(1 for _ in halves) % 2 == 1

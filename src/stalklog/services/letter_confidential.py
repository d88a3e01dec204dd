"""What of the person stands in a letter all the same: in words of others, or in what was noted.

No template has a field for her name or for a way to reach her. But a threat is quoted word for
word, and a promise as it was noted: both can name her. Nothing is struck out, as words of others
stay what they were; she is told, and decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.records.case import CONFIDENTIAL
from stalklog.services.letter_material import text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.core.entry import JsonObject

_WORD: Final = r"[\w\u0900-\u0963\u0970-\u097f\u200c\u200d]"
"""A letter, or a sign that belongs to one: of Devanagari the vowels and the virama, too."""
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"'“”]+@[^\s<>()\[\],;:\"'“”]+")
_NUMBER: Final = re.compile(r"(?<!\w)\+?\d(?:[\s().-]{0,2}\d){6,17}(?!\w)")
_LAST_DIGITS: Final = 8
"""By these two numbers are the same, whatever stands before them: 0, +91, 0091."""
_SHORTEST: Final = 3
"""A part of a name with fewer letters is in every text."""
_MOST_SHOWN: Final = 48


def confidential_in(case: JsonObject, text: str) -> Mapping[str, str]:
    """By the name of the particular, how the first line begins in which a part of it stands.

    Args:
        case: All particulars, with those that are confidential.
        text: The letter as plain text.
    """
    lines = [" ".join(line.split()) for line in text.split("\n")]
    sought = {name: tuple(_parts(name, text_in(case, name))) for name in CONFIDENTIAL}
    found = {
        name: next((line for line in lines if any(part.search(line) for part in parts)), "")
        for name, parts in sought.items()
    }
    return {name: _beginning(line) for name, line in found.items() if line}


def _parts(name: str, value: str) -> Iterator[re.Pattern[str]]:
    """What is looked for: each word of a name; the addresses and numbers among other words."""
    if name == "name":
        for word in re.findall(rf"{_WORD}+", value):
            if len(word) >= _SHORTEST:
                yield _whole(word)
        return
    for address in _ADDRESS.findall(value):
        yield _whole(address)
    for number in _NUMBER.findall(value):
        digits = re.sub(r"\D", "", number)[-_LAST_DIGITS:]
        yield re.compile(r"[\s().-]{0,2}".join(digits) + r"(?!\d)")


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!{_WORD}){re.escape(word)}(?!{_WORD})", re.IGNORECASE)


def _beginning(line: str) -> str:
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN].rstrip()}…"

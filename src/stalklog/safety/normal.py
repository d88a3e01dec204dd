"""Letters in their normal form, in time that grows with the text and no faster.

Python sorts the marks on one letter in time by the square of their number: a mail of 64 KB that is
one letter with marks took 1.5 s, and one of 2 MB would have taken more than an hour.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

_SHORT: Final = 64
"""Up to so many letters no marks take long."""
_MARKS: Final = re.compile(r"([^\w\x00-\x7f]{31,})")
"""More marks than any writing sets on one letter (UAX #15 allows 30), or as many signs."""


def nfc(text: str) -> str:
    """The text in normal form C; where more than 30 marks stand together, these as they are."""
    if len(text) <= _SHORT or not _MARKS.search(text):
        return normalize("NFC", text)
    pieces = _MARKS.split(text)
    pieces[::2] = [normalize("NFC", piece) for piece in pieces[::2]]
    return "".join(pieces)

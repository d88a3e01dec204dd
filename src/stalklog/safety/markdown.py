"""Make a text inert in Markdown: what strangers wrote stays plain text in it."""

from __future__ import annotations

import re
from typing import Final

_MARKUP: Final = re.compile(
    r"[\\`*_{}\[\]()<>#|~&!@$^]|\A[-+=]|(?<=\d)\.(?=\s|\Z)|(?<!\d):(?=\S)|(?<=www)\.",
    re.IGNORECASE,
)
"""What Markdown, its tables, its bare links or its extensions could read as more than text."""
_BACKTICKS: Final = re.compile(r"`+")
_MIN_FENCE: Final = 3


def inline(text: str) -> str:
    """A text on one line in which nothing is read as Markdown or HTML."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def fenced(text: str) -> str:
    """A text in a block of its own whose fence is longer than any row of backticks inside it."""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(_MIN_FENCE, longest + 1)
    return f"{fence}text\n{text}\n{fence}"

"""How a letter is written down: as plain text, or as Markdown in which no value is markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from stalklog.safety.markdown import inline

if TYPE_CHECKING:
    from collections.abc import Iterable

_OWN: Final = re.compile(r"[\\`*_<>&\[\]#~|]")
"""What Markdown would read in a template's own words; a list stays a list."""
_ITEM: Final = re.compile(r"\s*(?:-|\d{1,3}\.) ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a letter."""

    text: str
    origin: Literal["title", "words", "value", "blank"]
    """Whose it is: the template's, a value's, or a blank of ours."""


def dress(pieces: Iterable[Piece], *, is_markdown: bool) -> str:
    """The letter as text."""
    if not is_markdown:
        return "".join(piece.text for piece in pieces)
    text = "".join(map(_in_markdown, pieces))
    return _with_line_ends(text)


def _in_markdown(piece: Piece) -> str:
    if piece.origin == "value":
        return "\n".join(map(inline, piece.text.split("\n")))
    if piece.origin == "blank":
        return piece.text
    own = _OWN.sub(r"\\\g<0>", piece.text)
    return f"# {own}" if piece.origin == "title" else own


def _with_line_ends(text: str) -> str:
    """A line that another follows ends there, as in the letter, instead of running into it."""
    lines = text.split("\n")
    for at, (line, following) in enumerate(pairwise(lines)):
        if line.strip() and following.strip() and not _ITEM.match(following):
            lines[at] = f"{line.rstrip()}\\"
    return "\n".join(lines)

"""What a chat is called: only the name of its file tells it, and who named the file may choose."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

_PREFIX = re.compile(r"WhatsApp[ \u00a0]Chat[ \u00a0](?:with|-)[ \u00a0]", re.IGNORECASE)
_COPY = re.compile(r"[ \u00a0]?\(\d{1,3}\)$")
NAMELESS: Final = "_chat"
"""The text inside an iPhone's zip is called so."""


def title_of(name: str) -> str:
    """The chat's name out of its file's; empty where that says nothing.

    Args:
        name: `WhatsApp Chat with Ravi.txt`, in whatever language.
    """
    stem = re.sub(r"\.(?:txt|zip)$", "", PurePosixPath(name).name, flags=re.IGNORECASE)
    stem = _COPY.sub("", stem)
    return "" if stem.casefold() == NAMELESS else _PREFIX.sub("", stem)

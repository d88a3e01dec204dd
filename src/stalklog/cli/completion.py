"""What a shell offers while a value is typed: words that are few and known, without any vault."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ASKED = "_STALKLOG_COMPLETE"
"""Set by a shell that asks what can stand where the cursor is."""


def offered(
    words: Sequence[str], environ: Mapping[str, str] = os.environ
) -> Callable[[str], list[str]] | None:
    """What offers these words to a shell that asks; None for the command itself, at no cost."""
    if ASKED not in environ or not words:
        return None

    def offer(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return offer

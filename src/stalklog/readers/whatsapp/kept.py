"""What each thing as written means, remembered: in a chat, days and names come over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX: Final = 100_000
"""Things that are remembered: a day has 86,400 seconds."""
_Meaning = TypeVar("_Meaning")


class Kept(dict[str, _Meaning]):
    """Meanings, by what is written; with far more of them than a chat has, all are forgotten.

    Args:
        meaning: Tells what it means.
    """

    def __init__(self, meaning: Callable[[str], _Meaning]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, written: str) -> _Meaning:
        """What has not come before, or was forgotten."""
        if len(self) >= _MAX:
            self.clear()
        self[written] = found = self._meaning(written)
        return found

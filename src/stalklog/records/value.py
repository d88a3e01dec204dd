"""Values that are made by the million: frozen for whoever writes code, and quick to make.

A frozen dataclass sets each field by a call, which took two fifths of the time in which a chat is
read. `@value(frozen=True, slots=True)` is `@dataclass(frozen=True, slots=True)` to the type
checker, which refuses to change one; while the program runs, fields are set as those of any object
are. Equality, hash, `replace` and the rest are the dataclass's own. For values with many instances
only: see `docs/decisions/0027-values-made-by-the-million.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """A dataclass of which nothing is set but by its constructor."""
        return dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ("value",)

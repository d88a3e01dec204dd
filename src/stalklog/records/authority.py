"""Forms of a demand that come from an authority: they are no message of the person."""

from __future__ import annotations

from typing import Final

NOT_HERS: Final = frozenset({"police-warning", "court-order"})
"""One clear demand is enough; an order or a warning beside it is no second one."""

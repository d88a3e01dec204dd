"""Tags of exhibits that stalklog itself sets, by which other parts of it know them again."""

from __future__ import annotations

from typing import Final

LETTER_TAG: Final = "letter"
"""Marks the text of a letter that was made from the record: it is no exhibit of what was done."""
REGISTRY_TAG: Final = "rdap"
"""Marks a registry's answer: it tells whom to ask, and is no exhibit of what was done."""

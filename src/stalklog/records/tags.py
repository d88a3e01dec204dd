"""Tags of exhibits that stalklog itself sets, by which other parts of it know them again."""

from __future__ import annotations

from typing import Final

LETTER_TAG: Final = "letter"
"""Marks the text of a letter that was made from the record: it is no exhibit of what was done."""
REGISTRY_TAG: Final = "rdap"
"""Marks a registry's answer: it tells whom to ask, and is no exhibit of what was done."""
REGISTRIES_TAG: Final = "rdap-list"
"""Marks IANA's list of registries as it was fetched: by it registries are asked."""
KEY_TAG: Final = "dkim-key"
"""Marks what a domain published of a signing key: by it signatures are verified."""
NO_EXHIBIT_TAGS: Final = frozenset({LETTER_TAG, REGISTRY_TAG, REGISTRIES_TAG, KEY_TAG})
"""What shows nothing of what was done."""

"""What a vault is set to: zone, language, display names; outside the proof."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.vault.layout import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.core.entry import JsonObject


@dataclass(frozen=True, slots=True)
class Settings:
    """How the vault talks; changing it changes no record."""

    tz: str = "UTC"
    language: str = "en"
    name: str | None = None
    operator: str | None = None
    """Who records, where it is not the person herself."""

    def to_json(self) -> JsonObject:
        """What is written to the file; what is not set is left out."""
        values = {"tz": self.tz, "language": self.language}
        values |= {"name": self.name} if self.name else {}
        return {**values, "operator": self.operator} if self.operator else {**values}


def read_settings(vault: Path) -> Settings:
    """The settings of a vault; what is missing or damaged has its usual value."""
    try:
        value = json.loads((vault / SETTINGS).read_bytes())
    except (OSError, ValueError):
        return Settings()
    if not isinstance(value, dict):
        return Settings()
    texts = {key: text for key, text in value.items() if isinstance(text, str)}
    return Settings(
        tz=texts.get("tz", "UTC"),
        language=texts.get("language", "en"),
        name=texts.get("name"),
        operator=texts.get("operator"),
    )

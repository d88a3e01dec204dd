"""What a vault is set to: zone, language, display names; outside the proof."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.vault.atomic import replace_file
from stalklog.vault.disk import Disk
from stalklog.vault.layout import SETTINGS
from stalklog.vault.lock import locked
from stalklog.vault.vault import not_saved

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.core.entry import JsonObject


_MAX_BYTES = 1 << 16
_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How the vault talks; changing it changes no record."""

    tz: str = "UTC"
    language: str = "en"
    name: str | None = None
    operator: str | None = None
    """Who records, where it is not the person herself."""
    recovery_tested_at: str | None = None
    """The day on which the recovery key of a sealed vault was last shown to work."""

    def to_json(self) -> JsonObject:
        """What is written to the file; what is not set is left out."""
        values = {
            "tz": self.tz,
            "language": self.language,
            "name": self.name,
            "operator": self.operator,
            "recovery_tested_at": self.recovery_tested_at,
        }
        return {name: value for name, value in values.items() if value}


def write_settings(vault: Path, settings: Settings) -> None:
    """Have these settings on the disk before this returns.

    Raises:
        VaultBusyError: A writer is at work; the old ones are untouched.
        VaultError: They cannot be written; the old ones are untouched.
    """
    disk = Disk(vault)
    try:
        with locked(disk, exclusive=True, wait_s=_WAIT_S):
            replace_file(disk, SETTINGS, canonical.encode(settings.to_json()) + b"\n")
    except OSError as error:
        raise not_saved(error) from error
    finally:
        disk.close()


def read_settings(vault: Path) -> Settings:
    """The settings of a vault; what is missing or damaged has its usual value."""
    try:
        value = json.loads(_read(vault))
    except (OSError, ValueError, RecursionError):
        return Settings()
    if not isinstance(value, dict):
        return Settings()
    texts = {key: text for key, text in value.items() if isinstance(text, str)}
    return Settings(
        tz=texts.get("tz", "UTC"),
        language=texts.get("language", "en"),
        name=texts.get("name"),
        operator=texts.get("operator"),
        recovery_tested_at=texts.get("recovery_tested_at"),
    )


def _read(vault: Path) -> bytes:
    """The bytes of `settings`; no link is followed and no pipe is waited for."""
    disk = Disk(vault)
    try:
        return disk.read(SETTINGS, 0, _MAX_BYTES)
    finally:
        disk.close()

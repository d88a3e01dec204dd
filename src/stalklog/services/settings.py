"""What a vault is set to: zone, language, display names; outside the proof.

Whoever has the folder can write into it. A sealed vault has no names there, so none is taken from
it: nobody's name gets into what is recorded unseen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.vault.atomic import replace_file
from stalklog.vault.disk import ABSENT, Disk
from stalklog.vault.layout import HEADER, SETTINGS, parse_header
from stalklog.vault.lock import locked
from stalklog.vault.vault import not_saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stalklog.core.entry import JsonObject
    from stalklog.vault.layout import Header


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
    recovery_tested_signature: str | None = None
    """The owner's signature on that: `vault/recovery_proof.py`."""
    is_sealed: bool = False
    """Whether the vault is; it stands in `VAULT`, and goes with these into everything that is said
    of what was recorded."""

    def to_json(self) -> JsonObject:
        """What is written to the file; what is not set is left out."""
        values = {
            "tz": self.tz,
            "language": self.language,
            "name": self.name,
            "operator": self.operator,
            "recovery_tested_at": self.recovery_tested_at,
            "recovery_tested_signature": self.recovery_tested_signature,
        }
        return {name: value for name, value in values.items() if value}


def change_settings(
    vault: Path, change: Callable[[Settings], Settings], *, wait_s: float = _WAIT_S
) -> None:
    """Have other settings on the disk before this returns.

    Raises:
        VaultBusyError: A writer is at work; the old ones are untouched.
        VaultError: They cannot be read or written; the old ones are untouched.
    """
    disk = Disk(vault)
    try:
        with locked(disk, exclusive=True, wait_s=wait_s):
            change_locked(disk, change)
    except OSError as error:
        raise not_saved(error) from error
    finally:
        disk.close()


def change_locked(disk: Disk, change: Callable[[Settings], Settings]) -> None:
    """The same for who holds the vault's lock.

    Raises:
        OSError: They cannot be read or written; the old ones are untouched.
        ValueError: What was there holds a text that cannot be written; likewise.
    """
    settings = change(_read(disk))
    replace_file(disk, SETTINGS, canonical.encode(settings.to_json()) + b"\n")


def read_settings(vault: Path) -> Settings:
    """The settings of a vault; what is missing or damaged has its usual value.

    Raises:
        OSError: The disk cannot read them: another zone than hers is not taken unseen.
    """
    disk = Disk(vault)
    try:
        return _read(disk)
    finally:
        disk.close()


def _read(disk: Disk) -> Settings:
    texts, header = _texts(disk), _header(disk)
    is_plain = header is not None and not header.sealed
    return Settings(
        tz=texts.get("tz", "UTC"),
        language=texts.get("language", "en"),
        name=texts.get("name") if is_plain else None,
        operator=texts.get("operator") if is_plain else None,
        recovery_tested_at=texts.get("recovery_tested_at"),
        recovery_tested_signature=texts.get("recovery_tested_signature"),
        is_sealed=header is not None and header.sealed,
    )


@dataclass(slots=True)
class ReadOnce:
    """The settings that a command began with: it ends with the same ones.

    They are read before anything is saved, so that a disk that cannot read them later takes away
    no receipt, and what somebody writes there meanwhile does not tear an entry from what is said
    of it.
    """

    _read: dict[Path, Settings] = field(default_factory=dict)

    def of(self, vault: Path) -> Settings:
        """Those of a vault.

        Raises:
            OSError: As `read_settings`; nothing is remembered then.
        """
        vault = vault.absolute()
        if vault not in self._read:
            self._read[vault] = read_settings(vault)
        return self._read[vault]


def _texts(disk: Disk) -> dict[str, str]:
    """What `settings` holds; no link is followed and no pipe is waited for."""
    try:
        value = json.loads(disk.read(SETTINGS, 0, _MAX_BYTES))
    except (*ABSENT, ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def _header(disk: Disk) -> Header | None:
    try:
        return parse_header(disk.read(HEADER, 0, _MAX_BYTES))
    except (*ABSENT, ValueError):
        return None

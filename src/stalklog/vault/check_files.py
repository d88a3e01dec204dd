"""Look for files that do not belong to a vault, and for files that others may read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.vault.findings import Finding
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    IDENTITY,
    OBJECT_FOLDERS,
    OWNER,
    RECIPIENTS,
    RECOVERY,
    ROOT_NAMES,
    SEALED_LOGS,
    SIGNER,
    STATE,
    log_name,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from stalklog.vault.disk import Disk

_OTHERS = 0o077
_VAULT_ID = re.compile(r"[0-9a-f]{32}")
"""In a sealed vault a folder of this name holds the notes of the plain one it was made from."""
_KEYS = frozenset({SIGNER})
_SEALED_KEYS = frozenset({SIGNER, RECIPIENTS, IDENTITY, OWNER, RECOVERY})
_OBJECTS = frozenset(name.rpartition("/")[2] for name in OBJECT_FOLDERS)


def check_names(
    disk: Disk, logs: tuple[str, ...], objects: Container[str], findings: list[Finding]
) -> None:
    """Name what lies in the vault and no entry knows, and what is open to others.

    Args:
        disk: The vault.
        logs: The logs that it has.
        objects: The hashes that entries name.
        findings: Grows by what is found.
    """
    for name in _strays(disk, logs):
        findings.append(Finding("STRAY_FILE", name, None, _("it does not belong to the vault")))
    for name in _orphans(disk, objects):
        findings.append(Finding("ORPHAN_OBJECT", name, None, _("a copy that no entry names")))
    for name in ("", *FOLDERS, HEADER, STATE, SIGNER, *map(log_name, logs)):
        if disk.kind(name) in {"file", "folder"} and disk.mode(name) & _OTHERS:
            message = _("others who use this computer may open it")
            findings.append(Finding("PERMISSIONS_WIDE", name or ".", None, message))


def _strays(disk: Disk, logs: tuple[str, ...]) -> Iterator[str]:
    is_sealed = logs == SEALED_LOGS
    keys = {name.rpartition("/")[2] for name in (_SEALED_KEYS if is_sealed else _KEYS)}
    expected = {
        "": ROOT_NAMES,
        "logs": {f"{log}.jsonl" for log in logs},
        "keys": keys,
        "objects": _OBJECTS,
    }
    for folder, names in expected.items():
        for name in _list(disk, folder):
            if name not in names:
                yield f"{folder}/{name}" if folder else name
    for name in _list(disk, "checkpoints"):
        is_carried = is_sealed and _VAULT_ID.fullmatch(name) is not None
        if not (name.endswith(".note") or is_carried):
            yield f"checkpoints/{name}"


def _orphans(disk: Disk, objects: Container[str]) -> Iterator[str]:
    for folder in OBJECT_FOLDERS:
        for name in _list(disk, folder):
            if name not in objects:
                yield f"{folder}/{name}"


def _list(disk: Disk, folder: str) -> list[str]:
    return disk.list(folder) if disk.kind(folder) == "folder" else []

"""Look for files that do not belong to a vault, and for files that others may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.vault.findings import Finding
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    OBJECT_FOLDERS,
    ROOT_NAMES,
    SIGNER,
    STATE,
    log_name,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from stalklog.vault.disk import Disk

_OTHERS = 0o077
_EXPECTED = {
    "logs": frozenset(f"{log}.jsonl" for log in LOGS),
    "keys": frozenset({"signer"}),
    "objects": frozenset(name.rpartition("/")[2] for name in OBJECT_FOLDERS),
}


def check_names(disk: Disk, objects: Container[str], findings: list[Finding]) -> None:
    """Name what lies in the vault and no entry knows, and what is open to others.

    Args:
        disk: The vault.
        objects: The hashes that entries name.
        findings: Grows by what is found.
    """
    for name in _strays(disk):
        findings.append(Finding("STRAY_FILE", name, None, _("it does not belong to the vault")))
    for name in _orphans(disk, objects):
        findings.append(Finding("ORPHAN_OBJECT", name, None, _("a copy that no entry names")))
    for name in ("", *FOLDERS, HEADER, STATE, SIGNER, *(log_name(log) for log in LOGS)):
        if disk.kind(name) in {"file", "folder"} and disk.mode(name) & _OTHERS:
            message = _("others who use this computer may open it")
            findings.append(Finding("PERMISSIONS_WIDE", name or ".", None, message))


def _strays(disk: Disk) -> Iterator[str]:
    for name in disk.list(""):
        if name not in ROOT_NAMES:
            yield name
    for folder, expected in _EXPECTED.items():
        for name in _list(disk, folder):
            if name not in expected:
                yield f"{folder}/{name}"
    for name in _list(disk, "checkpoints"):
        if not name.endswith(".note"):
            yield f"checkpoints/{name}"


def _orphans(disk: Disk, objects: Container[str]) -> Iterator[str]:
    for folder in OBJECT_FOLDERS:
        for name in _list(disk, folder):
            if name not in objects:
                yield f"{folder}/{name}"


def _list(disk: Disk, folder: str) -> list[str]:
    return disk.list(folder) if disk.kind(folder) == "folder" else []

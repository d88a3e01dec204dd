"""Look for files that do not belong to a vault, and for files that others may read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.vault.findings import Finding, unreadable
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
    from collections.abc import Container

    from stalklog.vault.disk import Disk

_OTHERS = 0o077
_BLOCK_BYTES = 1 << 20
_VAULT_ID = re.compile(r"[0-9a-f]{32}")
"""In a sealed vault a folder of this name holds the notes of the plain one it was made from."""
_KEYS = frozenset({SIGNER})
_SEALED_KEYS = frozenset({SIGNER, RECIPIENTS, IDENTITY, OWNER, RECOVERY})
_OBJECTS = frozenset(name.rpartition("/")[2] for name in OBJECT_FOLDERS)


def find_unread(disk: Disk, logs: tuple[str, ...], findings: list[Finding]) -> frozenset[str]:
    """The logs that cannot be read at all, for want of a right or because the disk fails.

    They are named; that a log is missing or no file is for the check of lines to say.
    """
    unread: set[str] = set()
    for log in logs:
        try:
            if disk.kind(log_name(log)) == "file":
                _read_through(disk, log_name(log))
        except OSError as error:
            unread.add(log)
            findings.append(unreadable(log_name(log), error))
    return frozenset(unread)


def _read_through(disk: Disk, name: str) -> None:
    block, file = memoryview(bytearray(_BLOCK_BYTES)), disk.open(name)
    try:
        while file.read_into(block):
            pass
    finally:
        file.close()


def check_names(
    disk: Disk,
    logs: tuple[str, ...],
    objects: Container[str] | None,
    findings: list[Finding],
) -> None:
    """Name what lies in the vault and no entry knows, what is gone, and what is open to others.

    Args:
        disk: The vault.
        logs: The logs that it has.
        objects: The hashes that entries name; None where not every entry could be read.
        findings: Grows by what is found.
    """
    _check_strays(disk, logs, findings)
    for folder in OBJECT_FOLDERS if objects is not None else ():
        for name in _list(disk, folder, findings):
            if objects is not None and name not in objects:
                message = _("a copy that no entry names")
                findings.append(Finding("ORPHAN_OBJECT", f"{folder}/{name}", None, message))
    _check_modes(disk, logs, findings)


def _check_modes(disk: Disk, logs: tuple[str, ...], findings: list[Finding]) -> None:
    keys = sorted(_SEALED_KEYS if logs == SEALED_LOGS else _KEYS)
    for name in ("", *FOLDERS, HEADER, STATE, *keys, *map(log_name, logs)):
        try:
            is_wide = disk.kind(name) in {"file", "folder"} and disk.mode(name) & _OTHERS
        except OSError:
            continue  # its folder was named already
        if is_wide:
            message = _("others who use this computer may open it")
            findings.append(Finding("PERMISSIONS_WIDE", name or ".", None, message))


def _check_strays(disk: Disk, logs: tuple[str, ...], findings: list[Finding]) -> None:
    def say(name: str) -> None:
        message = _("it does not belong to the vault")
        findings.append(Finding("STRAY_FILE", name, None, message))

    is_sealed = logs == SEALED_LOGS
    keys = {name.rpartition("/")[2] for name in (_SEALED_KEYS if is_sealed else _KEYS)}
    expected = {
        "": ROOT_NAMES,
        "logs": {f"{log}.jsonl" for log in logs},
        "keys": keys,
        "objects": _OBJECTS,
    }
    for folder, names in expected.items():
        for name in _list(disk, folder, findings):
            if name not in names:
                say(f"{folder}/{name}" if folder else name)
    for name in _list(disk, "checkpoints", findings):
        is_carried = is_sealed and _VAULT_ID.fullmatch(name) is not None
        if not (name.endswith(".note") or is_carried):
            say(f"checkpoints/{name}")
    for folder in ("quarantine", "tmp"):
        _list(disk, folder, findings)


def _list(disk: Disk, folder: str, findings: list[Finding]) -> list[str]:
    """The names in a folder; one that is gone or that cannot be read is named itself."""
    try:
        kind = disk.kind(folder)
        if kind == "folder":
            return disk.list(folder)
    except OSError as error:
        findings.append(unreadable(folder, error))
        return []
    if kind is None:
        message = _("the folder is gone; the next command that adds makes it again")
        findings.append(Finding("FOLDER_MISSING", folder, None, message))
    return []

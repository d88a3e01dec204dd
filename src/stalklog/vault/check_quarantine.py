"""Check that what `recovery.done` says was moved to `quarantine/` still lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.vault.disk import NotRegularFileError
from stalklog.vault.findings import Finding
from stalklog.vault.objects import hash_file
from stalklog.vault.recovery import CUT_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.vault.disk import Disk

_FOLDER = "quarantine/"


def check_quarantine(
    disk: Disk, named: Iterable[tuple[str, str, int]], findings: list[Finding]
) -> None:
    """Read everything that was moved to quarantine and written down.

    Args:
        disk: The vault.
        named: For each piece its file, its SHA-256 and the seq of the entry that names it.
        findings: Grows by what is found.
    """
    for file, sha256, seq in named:
        found = _check(disk, file, sha256)
        if found is not None:
            findings.append(Finding(found[0], file, seq, found[1]))


def _check(disk: Disk, file: str, sha256: str) -> tuple[str, str] | None:
    missing = "QUARANTINE_MISSING", _("what an interruption left is no longer kept there")
    if not file.startswith(_FOLDER) or not CUT_NAME.fullmatch(file.removeprefix(_FOLDER)):
        return missing  # no other place is looked at, whatever an entry names
    try:
        found, _size_bytes = hash_file(disk, file)
    except (FileNotFoundError, NotRegularFileError, NotADirectoryError):
        return missing
    except OSError as error:
        message = _("what an interruption left cannot be read ({reason})").format(
            reason=error.strerror
        )
        return "QUARANTINE_UNREADABLE", message
    if found != sha256:
        return "QUARANTINE_CHANGED", _("what an interruption left was changed")
    return None

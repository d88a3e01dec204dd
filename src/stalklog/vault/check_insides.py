"""Check what is inside the sealed originals: that each opens, to the bytes that were added."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError
from stalklog.vault.findings import Finding
from stalklog.vault.layout import object_name
from stalklog.vault.objects import read_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk


@dataclass(frozen=True, slots=True)
class Inside:
    """What an entry says of an original that lies sealed in the vault."""

    sha256: str
    size_bytes: int
    seq: int


def check_insides(
    disk: Disk,
    insides: Mapping[str, Inside],
    opening: Opening,
    findings: list[Finding],
    progress: Callable[[int, int], None] | None,
) -> None:
    """Open every sealed original whose ciphertext is whole, and compare what is in it.

    Args:
        disk: The vault.
        insides: By stored name, what should be inside.
        opening: The secret keys.
        findings: Grows by what is found; what is named there already is not opened.
        progress: Told of each file, in files and bytes.
    """
    named = {finding.where for finding in findings}
    for name, inside in insides.items():
        where = object_name(name)
        if where not in named:
            finding = _check(disk, where, inside, opening)
            if finding is not None:
                findings.append(finding)
            if progress is not None:
                progress(1, inside.size_bytes)


def _check(disk: Disk, where: str, inside: Inside, opening: Opening) -> Finding | None:
    digest, size_bytes = hashlib.sha256(), 0

    def take(block: bytes) -> None:
        nonlocal size_bytes
        digest.update(block)
        size_bytes += len(block)

    try:
        opening.open_blocks(read_blocks(disk, where), take)
    except NotForThisKeyError:
        message = _("the entry can be opened with this key, and the original cannot")
        return Finding("SEALED_BAD", where, inside.seq, message)
    except (SealedBadError, OSError):
        return Finding("SEALED_BAD", where, inside.seq, _("the original cannot be opened"))
    if (digest.hexdigest(), size_bytes) != (inside.sha256, inside.size_bytes):
        message = _("what is inside is not what was added")
        return Finding("OBJECT_CHANGED", where, inside.seq, message)
    return None

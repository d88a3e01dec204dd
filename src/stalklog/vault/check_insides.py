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
    from collections.abc import Callable, Mapping, Sequence

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
    insides: Mapping[str, Sequence[Inside]],
    opening: Opening,
    findings: list[Finding],
    progress: Callable[[int, int], None] | None,
) -> None:
    """Open every sealed original whose ciphertext is whole, and compare what is in it.

    Args:
        disk: The vault.
        insides: By stored name, what each entry that names it says is inside.
        opening: The secret keys.
        findings: Grows by what is found; what is named there already is not opened.
        progress: Told of each file, in files and bytes.
    """
    named = {finding.where for finding in findings}
    for name, told in insides.items():
        where = object_name(name)
        if where not in named:
            findings += _check(disk, where, told, opening)
            if progress is not None:
                progress(1, told[0].size_bytes)


def _check(disk: Disk, where: str, told: Sequence[Inside], opening: Opening) -> list[Finding]:
    digest, size_bytes = hashlib.sha256(), 0

    def take(block: bytes) -> None:
        nonlocal size_bytes
        digest.update(block)
        size_bytes += len(block)

    try:
        opening.open_blocks(read_blocks(disk, where), take)
    except NotForThisKeyError:
        message = _("the entry can be opened with this key, and the original cannot")
        return [Finding("SEALED_BAD", where, told[0].seq, message)]
    except SealedBadError:
        message = _("the original cannot be opened")
        return [Finding("SEALED_BAD", where, told[0].seq, message)]
    except OSError as error:
        message = _("the original cannot be read ({reason})").format(reason=error.strerror)
        return [Finding("OBJECT_UNREADABLE", where, told[0].seq, message)]
    found, message = (digest.hexdigest(), size_bytes), _("what is inside is not what was added")
    return [
        Finding("OBJECT_CHANGED", where, inside.seq, message)
        for inside in told
        if (inside.sha256, inside.size_bytes) != found
    ]

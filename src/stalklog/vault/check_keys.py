"""Look after the key files of a sealed vault: that they are there, and that the owner's fits.

Nothing that was recorded depends on them, so one that is gone is a warning, which says what can be
done. An owner's key that is another's was put there by somebody: a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core.note import Signer
from stalklog.i18n import gettext as _
from stalklog.vault.cipher import NotForThisKeyError
from stalklog.vault.findings import Finding
from stalklog.vault.identity import MAX_IDENTITY_BYTES, is_locked
from stalklog.vault.layout import IDENTITY, OWNER, RECOVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header

_OWNERS = 2
"""The first recipients of a list, hers and the recovery key's: the owner's is sealed to them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known to whoever asks for the check."""

    opening: Opening | None
    """The secret keys; without them only that the files are there is looked at."""
    is_identity_here: bool
    """Whether her key file should lie in the vault, as far as she said; else not looked for."""


def check_keys(
    disk: Disk,
    header: Header,
    lists: Sequence[tuple[str, ...]],
    asked: Asked,
    findings: list[Finding],
) -> None:
    """Look at each key file.

    Args:
        disk: The vault.
        header: Its `VAULT`.
        lists: The recipients, from the first list to the newest, as the chain says.
        asked: What is known.
        findings: Grows by what is found.
    """
    for name, told in _told(is_identity_here=asked.is_identity_here).items():
        if not _is_sealed_file(disk, name):
            findings.append(Finding("KEY_MISSING", name, None, told))
        elif name == OWNER and asked.opening is not None:
            findings += _check_owner(disk, header, lists, asked.opening)


def _told(*, is_identity_here: bool) -> dict[str, str]:
    """By the file, what to say where it is not there."""
    told = {
        OWNER: _(
            "it is gone or no key file, so the keys cannot be changed; put it back from a copy of "
            "this vault, or go on in a new one"
        ),
        RECOVERY: _(
            "it is gone or no key file, so the recovery key can set no new passphrase, though it "
            "still reads the vault; to have it made anew: stalklog keys change-passphrase"
        ),
    }
    if is_identity_here:
        told[IDENTITY] = _(
            "your key file is not in the vault; if it lies elsewhere nothing is wrong: name it "
            "with --identity; if not, the recovery key gives it back: stalklog keys recover"
        )
    return told


def _is_sealed_file(disk: Disk, name: str) -> bool:
    try:
        return disk.kind(name) == "file" and (
            name == IDENTITY or is_locked(disk.read(name, 0, MAX_IDENTITY_BYTES))
        )
    except OSError:
        return False


def _check_owner(
    disk: Disk, header: Header, lists: Sequence[tuple[str, ...]], opening: Opening
) -> list[Finding]:
    if set(lists[-1][:_OWNERS]).isdisjoint(opening.recipients):
        return []  # who only reads does not get it
    try:
        owner = Signer.from_text(opening.open(disk.read(OWNER, 0, MAX_IDENTITY_BYTES)).decode())
        is_owners = owner.vkey() == header.owner
    except NotForThisKeyError:
        if not _should_open(lists, opening):
            message = _(
                "the recovery key does not open it, as an interrupted command left it; to have it "
                "sealed anew: stalklog keys change-passphrase"
            )
            return [Finding("KEY_MISSING", OWNER, None, message)]
        is_owners = False
    except (OSError, ValueError):
        is_owners = False
    if is_owners:
        return []
    message = _("it is not the key of this vault's owner, so the keys cannot be changed")
    return [Finding("KEYS_UNAPPROVED", OWNER, None, message)]


def _should_open(lists: Sequence[tuple[str, ...]], opening: Opening) -> bool:
    """Whether it opens even where an interruption left it as it was before the newest change."""
    return all(not set(one[:_OWNERS]).isdisjoint(opening.recipients) for one in lists[-2:])

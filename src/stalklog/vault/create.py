"""Make a new vault: everything made and on the disk, and `VAULT` last."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.core.clock import format_at
from stalklog.core.note import Signer
from stalklog.errors import ReadOnlyVaultError, VaultError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.vault.atomic import replace_file
from stalklog.vault.keys import write_owner, write_recipients
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    LOCK,
    OBJECT_FOLDERS,
    README,
    ROOT_NAMES,
    SEALED_LOGS,
    SETTINGS,
    SIGNER,
    log_name,
    make_header,
)
from stalklog.vault.lock import locked
from stalklog.vault.recovery import Footing, clear_temporary
from stalklog.vault.state import empty_state
from stalklog.vault.vault import not_saved
from stalklog.vault.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.core.clock import Clock
    from stalklog.core.entry import JsonObject
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.scribe import Author
    from stalklog.vault.writer import Receipt

_FIRST_LOGS = frozenset({"custody", *SEALED_LOGS})
"""Where entry 0 stands."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new vault begins with, before anything of it is on the disk."""

    header: Header
    """What `VAULT` will say."""
    signer: Signer
    """Signs the tree heads."""
    owner: Signer | None
    """Signs the changes of the keys of a sealed vault."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How a new vault is sealed, and what is to lie in `keys/` from the beginning."""

    beginning: Beginning
    """Made with whom it is sealed to, so that her key can say which `VAULT` it was made for."""
    files: Mapping[str, bytes]
    """What is written to `keys/`, sealed already: `keys/identity.age`."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """To whom it is sealed: hers, the recovery key's, and others'."""
        return self.beginning.header.recipients


def begin(clock: Clock, recipients: tuple[str, ...] = ()) -> Beginning:
    """Choose the keys of a new vault.

    Args:
        clock: What time it is.
        recipients: To whom it is sealed: hers, the recovery key's, and others'; nobody for a
            plain vault.
    """
    vault_id = secrets.token_hex(16)
    signer = Signer.make(f"stalklog/{vault_id}")
    owner = Signer.make(f"stalklog/{vault_id}/owner") if recipients else None
    header = make_header(
        vault_id=vault_id,
        created_at=format_at(clock.now()),
        key=signer.vkey(),
        salt=secrets.token_hex(16),
        recipients=recipients,
        owner="" if owner is None else owner.vkey(),
    )
    return Beginning(header, signer, owner)


def create_vault(
    disk: Disk,
    author: Author,
    *,
    settings: JsonObject,
    readme: str | None,
    first: JsonObject,
    sealing: Sealing | None = None,
) -> Receipt:
    """Make a vault in a folder that exists and is empty, or finish one that was interrupted.

    Args:
        disk: The folder.
        author: Whose clock, zone and name entry 0 carries.
        settings: What `settings` holds: zone, language, display names.
        readme: The text for whoever finds the folder; None for no such file.
        first: The body of entry 0, `vault.created`.
        sealing: How it is sealed; None for a plain vault.

    Raises:
        WouldOverwriteError: A vault or other files are there; nothing was changed.
        ReadOnlyVaultError: There are logs or objects but no `VAULT`; nothing was changed.
        VaultError: The disk failed; no vault was made, and `init` may be run again.
    """
    try:
        require_free(disk)
        _make_folders(disk)
        with locked(disk, exclusive=True, wait_s=0):
            require_free(disk)
            return _fill(disk, author, _Contents(settings, readme, first, sealing))
    except OSError as error:
        raise not_saved(error) from error


def require_free(disk: Disk) -> None:
    """Refuse a folder in which something is that an interrupted `init` does not leave.

    Raises:
        WouldOverwriteError: A vault or other files are there.
        ReadOnlyVaultError: There are logs or objects but no `VAULT`.
    """
    if disk.kind(HEADER) is not None:
        raise WouldOverwriteError(
            _("There is a vault here already. Nothing was changed."),
            hint=_("Use it as it is, or name another folder: stalklog init PATH"),
        )
    if set(disk.list("")) - ROOT_NAMES:
        raise WouldOverwriteError(
            _("The folder holds other files. Nothing was changed."),
            hint=_("Name a new or an empty folder: stalklog init PATH"),
        )
    if _holds_work(disk):
        raise ReadOnlyVaultError(
            _(
                "There are logs or originals here, but the file VAULT is missing (VAULT_BAD). "
                "Nothing was changed."
            ),
            hint=_("Put VAULT back from a copy, or make a new vault in another folder."),
        )


def _holds_work(disk: Disk) -> bool:
    """Whether there is more than an interrupted `init` leaves: entry 0 at most, and no object."""
    for log in (*LOGS, *SEALED_LOGS):
        if disk.kind(log_name(log)) == "file":
            lines = disk.read(log_name(log)).count(b"\n")
            if lines > (1 if log in _FIRST_LOGS else 0):
                return True
    return any(
        disk.kind(folder) == "folder" and disk.list(folder)
        for folder in OBJECT_FOLDERS
        if disk.kind("objects") == "folder"
    )


def _make_folders(disk: Disk) -> None:
    for folder in FOLDERS:
        disk.make_folder(folder)
    for folder in OBJECT_FOLDERS:
        disk.make_folder(folder)
    for folder in ("objects", ""):
        disk.sync_folder(folder)
    if disk.kind(LOCK) is None:
        disk.create(LOCK).close()


@dataclass(frozen=True, slots=True)
class _Contents:
    settings: JsonObject
    readme: str | None
    first: JsonObject
    sealing: Sealing | None


def _fill(disk: Disk, author: Author, contents: _Contents) -> Receipt:
    for log in SEALED_LOGS if contents.sealing else LOGS:
        _make_empty(disk, log_name(log))
    disk.sync_folder("logs")
    clear_temporary(disk)
    beginning = contents.sealing.beginning if contents.sealing else begin(author.clock)
    _write_keys(disk, beginning, contents.sealing)
    header = beginning.header
    replace_file(disk, SETTINGS, canonical.encode(contents.settings) + b"\n")
    if contents.readme is not None:
        replace_file(disk, README, contents.readme.encode())
    state = empty_state(header.line_sha256, header.logs)
    footing = Footing(state, state.tree(), (), is_recovered=False)
    writer = Writer(disk, header, footing, beginning.signer, author)
    writer.add("vault.created", contents.first)
    receipt = writer.commit()
    replace_file(disk, HEADER, header.line + b"\n")
    disk.sync_parent()
    return receipt


def _make_empty(disk: Disk, name: str) -> None:
    kind = disk.kind(name)
    if kind is None:
        disk.create(name).close()
    elif kind != "file":
        raise VaultError(_("A log of the new vault is not a file. Nothing was changed."))
    else:
        disk.truncate(name, 0)
    disk.sync(name)


def _write_keys(disk: Disk, beginning: Beginning, sealing: Sealing | None) -> None:
    replace_file(disk, SIGNER, beginning.signer.to_text().encode())
    if sealing is None or beginning.owner is None:
        return
    recipients = beginning.header.recipients
    write_owner(disk, beginning.owner, recipients)
    write_recipients(disk, recipients)
    for name, data in sealing.files.items():
        replace_file(disk, name, data)

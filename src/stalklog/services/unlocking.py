"""Get the secret keys of a sealed vault: from the system's keyring, or by the passphrase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.errors import PassphraseError, UsageError, VaultError
from stalklog.i18n import gettext as _
from stalklog.services.secret_file import read_secret_file
from stalklog.vault.cipher import Identities, PassphraseWrongError, SealedBadError, TooBusyError
from stalklog.vault.disk import Disk
from stalklog.vault.identity import (
    MAX_IDENTITY_BYTES,
    is_locked,
    plain_identity,
    unlock_identity,
)
from stalklog.vault.keys import KeysError, read_changes
from stalklog.vault.layout import IDENTITY
from stalklog.vault.recovery import refuse
from stalklog.vault.vault import load_header

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stalklog.keyring import Keyring
    from stalklog.services.desk import Desk
    from stalklog.vault.layout import Header


@dataclass(frozen=True, slots=True)
class Unlocking:
    """How the secret keys are got when something sealed is to be read."""

    ask: Callable[[], str]
    """Gets the passphrase, or raises `PassphraseError`."""
    keyring: Keyring | None
    """Where `unlock` left the keys for a while, if this system has such a place."""
    identity: Path | None = None
    """Where the identity file lies, if not in the vault."""
    is_tried_again: Callable[[int], bool] = lambda _failures: False
    """Whether to ask once more after so many wrong passphrases."""

    def __call__(self, disk: Disk, header: Header) -> Identities:
        """The keys of this vault.

        Raises:
            PassphraseError: The passphrase is wrong or was not given, or the key is another's.
            VaultError: There is no identity file.
        """
        found = None if self.identity else held(header, self.keyring)
        if found is not None and _opens_newest(disk, header, found):
            return found
        identities = self._opened(self._read(disk))
        _require_fitting(disk, header, identities)
        return identities

    def _read(self, disk: Disk) -> bytes:
        try:
            if self.identity is not None:
                return read_secret_file(self.identity)
            return disk.read(IDENTITY, 0, MAX_IDENTITY_BYTES)
        except OSError as error:
            raise VaultError(
                _("The file with the secret key cannot be read ({reason}).").format(
                    reason=error.strerror or type(error).__name__
                ),
                hint=_(
                    "If it lies elsewhere, name it with --identity FILE. With the recovery key: "
                    "stalklog keys recover"
                ),
            ) from error

    def _opened(self, data: bytes) -> Identities:
        try:
            return self._unlocked(data) if is_locked(data) else plain_identity(data)
        except PassphraseWrongError:
            raise PassphraseError(
                _("The passphrase does not open this vault. Nothing was changed."),
                hint=_(
                    "Try again. If it is forgotten, the recovery key helps: stalklog keys recover"
                ),
            ) from None
        except TooBusyError:
            raise VaultError(
                _("The computer is too busy to open the key just now. Nothing was changed."),
                hint=_("Close other programs, wait a moment, and run the command again."),
            ) from None
        except SealedBadError:
            raise PassphraseError(
                _("The identity file holds no key. Nothing was changed."),
                hint=_("It must be an age identity file, sealed with a passphrase or in plain."),
            ) from None

    def _unlocked(self, data: bytes) -> Identities:
        failures = 0
        while True:
            try:
                return unlock_identity(data, self.ask())
            except PassphraseWrongError:
                failures += 1
                if not self.is_tried_again(failures):
                    raise


def held(header: Header, keyring: Keyring | None) -> Identities | None:
    """The keys that `unlock` left with the system; None where it holds none."""
    text = keyring.find(header.id) if keyring else None
    return None if text is None else Identities.from_text(text)


def unlock(desk: Desk, keyring: Keyring | None, *, for_s: int) -> None:
    """Let the system hold the keys for a while, so that reading asks for nothing.

    Raises:
        UsageError: The vault is not sealed.
        PassphraseError: The passphrase is wrong or was not given.
        ReadOnlyVaultError: `VAULT` is another than her key was made for.
        VaultError: This system has no place for it; nothing is held.
    """
    disk = Disk(desk.vault)
    try:
        header = require_sealed(disk)
        if keyring is None:
            raise _no_keyring()
        if desk.unlock is None:
            raise PassphraseError(_("The passphrase is needed. Nothing was changed."))
        keys = desk.unlock(disk, header)
        if keys.vault not in {"", header.line_sha256}:
            refuse("VAULT_BAD")
        if isinstance(keys, Identities):
            keyring.hold(header.id, keys.to_text(), for_s=for_s)
    except OSError as error:
        raise _no_keyring() from error
    finally:
        disk.close()


def lock(desk: Desk, keyring: Keyring | None) -> bool:
    """Let the system hold the keys no longer; False where it held none.

    Raises:
        UsageError: The vault is not sealed.
    """
    disk = Disk(desk.vault)
    try:
        header = require_sealed(disk)
    finally:
        disk.close()
    return keyring is not None and keyring.forget(header.id)


def require_sealed(disk: Disk) -> Header:
    """The header of a vault that is sealed.

    Raises:
        UsageError: It is plain.
        NoVaultError, VaultError: It cannot be opened.
    """
    header = load_header(disk)
    if not header.sealed:
        raise UsageError(
            _("This vault is not sealed: it has no keys. Nothing was changed."),
            hint=_("A sealed one is made from it with: stalklog seal PATH"),
        )
    return header


def _require_fitting(disk: Disk, header: Header, identities: Identities) -> None:
    """A key that this vault was never sealed to opens nothing: said before anything is read."""
    lists = _recipients(disk, header)
    if lists and set().union(*lists).isdisjoint(identities.recipients):
        raise PassphraseError(
            _("This key is not one that this vault is sealed to. Nothing was changed."),
            hint=_("Is it the key of another vault? Which there are: stalklog keys list"),
        )


def _opens_newest(disk: Disk, header: Header, held: Identities) -> bool:
    """Whether the held keys are still in use: after a change they would open only what is older."""
    lists = _recipients(disk, header)
    return not lists or not set(lists[-1]).isdisjoint(held.recipients)


def _recipients(disk: Disk, header: Header) -> list[tuple[str, ...]]:
    """Whom the vault was sealed to, list by list; none where it is damaged: `verify` tells."""
    try:
        changes = read_changes(disk, header)
    except (OSError, KeysError):
        return []
    return [header.recipients, *(change.recipients for change in changes)]


def _no_keyring() -> VaultError:
    return VaultError(
        _("This system has no place that keeps the key in memory for a while."),
        hint=_("Give the passphrase when it is asked for, or with --passphrase-file FILE."),
    )

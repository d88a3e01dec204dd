"""Whom a sealed vault is sealed to: show it, change it, and get back in with the recovery key.

Every change is an entry that the owner key signed. Order matters, because a cut may come between
any two steps: a secret key is on the disk before anything is sealed to it, the chain says who may
read before `keys/recipients.txt` repeats it, and an old secret stays until the new one works.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stalklog.errors import PassphraseError, UsageError, VaultError
from stalklog.i18n import gettext as _
from stalklog.services.saving import commit
from stalklog.services.settings import change_locked, change_settings
from stalklog.services.unlocking import Unlocking, require_sealed
from stalklog.vault.atomic import replace_file
from stalklog.vault.cipher import Identities, is_recipient, seal
from stalklog.vault.disk import Disk, sync_place
from stalklog.vault.findings import verdict_of
from stalklog.vault.identity import (
    lock_identity,
    plain_identity,
    recover_identity,
    write_for_recovery,
)
from stalklog.vault.key_history import read_history, readers_of
from stalklog.vault.keys import KeysError, read_changes, read_owner, write_owner
from stalklog.vault.layout import IDENTITY
from stalklog.vault.recovery import refuse
from stalklog.vault.recovery_proof import is_tried, sign_tried
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from stalklog.core.clock import Clock
    from stalklog.core.note import Signer
    from stalklog.services.desk import Desk
    from stalklog.services.settings import Settings
    from stalklog.vault.cipher import Opening
    from stalklog.vault.key_history import ChangeOfKeys, Reader
    from stalklog.vault.layout import Header
    from stalklog.vault.vault import Unlock
    from stalklog.vault.writer import Writer

_HERS, RECOVERY_PLACE, _FIRST_OTHER = 0, 1, 2
"""The order of the recipients: her own key, the recovery key's, then others'."""
MIN_PASSPHRASE = 8
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))


@dataclass(frozen=True, slots=True)
class Keys:
    """Who can read what is added from now on, and how that came to be."""

    readers: tuple[Reader, ...]
    changes: tuple[ChangeOfKeys, ...]
    """Each change of the keys, signed by the owner: when, who came and who went."""
    recovery_tested_at: str | None
    """When the recovery key of now was last shown to work, signed by the owner; None if never."""


@dataclass(frozen=True, slots=True)
class KeysChanged:
    """A change of keys that stands in the chain."""

    id: str
    seq: int
    head: str
    size: int
    recipients: tuple[str, ...]
    is_recovery_tested: bool = False
    """Whether the recovery key on paper was shown to work by this change."""
    is_noted: bool = True
    """Whether that stands in the settings now, so that `status` says the same."""


@dataclass(frozen=True, slots=True)
class Handed:
    """The recovery key as it was handed over."""

    copy: str
    """What was read back from the file or typed from the paper; else what was shown."""
    is_tested: bool = False
    """Whether the whole of it was typed from the paper, so that the paper is shown to work."""


def require_passphrase(passphrase: str) -> str:
    """The passphrase, if it is one that can be used.

    Raises:
        UsageError: It is too short, or holds what cannot be typed again.
    """
    if not _CONTROLS.isdisjoint(passphrase):
        raise UsageError(
            _("A passphrase is one line of text, without tabs and the like. Nothing was done.")
        )
    if len(passphrase) < MIN_PASSPHRASE:
        raise UsageError(
            _("A passphrase needs at least {count} characters. Nothing was done.").format(
                count=MIN_PASSPHRASE
            ),
            hint=_("Four or five words that do not belong together are good, and easy to keep."),
        )
    return passphrase


def require_opened(desk: Desk) -> None:
    """Get the keys before a new secret is chosen or shown, which would else be for nothing.

    Raises:
        UsageError: The vault is not sealed.
        PassphraseError: The keys were not given.
    """
    disk = Disk(desk.vault)
    try:
        require_sealed(disk)
        Vault(disk, desk.unlock).opening()
    finally:
        disk.close()


def prove_recovery(recovery: Identities, copy: str) -> None:
    """Show that what was written down opens what is sealed to the recovery key.

    Args:
        recovery: The key as it was made.
        copy: The key as it was written down: read from the file, or typed from the paper.

    Raises:
        PassphraseError: It does not; nothing was made.
    """
    probe = secrets.token_bytes(32)
    try:
        opened = plain_identity(tidy(copy).encode()).open(seal(probe, recovery.recipients))
    except ValueError:
        opened = b""
    if opened != probe:
        raise PassphraseError(
            _("What was written down does not open what the recovery key should open."),
            hint=_("Compare it letter by letter, and try again."),
        )


def tidy(text: str) -> str:
    """A key as it was typed from paper: without spaces and line breaks, in capitals."""
    return "".join(text.split()).upper()


def is_key(text: str) -> bool:
    """Whether it is a whole secret key: its last letters vouch for the others."""
    try:
        _recovery_of(text)
    except PassphraseError:
        return False
    return True


def list_keys(desk: Desk) -> Keys:
    """Who can read what is added from now on; needs no key.

    Raises:
        UsageError: The vault is not sealed.
        ReadOnlyVaultError: A change of the keys is not signed by the owner.
        VaultError: The log, in which they stand, cannot be read.
    """
    disk = Disk(desk.vault)
    try:
        header = require_sealed(disk)
        changes = read_history(disk, header)
    except KeysError as error:
        refuse(error.code)
    except OSError as error:
        raise VaultError(
            _("The vault's log cannot be read ({reason}). Nothing was changed.").format(
                reason=error.strerror or type(error).__name__
            ),
            hint=_("See what is wrong with: stalklog verify"),
        ) from error
    finally:
        disk.close()
    readers = changes[-1].readers if changes else readers_of(header.recipients)
    return Keys(
        readers=readers,
        changes=changes,
        recovery_tested_at=_tested_at(desk, header, readers),
    )


def add_key(desk: Desk, recipient: str) -> KeysChanged:
    """Seal what is added from now on to somebody else too; what is there stays closed to them.

    Raises:
        UsageError: It is no recipient, or the vault is sealed to it already.
        PassphraseError: The keys were not given. In each case nothing was changed.
    """
    if not is_recipient(recipient):
        raise UsageError(
            _("This is no key to seal to. Nothing was changed."),
            hint=_("It begins with age1 and is made with: age-keygen. Never give the secret one."),
        )
    with _changing(desk) as change:
        if recipient in change.recipients:
            raise UsageError(_("The vault is sealed to this key already. Nothing was changed."))
        return change.to((*change.recipients, recipient))


def remove_key(desk: Desk, recipient: str) -> KeysChanged:
    """Seal what is added from now on no longer to somebody; what they could read they still can.

    Raises:
        UsageError: The vault is not sealed to it, or it is hers or the recovery key's.
        PassphraseError: The keys were not given. In each case nothing was changed.
    """
    with _changing(desk) as change:
        if recipient not in change.recipients:
            raise UsageError(
                _("The vault is not sealed to this key. Nothing was changed."),
                hint=_("Which there are: stalklog keys list"),
            )
        if recipient in change.recipients[:_FIRST_OTHER]:
            raise UsageError(
                _("Your own key and the recovery key are replaced, not removed. Nothing changed."),
                hint=_(
                    "stalklog keys change-passphrase --new-key, or stalklog keys add --recovery"
                ),
            )
        return change.to(tuple(one for one in change.recipients if one != recipient))


def change_passphrase(desk: Desk, passphrase: str, *, new_key: bool = False) -> KeysChanged:
    """Seal her key under another passphrase, and if wished use another key from now on.

    Args:
        desk: Which vault.
        passphrase: The new one.
        new_key: Make a new key as well, for when somebody may know the old passphrase: whoever
            copied the old key file reads what is there, and nothing that is added later.

    Raises:
        UsageError: The passphrase is too short.
        PassphraseError: The keys were not given. In each case nothing was changed.
    """
    require_passphrase(passphrase)
    with _changing(desk) as change:
        hers = change.hers()
        recipients = list(change.recipients)
        if new_key:
            hers = hers.renewed()
            recipients[_HERS] = hers.recipients[0]
        write_identity(desk, change.disk, hers, passphrase)
        write_for_recovery(change.disk, hers, [recipients[RECOVERY_PLACE]])
        return change.to(tuple(recipients))


def recover(desk: Desk, recovery: str, passphrase: str) -> KeysChanged:
    """Set a new passphrase with the recovery key; everything can be read again.

    Args:
        desk: Which vault; its `unlock` is not used.
        recovery: The recovery key, as it stands on the paper.
        passphrase: The new one.

    Raises:
        UsageError: The passphrase is too short.
        PassphraseError: It is not this vault's recovery key. In each case nothing was changed.
    """
    require_passphrase(passphrase)
    opening = _recovery_of(recovery)
    by_hers = replace(desk, unlock=lambda disk, header: _recovered(disk, header, opening))
    with _changing(by_hers) as change:
        write_identity(desk, change.disk, change.hers(), passphrase)
        changed = change.to(change.recipients)
        tried = Tried(change.header, change.owner, opening.recipients[0])
        return change.noted(changed, desk.clock, tried)


def lies_elsewhere(desk: Desk) -> bool:
    """Whether her key file is not in the vault's folder, where it would be written now."""
    return desk.identity is None and not os.path.lexists(desk.vault / IDENTITY)


def identity_place(desk: Desk) -> Path:
    """Where her key file is written."""
    return desk.identity or desk.vault / IDENTITY


def require_recovery(desk: Desk, recovery: str) -> None:
    """Show that the recovery key on the paper works: it gives back her keys and the owner's.

    Raises:
        UsageError: The vault is not sealed.
        PassphraseError: It is not this vault's recovery key.
        VaultError: It is, but what it should open is damaged, gone or another's.
    """
    _try_recovery(desk, recovery)


def try_recovery(desk: Desk, recovery: str) -> None:
    """The same; nothing but the day of it is written down.

    Raises:
        UsageError, PassphraseError: As above.
    """
    tried = _try_recovery(desk, recovery)
    change_settings(
        desk.vault, lambda settings: with_test(settings, desk.clock, tried), wait_s=desk.wait_s
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """A recovery key that worked, and the owner's key that it gave back."""

    header: Header
    owner: Signer
    recipient: str


def _try_recovery(desk: Desk, recovery: str) -> Tried:
    disk = Disk(desk.vault)
    try:
        header, opening = require_sealed(disk), _recovery_of(recovery)
        owner = read_owner(disk, header, _recovered(disk, header, opening))
    except KeysError as error:
        refuse(error.code)
    finally:
        disk.close()
    return Tried(header, owner, opening.recipients[0])


def new_recovery(
    desk: Desk, passphrase: str, hand_over: Callable[[Identities], Handed]
) -> KeysChanged:
    """Make a new recovery key, and a new key of hers, in place of those that may have been seen.

    Whoever has the old paper and a copy of the vault has her old key too. So she gets a new one,
    under the same passphrase: the old paper reads what is there, and nothing that is added later.

    All is proven before the new key is shown, so that none is put on paper for nothing, and once
    more when it is written in: in between she writes, for as long as it takes, and others may add.

    Args:
        desk: Which vault.
        passphrase: Hers, as it is.
        hand_over: Shows or writes the new recovery key, and gives it as it was written down.

    Raises:
        PassphraseError: The passphrase is wrong, or what was written down does not fit.
        ReadOnlyVaultError: The vault is damaged, or sealed to somebody whom she did not choose. In
            each case nothing was changed.
    """
    by_hers = replace(desk, unlock=_held_by(Unlocking(lambda: passphrase, None, desk.identity)))
    with _changing(by_hers) as change:
        change.hers()
    recovery = Identities.make()
    handed = hand_over(recovery)
    prove_recovery(recovery, handed.copy)
    with _changing(by_hers) as change:
        hers = change.hers().renewed()
        write_identity(desk, change.disk, hers, passphrase)
        write_for_recovery(change.disk, hers, recovery.recipients)
        others = change.recipients[_FIRST_OTHER:]
        changed = change.to((hers.recipients[0], *recovery.recipients, *others))
        is_tested = handed.is_tested
        tried = Tried(change.header, change.owner, recovery.recipients[0]) if is_tested else None
        return change.noted(changed, desk.clock, tried)


def _held_by(unlocking: Unlocking) -> Unlock:
    """The same keys for a second opening: the work of a passphrase is done once."""
    held: dict[str, Identities] = {}

    def unlock(disk: Disk, header: Header) -> Identities:
        if header.id not in held:
            held[header.id] = unlocking(disk, header)
        return held[header.id]

    return unlock


def write_identity(desk: Desk, disk: Disk, identities: Identities, passphrase: str) -> None:
    """Have her keys, sealed under the passphrase, where they lie, on the disk.

    Raises:
        VaultError: They cannot be written there; the old ones are untouched.
    """
    data = lock_identity(identities, passphrase)
    if desk.identity is None:
        replace_file(disk, IDENTITY, data)
    else:
        write_outside(desk.identity, data)


def write_outside(path: Path, data: bytes) -> None:
    """Have a small file outside the vault, whole, for this user only, on the disk.

    Raises:
        VaultError: It cannot be written there; what was there is untouched.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(fd)
        temporary.replace(path)
        sync_place(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise VaultError(
            _("The key cannot be written there ({reason}). Nothing was changed.").format(
                reason=error.strerror or type(error).__name__
            ),
            hint=_("Name another place."),
        ) from error


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of keys under way: the lock is held, and the owner key is open."""

    desk: Desk
    disk: Disk
    header: Header
    vault: Vault
    writer: Writer
    owner: Signer
    recipients: tuple[str, ...]

    def hers(self) -> Identities:
        """Her own keys, which only she has.

        Raises:
            PassphraseError: The key at hand is another's.
        """
        opening = self.vault.opening()
        if not isinstance(opening, Identities) or self.recipients[_HERS] not in opening.recipients:
            raise _not_hers()
        return opening

    def to(self, recipients: Sequence[str]) -> KeysChanged:
        """Have the change in the chain, and the owner key sealed to the new recipients."""
        planned = self.writer.change_keys(self.owner, tuple(recipients))
        receipt = commit(self.desk, self.writer)
        write_owner(self.disk, self.owner, recipients)
        return KeysChanged(planned.id, planned.seq, receipt.head, receipt.size, tuple(recipients))

    def noted(self, changed: KeysChanged, clock: Clock, tried: Tried | None) -> KeysChanged:
        """Have it in the settings whether the recovery key was shown to work, for `status`.

        The change stands by then, and has its receipt even where that cannot be noted. An older
        note is no danger: the owner signed it for the recovery key of then.
        """
        is_noted = False
        with suppress(OSError, ValueError):
            change_locked(self.disk, lambda settings: with_test(settings, clock, tried))
            is_noted = True
        return replace(changed, is_recovery_tested=tried is not None, is_noted=is_noted)


@contextmanager
def _changing(desk: Desk) -> Iterator[_Change]:
    disk = Disk(desk.vault)
    try:
        header = require_sealed(disk)
        vault = Vault(disk, desk.unlock)
        opening = vault.opening()
        with vault.writing(desk.author(), wait_s=desk.wait_s) as writer:
            if set(writer.recipients[:_FIRST_OTHER]).isdisjoint(opening.recipients):
                raise _not_hers()
            owner = read_owner(disk, header, opening)
            _require_proven(disk, opening)
            yield _Change(desk, disk, header, vault, writer, owner, writer.recipients)
    except KeysError as error:
        refuse(error.code)
    finally:
        disk.close()


def _require_proven(disk: Disk, opening: Opening) -> None:
    """Whom the vault is sealed to is what she meant it to be: the whole chain says so, opened.

    Without this, somebody who wrote his own key into `VAULT` and the first entry would be given
    hers. Every original is read as well, which takes as long as `verify`.

    Raises:
        ReadOnlyVaultError: The vault is damaged, or holds what her key does not open.
    """
    found = check_locked(disk, opening=opening)
    for finding in found.findings:
        if finding.code == "SEALED_NO_KEY" or verdict_of((finding,)) == "damaged":
            refuse(finding.code)


def _not_hers() -> PassphraseError:
    return PassphraseError(
        _("This needs your own key, and another was given. Nothing was changed."),
        hint=_("Who was given a key by you can read, and change nothing about the keys."),
    )


def _recovery_of(text: str) -> Identities:
    try:
        return plain_identity(tidy(text).encode())
    except (ValueError, UnicodeEncodeError):
        raise _not_recovery() from None


def _recovered(disk: Disk, header: Header, opening: Identities) -> Identities:
    try:
        found = recover_identity(disk, opening)
    except ValueError:
        raise _not_recovery() from None
    except OSError as error:
        raise VaultError(
            _("The copy of your key for the recovery key cannot be read ({reason}).").format(
                reason=error.strerror or type(error).__name__
            ),
            hint=_("The recovery key still reads the vault itself: --identity FILE"),
        ) from error
    changes = read_changes(disk, header)
    newest = changes[-1].recipients if changes else header.recipients
    if newest[_HERS] not in found.recipients:
        raise VaultError(
            _("What the recovery key opens is not your key: it was replaced. Nothing was changed."),
            hint=_("The recovery key still reads the vault itself: --identity FILE"),
        )
    return found


def _not_recovery() -> PassphraseError:
    return PassphraseError(
        _("This is not the recovery key of this vault. Nothing was changed."),
        hint=_("It begins with AGE-SECRET-KEY-1. Compare it letter by letter with the paper."),
    )


def with_test(settings: Settings, clock: Clock, tried: Tried | None) -> Settings:
    """The same, with the day on which the recovery key was shown to work, or none.

    The owner signs it, so that nobody who only has the folder can silence the reminder.
    """
    if tried is None:
        return replace(settings, recovery_tested_at=None, recovery_tested_signature=None)
    today = clock.now().date().isoformat()
    signature = sign_tried(tried.owner, tried.header, recovery=tried.recipient, on=today)
    return replace(settings, recovery_tested_at=today, recovery_tested_signature=signature)


def _tested_at(desk: Desk, header: Header, readers: Sequence[Reader]) -> str | None:
    """The day, if the owner signed it for the recovery key of now: else anybody may have put it."""
    settings = desk.settings
    on, signature = settings.recovery_tested_at, settings.recovery_tested_signature
    if on is None or signature is None or len(readers) <= RECOVERY_PLACE:
        return None
    recovery = readers[RECOVERY_PLACE].recipient
    return on if is_tried(header, recovery=recovery, on=on, signature=signature) else None

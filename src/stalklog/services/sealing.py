"""Make the keys of a new sealed vault, and prove the recovery key before anything depends on it."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stalklog.errors import ReadOnlyVaultError, UsageError, VaultError, WouldOverwriteError
from stalklog.i18n import gettext as _
from stalklog.services.desk import find_zone
from stalklog.services.keys import (
    RECOVERY_PLACE,
    Tried,
    prove_recovery,
    require_passphrase,
    with_test,
    write_outside,
)
from stalklog.services.output import give_name
from stalklog.services.vaults import create_vault
from stalklog.vault.carry import carry_entries, carry_notes, first_body
from stalklog.vault.cipher import Identities, is_recipient
from stalklog.vault.create import Sealing, begin
from stalklog.vault.disk import Disk
from stalklog.vault.identity import lock_identity, seal_for_recovery
from stalklog.vault.layout import HEADER, IDENTITY, RECOVERY
from stalklog.vault.lock import locked
from stalklog.vault.vault import Vault, not_saved
from stalklog.vault.verify import check_locked, check_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stalklog.core.clock import Clock
    from stalklog.services.desk import Desk, Progress
    from stalklog.services.keys import Handed
    from stalklog.services.settings import Settings
    from stalklog.services.vaults import Created
    from stalklog.vault.layout import Header
    from stalklog.vault.state import State


@dataclass(frozen=True, slots=True)
class Sealed:
    """How a new vault is to be sealed."""

    passphrase: str
    """What opens her key from now on."""
    hand_over: Callable[[Identities], Handed]
    """Shows or writes the recovery key, and gives it as it was written down."""
    identity: Path | None = None
    """Where her key file is to lie, if not in the vault."""
    others: tuple[str, ...] = ()
    """Whom it is sealed to besides: an advocate's `age1…`."""


def create_sealed_vault(path: Path, *, clock: Clock, settings: Settings, sealed: Sealed) -> Created:
    """Make a sealed vault in a folder that is new or empty.

    Raises:
        UsageError: A name was given, the passphrase is too short, or one of the others is no key.
        PassphraseError: What was written down of the recovery key does not fit.
        WouldOverwriteError: A file lies already where the key file should, or something is in the
            folder; it is untouched.
        VaultError: The key file cannot be written where it should lie, or the vault cannot.
    """
    with new_keys(sealed, settings, path, clock) as keys:
        settings = with_test(settings, clock, keys.tried())
        return create_vault(path, clock=clock, settings=settings, sealing=keys.sealing)


@dataclass(frozen=True, slots=True)
class NewKeys:
    """The keys of a vault that is to be made."""

    sealing: Sealing
    hers: Identities
    is_tested: bool
    """Whether the paper with the recovery key was shown to work."""

    def tried(self) -> Tried | None:
        """The recovery key, if it was shown to work."""
        beginning = self.sealing.beginning
        if not self.is_tested or beginning.owner is None:
            return None
        return Tried(beginning.header, beginning.owner, beginning.header.recipients[RECOVERY_PLACE])


@dataclass(frozen=True, slots=True)
class SealedVault:
    """A sealed vault that was made from a plain one."""

    vault: Path
    id: str
    carried: int
    """How many entries were carried over."""
    size: int
    head: str
    is_recovery_tested: bool
    """Whether the recovery key on paper was shown to work."""


def require_can_seal(desk: Desk, target: Path) -> None:
    """Refuse what cannot be sealed before a person chooses a passphrase for nothing.

    Raises:
        UsageError: The vault is sealed already.
        WouldOverwriteError: Something is at the target; it is untouched.
    """
    _require_free(target)
    disk = Disk(desk.vault)
    try:
        _require_plain(Vault(disk))
    finally:
        disk.close()


def require_nameless(settings: Settings) -> None:
    """A sealed vault keeps no name in plain words.

    Raises:
        UsageError: One was given.
    """
    if settings.name or settings.operator:
        raise UsageError(
            _("A sealed vault keeps no name in plain words. Nothing was made."),
            hint=_("Leave --name and --operator out; note them with: stalklog case --set"),
        )


def seal_vault(
    desk: Desk, target: Path, sealed: Sealed, *, progress: Progress | None = None
) -> SealedVault:
    """Make a sealed vault from a plain one, every entry carried over with its proof.

    The new vault is made under a temporary name, checked whole with its key, and only then gets
    its own. The old one is read and stays as it is: only the person deletes it.

    Args:
        desk: The plain vault.
        target: A folder that is not there yet.
        sealed: How the new one is to be sealed.
        progress: Shown how far it has come.

    Raises:
        UsageError: The vault is sealed already, or the passphrase is too short.
        WouldOverwriteError: Something is at the target; it is untouched.
        ReadOnlyVaultError: The plain vault is damaged; nothing was made.
        VaultError: It could not be made; the plain vault is as it was, and what was begun is
            removed, or named.
    """
    _require_free(target)
    disk = Disk(desk.vault)
    try:
        old = Vault(disk)
        _require_plain(old)
        with locked(disk, exclusive=False, wait_s=desk.wait_s):
            state = _require_whole(disk, old, progress)
            settings = replace(desk.settings, name=None, operator=None)
            with new_keys(sealed, settings, target, desk.clock) as keys:
                settings = with_test(settings, desk.clock, keys.tried())
                return _seal(desk, _Old(disk, old.header, state), target, settings, keys, progress)
    except OSError as error:
        raise not_saved(error) from error
    finally:
        disk.close()


@dataclass(frozen=True, slots=True)
class _Old:
    """The plain vault."""

    disk: Disk
    header: Header
    state: State


def _require_whole(disk: Disk, vault: Vault, progress: Progress | None) -> State:
    """Only what is proven can be carried over with its proof."""
    if progress is not None:
        progress.start(_("checking"), None, None)
    found = check_locked(disk, progress=progress.advance if progress else None)
    if progress is not None:
        progress.finish()
    if found.verdict != "intact" or vault.state is None or found.size != vault.state.size:
        raise ReadOnlyVaultError(
            _("The vault is damaged or an interrupted command is not finished. Nothing was made."),
            hint=_("See what is wrong with: stalklog verify. What can be done: stalklog repair"),
        )
    return vault.state


@contextmanager
def _begun(target: Path) -> Iterator[Path]:
    """The name under which a vault is made; what is left under it goes if nothing comes of it."""
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield temporary
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if os.path.lexists(temporary):
            raise VaultError(
                _("It could not be made, and what was begun could not be removed: {path}").format(
                    path=temporary
                ),
                hint=_("It is sealed: nobody reads it. The old vault is untouched."),
            ) from error
        raise


def _seal(
    desk: Desk,
    old: _Old,
    target: Path,
    settings: Settings,
    keys: NewKeys,
    progress: Progress | None,
) -> SealedVault:
    with _begun(target) as temporary:
        made = _fill(desk, old, temporary, settings, keys, progress)
        try:
            give_name(temporary, target)
        except FileExistsError:
            raise _taken() from None
    return replace(made, vault=target.absolute())


def _fill(
    desk: Desk,
    old: _Old,
    folder: Path,
    settings: Settings,
    keys: NewKeys,
    progress: Progress | None,
) -> SealedVault:
    create_vault(
        folder,
        clock=desk.clock,
        settings=settings,
        sealing=keys.sealing,
        first=first_body(old.disk, old.header, old.state),
    )
    new = Disk(folder)
    try:
        vault = Vault(new, lambda _disk, _header: keys.hers)
        if progress is not None:
            progress.start(_("sealing"), None, old.state.size)
        with vault.writing(desk.author(), wait_s=0) as writer:
            count = carry_entries(
                old.disk, old.state, writer, progress.advance if progress else None
            )
            carry_notes(old.disk, old.header, new)
        _require_proven(new, keys.hers)
    finally:
        new.close()
        if progress is not None:
            progress.finish()
    state = vault.state
    if state is None:
        raise VaultError(_("The new vault could not be read again. The old one is untouched."))
    is_tested = settings.recovery_tested_at is not None
    return SealedVault(folder, vault.header.id, count, state.size, state.head, is_tested)


def _require_plain(vault: Vault) -> None:
    if vault.header.sealed:
        raise UsageError(_("This vault is sealed already. Nothing was made."))


def _require_free(target: Path) -> None:
    if os.path.lexists(target):
        raise _taken()


def _taken() -> WouldOverwriteError:
    return WouldOverwriteError(
        _("There is something of that name already. It was not touched."),
        hint=_("Name a new folder: stalklog seal PATH"),
    )


def _require_proven(new: Disk, hers: Identities) -> None:
    found = check_vault(new, opening=hers)
    if found.verdict != "intact":
        raise VaultError(
            _("The new vault does not prove what the old one does. The old one is untouched."),
            hint=_("The disk or the memory may be failing. Try another disk."),
        )


@contextmanager
def new_keys(sealed: Sealed, settings: Settings, place: Path, clock: Clock) -> Iterator[NewKeys]:
    """New keys for a vault at this place; nothing is sealed to one that was not shown to work.

    A key file that lies outside is there before anything is sealed to it. It goes again if no
    vault comes of it: for the next try its name is free.

    Raises:
        UsageError: A name was given, there is no such zone, the passphrase is too short, or one of
            the others is no key.
        PassphraseError: What was written down of the recovery key does not fit.
        WouldOverwriteError: A file lies already where the key file should; it is untouched.
        VaultError: The key file cannot be written where it should lie.
    """
    _require_usable(sealed, settings)
    hers, recovery = Identities.make(), Identities.make()
    beginning = begin(clock, (*hers.recipients, *recovery.recipients, *sealed.others))
    hers = hers.for_vault(beginning.header.line_sha256)
    locked = lock_identity(hers, sealed.passphrase)
    files = {RECOVERY: seal_for_recovery(hers, recovery.recipients)}
    if sealed.identity is None:
        is_tested = _hand_over(sealed, recovery)
        yield NewKeys(Sealing(beginning, {**files, IDENTITY: locked}), hers, is_tested)
        return
    write_outside(sealed.identity, locked)
    try:
        is_tested = _hand_over(sealed, recovery)
        yield NewKeys(Sealing(beginning, files), hers, is_tested)
    except BaseException:
        if not os.path.lexists(place / HEADER):
            with suppress(OSError):
                sealed.identity.unlink()
        raise


def _hand_over(sealed: Sealed, recovery: Identities) -> bool:
    """Have it written down and proven; gives whether it was tested from the paper."""
    handed = sealed.hand_over(recovery)
    prove_recovery(recovery, handed.copy)
    return handed.is_tested


def _require_usable(sealed: Sealed, settings: Settings) -> None:
    require_nameless(settings)
    find_zone(settings.tz)
    for recipient in sealed.others:
        if not is_recipient(recipient):
            raise UsageError(
                _("This is no key to seal to. Nothing was made."),
                hint=_("It begins with age1 and is made with: age-keygen."),
            )
    require_passphrase(sealed.passphrase)
    _require_no_key_at(sealed.identity)


def _require_no_key_at(path: Path | None) -> None:
    """The key file of another vault is never written over: nothing of that could be read again."""
    if path is not None and os.path.lexists(path):
        raise WouldOverwriteError(
            _("There is a file already where the key should lie. Nothing was made."),
            hint=_("Name another file with --identity; each vault has its own."),
        )

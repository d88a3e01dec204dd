"""Make the keys of a new sealed vault, and prove the recovery key before anything depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.services.keys import prove_recovery, require_passphrase, write_outside
from stalklog.vault.cipher import Identities, is_recipient
from stalklog.vault.create import Sealing
from stalklog.vault.identity import lock_identity, seal_for_recovery
from stalklog.vault.layout import IDENTITY, RECOVERY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stalklog.services.settings import Settings


@dataclass(frozen=True, slots=True)
class Sealed:
    """How a new vault is to be sealed."""

    passphrase: str
    """What opens her key from now on."""
    hand_over: Callable[[Identities], str]
    """Shows or writes the recovery key, and returns it as it was written down."""
    identity: Path | None = None
    """Where her key file is to lie, if not in the vault."""
    others: tuple[str, ...] = ()
    """Whom it is sealed to besides: an advocate's `age1…`."""


def make_sealing(sealed: Sealed, settings: Settings) -> Sealing:
    """Make the keys; nothing is sealed to one before it was shown to work and is kept.

    Raises:
        UsageError: A name was given, the passphrase is too short, or one of the others is no key.
        PassphraseError: What was written down of the recovery key does not fit.
        VaultError: The key file cannot be written where it should lie.
    """
    if settings.name or settings.operator:
        raise UsageError(
            _("A sealed vault keeps no name in plain words. Nothing was made."),
            hint=_("Leave --name and --operator out; note them with: stalklog case --set"),
        )
    for recipient in sealed.others:
        if not is_recipient(recipient):
            raise UsageError(
                _("This is no key to seal to. Nothing was made."),
                hint=_("It begins with age1 and is made with: age-keygen."),
            )
    require_passphrase(sealed.passphrase)
    hers, recovery = Identities.make(), Identities.make()
    prove_recovery(recovery, sealed.hand_over(recovery))
    files = {RECOVERY: seal_for_recovery(hers, recovery.recipients)}
    locked = lock_identity(hers, sealed.passphrase)
    if sealed.identity is None:
        files[IDENTITY] = locked
    else:
        write_outside(sealed.identity, locked)
    return Sealing((*hers.recipients, *recovery.recipients, *sealed.others), files)

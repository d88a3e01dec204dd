"""Her secret key, and the copy of it that only the recovery key opens.

`keys/identity.age` is an identity file sealed under her passphrase: `age -d -i` takes it as it is.
`keys/recovery.age` is the same identity sealed to the recovery key, so that a forgotten passphrase
costs nothing as long as the paper is there. An identity file may hold several keys: after a change
of the key the older ones stay in it, for what was sealed to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.vault.atomic import replace_file
from stalklog.vault.cipher import (
    Identities,
    SealedBadError,
    open_with_passphrase,
    seal,
    seal_with_passphrase,
)
from stalklog.vault.layout import RECOVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk

MAX_IDENTITY_BYTES = 1 << 16
_SEALED = b"age-encryption.org/v1\n"


def lock_identity(identities: Identities, passphrase: str) -> bytes:
    """The bytes of an identity file that only the passphrase opens; takes about two seconds."""
    return seal_with_passphrase(identities.to_text().encode(), passphrase)


def is_locked(data: bytes) -> bool:
    """Whether the bytes of an identity file are sealed, or hold the keys in plain words."""
    return data.startswith(_SEALED)


def unlock_identity(data: bytes, passphrase: str) -> Identities:
    """The keys of a sealed identity file; takes about two seconds.

    Raises:
        cipher.PassphraseWrongError: It is another passphrase, or the file was changed.
        cipher.SealedBadError: What it holds is no identity file.
    """
    return _parsed(open_with_passphrase(data, passphrase))


def plain_identity(data: bytes) -> Identities:
    """The keys of an identity file in plain words, such as a recovery key typed from paper.

    Raises:
        cipher.SealedBadError: It is none.
    """
    return _parsed(data)


def seal_for_recovery(identities: Identities, recovery: Sequence[str]) -> bytes:
    """The bytes of `keys/recovery.age`."""
    return seal(identities.to_text().encode(), recovery)


def write_for_recovery(disk: Disk, identities: Identities, recovery: Sequence[str]) -> None:
    """Have `keys/recovery.age` on the disk before this returns."""
    replace_file(disk, RECOVERY, seal_for_recovery(identities, recovery))


def recover_identity(disk: Disk, opening: Opening) -> Identities:
    """Her keys, by the recovery key.

    Raises:
        OSError: `keys/recovery.age` is not there.
        cipher.NotForThisKeyError, cipher.SealedBadError: This key does not open it.
    """
    return _parsed(opening.open(disk.read(RECOVERY, 0, MAX_IDENTITY_BYTES)))


def _parsed(data: bytes) -> Identities:
    try:
        return Identities.from_text(data.decode("ascii"))
    except UnicodeDecodeError:
        raise SealedBadError("not an identity file") from None

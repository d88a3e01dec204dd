"""Her secret key file, and the copy of it for the recovery key."""

from __future__ import annotations

import pytest
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, RECOVERY, STRANGER

from stalklog.vault.cipher import (
    Identities,
    NotForThisKeyError,
    PassphraseWrongError,
    SealedBadError,
    seal_with_passphrase,
)
from stalklog.vault.identity import (
    is_locked,
    lock_identity,
    plain_identity,
    recover_identity,
    unlock_identity,
    write_for_recovery,
)
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE

BOTH = Identities([*STRANGER.secrets, *HERS.secrets])
PASSPHRASE = "पाँच शब्द far apart"  # noqa: S105 - of the test alone


@pytest.fixture(scope="module")
def locked() -> bytes:
    return lock_identity(BOTH, PASSPHRASE)


def test_the_passphrase_gives_every_key_back_in_order(locked: bytes) -> None:
    assert is_locked(locked)
    assert unlock_identity(locked, PASSPHRASE).secrets == BOTH.secrets


def test_another_passphrase_opens_nothing(locked: bytes) -> None:
    with pytest.raises(PassphraseWrongError):
        unlock_identity(locked, PASSPHRASE + "!")


def test_a_locked_file_shows_no_key(locked: bytes) -> None:
    for text in (*BOTH.secrets, *BOTH.recipients):
        assert text.encode() not in locked


def test_something_else_sealed_under_the_passphrase_is_no_key() -> None:
    sealed = seal_with_passphrase(b"\xff no identity file", PASSPHRASE)
    with pytest.raises(SealedBadError):
        unlock_identity(sealed, PASSPHRASE)


def test_a_plain_identity_file_is_taken_with_its_remarks() -> None:
    text = "# created: some day\n\n" + BOTH.to_text()
    assert not is_locked(text.encode())
    assert plain_identity(text.encode()).secrets == BOTH.secrets
    with pytest.raises(SealedBadError):
        plain_identity(b"\xff\xfe")


def test_only_the_recovery_key_gives_her_keys_back() -> None:
    disk = ModelDisk()
    disk.make_folder("tmp")
    disk.make_folder("keys")
    write_for_recovery(disk, BOTH, RECOVERY.recipients)
    assert recover_identity(disk, RECOVERY).secrets == BOTH.secrets
    for keys in (HERS, STRANGER):
        with pytest.raises(NotForThisKeyError):
            recover_identity(disk, keys)
    content = disk.read(RECOVERY_FILE)
    disk.put(RECOVERY_FILE, content[:-1])
    with pytest.raises(SealedBadError):
        recover_identity(disk, RECOVERY)
    disk.drop(RECOVERY_FILE)
    with pytest.raises(FileNotFoundError):
        recover_identity(disk, RECOVERY)

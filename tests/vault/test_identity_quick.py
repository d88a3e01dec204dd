"""What goes into her key file and comes out again; a quick stand-in does scrypt's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY, STRANGER

from stalklog.vault import identity as tested
from stalklog.vault.cipher import Identities, SealedBadError, seal
from stalklog.vault.identity import (
    MAX_IDENTITY_BYTES,
    is_locked,
    lock_identity,
    plain_identity,
    recover_identity,
    seal_for_recovery,
    unlock_identity,
    write_for_recovery,
)
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

BOTH = Identities([*STRANGER.secrets, *HERS.secrets], vault="ab" * 32)
WORDS = "four words far apart"
MARK = b"age-encryption.org/v1\n"


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def lock(plain: bytes, passphrase: str) -> bytes:
        return MARK + passphrase.encode() + b"\n" + plain

    def unlock(sealed: bytes, passphrase: str) -> bytes:
        assert sealed.startswith(MARK + passphrase.encode() + b"\n")
        return sealed.split(b"\n", 2)[2]

    monkeypatch.setattr(tested, "seal_with_passphrase", lock)
    monkeypatch.setattr(tested, "open_with_passphrase", unlock)


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    for name in ("tmp", "keys"):
        disk.make_folder(name)
    disk.sync_folder("")
    return disk


def same(found: Identities) -> bool:
    return (found.secrets, found.vault) == (BOTH.secrets, BOTH.vault)


@pytest.mark.usefixtures("_quick")
def test_the_passphrase_gives_the_whole_file_back() -> None:
    locked = lock_identity(BOTH, WORDS)
    assert locked == MARK + WORDS.encode() + b"\n" + BOTH.to_text().encode()
    assert same(unlock_identity(locked, WORDS))


@pytest.mark.parametrize(
    ("data", "locked"),
    [
        (MARK, True),
        (MARK + b"-> scrypt", True),
        (MARK[:-1], False),
        (b"", False),
        (b"#" + MARK, False),
        (BOTH.to_text().encode(), False),
    ],
)
def test_a_locked_file_is_known_by_its_first_line(data: bytes, *, locked: bool) -> None:
    assert is_locked(data) is locked


def test_the_recovery_key_gives_the_whole_file_back(disk: ModelDisk) -> None:
    to = (*RECOVERY.recipients, *ADVOCATE.recipients)
    for keys in (RECOVERY, ADVOCATE):
        assert keys.open(seal_for_recovery(BOTH, to)) == BOTH.to_text().encode()
    write_for_recovery(disk, BOTH, to)
    assert list(disk.files()) == [RECOVERY_FILE]
    for keys in (RECOVERY, ADVOCATE):
        assert keys.open(disk.read(RECOVERY_FILE)) == BOTH.to_text().encode()
        assert same(recover_identity(disk, keys))


def test_of_a_recovery_file_no_more_is_read_than_one_may_have(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_for_recovery(disk, BOTH, RECOVERY.recipients)
    asked: list[tuple[object, ...]] = []
    read = disk.read

    def watched(*args: object) -> bytes:
        asked.append(args)
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(disk, "read", watched)
    recover_identity(disk, RECOVERY)
    assert asked == [(RECOVERY_FILE, 0, MAX_IDENTITY_BYTES)]
    assert MAX_IDENTITY_BYTES == 65_536


def _recovered(disk: ModelDisk, data: bytes) -> Identities:
    disk.put(RECOVERY_FILE, seal(data, RECOVERY.recipients))
    return recover_identity(disk, RECOVERY)


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize(
    "what",
    [
        lambda _disk, data: plain_identity(data),
        lambda _disk, data: unlock_identity(MARK + WORDS.encode() + b"\n" + data, WORDS),
        _recovered,
    ],
    ids=["plain", "passphrase", "recovery"],
)
def test_what_is_no_identity_file_is_told(
    disk: ModelDisk, what: Callable[[ModelDisk, bytes], Identities]
) -> None:
    for data in (b"\xff", "# é\n".encode() + BOTH.to_text().encode()):
        with pytest.raises(SealedBadError, match=r"^not an identity file$"):
            what(disk, data)
    with pytest.raises(SealedBadError, match=r"^no age identity$"):
        what(disk, b"")
    assert same(what(disk, b"\n# a remark\n" + BOTH.to_text().encode()))

"""Getting the keys: by the passphrase, from a file, or from where the system holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from tests.services.sealed_person import FIRST_ENTRIES, NEW, OLD, person, quick_lock
from tests.vault.desk import StandingClock
from tests.vault.model_disk import ROOT, ModelDisk
from tests.vault.sealed_desk import ADVOCATE, HERS, RECOVERY, STRANGER

from stalklog.errors import PassphraseError, UsageError, VaultError
from stalklog.services.desk import Desk
from stalklog.services.keys import add_key, change_passphrase
from stalklog.services.settings import Settings
from stalklog.services.unlocking import Unlocking, lock, unlock
from stalklog.vault.layout import IDENTITY, STATE
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sealed_person import Person

    from stalklog.vault.cipher import Identities

FOR_S: Final = 900


class Ring:
    """Where the system holds secrets."""

    is_lasting = False

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, int]] = {}
        self.is_full = False

    def hold(self, name: str, secret: str, *, for_s: int) -> None:
        if self.is_full:
            raise OSError("no room")
        self.held[name] = (secret, for_s)

    def find(self, name: str) -> str | None:
        return self.held[name][0] if name in self.held else None

    def forget(self, name: str) -> bool:
        return self.held.pop(name, None) is not None


def asked_nothing() -> str:
    raise PassphraseError("it was asked for")


@pytest.fixture
def her(monkeypatch: pytest.MonkeyPatch) -> Person:
    return person(monkeypatch)


def desk(
    passphrase: str | None = OLD, ring: Ring | None = None, identity: Path | None = None
) -> Desk:
    ask = asked_nothing if passphrase is None else lambda: passphrase
    unlocking = Unlocking(ask, ring, identity)
    return Desk(ROOT, StandingClock(), wait_s=0, unlock=unlocking, identity=identity)


def count(at: Desk) -> int:
    return len(list(at.open().entries()))


def test_the_passphrase_opens_and_another_says_so_with_exit_23(her: Person) -> None:
    before = her.disk.signature()
    assert count(desk()) == FIRST_ENTRIES
    with pytest.raises(PassphraseError, match="does not open this vault") as refused:
        count(desk(NEW))
    assert refused.value.exit_code == 23
    with pytest.raises(PassphraseError, match="asked for"):
        count(desk(None))
    assert her.disk.signature() == before


def test_while_it_is_unlocked_nothing_is_asked_and_after_locking_it_is(her: Person) -> None:
    ring = Ring()
    unlock(desk(), ring, for_s=FOR_S)
    assert list(ring.held.values()) == [(HERS.to_text(), FOR_S)]
    assert count(desk(None, ring)) == FIRST_ENTRIES
    assert lock(desk(None), ring)
    assert not lock(desk(None), ring)
    with pytest.raises(PassphraseError):
        count(desk(None, ring))
    assert not any(HERS.secrets[0].encode() in data for data in _files_but_identity(her.disk))


def _files_but_identity(disk: ModelDisk) -> list[bytes]:
    return [data for name, data in disk.files().items() if name != IDENTITY]


def test_a_wrong_passphrase_unlocks_nothing(her: Person) -> None:
    ring = Ring()
    with pytest.raises(PassphraseError):
        unlock(desk(NEW), ring, for_s=FOR_S)
    assert not ring.held
    assert her.disk.kind(IDENTITY) == "file"


@pytest.mark.usefixtures("her")
def test_a_system_that_holds_nothing_says_so() -> None:
    full = Ring()
    full.is_full = True
    for ring in (None, full):
        with pytest.raises(VaultError, match="no place"):
            unlock(desk(), ring, for_s=FOR_S)
    assert not lock(desk(), None)


@pytest.mark.usefixtures("her")
def test_held_keys_that_are_no_longer_in_use_are_asked_for_anew() -> None:
    ring = Ring()
    unlock(desk(), ring, for_s=FOR_S)
    change_passphrase(desk(), NEW, new_key=True)
    with pytest.raises(PassphraseError, match="asked for"):
        count(desk(None, ring))
    vault = desk(NEW, ring).open()
    assert len(list(vault.entries())) == FIRST_ENTRIES + 1
    assert vault.unopened_lines == 0


@pytest.mark.usefixtures("her")
def test_a_key_file_elsewhere_is_taken_sealed_or_in_plain(tmp_path: Path) -> None:
    place = tmp_path / "id.age"
    place.write_bytes(quick_lock(HERS, NEW))
    assert count(desk(NEW, None, place)) == FIRST_ENTRIES
    with pytest.raises(PassphraseError):
        count(desk(OLD, None, place))
    place.write_text(RECOVERY.to_text())
    assert count(desk(None, None, place)) == FIRST_ENTRIES


@pytest.mark.usefixtures("her")
def test_a_key_file_that_is_named_goes_before_what_is_held(tmp_path: Path) -> None:
    ring = Ring()
    unlock(desk(), ring, for_s=FOR_S)
    place = tmp_path / "id.txt"
    place.write_text(STRANGER.to_text())
    with pytest.raises(PassphraseError, match="not one that this vault is sealed to"):
        count(desk(None, ring, place))


@pytest.mark.usefixtures("her")
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no key\n"])
def test_a_key_file_that_holds_no_key_is_told(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "id.txt"
    with pytest.raises(VaultError, match="cannot be read"):
        count(desk(None, None, place))
    place.write_bytes(content)
    with pytest.raises(PassphraseError, match="holds no key"):
        count(desk(None, None, place))


@pytest.mark.usefixtures("her")
def test_whoever_was_added_reads_with_his_own_key_file(tmp_path: Path) -> None:
    place = tmp_path / "id.txt"
    place.write_text(ADVOCATE.to_text())
    with pytest.raises(PassphraseError, match="not one that"):
        count(desk(None, None, place))
    add_key(desk(), ADVOCATE.recipients[0])
    assert count(desk(None, None, place)) == 2  # entry 0 and the change itself


def test_a_missing_key_file_is_told_with_the_way_on(her: Person) -> None:
    her.disk.drop(IDENTITY)
    with pytest.raises(VaultError, match="cannot be read") as told:
        count(desk())
    assert "keys recover" in told.value.hint


def test_a_vault_whose_state_is_gone_can_still_be_read(her: Person) -> None:
    her.disk.drop(STATE)
    ring = Ring()
    unlock(desk(), ring, for_s=FOR_S)
    assert count(desk(None, ring)) == FIRST_ENTRIES


def test_a_plain_vault_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.vault.desk import Promise, init  # noqa: PLC0415 - for this one

    plain = ModelDisk()
    init(plain, Promise())
    monkeypatch.setattr("stalklog.services.unlocking.Disk", lambda _path: plain)
    for command in (lambda: unlock(desk(), Ring(), for_s=1), lambda: lock(desk(), Ring())):
        with pytest.raises(UsageError, match="not sealed"):
            command()


def test_nothing_asks_for_the_keys_while_adding(her: Person) -> None:
    def never(_disk: object, _header: object) -> Identities:
        raise AssertionError

    vault = Vault(her.disk, never)
    from tests.vault.desk import AUTHOR, log_threat  # noqa: PLC0415 - for this one

    with vault.writing(AUTHOR, wait_s=0) as writer:
        log_threat(writer)
        assert writer.commit().size == FIRST_ENTRIES + 1
    assert Settings().recovery_tested_at is None

"""Whoever has the folder writes himself into a sealed vault: the next reading with the key says so.

He has the signer key and can make every hash outside fit. What he cannot make is what stands
inside the sealed entries, and inside her key file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from tests.services.sealed_person import OLD, person, quick_lock
from tests.vault.desk import StandingClock
from tests.vault.going_on import codes
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import (
    ADVOCATE,
    HERS,
    RECOVERY,
    STRANGER,
    init_sealed,
    lines_of,
    outside,
)
from tests.vault.sealed_filled import resign

from stalklog.core.canonical import decode, encode
from stalklog.core.hashing import sha256_hex
from stalklog.errors import ReadOnlyVaultError
from stalklog.services.keys import Handed, add_key, remove_key
from stalklog.services.sealing import Sealed, create_sealed_vault
from stalklog.services.settings import Settings
from stalklog.services.unlocking import Unlocking, unlock
from stalklog.vault.disk import Disk
from stalklog.vault.layout import HEADER, IDENTITY, RECIPIENTS
from stalklog.vault.vault import load_header
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.services.sealed_person import Person

    from stalklog.keyring import Keyring
    from stalklog.vault.cipher import Identities


@pytest.fixture
def her(monkeypatch: pytest.MonkeyPatch) -> Person:
    return person(monkeypatch)


def rewritten(
    disk: ModelDisk, recipients: Sequence[str], *, is_relinked: bool = False
) -> ModelDisk:
    """The vault with another list of recipients in `VAULT`, and all that can be made to fit it."""
    disk = disk.copy()
    header = decode(disk.read(HEADER).rstrip(b"\n"))
    disk.put(HEADER, encode({**header, "recipients": [*recipients]}) + b"\n")
    disk.put(RECIPIENTS, "".join(f"{one}\n" for one in recipients).encode())
    lines = [outside(lines_of(disk)[0], prev=load_header(disk).line_sha256)]
    for line in lines_of(disk)[1:]:
        lines.append(outside(line, prev=sha256_hex(lines[-1])) if is_relinked else line)
    return resign(disk, lines)


def faults(her: Person, key: Identities | None = None) -> tuple[list[str], int]:
    """What a reading is told, and how many lines it could not read."""
    told: list[str] = []
    desk = her.desk() if key is None else replace(her.desk(), unlock=lambda _disk, _header: key)
    vault = replace(desk, warn=told.append).open()
    list(vault.entries())
    list(vault.entries())
    return told, vault.unreadable_lines


FORGED = {
    "another besides": (*HERS.recipients, *RECOVERY.recipients, *STRANGER.recipients),
    "another for the recovery key": (*HERS.recipients, *STRANGER.recipients),
}


def test_of_a_vault_as_it_was_written_nothing_is_said(her: Person) -> None:
    assert faults(her) == ([], 0)
    assert faults(her, RECOVERY) == ([], 0)


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("key", [None, RECOVERY], ids=["her passphrase", "the recovery key"])
def test_another_recipient_in_the_vault_is_told_once_by_a_reading(
    her: Person, name: str, key: Identities | None
) -> None:
    her.at(rewritten(her.disk, FORGED[name]))
    assert faults(her, key) == (["CHAIN_BROKEN"], 0)


@pytest.mark.parametrize("name", FORGED)
def test_so_it_is_where_every_hash_outside_was_made_to_fit(her: Person, name: str) -> None:
    her.at(rewritten(her.disk, FORGED[name], is_relinked=True))
    told, unreadable = faults(her)
    assert told == ["INNER_MISMATCH"]
    assert unreadable == 3


def test_a_removed_advocate_who_takes_his_removal_out_is_told(her: Person) -> None:
    add_key(her.desk(), ADVOCATE.recipients[0])
    her.log()
    removed = remove_key(her.desk(), ADVOCATE.recipients[0]).seq
    her.log()
    lines = lines_of(her.disk)
    harmless = {"checkpoint_size": 1, "file": "checkpoints/1.note", "sha256": "0" * 64}
    lines[removed] = outside(lines[removed], type="checkpoint.made", body=harmless)
    disk = resign(her.disk, lines)
    disk.drop(RECIPIENTS)
    her.at(disk)
    assert faults(her)[0] == ["CHAIN_BROKEN"]
    lines[removed + 1] = outside(lines[removed + 1], prev=sha256_hex(lines[removed]))
    her.at(resign(her.disk, lines))
    assert faults(her) == (["INNER_MISMATCH"], 1)


@pytest.fixture
def fresh(her: Person) -> Person:
    """A vault in which nothing stands yet that only the key could have made."""
    her.at(ModelDisk())
    init_sealed(her.disk)
    bound = HERS.for_vault(load_header(her.disk).line_sha256)
    her.disk.put(IDENTITY, quick_lock(bound, OLD))
    return her


def test_her_key_says_which_vault_it_was_made_for(fresh: Person) -> None:
    assert faults(fresh) == ([], 0)
    assert check_vault(fresh.disk, wait_s=0, opening=HERS).verdict == "intact"
    fresh.at(rewritten(fresh.disk, FORGED["another besides"]))
    assert faults(fresh) == (["VAULT_BAD"], 0)
    unlocked = Unlocking(lambda: OLD, None)(fresh.disk, load_header(fresh.disk))
    assert codes(check_vault(fresh.disk, wait_s=0, opening=unlocked)) == {"VAULT_BAD"}


def test_no_key_is_changed_in_a_vault_that_hers_was_not_made_for(fresh: Person) -> None:
    fresh.at(rewritten(fresh.disk, FORGED["another besides"]))
    with pytest.raises(ReadOnlyVaultError, match="VAULT_BAD"):
        add_key(fresh.desk(), ADVOCATE.recipients[0])


def test_what_binds_her_key_outlives_a_change_of_the_key() -> None:
    bound = HERS.for_vault("ab" * 32).renewed()
    assert bound.secrets[1:] == HERS.secrets
    assert type(bound).from_text(bound.to_text()).vault == "ab" * 32
    assert HERS.to_text().count("\n") == 2


def test_a_new_vault_binds_her_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    locked: list[Identities] = []

    def lock(identities: Identities, passphrase: str) -> bytes:
        locked.append(identities)
        return quick_lock(identities, passphrase)

    monkeypatch.setattr("stalklog.services.sealing.lock_identity", lock)
    sealed = Sealed(OLD, lambda recovery: Handed(recovery.secrets[0]))
    create_sealed_vault(tmp_path, clock=StandingClock(), settings=Settings(), sealed=sealed)
    assert locked[0].vault == load_header(Disk(tmp_path)).line_sha256


class Held:
    """Where `unlock` would leave the keys."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def find(self, _vault_id: str) -> str | None:
        return None

    def hold(self, _vault_id: str, text: str, *, for_s: int) -> None:
        self.texts.append(f"{for_s} {text}")

    def forget(self, _vault_id: str) -> bool:
        return False


def test_unlock_holds_no_key_for_a_vault_that_hers_was_not_made_for(fresh: Person) -> None:
    held = Held()
    unlock(fresh.desk(), cast("Keyring", held), for_s=60)
    assert len(held.texts) == 1
    fresh.at(rewritten(fresh.disk, FORGED["another besides"]))
    with pytest.raises(ReadOnlyVaultError, match="VAULT_BAD"):
        unlock(fresh.desk(), cast("Keyring", held), for_s=60)
    assert len(held.texts) == 1

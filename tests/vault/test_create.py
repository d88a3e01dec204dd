"""A new vault is whole on the disk before it is one, and is made over nothing."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import AUTHOR
from tests.vault.model_disk import ModelDisk, PowerCut, power_loss
from tests.vault.sealed_desk import HERS, RECOVERY, STRANGER, sealing

from stalklog.core import canonical
from stalklog.core.note import Signer
from stalklog.errors import ReadOnlyVaultError, VaultBusyError, VaultError, WouldOverwriteError
from stalklog.records.types import LOGS
from stalklog.vault.checkpoint import load_note, load_signer
from stalklog.vault.create import begin, create_vault, require_free
from stalklog.vault.keys import read_owner, read_recipients
from stalklog.vault.layout import (
    FOLDERS,
    HEADER,
    LATEST_NOTE,
    LOCK,
    OBJECT_FOLDERS,
    OWNER,
    README,
    RECIPIENTS,
    SETTINGS,
    SIGNER,
    STATE,
    log_name,
    parse_header,
)
from stalklog.vault.layout import RECOVERY as RECOVERY_FILE
from stalklog.vault.log import parse_line
from stalklog.vault.state import parse_state
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from tests.vault.model_disk import Special

    from stalklog.core.entry import JsonObject
    from stalklog.vault.create import Sealing
    from stalklog.vault.layout import Header
    from stalklog.vault.writer import Receipt

SETTINGS_: JsonObject = {"tz": "Asia/Kolkata", "language": "hi"}
README_ = "Do not touch — यह न छुएँ।\n"
FIRST: JsonObject = {"previous": {"vault": "ab" * 16, "size": 3, "head": "cd" * 32}}


def create(
    disk: ModelDisk, *, readme: str | None = README_, sealed: Sealing | None = None
) -> Receipt:
    return create_vault(
        disk, AUTHOR, settings=SETTINGS_, readme=readme, first=FIRST, sealing=sealed
    )


def header_of(disk: ModelDisk) -> Header:
    return parse_header(disk.read(HEADER))


def test_a_new_vault_holds_all_that_it_was_given() -> None:
    disk = ModelDisk()
    receipt = create(disk)
    header = header_of(disk)
    assert disk.read(SETTINGS) == canonical.encode(SETTINGS_) + b"\n"
    assert disk.read(README).decode() == README_
    assert (header.created_at, header.sealed) == ("2026-11-24T04:30:00.000Z", False)
    line = disk.read(log_name("custody"))[:-1]
    entry, prev = parse_line(line)
    assert (entry.seq, entry.type, entry.body) == (0, "vault.created", FIRST)
    assert prev == header.line_sha256
    assert (receipt.size, receipt.head) == (1, entry.line_sha256)
    assert parse_state(disk.read(STATE)).head == receipt.head
    assert load_note(disk, header).size == 1
    signer = load_signer(disk, header)
    assert signer is not None
    assert signer.vkey() == header.key
    assert header.key.startswith(f"stalklog/{header.id}+")
    assert check_vault(disk, wait_s=0).findings == ()


def test_a_new_vault_has_its_files_and_folders_and_no_others() -> None:
    disk = ModelDisk()
    create(disk)
    assert set(disk.files()) == {
        *(HEADER, README, SETTINGS, LOCK, STATE, LATEST_NOTE, SIGNER),
        *map(log_name, LOGS),
    }
    assert set(disk.names) == {"", *FOLDERS, *OBJECT_FOLDERS}
    without = ModelDisk()
    create(without, readme=None)
    assert set(disk.files()) - set(without.files()) == {README}


def test_a_new_vault_survives_a_power_cut() -> None:
    disk = ModelDisk()
    create(disk)
    assert power_loss(disk).files() == disk.files()
    assert set(power_loss(disk).names) == set(disk.names)


def test_two_vaults_have_nothing_secret_in_common() -> None:
    headers = []
    for _ in range(2):
        disk = ModelDisk()
        create(disk)
        headers.append(canonical.decode(header_of(disk).line))
    same = {name for name in headers[0] if headers[0][name] == headers[1][name]}
    assert same == {"format", "created_at", "sealed"}
    assert {len(str(value["salt"])) for value in headers} == {32}


def test_a_sealed_vault_names_its_recipients_and_its_owner() -> None:
    disk = ModelDisk()
    given = sealing(STRANGER)
    create(disk, sealed=given)
    header = header_of(disk)
    keys = (HERS, RECOVERY, STRANGER)
    assert header.recipients == given.recipients == tuple(key.recipients[0] for key in keys)
    assert read_recipients(disk) == header.recipients
    assert disk.read(RECOVERY_FILE) == given.files[RECOVERY_FILE]
    for key in (HERS, RECOVERY):
        assert read_owner(disk, header, key).vkey() == header.owner
    assert header.owner.startswith(f"stalklog/{header.id}/owner+")
    assert set(disk.files()) == {
        *(HEADER, README, SETTINGS, LOCK, STATE, LATEST_NOTE, SIGNER),
        *(log_name("entries"), OWNER, RECIPIENTS, RECOVERY_FILE),
    }
    assert check_vault(disk, wait_s=0, opening=HERS).findings == ()


# Where nothing may be made


def refused(disk: ModelDisk, kind: type[Exception]) -> Exception:
    before = disk.signature()
    with pytest.raises(kind) as caught:
        create(disk)
    assert disk.signature() == before
    with pytest.raises(kind):
        require_free(disk)
    return caught.value


@pytest.mark.parametrize("special", ["file", "link", "folder"])
def test_no_vault_is_made_over_another(special: Special | str) -> None:
    disk = ModelDisk()
    if special == "file":
        disk.put(HEADER, b"")
    else:
        disk.plant(HEADER, special)  # type: ignore[arg-type]
    error = refused(disk, WouldOverwriteError)
    assert isinstance(error, WouldOverwriteError)
    assert "a vault here already" in error.message
    assert "stalklog init PATH" in error.hint


def test_no_vault_is_made_among_other_files() -> None:
    disk = ModelDisk()
    disk.put("diary.txt", b"")
    error = refused(disk, WouldOverwriteError)
    assert isinstance(error, WouldOverwriteError)
    assert "holds other files" in error.message
    assert "stalklog init PATH" in error.hint


def interrupted() -> ModelDisk:
    """What is there of a vault whose `VAULT` is missing."""
    disk = ModelDisk()
    create(disk)
    disk.drop(HEADER)
    return disk


def hold(disk: ModelDisk, what: str) -> None:
    if what.startswith("objects"):
        disk.put(what, b"")
    else:
        disk.put(what, (disk.read(what) if disk.kind(what) == "file" else b"") + b"x\n")


@pytest.mark.parametrize(
    "what",
    [
        *map(log_name, LOGS),
        f"objects/00/{'00' * 32}",
        f"objects/ff/{'ff' * 32}",
    ],
)
def test_where_entries_or_originals_lie_no_vault_is_made(what: str) -> None:
    disk = interrupted()
    hold(disk, what)
    error = refused(disk, ReadOnlyVaultError)
    assert isinstance(error, ReadOnlyVaultError)
    assert "VAULT is missing (VAULT_BAD)" in error.message
    assert "Put VAULT back" in error.hint


def test_where_entries_of_a_sealed_vault_lie_none_is_made() -> None:
    disk = ModelDisk()
    create(disk, sealed=sealing())
    disk.drop(HEADER)
    require_free(disk)
    hold(disk, log_name("entries"))
    refused(disk, ReadOnlyVaultError)


def test_a_file_in_place_of_a_folder_of_originals_holds_none() -> None:
    disk = ModelDisk()
    disk.put("objects", b"")
    require_free(disk)
    disk.drop("objects")
    disk.plant("objects", "folder")
    disk.put("objects/00", b"")
    require_free(disk)


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_vault_that_somebody_is_making_or_checking_is_left_to_him_at_once(
    monkeypatch: pytest.MonkeyPatch, exclusive: bool
) -> None:
    disk = interrupted()
    held = disk.try_lock(exclusive=exclusive)
    assert held is not None
    monkeypatch.setattr(time, "sleep", lambda _s: pytest.fail("it was waited for"))
    before = disk.files()
    with pytest.raises(VaultBusyError):
        create(disk)
    assert disk.files() == before


def test_what_is_there_once_the_lock_is_had_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another made the vault between the first look and the lock."""
    disk, other = ModelDisk(), ModelDisk()
    create(other)
    lock = disk.try_lock

    def late(*, exclusive: bool) -> object:
        disk.put(HEADER, other.read(HEADER))
        return lock(exclusive=exclusive)

    monkeypatch.setattr(disk, "try_lock", late)
    with pytest.raises(WouldOverwriteError):
        create(disk)
    assert "settings" not in disk.files()


# What was interrupted


def test_an_init_that_was_stopped_anywhere_can_be_finished() -> None:
    counted = ModelDisk()
    create(counted)
    for stop in range(0, counted.counts.operations, 31):
        disk = ModelDisk()
        disk.faults.stop_at = stop
        with pytest.raises(PowerCut):
            create(disk)
        again = disk.copy()
        again._held.clear()
        create(again)
        codes = {found.code for found in check_vault(again, wait_s=0).findings}
        assert codes == set(), stop


def test_what_an_interrupted_init_left_is_put_away() -> None:
    disk = interrupted()
    disk.put("tmp/left", b"left")
    first = disk.read(log_name("custody"))
    create(disk)
    assert disk.read("quarantine/tmp-0") == b"left"
    assert disk.read(log_name("custody")) != first
    assert disk.read(log_name("custody")).count(b"\n") == 1
    assert disk.size(log_name("threats")) == 0


@pytest.mark.parametrize("special", ["folder", "link"])
def test_a_log_that_is_no_file_is_refused(special: Special) -> None:
    disk = interrupted()
    disk.plant(log_name("threats"), special)
    with pytest.raises(VaultError, match="A log of the new vault is not a file"):
        create(disk)
    assert disk.kind(HEADER) is None


def test_a_disk_that_fails_is_told_and_init_may_be_run_again() -> None:
    disk = ModelDisk()
    disk.faults.write = 2
    with pytest.raises(VaultError, match="the disk is full") as caught:
        create(disk)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert disk.kind(HEADER) is None
    create(disk)
    assert check_vault(disk, wait_s=0).findings == ()


def test_the_signer_is_this_vaults_alone() -> None:
    disk = ModelDisk()
    create(disk)
    signer = Signer.from_text(disk.read(SIGNER).decode())
    assert signer.vkey() == header_of(disk).key


def test_only_a_vault_that_is_sealed_to_somebody_begins_with_an_owner() -> None:
    assert begin(AUTHOR.clock).owner is None
    assert begin(AUTHOR.clock, HERS.recipients).owner is not None

"""A folder of the vault is gone when the next command comes: made again, or refused and said so.

Some programs that copy leave out empty folders, and whoever has the disk can take away any. What
was in it is missed by name; what is elsewhere stays as it is, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from tests.checker.test_agrees import write_out
from tests.vault.desk import AUTHOR, Promise, log_threat, one_more, repair, run
from tests.vault.fifty import ENTRIES, fifty
from tests.vault.going_on import codes, faults
from tests.vault.sealed_desk import HERS, give, opened
from tests.vault.sealed_filled import filled

from stalklog.errors import ReadOnlyVaultError
from stalklog.records.types import LOGS
from stalklog.services.checks import _plan
from stalklog.vault.disk import FOLDER_MODE, Disk
from stalklog.vault.layout import CACHE, FOLDERS, OBJECT_FOLDERS, log_name
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.vault.model_disk import ModelDisk

HELD: Final = max(n for n in fifty().disk.files() if n.startswith("objects/")).rpartition("/")[0]
"""A folder with an original in it."""
SEALED_HELD: Final = max(n for n in filled().files() if n.startswith("objects/")).rpartition("/")[0]
EMPTY: Final = next(one for one in OBJECT_FOLDERS if not fifty().disk.list(one))
SEALED_EMPTY: Final = next(one for one in OBJECT_FOLDERS if not filled().list(one))


@dataclass(frozen=True, slots=True)
class Lost:
    """A folder, and what is to be said without it."""

    folder: str
    refused: str | None = None
    """The fault for which nothing is added; None where the folder is made again."""
    missed: str | None = None
    """The fault that stays for what was in it."""
    signs: bool = True
    """Whether notes can still be signed."""
    plan: str = "nothing"
    """What `repair` proposes."""

    @property
    def called(self) -> str:
        """The same in each run: what a sealed original is called is not."""
        if self.folder in FOLDERS:
            return self.folder
        return "with-an-original" if self.missed else "empty"


TABLE: Final = (
    Lost("logs", refused="LOG_MISSING", missed="LOG_MISSING", plan="beyond"),
    Lost(
        "checkpoints",
        refused="CHECKPOINT_BAD_FORMAT",
        missed="CHECKPOINT_BAD_FORMAT",
        plan="sign",
    ),
    Lost("keys", signs=False),
    Lost("objects", missed="OBJECT_MISSING", plan="beyond"),
    Lost(HELD, missed="OBJECT_MISSING", plan="beyond"),
    Lost(EMPTY),
    Lost("quarantine", missed="QUARANTINE_MISSING", plan="beyond"),
    Lost("tmp"),
)
SEALED_TABLE: Final = (
    *(lost for lost in TABLE if lost.folder in FOLDERS),
    Lost(SEALED_HELD, missed="OBJECT_MISSING", plan="beyond"),
    Lost(SEALED_EMPTY),
)
by_folder = partial(pytest.mark.parametrize, "lost", ids=lambda lost: lost.called)


def without(disk: ModelDisk, folder: str) -> ModelDisk:
    """The same vault; the folder is gone, with all that was in it."""
    left = disk.copy()
    for names in (left.names, left.durable_names):
        for inside in [name for name in names if name.startswith(f"{folder}/")]:
            del names[inside]
    left.drop(folder)
    return left


def refusal_of(disk: ModelDisk) -> ReadOnlyVaultError:
    with pytest.raises(ReadOnlyVaultError) as caught:
        run(disk, log_threat, Promise())
    return caught.value


def test_every_folder_of_the_layout_is_in_the_table() -> None:
    assert {lost.folder for lost in TABLE} == {*FOLDERS, HELD, EMPTY}


@by_folder(argvalues=TABLE)
def test_a_folder_that_is_gone_is_made_again_or_refused_by_name(lost: Lost) -> None:
    disk = without(fifty().disk, lost.folder)
    before = disk.files()
    _check_told(disk, lost)
    vault = Vault(disk)
    read = len(list(vault.entries()))
    assert (read, vault.unreadable_lines) == ((0, len(LOGS)) if lost.folder == "logs" else (50, 0))
    if lost.refused:
        _check_refused(disk, lost, before)
        return
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        one_more(writer)
        writer.commit()
        assert writer.makes_notes == lost.signs
    assert disk.kind(lost.folder) == "folder"
    for log in LOGS:
        assert disk.read(log_name(log)).startswith(before[log_name(log)])
    rest = {name for name in before if not name.startswith(("logs/", "state", "checkpoints/l"))}
    assert {name: disk.read(name) for name in rest} == {name: before[name] for name in rest}
    after = check_vault(disk, wait_s=0)
    assert faults(after) == ({lost.missed} if lost.missed else set())
    assert "FOLDER_MISSING" not in codes(after)
    assert (after.size, len(list(Vault(disk).entries()))) == (ENTRIES + 2, ENTRIES + 2)


@by_folder(argvalues=SEALED_TABLE)
def test_of_a_sealed_vault_the_same(lost: Lost) -> None:
    disk = without(filled(), lost.folder)
    before, size = disk.files(), len(list(opened(filled()).entries()))
    assert "FOLDER_MISSING" in codes(check_vault(disk, wait_s=0, opening=HERS))
    if lost.refused:
        _check_refused(disk, lost, before)
        return
    give(disk, log_threat, one_more)
    log = log_name("entries")
    assert disk.read(log).startswith(before[log])
    after = check_vault(disk, wait_s=0, opening=HERS)
    assert faults(after) == ({lost.missed} if lost.missed else set())
    assert "FOLDER_MISSING" not in codes(after)
    assert len(list(opened(disk).entries())) == size + 3


def test_where_the_signed_tree_head_went_with_its_folder_repair_signs_anew() -> None:
    disk = without(fifty().disk, "checkpoints")
    repair(disk)
    promise = Promise(lines=dict(fifty().promise.lines), objects=dict(fifty().promise.objects))
    run(disk, one_more, promise)
    assert promise.broken_on(disk) is None
    assert check_vault(disk, expect=fifty().kept, wait_s=0).verdict == "intact"


def test_all_that_a_copy_may_leave_out_at_once() -> None:
    """An interrupted command besides: what it left goes to a `quarantine` made for it."""
    disk = fifty().disk.copy()
    empty = [folder for folder in OBJECT_FOLDERS if not disk.list(folder)]
    for folder in ("tmp", *empty):
        disk = without(disk, folder)
    for name in disk.list("quarantine"):
        disk.drop(f"quarantine/{name}")
    disk = without(disk, "quarantine")
    disk.put(log_name("threats"), disk.read(log_name("threats")) + b'{"at":"2026')
    promise = fifty().promise.copy()
    run(disk, one_more, promise)
    assert promise.broken_on(disk) is None
    assert [name.rpartition("-")[0].split("-")[0] for name in disk.list("quarantine")] == [
        "threats"
    ]
    assert all(disk.kind(folder) == "folder" for folder in (*FOLDERS, *OBJECT_FOLDERS))


def test_the_folder_of_derived_data_is_missed_by_nobody() -> None:
    disk = without(fifty().disk, CACHE)
    run(disk, log_threat, fifty().promise.copy())
    assert check_vault(disk, wait_s=0).findings == ()


@pytest.mark.parametrize("folder", ["tmp", "objects", EMPTY], ids=("tmp", "objects", "empty"))
def test_on_a_real_disk_it_is_made_for_this_user_only(folder: str, tmp_path: Path) -> None:
    write_out(without(fifty().disk, folder), tmp_path / "vault")
    assert not (tmp_path / "vault" / folder).exists()
    disk = Disk(tmp_path / "vault")
    try:
        run(disk, log_threat, fifty().promise.copy())
        assert disk.mode(folder) == FOLDER_MODE
        assert "PERMISSIONS_WIDE" not in codes(check_vault(disk, wait_s=0))
    finally:
        disk.close()


def _check_told(disk: ModelDisk, lost: Lost) -> None:
    checked = check_vault(disk, wait_s=0)
    told = [found.where for found in checked.findings if found.code == "FOLDER_MISSING"]
    assert lost.folder in told
    assert all(where.startswith(lost.folder) for where in told)
    assert lost.missed is None or lost.missed in faults(checked)
    assert (checked.verdict == "damaged") == (lost.missed is not None)
    assert _plan(checked)[0] == lost.plan


def _check_refused(disk: ModelDisk, lost: Lost, before: dict[str, bytes]) -> None:
    refusal = refusal_of(disk)
    assert refusal.message == (
        f"The vault is damaged ({lost.refused}) and can only be read. Nothing was changed."
    )
    assert "stalklog verify" in refusal.hint
    assert "stalklog repair" in refusal.hint
    assert disk.files() == before

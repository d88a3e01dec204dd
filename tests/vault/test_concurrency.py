"""Many writers at once make one chain, and whoever looks meanwhile sees no false damage."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import IS_LONG
from tests.vault.desk import AUTHOR, Promise, attach, init, log_threat, run

from stalklog.errors import VaultBusyError
from stalklog.vault.disk import Disk
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess
    from pathlib import Path

WRITERS: Final = 8
ENTRIES_EACH: Final = 50 if IS_LONG else 20
WAIT_S: Final = 120.0


def write_many(vault: Path, count: int) -> None:
    """What one process does: command after command, each with its own opening of the vault."""
    for _ in range(count):
        disk = Disk(vault)
        with Vault(disk).writing(AUTHOR, wait_s=WAIT_S) as writer:
            log_threat(writer)
            writer.commit()
        disk.close()


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    disk = Disk(tmp_path)
    init(disk, Promise())
    disk.close()
    return tmp_path


@pytest.fixture
def disk(vault: Path) -> Iterator[Disk]:
    found = Disk(vault)
    yield found
    found.close()


def started(vault: Path, writers: int, entries_each: int) -> list[BaseProcess]:
    context = multiprocessing.get_context("spawn")
    processes: list[BaseProcess] = []
    for _ in range(writers):
        process = context.Process(target=write_many, args=(vault, entries_each))
        process.start()
        processes.append(process)
    return processes


def test_eight_writers_make_one_chain(vault: Path, disk: Disk) -> None:
    processes = started(vault, WRITERS, ENTRIES_EACH)
    for process in processes:
        process.join(WAIT_S)
    assert [process.exitcode for process in processes] == [0] * WRITERS
    checked = check_vault(disk)
    assert checked.findings == ()
    assert checked.size == 1 + WRITERS * ENTRIES_EACH
    entries = list(Vault(disk).entries())
    assert [entry.seq for entry in entries] == list(range(1 + WRITERS * ENTRIES_EACH))
    assert [entry.id for entry in entries[1:]] == [
        f"T-{number:04d}" for number in range(1, 1 + WRITERS * ENTRIES_EACH)
    ]


def test_who_looks_beside_a_writer_sees_no_false_damage(vault: Path, disk: Disk) -> None:
    processes = started(vault, 2, ENTRIES_EACH)
    looks, before = 0, 0
    while any(process.is_alive() for process in processes):
        reader = Vault(disk)
        entries = list(reader.entries())
        assert [entry.seq for entry in entries] == list(range(len(entries)))
        assert reader.unreadable_lines == 0
        assert len(entries) >= before
        before = len(entries)
        checked = check_vault(disk, wait_s=WAIT_S)
        assert checked.findings == ()
        assert checked.size >= before
        looks += 1
    assert [process.exitcode for process in processes] == [0, 0]
    assert looks > 1
    assert check_vault(disk).size == 1 + 2 * ENTRIES_EACH


def test_a_second_writer_is_told_that_the_vault_is_busy(vault: Path, disk: Disk) -> None:
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        log_threat(writer)
        other = Disk(vault)
        with pytest.raises(VaultBusyError), Vault(other).writing(AUTHOR, wait_s=0.05):
            pass
        with pytest.raises(VaultBusyError):
            check_vault(other, wait_s=0.05)
        other.close()
        writer.commit()
    assert check_vault(disk).findings == ()


def test_the_real_disk_keeps_what_the_model_keeps(vault: Path, disk: Disk) -> None:
    promise = Promise()
    for command in (log_threat, attach):
        run(disk, command, promise)
    other = Disk(vault)
    assert promise.broken_on(other) is None
    assert check_vault(other).verdict == "intact"
    other.close()

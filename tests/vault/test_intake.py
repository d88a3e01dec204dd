"""A copy counts only once the disk itself has answered with its bytes, whatever its size."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import sys
import time
from concurrent.futures import wait
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stalklog.errors import VaultError
from stalklog.vault import disk as disk_module
from stalklog.vault import objects, there_and_back, write_beside
from stalklog.vault.disk import OBJECT_MODE, Disk
from stalklog.vault.layout import OBJECT_FOLDERS, object_name
from stalklog.vault.objects import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.vault.disk import Reading, Writing

BLOCK_BYTES = 256 * 1024
CHUNK_BYTES = 2 * 1024 * 1024
"""From here on a copy is a large one, in these tests."""
SIZES = {
    "empty": 0,
    "small": 8 * 1024,
    "a block": BLOCK_BYTES,
    "some blocks": 5 * BLOCK_BYTES + 1,
    "a chunk": CHUNK_BYTES,
    "large": CHUNK_BYTES + 1,
    "larger": CHUNK_BYTES * 3 + 12_345,
}


class WatchedDisk(Disk):
    """A disk that remembers what was synced when a copy got its name."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.synced: set[str] = set()
        self.batches: list[int] = []
        self.unsynced_renames: list[str] = []

    def sync_many(self, names: Sequence[str]) -> None:
        super().sync_many(names)
        self.synced |= set(names)
        self.batches.append(len(names))

    def rename(self, source: str, target: str) -> None:
        if source not in self.synced:
            self.unsynced_renames.append(source)
        super().rename(source, target)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (objects, there_and_back):
        monkeypatch.setattr(module, "CHUNK_BYTES", CHUNK_BYTES)


@pytest.fixture
def disk(tmp_path: Path) -> WatchedDisk:
    made = WatchedDisk(tmp_path)
    for folder in ("tmp", "objects", *OBJECT_FOLDERS):
        made.make_folder(folder)
    return made


def bytes_of(size_bytes: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size_bytes)  # noqa: S311 - no secret


def blocks_of(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), BLOCK_BYTES):
        yield data[at : at + BLOCK_BYTES]


def spoilt(disk: Disk, data: bytes, at: int) -> Iterator[bytes]:
    """The blocks; once they are written, one byte of the copy is changed behind our back."""
    yield from blocks_of(data)
    (copy,) = (disk.root / "tmp").iterdir()
    with copy.open("r+b") as changed:
        changed.seek(at)
        changed.write(bytes([data[at] ^ 1]))


def objects_of(disk: Disk) -> list[str]:
    return [f"{folder}/{name}" for folder in OBJECT_FOLDERS for name in disk.list(folder)]


@pytest.mark.parametrize("size_bytes", SIZES.values(), ids=SIZES)
def test_a_copy_of_any_size_has_the_same_bytes(disk: WatchedDisk, size_bytes: int) -> None:
    data = bytes_of(size_bytes)
    intake = Intake(disk)
    stored = intake.store(blocks_of(data))
    intake.settle()
    name = object_name(hashlib.sha256(data).hexdigest())
    assert (stored.sha256, stored.size_bytes, stored.is_new) == (name[-64:], size_bytes, True)
    assert disk.read(name) == data
    assert disk.mode(name) == OBJECT_MODE
    assert disk.list("tmp") == []
    assert disk.unsynced_renames == []


@pytest.mark.parametrize("size_bytes", list(SIZES.values())[1:5], ids=list(SIZES)[1:5])
def test_a_copy_that_differs_on_the_disk_is_refused(disk: WatchedDisk, size_bytes: int) -> None:
    intake = Intake(disk)
    with pytest.raises(VaultError, match="read back"):
        store_and_settle(intake, spoilt(disk, bytes_of(size_bytes), size_bytes - 1))
    intake.abandon()
    assert objects_of(disk) == []
    assert disk.list("tmp") == []


class SpoilingDisk(WatchedDisk):
    """A disk that keeps one byte of a copy other than it was written."""

    def __init__(self, root: Path, at: int) -> None:
        super().__init__(root)
        self._at: int | None = at

    def follow(self, name: str) -> Reading:
        return _Spoilt(self, name, super().follow(name))

    def spoil(self, name: str) -> None:
        if self._at is not None and self.size(name) > self._at:
            with (self.root / name).open("r+b") as changed:
                changed.seek(self._at)
                byte = changed.read(1)[0]
                changed.seek(self._at)
                changed.write(bytes([byte ^ 1]))
            self._at = None


class _Spoilt:
    size_bytes = 0

    def __init__(self, disk: SpoilingDisk, name: str, reading: Reading) -> None:
        self._disk, self._name, self._reading = disk, name, reading
        self.close = reading.close

    def read_into(self, buffer: memoryview) -> int:
        self._disk.spoil(self._name)
        return self._reading.read_into(buffer)


@pytest.mark.parametrize("at", [0, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 70_000])
def test_a_large_copy_that_differs_on_the_disk_is_removed(disk: WatchedDisk, at: int) -> None:
    spoiling = SpoilingDisk(disk.root, at)
    with pytest.raises(VaultError, match="read back"):
        Intake(spoiling).store(blocks_of(bytes_of(CHUNK_BYTES + 70_001)))
    assert disk.list("tmp") == []


def store_and_settle(intake: Intake, blocks: Iterator[bytes]) -> None:
    intake.store(blocks)
    intake.settle()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what the disk was asked for")
@pytest.mark.parametrize("size_bytes", [8 * 1024, CHUNK_BYTES * 2], ids=["small", "large"])
def test_it_is_the_disk_that_answers(disk: WatchedDisk, size_bytes: int) -> None:
    if os.statvfs(disk.root).f_blocks and is_in_memory(disk.root):
        pytest.skip(f"{disk.root} lies in memory: there is no disk to ask")
    before = _bytes_read()
    store_and_settle(Intake(disk), blocks_of(bytes_of(size_bytes)))
    assert _bytes_read() - before >= size_bytes


def _bytes_read() -> int:
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["read_bytes"])


def is_in_memory(folder: Path) -> bool:
    found = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    above = [entry for entry in found if folder.is_relative_to(entry[1])]
    return max(above, key=lambda entry: len(entry[1]))[2] in {"tmpfs", "ramfs", "overlay"}


@pytest.mark.parametrize("few", [1, 4, 64])
def test_many_copies_are_synced_and_read_back_beside_the_copying(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(objects, "_BATCH", 3)
    monkeypatch.setattr(objects, "_FEW", few)
    intake = Intake(disk)
    data = [bytes_of(300_000 if seed == 5 else 1000 * seed, seed) for seed in range(8)]
    is_new = []
    for each in (*data, data[0]):
        is_new.append(intake.store(blocks_of(each)).is_new)
        if intake._beside is not None:
            wait(intake._beside._begun)  # so that nothing later can help an earlier batch
    intake.settle()
    assert is_new == [True] * 8 + [False]  # the last one is in an earlier batch already
    assert sorted(objects_of(disk)) == sorted(
        object_name(hashlib.sha256(each).hexdigest()) for each in data
    )
    assert sorted(disk.batches) == [0, 3, 3, 3]
    assert all(disk.read(object_name(hashlib.sha256(each).hexdigest())) == each for each in data)
    assert disk.unsynced_renames == []
    assert disk.list("tmp") == []


@pytest.mark.parametrize("count", [5, 500])
def test_a_copy_that_cannot_be_written_beside_stops_all(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    create = disk.create

    def fail_later(name: str, mode: int) -> Writing:
        if name.endswith("-3"):
            raise OSError(errno.ENOSPC, "no space left on device")
        return create(name, mode)

    monkeypatch.setattr(objects, "_FEW", 1)
    monkeypatch.setattr(disk, "create", fail_later)
    monkeypatch.setattr(disk, "place_for_others", lambda: None)
    intake = Intake(disk)
    with pytest.raises(OSError, match="no space left"):
        store_all(intake, count)
    intake.abandon()
    assert objects_of(disk) == []
    assert disk.list("tmp") == []


def store_all(intake: Intake, count: int) -> None:
    for seed in range(count):
        intake.store([b"%d" % seed])
    intake.settle()


def test_a_spoilt_copy_of_an_earlier_batch_stops_all(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_BATCH", 3)
    intake = Intake(disk)
    intake.store(spoilt(disk, bytes_of(1000, 0), 500))
    for seed in range(1, 8):
        intake.store(blocks_of(bytes_of(1000, seed)))
    with pytest.raises(VaultError, match="read back"):
        intake.settle()
    intake.abandon()
    assert objects_of(disk) == []
    assert disk.list("tmp") == []


def test_a_batch_that_cannot_be_synced_stops_all(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fd: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(objects, "_BATCH", 3)
    intake = Intake(disk)
    with monkeypatch.context() as patch:
        patch.setattr(disk_module, "_full_sync", fail)
        for seed in range(3):
            intake.store(blocks_of(bytes_of(1000, seed)))
        assert intake._beside is not None
        intake._beside._begun[0].exception()
    with pytest.raises(OSError, match="input/output error"):
        intake.settle()
    intake.abandon()
    assert objects_of(disk) == []


def test_a_large_copy_that_the_disk_does_not_take_is_removed(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fd: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(disk_module, "push_out", fail)
    with pytest.raises(OSError, match="input/output error"):
        Intake(disk).store(blocks_of(bytes_of(CHUNK_BYTES * 2)))
    assert disk.list("tmp") == []


def test_leaving_off_in_the_middle_leaves_nothing(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_BATCH", 3)
    monkeypatch.setattr(disk, "sync_many", lambda _names: time.sleep(0.3))
    intake = Intake(disk)
    for seed in range(7):
        intake.store(blocks_of(bytes_of(1000, seed)))
    assert intake._beside is not None
    begun = list(intake._beside._begun)
    intake.abandon()
    assert all(each.done() for each in begun)
    assert disk.list("tmp") == []
    assert objects_of(disk) == []
    store_and_settle(intake, blocks_of(b"another"))
    assert len(objects_of(disk)) == 1


def test_stopped_right_after_a_copy_was_handed_over_it_leaves_nothing(
    disk: WatchedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_data: bytes) -> str:
        raise KeyboardInterrupt

    create = disk.create

    def create_later(name: str, mode: int) -> Writing:
        time.sleep(0.1)
        return create(name, mode)

    monkeypatch.setattr(objects, "_FEW", 0)
    monkeypatch.setattr(write_beside, "_FILES", 1)
    monkeypatch.setattr(disk, "place_for_others", lambda: None)
    monkeypatch.setattr(disk, "create", create_later)
    monkeypatch.setattr(objects, "sha256_hex", stop)
    intake = Intake(disk)
    with pytest.raises(KeyboardInterrupt):
        intake.store([b"handed over"])
    assert disk.list("tmp") == []
    intake.abandon()
    assert disk.list("tmp") == []

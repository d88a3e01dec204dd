"""Of an original only its ciphertext reaches the disk, and each copy of it is another."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.vault import threads
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, RECOVERY

from stalklog.vault import hash_beside
from stalklog.vault import objects as plain_objects
from stalklog.vault.layout import OBJECT_FOLDERS, object_name
from stalklog.vault.objects import Stored
from stalklog.vault.sealed_objects import SealedIntake

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = b"a screenshot"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    for folder in ("tmp", "objects", *OBJECT_FOLDERS):
        disk.plant(folder, "folder")
    return disk


@pytest.fixture
def intake(disk: ModelDisk) -> SealedIntake:
    return SealedIntake(disk, (*HERS.recipients, *RECOVERY.recipients))


def test_an_original_is_told_by_its_own_hash_and_lies_under_another(
    disk: ModelDisk, intake: SealedIntake
) -> None:
    assert intake.store([DATA[:5], DATA[5:]]) == Stored(SHA256, len(DATA), is_new=True)
    intake.settle()
    ((name, sealed),) = disk.files().items()
    assert name == object_name(hashlib.sha256(sealed).hexdigest())
    assert HERS.open(sealed) == RECOVERY.open(sealed) == DATA


def test_the_same_original_twice_is_two_and_each_is_claimed_once(
    disk: ModelDisk, intake: SealedIntake
) -> None:
    for data in (DATA, b"another", DATA):
        assert intake.store([data]).is_new
    intake.settle()
    other = hashlib.sha256(b"another").hexdigest()
    claimed = [intake.claim(each) for each in (SHA256, other, SHA256)]
    assert {object_name(name) for (name,) in claimed} == set(disk.files())
    first, second, third = (disk.read(object_name(name)) for (name,) in claimed)
    assert [HERS.open(each) for each in (first, second, third)] == [DATA, b"another", DATA]
    with pytest.raises(IndexError):
        intake.claim(SHA256)


def test_no_original_is_written_plain_however_many_there_are(
    disk: ModelDisk, intake: SealedIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_objects, "_FEW", 0)
    seen: list[bytes] = []
    disk.watcher = lambda copy: seen.extend(copy.files().values())
    for number in range(3):
        intake.store([DATA + b"%d" % number])
    intake.settle()
    assert len(seen) > 3
    assert not any(DATA in content for content in seen)


@pytest.mark.parametrize("fails", [True, False])
def test_the_thread_that_hashes_a_long_one_is_always_ended(
    intake: SealedIntake, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setattr(hash_beside, "LONG_BYTES", 1)
    since = threads.Since()

    def blocks() -> Iterator[bytes]:
        yield DATA
        if fails:
            raise OSError("the stick was pulled out")

    if fails:
        with pytest.raises(OSError, match="pulled out"):
            intake.store(blocks())
    else:
        assert intake.store(blocks()).sha256 == SHA256
    assert not since.left()

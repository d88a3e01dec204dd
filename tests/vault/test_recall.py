"""Copies are hashed as the disk has them, in their order, with several on their way."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk
from tests.vault.test_objects import NotingDisk

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.vault import recall
from stalklog.vault.recall import hash_copies

if TYPE_CHECKING:
    from stalklog.vault.disk import Reading

SIZES = (0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, 5)


@pytest.fixture
def disk() -> NotingDisk:
    made = NotingDisk()
    for number, size in enumerate(SIZES):
        made.put(f"tmp/a-{number}", bytes([number]) * size)
    return made


def test_each_copy_has_its_own_hash_whatever_its_size(disk: NotingDisk) -> None:
    names = [f"tmp/a-{number}" for number in (6, 0, 1, 2, 3, 4, 5, 6)]
    assert list(hash_copies(disk, names)) == [sha256(disk.read(name)).digest() for name in names]
    assert list(hash_copies(disk, [])) == []


def test_a_small_copy_is_read_once(disk: NotingDisk) -> None:
    list(hash_copies(disk, ["tmp/a-2", "tmp/a-3"]))
    read = [number for what, number in disk.events if what == "read"]
    assert read == ["2", "3", "3"]  # a whole block may have more behind it


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_so_many_are_on_their_way_before_the_first_is_read(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    monkeypatch.setattr(recall, "_AHEAD", ahead)
    list(hash_copies(disk, [f"tmp/a-{number}" for number in range(7)]))
    order = [what for what, _ in disk.events if what != "read"]
    assert order.index("close") == ahead + 1
    assert sorted(order) == ["close"] * 7 + ["recall"] * 7


def test_one_that_cannot_be_read_is_told_and_all_are_let_go(disk: NotingDisk) -> None:
    with pytest.raises(FileNotFoundError):
        list(hash_copies(disk, ["tmp/a-1", "tmp/a-2", "tmp/gone"]))
    closed = [number for what, number in disk.events if what == "close"]
    assert closed == ["1", "2"]


def test_it_is_the_disk_that_answers_and_not_memory() -> None:
    class Lost(ModelDisk):
        def recall(self, name: str) -> Reading:
            self.lose_pages(name)
            return super().recall(name)

        def lose_pages(self, name: str) -> None:
            inode = self._inode(name)
            inode.pending.clear()

    disk = Lost()
    disk.plant("tmp", "folder")
    writing = disk.create("tmp/a")
    writing.write(b"written")
    writing.close()
    assert list(hash_copies(disk, ["tmp/a"])) == [sha256(bytes(7)).digest()]

"""An original is put under its hash once, after the disk has answered with its bytes."""

from __future__ import annotations

import errno
import hashlib
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.vault import threads
from tests.vault.model_disk import Inode, ModelDisk, power_loss
from tests.vault.test_write_beside import set_once_stopped

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.errors import ReadOnlyVaultError, VaultError
from stalklog.vault import objects as tested
from stalklog.vault import recall, there_and_back
from stalklog.vault.disk import FILE_MODE, OBJECT_MODE
from stalklog.vault.layout import OBJECT_FOLDERS, object_name
from stalklog.vault.objects import Intake, Stored, hash_file, read_blocks
from stalklog.vault.write_beside import WriteBeside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vault.model_disk import Special

    from stalklog.vault.disk import Reading, Writing

DATA = b"a screenshot"
SIZES = (0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES)


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def name_of(data: bytes) -> str:
    return object_name(sha256_of(data))


class Noted:
    """A file that is read, and notes how."""

    def __init__(self, disk: NotingDisk, name: str, reading: Reading) -> None:
        self._disk, self._name, self._reading = disk, name, reading
        self.size_bytes = reading.size_bytes

    def read_into(self, buffer: memoryview) -> int:
        self._disk.events.append(("read", self._name))
        return self._reading.read_into(buffer)

    def close(self) -> None:
        self._disk.events.append(("close", self._name))
        self._reading.close()


class NotingDisk(ModelDisk):
    """A disk that notes what is asked of it, and which threads wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, str]] = []
        self.writers: dict[str, bool] = {}
        """By the number of a copy, whether this thread wrote it."""
        for folder in ("tmp", "objects", *OBJECT_FOLDERS):
            self.plant(folder, "folder")

    def recall(self, name: str) -> Reading:
        self.events.append(("recall", _number(name)))
        return Noted(self, _number(name), super().recall(name))

    def follow(self, name: str) -> Reading:
        return Noted(self, name, super().follow(name))

    def open(self, name: str) -> Reading:
        self.events.append(("open", name))
        return Noted(self, name, super().open(name))

    def create(self, name: str, mode: int = FILE_MODE) -> Writing:
        is_here = threading.current_thread() is threading.main_thread()
        self.writers[_number(name)] = is_here
        return super().create(name, mode)

    def remove(self, name: str) -> None:
        self.events.append(("remove", _number(name)))
        super().remove(name)

    def sync_many(self, names: object) -> None:
        self.events.append(("sync", ""))
        super().sync_many(names)  # type: ignore[arg-type]


def _number(name: str) -> str:
    return name.rpartition("-")[2]


@pytest.fixture
def disk() -> NotingDisk:
    return NotingDisk()


def durable_files(disk: ModelDisk) -> dict[str, bytes]:
    """What a power loss would leave of the originals."""
    files = power_loss(disk).files().items()
    return {name: data for name, data in files if name.startswith("objects/")}


# One original


@pytest.mark.parametrize("size", SIZES)
def test_an_original_lies_under_its_hash_with_its_bytes(disk: NotingDisk, size: int) -> None:
    data, intake = bytes(size), Intake(disk)
    stored = intake.store([data[:7], data[7:]])
    assert stored == Stored(sha256_of(data), size, is_new=True)
    assert disk.kind(name_of(data)) is None
    intake.settle()
    assert disk.files() == durable_files(disk) == {name_of(data): data}
    assert disk.mode(name_of(data)) == OBJECT_MODE
    assert intake.claim(stored.sha256) == ()


def test_the_same_bytes_are_kept_once(disk: NotingDisk) -> None:
    intake = Intake(disk)
    assert [intake.store([DATA]).is_new for _ in range(2)] == [True, False]
    intake.settle()
    disk.events.clear()
    assert intake.store([DATA]) == Stored(sha256_of(DATA), len(DATA), is_new=False)
    intake.settle()
    assert not Intake(disk).store([DATA]).is_new
    assert ("open", name_of(DATA)) in disk.events  # what was held is looked at again
    assert disk.files()[name_of(DATA)] == DATA


def test_what_the_vault_held_is_on_the_disk_too(disk: NotingDisk) -> None:
    """Perhaps the command that brought it was stopped before it could see to that."""
    writing = disk.create(name_of(DATA))
    writing.write(DATA)
    assert durable_files(disk) == {}
    intake = Intake(disk)
    intake.store([DATA])
    intake.settle()
    assert disk.files() == durable_files(disk) == {name_of(DATA): DATA}


@pytest.mark.parametrize("other", [b"a screenshop", "folder", "link"])
def test_over_other_bytes_of_that_name_nothing_is_put(
    disk: NotingDisk, other: bytes | Special
) -> None:
    if isinstance(other, bytes):
        disk.put(name_of(DATA), other)
    else:
        disk.plant(name_of(DATA), other)
    before, intake = disk.signature(), Intake(disk)
    intake.store([DATA])
    with pytest.raises(ReadOnlyVaultError, match="other bytes under the hash") as caught:
        intake.settle()
    assert "stalklog verify" in caught.value.hint
    intake.abandon()
    assert disk.signature() == before


def test_nothing_is_done_where_nothing_was_stored(disk: NotingDisk) -> None:
    Intake(disk).settle()
    assert disk.events == []


# What fails


def lose_writes(disk: ModelDisk) -> None:
    """What was written to the one copy never reaches the disk, and nobody is told."""
    (name,) = disk.list("tmp")
    node = disk.names["tmp"][name]
    assert isinstance(node, Inode)
    node.pending.clear()


def spoiling(disk: ModelDisk) -> Iterator[bytes]:
    yield DATA
    lose_writes(disk)


def test_a_copy_that_differs_gets_no_name(disk: NotingDisk) -> None:
    intake = Intake(disk)
    intake.store(spoiling(disk))
    with pytest.raises(VaultError, match="differs from what was written") as caught:
        intake.settle()
    assert "another disk" in caught.value.hint
    intake.abandon()
    assert disk.files() == {}


def broken() -> Iterator[bytes]:
    yield DATA
    raise OSError(errno.EIO, "the stick was pulled out")


def test_a_copy_that_cannot_be_made_is_removed(disk: NotingDisk) -> None:
    intake = Intake(disk)
    intake.store([b"another"])
    with pytest.raises(OSError, match="pulled out"):
        intake.store(broken())
    assert len(disk.files()) == 1
    intake.settle()
    assert disk.files() == {name_of(b"another"): b"another"}


def test_a_copy_that_cannot_be_removed_hides_no_error(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(disk, "remove", fail)
    with pytest.raises(OSError, match="pulled out"):
        Intake(disk).store(broken())


def test_what_was_abandoned_is_removed_and_the_next_is_stored(disk: NotingDisk) -> None:
    intake = Intake(disk)
    intake.store([DATA])
    intake.store([b"another"])
    intake.abandon()
    assert disk.files() == {}
    intake.store([b"a third"])
    intake.settle()
    assert list(disk.files()) == [name_of(b"a third")]


def test_what_has_its_name_is_not_abandoned(disk: NotingDisk) -> None:
    intake = Intake(disk)
    intake.store([DATA])
    intake.settle()
    intake.abandon()
    assert disk.files() == {name_of(DATA): DATA}
    assert "remove" not in {what for what, _ in disk.events}


def test_a_copy_is_removed_once(disk: NotingDisk) -> None:
    intake = Intake(disk)
    intake.store([DATA])
    intake.abandon()
    intake.abandon()
    assert [number for what, number in disk.events if what == "remove"] == ["1"]


def test_after_many_were_abandoned_as_many_can_be_stored(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_FEW", 0)
    monkeypatch.setattr(tested, "_BATCH", 2)
    intake, data = Intake(disk), [b"%d" % number for number in range(5)]
    for each in data:
        intake.store([each])
    intake.abandon()
    assert disk.files() == {}
    for each in data:
        intake.store([each])
    intake.settle()
    assert disk.files() == {name_of(each): each for each in data}
    intake.abandon()


# Reading back


def test_the_disk_is_asked_for_some_copies_before_the_first_is_read(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_AHEAD", 2)
    intake = Intake(disk)
    for number in range(4):
        intake.store([b"%d" % number])
    intake.settle()
    told = [(what[0] + number) for what, number in disk.events if what != "read"]
    assert told == ["s", "r1", "r2", "r3", "c1", "r4", "c2", "c3", "c4"]
    assert [number for what, number in disk.events if what == "read"] == ["1", "2", "3", "4"]


def test_every_copy_that_was_asked_for_is_let_go(disk: NotingDisk) -> None:
    intake = Intake(disk)
    intake.store(spoiling(disk))
    for number in range(3):
        intake.store([b"%d" % number])
    with suppress(VaultError):
        intake.settle()
    asked = {number for what, number in disk.events if what == "recall"}
    assert asked == {number for what, number in disk.events if what == "close"}
    assert len(asked) == 4


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of more than ten bytes counts as a large one."""
    for module in (tested, there_and_back):
        monkeypatch.setattr(module, "CHUNK_BYTES", 10)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("size", "is_large"), [(9, False), (10, False), (11, True), (20, True), (21, True), (40, True)]
)
def test_a_large_copy_is_read_back_while_it_is_written(
    disk: NotingDisk, size: int, is_large: bool
) -> None:
    data, intake = bytes(range(size)), Intake(disk)
    since = threads.Since()
    intake.store([data[at : at + 3] for at in range(0, size, 3)])
    assert not since.left()
    assert disk.read("tmp/" + disk.list("tmp")[0]) == data
    assert ("read" in {what for what, _ in disk.events}) == is_large
    intake.settle()
    assert ("recall" in {what for what, _ in disk.events}) != is_large
    assert disk.files() == durable_files(disk) == {name_of(data): data}


@pytest.mark.usefixtures("large")
def test_a_large_copy_that_differs_is_removed_at_once(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    since, follow = threads.Since(), disk.follow

    def lose_first(name: str) -> Reading:
        lose_writes(disk)
        return follow(name)

    monkeypatch.setattr(disk, "follow", lose_first)
    with pytest.raises(VaultError, match="differs from what was written"):
        Intake(disk).store([DATA, b"more"])
    assert disk.files() == {}
    assert not since.left()


@pytest.mark.usefixtures("large")
def test_no_thread_is_left_of_a_large_copy_that_fails(disk: NotingDisk) -> None:
    since = threads.Since()
    with pytest.raises(OSError, match="pulled out"):
        Intake(disk).store(broken())
    assert not since.left()


@pytest.mark.usefixtures("large")
def test_a_large_copy_goes_beside_behind_its_first_chunk_exactly(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    start = there_and_back.ThereAndBack.start

    def note(copy: there_and_back.ThereAndBack) -> bool:
        sizes.extend(disk.size(f"tmp/{name}") for name in disk.list("tmp"))
        return start(copy)

    monkeypatch.setattr(there_and_back.ThereAndBack, "start", note)
    intake = Intake(disk)
    intake.store([b"1234567", b"1234567", b"1234567"])
    assert sizes == [10]
    intake.abandon()


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("lacks", ["memory", "more memory", "threads"])
def test_a_large_copy_for_which_there_is_no_memory_or_thread_is_read_back_afterwards(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    asked: list[int] = []

    def refuse(*_: object) -> None:
        asked.append(1)
        if lacks == "threads":
            raise RuntimeError("can't start new thread")
        raise OSError(errno.ENOMEM, "no memory") if lacks == "memory" else MemoryError

    needed = "start_new_thread" if lacks == "threads" else "mmap"
    monkeypatch.setattr(there_and_back, needed, refuse)
    data, intake = bytes(range(40)), Intake(disk)
    intake.store([data[at : at + 3] for at in range(0, 40, 3)])
    assert "recall" not in {what for what, _ in disk.events}
    intake.settle()
    assert "recall" in {what for what, _ in disk.events}
    assert asked == [1]
    assert disk.files() == durable_files(disk) == {name_of(data): data}


# Many originals


def test_after_some_copies_small_ones_are_written_in_another_thread(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_FEW", 2)
    since, intake = threads.Since(), Intake(disk)
    blocks: tuple[list[bytes], ...] = (
        [b"1"],
        [b"2"],
        [b"3"],
        [b"4", b"4"],
        [],
        [b"5", b"", b"5"],
        [b"3"],
    )
    stored = [intake.store(iter(each)) for each in blocks]
    intake.settle()
    expected = [b"".join(each) for each in blocks]
    assert [(one.sha256, one.size_bytes) for one in stored] == [
        (sha256_of(data), len(data)) for data in expected
    ]
    assert [one.is_new for one in stored] == [True] * 6 + [False]
    asked = [number for what, number in disk.events if what == "recall"]
    assert asked == ["1", "2", "3", "4", "5", "6", "7"]
    assert disk.writers == {
        "1": True,
        "2": True,
        "3": False,
        "4": True,
        "5": False,
        "6": True,
        "7": False,
    }
    assert disk.files() == durable_files(disk) == {name_of(data): data for data in expected}
    intake.abandon()
    assert not since.left()


def test_no_more_than_two_blocks_are_waited_for(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the second it is known that the copy is no small one."""
    monkeypatch.setattr(tested, "_FEW", 0)
    sizes: list[list[int]] = []

    def blocks() -> Iterator[bytes]:
        for _ in range(4):
            yield DATA
            sizes.append([disk.size(f"tmp/{name}") for name in disk.list("tmp")])

    Intake(disk).store(blocks())
    assert sizes == [[], [len(DATA) * 2], [len(DATA) * 3], [len(DATA) * 4]]


class Syncing(NotingDisk):
    """A disk whose syncs take a while, or until they may end, and count."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.at_once = self.most = 0
        self.may_end = threading.Event()
        self.may_end.set()

    def sync_many(self, names: object) -> None:
        self.count += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        time.sleep(0.05)
        self.may_end.wait(30)
        super().sync_many(names)
        self.at_once -= 1


def stored_in_batches(disk: NotingDisk, monkeypatch: pytest.MonkeyPatch) -> Intake:
    monkeypatch.setattr(tested, "_BATCH", 2)
    intake = Intake(disk)
    for number in range(6):
        intake.store([b"%d" % number])
    return intake


def test_one_batch_after_the_other_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Syncing()
    intake = stored_in_batches(disk, monkeypatch)
    assert intake._beside is not None
    intake._beside.finish()
    assert (disk.count, disk.most) == (3, 1)
    intake.abandon()


def test_a_batch_that_was_not_begun_is_not_proven_once_all_is_abandoned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Syncing()
    disk.may_end.clear()
    intake = stored_in_batches(disk, monkeypatch)
    assert intake._beside is not None
    intake._beside._writing.submit(int).result(30)  # all that was to be written before it is
    set_once_stopped(disk.may_end, intake._beside._proving, monkeypatch)
    intake.abandon()
    assert disk.count < 2
    assert disk.files() == {}


def test_a_full_batch_is_proven_while_more_is_stored(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_BATCH", 2)
    since, intake = threads.Since(), Intake(disk)
    for number in range(5):
        intake.store([b"%d" % number])
        if intake._beside is not None:
            intake._beside.finish()
    assert intake._beside is not None
    intake._beside.finish()
    assert [number for what, number in disk.events if what == "recall"] == ["1", "2", "3", "4"]
    intake.settle()
    assert [number for what, number in disk.events if what == "recall"][4:] == ["5"]
    assert [what for what, _ in disk.events].count("sync") == 3
    assert len(disk.files()) == 5
    intake.abandon()
    assert not since.left()


@pytest.mark.parametrize("count", [2, 4])
def test_each_copy_needs_an_answer_of_its_own(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    digest = hashlib.sha256(DATA).digest()
    monkeypatch.setattr(tested, "hash_copies", lambda *_: [digest] * count)
    intake = Intake(disk)
    for _ in range(3):
        intake.store([DATA])
    with pytest.raises(ValueError, match="zip"):
        intake.settle()
    assert not [name for name in disk.files() if name.startswith("objects/")]


def test_after_some_copies_the_other_process_reads_them_back(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def hash_there(_beside: WriteBeside, names: list[str]) -> list[bytes]:
        asked.append([_number(name) for name in names])
        return [hashlib.sha256(disk.read(name)).digest() for name in names]

    monkeypatch.setattr(WriteBeside, "hash_copies", hash_there)
    monkeypatch.setattr(tested, "_FEW", 2)
    monkeypatch.setattr(tested, "_BATCH", 3)
    intake = Intake(disk)
    for number in range(5):
        intake.store([b"%d" % number])
    intake.settle()
    assert asked == [["1", "2", "3"], ["4", "5"]]
    assert "recall" not in {what for what, _ in disk.events}
    intake.store([DATA])
    intake.settle()
    intake.abandon()


def test_what_was_settled_is_not_proven_again(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "_BATCH", 2)
    intake = Intake(disk)
    for _ in range(2):
        for number in range(3):
            intake.store([b"%d" % number])
        intake.settle()
    assert len([number for what, number in disk.events if what == "recall"]) == 6
    intake.abandon()


# Reading


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_hashed_and_read_whole_and_let_go(disk: NotingDisk, size: int) -> None:
    data = b"x" * size
    disk.put("tmp/a", data)
    assert hash_file(disk, "tmp/a") == (sha256_of(data), size)
    assert disk.events.count(("close", "tmp/a")) == 1
    disk.events.clear()
    blocks = list(read_blocks(disk, "tmp/a"))
    assert b"".join(blocks) == data
    assert max(map(len, blocks), default=0) <= BLOCK_BYTES
    assert disk.events.count(("close", "tmp/a")) == 1


@pytest.mark.parametrize(("size", "reads"), [(0, 1), (5, 1), (BLOCK_BYTES, 2)])
def test_a_small_file_is_asked_for_once(disk: NotingDisk, size: int, reads: int) -> None:
    disk.put("tmp/a", bytes(size))
    hash_file(disk, "tmp/a")
    assert disk.events.count(("read", "tmp/a")) == reads


@pytest.mark.parametrize("size", [3, 12])
def test_a_file_that_grew_since_is_hashed_as_it_is(
    disk: NotingDisk, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Its size was told when it was opened; what it has is what counts."""
    disk.put("tmp/a", DATA)
    opened = disk.open

    def open_(name: str) -> Reading:
        reading = opened(name)
        reading.size_bytes = size
        return reading

    monkeypatch.setattr(disk, "open", open_)
    assert hash_file(disk, "tmp/a") == (sha256_of(DATA), len(DATA))


def test_who_stops_reading_lets_the_file_go(disk: NotingDisk) -> None:
    disk.put("tmp/a", DATA)
    blocks = read_blocks(disk, "tmp/a")
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert ("close", "tmp/a") in disk.events

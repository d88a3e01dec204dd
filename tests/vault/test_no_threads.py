"""Where the system allows no more threads, everything is done without, and found the same."""

from __future__ import annotations

import errno
import hashlib
import os
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

import pytest
from tests.vault.desk import AUTHOR, Promise, init
from tests.vault.sealed_desk import entries, init_sealed, opened, original_of

from stalklog.vault import hash_beside, objects, original
from stalklog.vault.disk import Disk
from stalklog.vault.objects import Intake
from stalklog.vault.vault import Vault
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stalklog.core.entry import JsonObject
    from stalklog.vault.writer import Writer

MANY = 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "vault")
    made.root.mkdir(mode=0o700)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_FEW", 5)
    monkeypatch.setattr(objects, "_BATCH", 4)
    monkeypatch.setattr(hash_beside, "LONG_BYTES", 1000)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Thread]:
    """The threads that could not be begun."""
    found: list[Thread] = []

    def refuse(thread: Thread) -> NoReturn:
        found.append(thread)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refuse)
    return found


def keep(writer: Writer, data: bytes) -> None:
    """Store a file in one part, as a small one is read."""
    stored = writer.store(iter([data]))
    body: JsonObject = {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "kind": "other",
        "name": "x",
        "media_type": "application/octet-stream",
    }
    writer.add("evidence.added", body)


def test_many_small_files_and_a_large_one_are_added_and_checked(
    disk: Disk, asked: list[Thread]
) -> None:
    init(disk, Promise())
    files = [b"%d" % number for number in range(MANY)] + [bytes(1 << 20)]
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        for data in files:
            keep(writer, data)
        assert writer.commit().size == 1 + len(files)
    assert asked
    asked.clear()
    checked = check_vault(disk, wait_s=0)
    assert asked
    assert (checked.verdict, checked.objects) == ("intact", len(files))
    assert disk.list("tmp") == []


def test_it_is_asked_for_a_thread_once(disk: Disk, asked: list[Thread]) -> None:
    init(disk, Promise())
    intake = Intake(disk)
    for number in range(MANY):
        intake.store(iter([b"%d" % number]))
    assert len(asked) == 2  # one that writes, and one that proves
    intake.abandon()
    assert disk.list("tmp") == []


def test_what_one_of_two_threads_began_does_not_stay(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(disk, Promise())
    start, begun = Thread.start, list[Thread]()

    def start_one(thread: Thread) -> None:
        if begun:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(Thread, "start", start_one)
    intake = Intake(disk)
    for number in range(MANY):
        intake.store(iter([b"%d" % number]))
    assert not begun[0].is_alive()
    intake.settle()
    assert sum(len(disk.list(f"objects/{n:02x}")) for n in range(256)) == MANY


def test_a_long_original_is_sealed(disk: Disk, asked: list[Thread]) -> None:
    init_sealed(disk)
    data = b"long" * 1000
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        keep(writer, data)
        writer.commit()
    assert len(asked) == 1
    assert original_of(disk, entries(disk)[-1]) == data


def test_what_would_be_opened_in_a_thread_cannot_be_read_then(
    disk: Disk, asked: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    init_sealed(disk)
    data = b"long" * 1000
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        keep(writer, data)
        writer.commit()
    monkeypatch.setattr(original, "MAX_MEMORY_BYTES", 10)
    entry = entries(disk)[-1]
    assert entry.body["sha256"] == hashlib.sha256(data).hexdigest()
    with pytest.raises(BlockingIOError) as told:
        opened(disk).open_original(entry, must_seek=False)
    assert told.value.strerror == os.strerror(errno.EAGAIN)
    assert asked

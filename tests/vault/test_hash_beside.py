"""A stream that is hashed beside its sealing has the hash that it has."""

from __future__ import annotations

import hashlib

import pytest
from tests.vault import threads
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS

from stalklog.vault import hash_beside
from stalklog.vault.hash_beside import HashBeside
from stalklog.vault.sealed_objects import SealedIntake


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 200])
def test_the_hash_is_that_of_all_blocks_in_order(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hash_beside, "LONG_BYTES", 4 * 1000)
    beside, whole, since = HashBeside(), hashlib.sha256(), threads.Since()
    for number in range(count):
        block = bytes([number]) * 1000
        beside.update(block)
        whole.update(block)
    assert bool(since.left()) == (count >= 4)
    assert beside.hexdigest() == whole.hexdigest()
    assert beside.size_bytes == count * 1000
    assert not since.left()


def test_a_thread_that_was_ended_is_ended_and_keeps_no_program_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hash_beside, "LONG_BYTES", 1)
    beside = HashBeside()
    beside.update(b"first")
    assert beside._thread is not None
    assert beside._thread.daemon
    beside.stop()
    beside.stop()
    assert beside.hexdigest() == hashlib.sha256(b"first").hexdigest()


def test_no_thread_is_left_where_reading_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hash_beside, "LONG_BYTES", 1)

    def blocks() -> object:
        yield b"first"
        raise OSError("the stick was pulled out")

    disk = ModelDisk()
    disk.make_folder("tmp")
    intake, since = SealedIntake(disk, HERS.recipients), threads.Since()
    with pytest.raises(OSError, match="pulled out"):
        intake.store(blocks())  # type: ignore[arg-type]
    assert not since.left()
    assert disk.list("tmp") == []

"""An original is proven before it is read, and of a sealed vault it is only ever in memory."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

import pytest
from tests.vault.desk import AUTHOR
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, STRANGER, init_sealed

from stalklog.vault import original
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError, seal
from stalklog.vault.create import create_vault
from stalklog.vault.layout import object_name
from stalklog.vault.original import OriginalChangedError, TooLongToOpenError
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from stalklog.core.entry import Entry, JsonObject

DATA = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(DATA).hexdigest()


def with_evidence(*, is_sealed: bool) -> tuple[Vault, Entry, ModelDisk]:
    disk = ModelDisk()
    if is_sealed:
        init_sealed(disk)
    else:
        create_vault(disk, AUTHOR, settings={"tz": "Asia/Kolkata"}, readme=None, first={})
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.store([DATA])
        writer.add("evidence.added", {"sha256": SHA256, "size_bytes": len(DATA)})
        writer.commit()
    vault = Vault(disk, lambda _disk, _header: HERS)
    return vault, list(vault.entries())[-1], disk


@pytest.mark.parametrize("is_sealed", [False, True], ids=["plain", "sealed"])
@pytest.mark.parametrize("must_seek", [False, True], ids=["forwards", "jumping"])
def test_an_original_is_read_as_it_was_put_in(is_sealed: bool, must_seek: bool) -> None:
    vault, entry, _disk = with_evidence(is_sealed=is_sealed)
    with vault.open_original(entry, must_seek=must_seek) as stream:
        assert stream.read(3) == DATA[:3]
        assert stream.read() == DATA[3:]
        stream.seek(100)
        assert stream.read(5) == DATA[100:105]


@pytest.mark.parametrize("is_sealed", [False, True], ids=["plain", "sealed"])
def test_nothing_is_read_of_an_original_that_was_changed(is_sealed: bool) -> None:
    vault, entry, disk = with_evidence(is_sealed=is_sealed)
    name = object_name(entry.objects[0])
    stored = disk.read(name)
    disk.put(name, stored[:-1] + bytes([stored[-1] ^ 1]))
    with pytest.raises((OriginalChangedError, SealedBadError)):
        vault.open_original(entry, must_seek=False)
    disk.drop(name)
    with pytest.raises(FileNotFoundError):
        vault.open_original(entry, must_seek=False)


def test_another_original_sealed_in_its_place_is_told_by_its_hash() -> None:
    vault, entry, disk = with_evidence(is_sealed=True)
    with Vault(disk).writing(AUTHOR, wait_s=0) as writer:
        writer.store([b"another"])
        other: JsonObject = {"sha256": hashlib.sha256(b"another").hexdigest(), "size_bytes": 7}
        writer.add("evidence.added", other)
        writer.commit()
    theirs = list(Vault(disk, lambda _disk, _header: HERS).entries())[-1].objects[0]
    disk.put(object_name(entry.objects[0]), disk.read(object_name(theirs)))
    with pytest.raises(OriginalChangedError):
        vault.open_original(entry, must_seek=True)


@pytest.fixture
def _long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(original, "MAX_MEMORY_BYTES", 1000)


@pytest.mark.usefixtures("_long")
def test_a_long_sealed_original_is_opened_bit_by_bit() -> None:
    vault, entry, disk = with_evidence(is_sealed=True)
    with vault.open_original(entry, must_seek=False) as stream:
        assert not stream.seekable()
        assert b"".join(iter(lambda: stream.read(1000), b"")) == DATA
        assert stream.read() == b""
    with pytest.raises(TooLongToOpenError):
        vault.open_original(entry, must_seek=True)
    stranger = Vault(disk, lambda _disk, _header: STRANGER)
    with (
        stranger.open_original(entry, must_seek=False) as stream,
        pytest.raises(NotForThisKeyError),
    ):
        stream.read()


@pytest.mark.usefixtures("_long")
def test_a_long_original_that_is_left_early_leaves_no_thread() -> None:
    vault, entry, _disk = with_evidence(is_sealed=True)
    before = threading.active_count()
    for count in (0, 1, 100_000):
        with vault.open_original(entry, must_seek=False) as stream:
            stream.read(count)
    assert threading.active_count() == before


@pytest.mark.usefixtures("_long")
def test_a_long_original_that_is_another_is_told_at_its_end() -> None:
    vault, entry, disk = with_evidence(is_sealed=True)
    disk.put(object_name(entry.objects[0]), seal(b"another" * 1000, HERS.recipients))
    with (
        vault.open_original(entry, must_seek=False) as stream,
        pytest.raises(OriginalChangedError),
    ):
        stream.read()

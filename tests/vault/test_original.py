"""An original is proven before it is read, and of a sealed vault it is only ever in memory."""

from __future__ import annotations

import errno
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import pytest
from tests.vault import threads
from tests.vault.desk import AUTHOR
from tests.vault.model_disk import ModelDisk
from tests.vault.sealed_desk import HERS, LOG, STRANGER, init_sealed, outside

from stalklog.vault import original
from stalklog.vault.cipher import NotForThisKeyError, SealedBadError, seal
from stalklog.vault.create import create_vault
from stalklog.vault.layout import object_name
from stalklog.vault.original import OriginalChangedError, TooLongToOpenError, open_sealed
from stalklog.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stalklog.core.entry import Entry, JsonObject
    from stalklog.core.stream import StreamError

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
    since = threads.Since()
    for count in (0, 1, 100_000):
        with vault.open_original(entry, must_seek=False) as stream:
            stream.read(count)
    assert not since.left()


@pytest.mark.usefixtures("_long")
def test_a_long_original_that_is_another_is_told_at_its_end() -> None:
    vault, entry, disk = with_evidence(is_sealed=True)
    disk.put(object_name(entry.objects[0]), seal(b"another" * 1000, HERS.recipients))
    with (
        vault.open_original(entry, must_seek=False) as stream,
        pytest.raises(OriginalChangedError),
    ):
        stream.read()


# What is opened, and how


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OriginalChangedError, errno.EIO, "the vault's copy was changed"),
        (TooLongToOpenError, errno.EFBIG, "too long to be opened in memory"),
    ],
)
def test_what_went_wrong_is_told_as_an_error_of_reading(
    error: Callable[[], StreamError], code: int, words: str
) -> None:
    assert (error().errno, error().strerror) == (code, words)


def held(plain: bytes = DATA, stored: str = "ab" * 32) -> tuple[ModelDisk, str]:
    """A disk that holds the ciphertext of these bytes, and under which name."""
    disk = ModelDisk()
    for folder in ("objects", "objects/ab"):
        disk.make_folder(folder)
        disk.sync_folder("")
        disk.sync_folder("objects")
    disk.put(object_name(stored), seal(plain, HERS.recipients))
    return disk, stored


def opened(size_bytes: int, *, must_seek: bool, sha256: str = SHA256) -> BinaryIO:
    disk, stored = held()
    return open_sealed(disk, stored, sha256, HERS, size_bytes=size_bytes, must_seek=must_seek)


@pytest.mark.usefixtures("_long")
@pytest.mark.parametrize("must_seek", [False, True])
def test_up_to_the_limit_it_is_held_whole(must_seek: bool) -> None:
    short = DATA[:1000]
    disk, stored = held(short)
    sha256 = hashlib.sha256(short).hexdigest()
    with open_sealed(disk, stored, sha256, HERS, size_bytes=1000, must_seek=must_seek) as stream:
        assert stream.seekable()
        assert stream.tell() == 0
        assert stream.read() == short
    for size_bytes, wanted in ((1000, "cd" * 32), (999, sha256)):  # another, or one that is longer
        with pytest.raises(OriginalChangedError):
            open_sealed(
                disk, stored, wanted, HERS, size_bytes=size_bytes, must_seek=must_seek
            ).close()
    if must_seek:
        with pytest.raises(TooLongToOpenError):
            opened(1001, must_seek=True)
    else:
        with opened(1001, must_seek=False) as stream:
            assert not stream.seekable()


@pytest.mark.usefixtures("_long")
@pytest.mark.parametrize("length", [1, 7, 65_536, 100_000, len(DATA), len(DATA) + 1])
def test_a_poured_stream_gives_each_byte_once(length: int) -> None:
    data = DATA if length > 100 else DATA[:3000]
    disk, stored = held(data)
    digest = hashlib.sha256(data).hexdigest()
    stream = original._Poured(disk, stored, digest, HERS)
    assert stream.readable()
    parts: list[bytes] = []
    buffer = bytearray(length)
    while count := stream.readinto(memoryview(buffer)):
        assert 0 < count <= length
        parts.append(bytes(buffer[:count]))
    assert b"".join(parts) == data
    assert stream.readinto(memoryview(buffer)) == 0
    stream.close()
    assert stream.closed
    assert not stream._thread.is_alive()


def test_a_reader_that_is_slow_holds_few_blocks_in_memory() -> None:
    assert original._WAITING == 8
    disk, stored = held(bytes(2_000_000))
    stream = original._Poured(disk, stored, SHA256, HERS)
    assert stream._thread.daemon
    for _ in range(2000):
        if stream._blocks.full():
            break
        stream._thread.join(0.005)
    assert stream._blocks.qsize() == original._WAITING
    stream.close()
    assert not stream._thread.is_alive()
    assert stream._blocks.qsize() <= 1


class FailingKeys:
    """Keys that open a little and then fail."""

    vault = ""
    recipients: tuple[str, ...] = ()

    def open(self, _sealed: bytes) -> bytes:
        raise OSError(errno.EIO, "broken")

    def open_blocks(self, _blocks: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        for block in (b"", bytearray(b"one"), b"", b"two"):
            write(bytes(block))
        raise OSError(errno.EIO, "broken")


def test_what_fails_half_way_is_raised_where_it_is_read_to() -> None:
    disk, stored = held()
    stream = original._Poured(disk, stored, SHA256, FailingKeys())
    buffer = memoryview(bytearray(10))
    assert [stream.readinto(buffer) for _ in range(2)] == [3, 3]
    with pytest.raises(OSError, match="broken"):
        stream.readinto(buffer)
    assert stream.readinto(buffer) == 0
    stream.close()


def test_an_entry_that_names_no_original_has_none() -> None:
    vault, entry, _disk = with_evidence(is_sealed=False)
    with pytest.raises(FileNotFoundError) as caught:
        vault.open_original(replace(entry, objects=()), must_seek=False)
    told = (caught.value.errno, caught.value.strerror)
    assert told == (errno.ENOENT, "the entry names no original")


def test_whoever_reads_is_warned_where_somebody_else_wrote() -> None:
    _vault, _entry, disk = with_evidence(is_sealed=True)
    warned: list[str] = []
    for expected in ([], ["CHAIN_BROKEN"]):
        warned.clear()
        vault = Vault(disk, lambda _disk, _header: HERS, warned.append)
        list(vault.entries())
        assert warned == expected
        list(Vault(disk, lambda _disk, _header: HERS).entries())
        first, second, rest = disk.read(LOG).split(b"\n", 2)
        disk.put(LOG, b"\n".join((first, outside(second, prev="0a" * 32), rest)))

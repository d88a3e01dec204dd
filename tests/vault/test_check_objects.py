"""Every original is read whole, counted where it is right and named where it is not."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from typing import TYPE_CHECKING

import pytest
from tests.vault.model_disk import ModelDisk

from stalklog.core.threads import begin_many
from stalklog.vault import check_objects as tested
from stalklog.vault.check_objects import Counted, check_objects
from stalklog.vault.findings import Finding
from stalklog.vault.layout import object_name

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from stalklog.vault.disk import Reading

SMALL, EMPTY, LARGE = b"small", b"", bytes(tested._LARGE_BYTES)
UNKNOWN = -1
"""The size of an original that its entry does not say."""


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def name_of(data: bytes) -> str:
    return object_name(hash_of(data))


@pytest.fixture
def disk() -> ModelDisk:
    disk = ModelDisk()
    disk.plant("objects", "folder")
    for data in (SMALL, EMPTY, LARGE):
        disk.plant(f"objects/{hash_of(data)[:2]}", "folder")
        disk.put(name_of(data), data)
    return disk


def checked(
    disk: ModelDisk, wanted: dict[bytes, int]
) -> tuple[Counted, list[Finding], list[tuple[int, int]]]:
    """The count, what was found and what progress was told, for these originals and sizes."""
    findings: list[Finding] = []
    told: list[tuple[int, int]] = []
    objects = {hash_of(data): (size, seq) for seq, (data, size) in enumerate(wanted.items(), 3)}
    counted = check_objects(
        disk, objects, findings, lambda files, size_bytes: told.append((files, size_bytes))
    )
    return counted, findings, told


def test_what_is_there_and_right_is_counted(disk: ModelDisk) -> None:
    wanted = {data: len(data) for data in (SMALL, EMPTY, LARGE)}
    counted, findings, told = checked(disk, wanted)
    assert counted == Counted(3, len(SMALL) + len(LARGE))
    assert findings == []
    assert sorted(told) == [(1, 0), (1, len(SMALL)), (1, len(LARGE))]


def test_nobody_needs_to_be_told_of_progress(disk: ModelDisk) -> None:
    assert check_objects(disk, {hash_of(SMALL): (5, 0)}, [], None) == Counted(1, 5)
    assert check_objects(disk, {}, [], None) == Counted(0, 0)


def test_a_size_that_is_not_known_is_not_compared(disk: ModelDisk) -> None:
    assert checked(disk, {SMALL: UNKNOWN, EMPTY: UNKNOWN})[:2] == (Counted(2, 5), [])


@pytest.mark.parametrize("others", [{}, {EMPTY: 0, LARGE: len(LARGE)}], ids=["alone", "others"])
@pytest.mark.parametrize(
    ("size", "content", "code", "message"),
    [
        (5, None, "OBJECT_MISSING", "the original is not there"),
        (UNKNOWN, None, "OBJECT_MISSING", "the original is not there"),
        (5, b"smalt", "OBJECT_CHANGED", "the original was changed"),
        (UNKNOWN, b"smalls", "OBJECT_CHANGED", "the original was changed"),
        (5, b"smalls", "OBJECT_SIZE", "it has 6 bytes and had 5"),
        (5, b"", "OBJECT_SIZE", "it has 0 bytes and had 5"),
        (0, SMALL, "OBJECT_SIZE", "it has 5 bytes and had 0"),
    ],
)
def test_an_original_that_is_not_right_is_named_and_not_counted(
    disk: ModelDisk,
    others: dict[bytes, int],
    size: int,
    content: bytes | None,
    code: str,
    message: str,
) -> None:
    disk.drop(name_of(SMALL))
    if content is not None:
        disk.put(name_of(SMALL), content)
    counted, findings, told = checked(disk, {SMALL: size, **others})
    assert counted == Counted(len(others), sum(others.values()))
    assert findings == [Finding(code, name_of(SMALL), 3, message)]
    assert len(told) == 1 + len(others)
    assert (1, 0) in told


def test_what_is_no_file_is_named(disk: ModelDisk) -> None:
    disk.plant(name_of(SMALL), "folder")
    disk.plant(name_of(LARGE), "link")
    message = "there is no file where one should be"
    counted, findings, told = checked(disk, {SMALL: 5, LARGE: len(LARGE)})
    assert (counted, told) == (Counted(0, 0), [(1, 0), (1, 0)])
    assert sorted(findings, key=lambda one: one.seq or 0) == [
        Finding("OBJECT_NOT_FILE", name_of(SMALL), 3, message),
        Finding("OBJECT_NOT_FILE", name_of(LARGE), 4, message),
    ]


def test_a_file_in_place_of_its_folder_is_named(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(disk, monkeypatch, NotADirectoryError(errno.ENOTDIR, "Not a directory"))
    assert [found.code for found in checked(disk, {SMALL: 5})[1]] == ["OBJECT_NOT_FILE"]


def test_a_disk_that_fails_is_told_with_its_reason(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(disk, monkeypatch, OSError(errno.EIO, "Input/output error"))
    counted, findings, told = checked(disk, {SMALL: 5})
    message = "the original cannot be read (Input/output error)"
    assert findings == [Finding("OBJECT_UNREADABLE", name_of(SMALL), 3, message)]
    assert (counted, told) == (Counted(0, 0), [(1, 0)])


def failing(disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def fail(_name: str) -> Reading:
        raise error

    monkeypatch.setattr(disk, "open", fail)


def test_threads_read_where_one_original_is_large(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: set[bool] = set()
    opened = ModelDisk.open

    def note(name: str) -> Reading:
        here.add(threading.current_thread() is threading.main_thread())
        return opened(disk, name)

    monkeypatch.setattr(disk, "open", note)
    checked(disk, {SMALL: 5, EMPTY: 0})
    assert here == {True}
    here.clear()
    checked(disk, {SMALL: 5, EMPTY: 0, LARGE: len(LARGE)})
    assert here == {False}


@pytest.mark.parametrize(
    ("sizes", "shares"),
    [
        ([], []),
        ([1] * 64, [64]),
        ([1] * 130, [64, 64, 2]),
        ([16 << 20, 1], [1, 1]),
        ([(16 << 20) - 1, 1, 1], [2, 1]),
        ([16 << 20, (16 << 20) - 1, 1], [1, 2]),
        ([-1] * 3, [3]),
    ],
)
def test_a_share_is_so_many_files_or_bytes(sizes: list[int], shares: list[int]) -> None:
    wanted = [tested._Wanted("", size, 0) for size in sizes]
    assert [len(share) for share in tested._shares(wanted)] == shares


@pytest.mark.parametrize("count", [None, 1, 3])
def test_so_many_threads_read_as_there_are_cores(
    disk: ModelDisk, monkeypatch: pytest.MonkeyPatch, count: int | None
) -> None:
    asked: list[int] = []

    def begin(count: int) -> ThreadPoolExecutor | None:
        asked.append(count)
        return begin_many(count)

    monkeypatch.setattr(tested, "begin_many", begin)
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    checked(disk, {LARGE: len(LARGE)})
    assert asked == [count or 1]

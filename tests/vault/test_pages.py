"""What the system is asked for between a file and its disk, on this system and on others."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stalklog.vault import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FD = 99
DIRECT = getattr(os, "O_DIRECT", 0o40000)
DROP, FETCH = 4, 3
"""The numbers that posix_fadvise(2) has for these here."""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    pages._find_write_range.cache_clear()
    yield
    pages._find_write_range.cache_clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """All that the system is asked for; it does nothing."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(os, "POSIX_FADV_DONTNEED", DROP, raising=False)
    monkeypatch.setattr(os, "POSIX_FADV_WILLNEED", FETCH, raising=False)
    monkeypatch.setattr(
        os, "posix_fadvise", lambda *given: found.append(("advise", *given)), raising=False
    )
    monkeypatch.setattr(os, "fsync", lambda fd: found.append(("fsync", fd)))
    return found


def on_linux(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]], code: int = 0
) -> SimpleNamespace:
    """A C library whose sync_file_range fails with this code, or does not."""

    def write_range(*given: int) -> int:
        asked.append(("range", *given))
        return -1 if code else 0

    library = SimpleNamespace(sync_file_range=write_range)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(
        ctypes, "CDLL", lambda name, use_errno: library if use_errno and not name else None
    )
    monkeypatch.setattr(ctypes, "get_errno", lambda: code)
    return library


def test_early_write_back_asks_for_those_bytes_and_does_not_wait(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]]
) -> None:
    library = on_linux(monkeypatch, asked)
    pages.start_write_back(FD, 7, 20)
    assert asked == [("range", FD, 7, 20, 2)]
    assert library.sync_file_range.argtypes == (
        ctypes.c_int,
        ctypes.c_int64,
        ctypes.c_int64,
        ctypes.c_uint,
    )


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_early_write_back_is_advice(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]], platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    pages.start_write_back(FD, 7, 20)
    assert asked == [("advise", FD, 7, 20, DROP)]


def test_pushing_out_waits_before_and_after_and_forgets_the_pages(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]]
) -> None:
    on_linux(monkeypatch, asked)
    pages.push_out(FD)
    assert asked == [("range", FD, 0, 0, 1 | 2 | 4), ("advise", FD, 0, 0, DROP)]


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM])
def test_where_a_file_system_cannot_wait_for_a_part_all_is_synced(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]], code: int
) -> None:
    on_linux(monkeypatch, asked, code)
    pages.push_out(FD)
    assert [what for what, *_ in asked] == ["range", "fsync", "advise"]
    assert asked[1] == ("fsync", FD)


def test_a_disk_that_did_not_take_it_is_told(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]]
) -> None:
    on_linux(monkeypatch, asked, errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)) as caught:
        pages.push_out(FD)
    assert caught.value.errno == errno.EIO


@pytest.mark.parametrize(
    ("platform", "expected"), [("darwin", ["fsync", "advise"]), ("win32", ["advise"])]
)
def test_elsewhere_pushing_out_is_a_sync_where_reading_handles_have_one(
    monkeypatch: pytest.MonkeyPatch,
    asked: list[tuple[Any, ...]],
    platform: str,
    expected: list[str],
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    pages.push_out(FD)
    assert [what for what, *_ in asked] == expected


def test_what_is_forgotten_and_fetched_is_advice(asked: list[tuple[Any, ...]]) -> None:
    pages.forget_pages(FD)
    pages.fetch_pages(FD, 20)
    assert asked == [("advise", FD, 0, 0, DROP), ("advise", FD, 0, 20, FETCH)]


def test_advice_that_nobody_takes_is_no_error(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EINVAL, "a pipe")

    monkeypatch.setattr(os, "posix_fadvise", refuse)
    pages.forget_pages(FD)
    monkeypatch.delattr(os, "posix_fadvise")
    pages.forget_pages(FD)
    assert asked == []


@pytest.mark.parametrize("error", [OSError("no library"), AttributeError("no such function")])
def test_a_library_without_it_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]], error: Exception
) -> None:
    loaded: list[str | None] = []

    def load(name: str | None, **_: object) -> object:
        loaded.append(name)
        raise error

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", load)
    for _ in range(2):
        pages.push_out(FD)
    assert loaded == [None]
    assert [what for what, *_ in asked] == ["fsync", "advise"] * 2


def test_memory_is_passed_by_only_where_that_is_asked_for(tmp_path: Path) -> None:
    """On this system, and the file system of this folder, whichever that is."""
    path = tmp_path / "file"
    path.write_bytes(bytes(4096))
    fd = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        before = fcntl.fcntl(fd, fcntl.F_GETFL)
        passes = pages.bypass(fd, wanted=True)
        assert fcntl.fcntl(fd, fcntl.F_GETFL) == before | (DIRECT if passes else 0)
        assert not pages.bypass(fd, wanted=False)
        assert fcntl.fcntl(fd, fcntl.F_GETFL) == before
    finally:
        os.close(fd)


@pytest.mark.parametrize(("error", "wanted"), [(None, True), (None, False), (errno.EINVAL, True)])
def test_whether_memory_is_passed_by_is_told(
    monkeypatch: pytest.MonkeyPatch, error: int | None, wanted: bool
) -> None:
    asked: list[tuple[int, ...]] = []

    def control(*given: int) -> int:
        asked.append(given)
        if error and given[1] == fcntl.F_SETFL:
            raise OSError(error, "not here")
        return 0o100 | (0 if wanted else DIRECT)

    monkeypatch.setattr(os, "O_DIRECT", DIRECT, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", control)
    assert pages.bypass(FD, wanted=wanted) == (wanted and not error)
    told = 0o100 | (DIRECT if wanted else 0)
    assert asked == [(FD, fcntl.F_GETFL), (FD, fcntl.F_SETFL, told)]


def test_where_the_flags_of_a_file_cannot_be_asked_for_memory_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_given: int) -> int:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "O_DIRECT", DIRECT, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", refuse)
    assert not pages.bypass(FD, wanted=True)


def test_a_system_without_a_way_past_memory_is_asked_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "O_DIRECT", raising=False)
    monkeypatch.setattr(fcntl, "fcntl", None)
    assert not pages.bypass(FD, wanted=True)

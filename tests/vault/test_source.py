"""A file that becomes evidence is read once, whole, and left as it was."""

from __future__ import annotations

import os
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.errors import EvidenceUnreadableError
from stalklog.safety.limits import MAX_HEAD_BYTES
from stalklog.vault import source as tested
from stalklog.vault.source import Source, SourceTimes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATA = bytes(range(256)) * 20
"""Some blocks of it, where a block is made small."""
MARKS = ("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shot.png"
    path.write_bytes(DATA)
    os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    return path


@pytest.fixture
def source(file: Path) -> Iterator[Source]:
    made = Source(file)
    yield made
    made.close()


def refused(what: Callable[[], object]) -> str:
    with pytest.raises(EvidenceUnreadableError) as caught:
        what()
    return caught.value.message


def test_a_file_is_read_whole_block_by_block(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "BLOCK_BYTES", 2000)
    blocks = list(source.blocks())
    assert b"".join(blocks) == DATA
    assert [len(block) for block in blocks] == [2000, 2000, 1120]
    assert source.size_bytes == len(DATA)


def test_reading_leaves_the_file_as_it_was(file: Path, source: Source) -> None:
    before = file.stat()
    list(source.blocks())
    after = file.stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
    assert after.st_atime_ns == before.st_atime_ns


@pytest.mark.parametrize(
    "size", [0, 1, MAX_HEAD_BYTES - 1, MAX_HEAD_BYTES, MAX_HEAD_BYTES + 1, 3 * MAX_HEAD_BYTES]
)
@pytest.mark.parametrize("block", [1000, BLOCK_BYTES])
def test_the_beginning_is_kept_to_tell_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, block: int
) -> None:
    monkeypatch.setattr(tested, "BLOCK_BYTES", block)
    data = (DATA * (1 + size // len(DATA)))[:size]
    assert len(data) == size
    (tmp_path / "a").write_bytes(data)
    source = Source(tmp_path / "a")
    assert source.head == b""
    assert b"".join(source.blocks()) == data
    assert source.head == data[:MAX_HEAD_BYTES]
    source.close()


def test_it_can_be_read_again_and_is_what_it_is_then(file: Path, source: Source) -> None:
    assert b"".join(source.blocks()) == DATA
    with file.open("ab") as grown:
        grown.write(b"more")
    assert b"".join(source.blocks()) == DATA + b"more"
    assert source.size_bytes == len(DATA) + 4
    assert source.head == (DATA + b"more")[:MAX_HEAD_BYTES]


def test_who_jumps_in_it_begins_at_its_beginning(source: Source) -> None:
    list(source.blocks())
    with source.stream() as stream:
        assert stream.read(300) == DATA[:300]
        assert stream.seek(-3, os.SEEK_END) == len(DATA) - 3
        assert stream.read() == DATA[-3:]
        assert stream.mode == "rb"
    assert b"".join(source.blocks()) == DATA  # what was closed is not the source


def test_its_times_are_those_that_the_system_tells(source: Source) -> None:
    born_s = getattr(os.fstat(source._fd), "st_birthtime", None)
    born = None if born_s is None else int(born_s * 1_000_000_000)
    assert source.times == SourceTimes(1_700_000_000_123_456_789, born)


def test_where_the_system_tells_it_the_time_of_birth_is_kept(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = SimpleNamespace(st_mtime_ns=7, st_birthtime=1.5)
    monkeypatch.setattr(source, "_before", told)
    assert source.times == SourceTimes(7, 1_500_000_000)


@pytest.mark.parametrize("change", ["grown", "cut", "touched", "rewritten"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    file: Path, source: Source, change: str
) -> None:
    blocks = source.blocks()
    next(blocks)
    if change == "grown":
        file.write_bytes(DATA + b"x")
    elif change == "cut":
        os.truncate(file, 5)
    elif change == "touched":
        os.utime(file, ns=(1, 2))
    else:
        file.write_bytes(DATA[::-1])
    assert refused(lambda: list(blocks)) == "Not added: it changed while it was read."


def test_a_file_that_is_cut_before_it_is_read_is_refused(file: Path, source: Source) -> None:
    os.truncate(file, 5)
    with pytest.raises(EvidenceUnreadableError) as caught:
        list(source.blocks())
    assert "add it again" in caught.value.hint


@pytest.mark.parametrize("field", MARKS)
def test_any_sign_of_another_file_counts(
    source: Source, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    before = source._before
    changed = {name: getattr(before, name) for name in MARKS}
    monkeypatch.setattr(os, "fstat", lambda _fd: SimpleNamespace(**{**changed, field: -1}))
    assert "changed while it was read" in refused(lambda: list(source.blocks()))


def test_a_time_that_is_put_back_hides_no_change(file: Path, source: Source) -> None:
    before = file.stat()
    file.write_bytes(bytes(before.st_size))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert "changed while it was read" in refused(lambda: list(source.blocks()))


# What is no file that can be read


def test_a_link_is_not_followed(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    message = "Not added: it is a link, and links are not followed. The file is as it was."
    assert refused(lambda: Source(link)) == message


def test_a_pipe_or_a_folder_is_not_waited_for_and_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[int] = []
    close = os.close

    def noting(fd: int) -> None:
        closed.append(fd)
        close(fd)

    monkeypatch.setattr(os, "close", noting)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        message = "Not added: it is not a regular file. The file is as it was."
        assert refused(lambda path=path: Source(path)) == message  # type: ignore[misc]
    assert len(closed) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [("gone", "No such file or directory"), ("a\0b", "its name cannot be opened")],
)
def test_what_cannot_be_opened_is_told_with_its_reason(
    tmp_path: Path, name: str, reason: str
) -> None:
    expected = f"Not added: {reason}. The file is as it was."
    assert refused(lambda: Source(tmp_path / name)) == expected


def raising(error: OSError) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(5, "Input/output error"), "Input/output error"), (OSError(), "OSError")],
)
def test_a_disk_that_fails_is_told_with_its_reason(
    file: Path, source: Source, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    expected = f"Not added: {reason}. The file is as it was."
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", raising(error))
        assert refused(lambda: list(source.blocks())) == expected
        patch.setattr(os, "open", raising(error))
        assert refused(lambda: Source(file)) == expected


def opened_with(monkeypatch: pytest.MonkeyPatch, *refuses: int) -> list[int]:
    """The flags of each opening; one with any of these is refused."""
    asked: list[int] = []

    def open_(path: Path, flags: int) -> int:
        assert path.name == "shot.png"
        asked.append(flags)
        if any(flags & each for each in refuses):
            raise PermissionError(1, "Operation not permitted")
        return os.dup(0)

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(stat, "S_ISREG", lambda _mode: True)
    return asked


def test_the_time_of_last_reading_is_left_where_that_is_allowed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quietly = 1 << 28
    monkeypatch.setattr(os, "O_NOATIME", quietly, raising=False)
    with monkeypatch.context() as patch:
        asked = opened_with(patch)
        Source(file).close()
        assert asked == [tested._FLAGS | quietly]
    with monkeypatch.context() as patch:
        asked = opened_with(patch, quietly)
        Source(file).close()
        assert asked == [tested._FLAGS | quietly, tested._FLAGS]


def test_a_system_that_always_writes_that_time_is_not_asked(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_NOATIME", raising=False)
    asked = opened_with(monkeypatch)
    Source(file).close()
    assert asked == [tested._FLAGS]

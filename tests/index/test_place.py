"""What stands where the index is kept is believed only if it is this user's own index."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.index.sample import BEGAN, content, source_of

from stalklog.index import schema
from stalklog.index.document import Document
from stalklog.index.failure import IndexFailedError
from stalklog.index.index import FILE_NAME, Index
from stalklog.index.query import Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Callable

IS_POSIX = os.name == "posix"
TEXT = "I will find you"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / FILE_NAME


def _feed(index: Index, text: str = TEXT) -> None:
    with index.filling() as filling:
        if not filling.is_indexed(source_of(1).key):
            filling.replace(source_of(1), [Document(text, BEGAN, BEGAN, 1)])


def _make(path: Path) -> None:
    with Index.at(path) as index:
        _feed(index)


def _hits(path: Path) -> int:
    with Index.at(path) as index:
        return index.search(parse_query("find")).total


def test_it_is_kept_for_this_user_alone(path: Path) -> None:
    old = os.umask(0)
    try:
        _make(path)
    finally:
        os.umask(old)
    assert _hits(path) == 1
    assert [one.name for one in path.parent.iterdir()] == [FILE_NAME]
    if IS_POSIX:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_deleted_is_made_again_with_the_same_content(path: Path) -> None:
    with Index.at(path) as index:
        _feed(index)
        before = content(index)
    path.unlink()
    with Index.at(path) as index:
        assert not index.is_indexed(source_of(1).key)
        _feed(index)
        assert content(index) == before


@pytest.mark.skipif(not IS_POSIX, reason="modes")
def test_what_others_could_read_is_narrowed(path: Path) -> None:
    _make(path)
    path.chmod(0o644)
    assert _hits(path) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(not IS_POSIX, reason="modes")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_could_write_is_made_again(path: Path, mode: int) -> None:
    _make(path)
    path.chmod(mode)
    assert _hits(path) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _link(path: Path, outside: Path) -> None:
    _make(outside)
    path.symlink_to(outside)


def _hard_link(path: Path, outside: Path) -> None:
    _make(outside)
    os.link(outside, path)


def _pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    old = Path.cwd()
    fd = os.open(path.parent, os.O_RDONLY)
    try:
        os.fchdir(fd)
        listening.bind(path.name)
    finally:
        fd_old = os.open(old, os.O_RDONLY)
        os.fchdir(fd_old)
        os.close(fd_old)
        os.close(fd)
        listening.close()


def _dangling(path: Path, outside: Path) -> None:
    path.symlink_to(outside.with_name("nowhere"))


@pytest.mark.skipif(not IS_POSIX, reason="links and special files")
@pytest.mark.parametrize("put", [_link, _hard_link, _pipe, _socket, _dangling])
def test_a_link_or_special_file_is_replaced_and_never_followed(
    path: Path, tmp_path: Path, put: Callable[[Path, Path], None]
) -> None:
    outside = tmp_path / "elsewhere" / "other.sqlite"
    path.parent.mkdir(mode=0o700)
    put(path, outside)
    before = outside.read_bytes() if outside.exists() else None
    _make(path)
    assert _hits(path) == 1
    assert stat.S_ISREG(path.lstat().st_mode)
    assert path.lstat().st_nlink == 1
    assert (outside.read_bytes() if outside.exists() else None) == before
    assert not outside.with_name("nowhere").exists()


@pytest.mark.skipif(not IS_POSIX, reason="links")
@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
def test_a_link_beside_it_is_not_followed_either(path: Path, tmp_path: Path, end: str) -> None:
    _make(path)
    outside = tmp_path / "mine.txt"
    outside.write_bytes(b"hers")
    path.with_name(FILE_NAME + end).symlink_to(outside)
    assert _hits(path) == 0  # made again: what would have been played back is not known
    _make(path)
    assert _hits(path) == 1  # and it is there no more
    assert outside.read_bytes() == b"hers"


def test_a_journal_without_its_index_is_not_played_back(path: Path) -> None:
    _make(path)
    path.rename(path.with_name(f"{FILE_NAME}-journal"))
    assert _hits(path) == 0
    assert not path.with_name(f"{FILE_NAME}-journal").exists()


@pytest.mark.skipif(not IS_POSIX, reason="links")
def test_a_folder_that_is_a_link_is_not_used(path: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o700)
    path.parent.symlink_to(outside)
    with pytest.raises(IndexFailedError):
        Index.at(path)
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(not IS_POSIX, reason="modes")
def test_a_folder_that_others_can_write_is_not_used(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(IndexFailedError):
        Index.at(path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(not IS_POSIX or os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_made_again(path: Path) -> None:
    _make(path)
    os.chown(path, 12345, -1)
    assert _hits(path) == 0
    assert path.stat().st_uid == os.geteuid()


@pytest.mark.skipif(not IS_POSIX or os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_another_user_is_not_used(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    os.chown(path.parent, 12345, -1)
    with pytest.raises(IndexFailedError):
        Index.at(path)


def test_a_folder_in_its_place_is_an_error_and_stays(path: Path) -> None:
    (path / "inside").mkdir(parents=True)
    path.parent.chmod(0o700)
    with pytest.raises(IndexFailedError):
        Index.at(path)
    assert (path / "inside").is_dir()


def test_a_place_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IndexFailedError):
        Index.at(tmp_path / "no" / "such" / FILE_NAME)


_OTHER_SCHEMAS = [
    "CREATE TABLE more (x)",
    "CREATE INDEX more ON documents (at)",
    "CREATE VIEW more AS SELECT 1",
    "CREATE TRIGGER more AFTER INSERT ON documents BEGIN DELETE FROM sources; END",
    "CREATE TRIGGER more INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    "DROP TABLE meta",
    "ALTER TABLE documents ADD COLUMN more",
    "DROP TABLE words",
    f"PRAGMA user_version = {schema.VERSION + 1}",
    "PRAGMA application_id = 1",
    "UPDATE meta SET value = '0/1.0' WHERE name = 'letters'",
    "DELETE FROM meta",
]


@pytest.mark.parametrize("change", _OTHER_SCHEMAS)
def test_a_file_with_other_tables_is_made_again(path: Path, change: str) -> None:
    _make(path)
    other = sqlite3.connect(path)
    if " ON v " in change:
        other.execute("CREATE VIEW v AS SELECT 1")
    other.execute(change)
    other.commit()
    other.close()
    assert _hits(path) == 0
    _make(path)
    assert _hits(path) == 1


@pytest.mark.parametrize(
    "data", [b"not a database", b"SQLite format 3\0" * 300, b"\0" * 8192, b"\xff" * 100_000]
)
def test_what_is_no_database_is_made_again(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(data)
    path.chmod(0o600)
    _make(path)
    assert _hits(path) == 1


def test_a_table_in_which_a_word_has_another_type_is_damage(path: Path) -> None:
    for change in (
        "UPDATE documents SET at = 'late'",
        "UPDATE documents SET at = 1e300",
        "UPDATE documents SET instant = x'00'",
        "UPDATE documents SET text = 7",
        "UPDATE documents SET text = CAST(x'ff' AS TEXT)",
        "UPDATE documents SET text = x'ff'",
        "UPDATE documents SET text = 'another'",
        "UPDATE documents SET sender = 99",
        "UPDATE places SET document = 99",
        "UPDATE sources SET seq = NULL",
        "DELETE FROM sources",
        "DELETE FROM documents",
        "DELETE FROM places",
        "UPDATE meta SET value = 'x' WHERE name = 'settled'",
        "UPDATE meta SET value = 0 WHERE name = 'settled'",
        "UPDATE words_data SET block = x'00'",
        "DELETE FROM words_data",
        "DELETE FROM words_config",
    ):
        _make(path)
        other = sqlite3.connect(path)
        with other:
            try:
                other.execute(change)
            except sqlite3.IntegrityError:
                continue
        other.close()
        for query in (parse_query("find"), Query(), parse_query("ind", anywhere=True)):
            try:
                with Index.at(path) as index:
                    found = index.search(query)
            except IndexFailedError:
                continue
            assert all(hit.text == TEXT for hit in found.hits) or query.is_empty, change
        with Index.at(path) as index:
            _feed(index)


def test_any_byte_that_is_changed_gives_no_wrong_error(path: Path) -> None:
    with Index.at(path) as index:
        _feed(index)
    whole = path.read_bytes()
    for offset in range(0, len(whole), max(1, len(whole) // 250)):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0xFF]) + whole[offset + 1 :])
        path.chmod(0o600)
        _try(path)


def test_any_cut_gives_no_wrong_error(path: Path) -> None:
    _make(path)
    whole = path.read_bytes()
    for length in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:length])
        path.chmod(0o600)
        _try(path)


def _try(path: Path) -> None:
    """Use it as a command does; the only error is the one that is told."""
    for _ in range(2):
        try:
            with Index.at(path) as index:
                _feed(index)
                index.search(parse_query("find"))
                index.search(parse_query("ind", anywhere=True))
        except IndexFailedError:
            continue


def test_two_processes_can_use_one_index(path: Path) -> None:
    with Index.at(path) as index, Index.at(path, timeout_s=0.1) as other:
        _feed(index)
        assert other.search(parse_query("find")).total == 1
        with index.filling() as filling:
            filling.replace(source_of(2), [Document("find me", BEGAN, BEGAN, 1)])
            assert other.search(parse_query("find")).total == 1
            with pytest.raises(IndexFailedError), other.filling():
                pass
        assert other.search(parse_query("find")).total == 2
    assert _hits(path) == 2, "a busy index is not a damaged one"


def test_what_is_sorted_is_sorted_in_memory(path: Path) -> None:
    with Index.at(path) as kept, Index.in_memory() as index:
        for one in (kept, index):
            assert one._connection.execute("PRAGMA temp_store").fetchone() == (2,)


@pytest.mark.skipif(not IS_POSIX, reason="limits of a process")
def test_one_in_memory_touches_no_file(tmp_path: Path) -> None:
    program = (
        "import os, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"  # a byte in any file is an error
        "from datetime import datetime, UTC\n"
        "from stalklog.index.index import Index\n"
        "from stalklog.index.document import Document, Source\n"
        "from stalklog.index.query import parse_query\n"
        "at = datetime(2024, 3, 3, tzinfo=UTC)\n"
        "before = set(os.listdir('/proc/self/fd')) if os.path.isdir('/proc/self/fd') else set()\n"
        "index = Index.in_memory()\n"
        "texts = ['find %d ' % (n * 7919 % 1000) * 20 for n in range(30000)]\n"
        "documents = [Document(text, at, at) for text in texts]\n"
        "with index.filling() as filling:\n"
        "    filling.replace(Source('a', 1, 'E-0001'), documents)\n"
        "index.search(parse_query('find'), order='relevance')\n"
        "index.search(parse_query('ind 7', anywhere=True))\n"
        "after = set(os.listdir('/proc/self/fd')) if before else before\n"
        "print(len(after - before), index.is_kept)\n"
    )
    environment = os.environ | {
        "PYTHONPATH": str(Path(schema.__file__).parents[2]),
        "TMPDIR": str(tmp_path),
        "SQLITE_TMPDIR": str(tmp_path),
    }
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["0", "False"]
    assert list(tmp_path.iterdir()) == []

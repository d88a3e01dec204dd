"""Pages that lie in a `-wal` file, with SQLite itself as the second opinion."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalklog.readers.base import Notes
from stalklog.readers.sqlite.log import Log
from stalklog.readers.sqlite.pages import Pages
from stalklog.readers.sqlite.schema import Database

if TYPE_CHECKING:
    from pathlib import Path

PAGE_BYTES = 1024
FRAME_BYTES = 24 + PAGE_BYTES


def _made(folder: Path, *, is_finished: bool) -> tuple[bytes, bytes, list[tuple[int, str]]]:
    """A database, its `-wal`, and what SQLite finds in both."""
    path = folder / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE t (one INTEGER PRIMARY KEY, two)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((n, f"old {n}") for n in range(50)))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("UPDATE t SET two = 'new ' || one WHERE one % 3 = 0")
        connection.execute("DELETE FROM t WHERE one = 7")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * n) for n in range(50, 90)))
        found = connection.execute("SELECT one, two FROM t ORDER BY one").fetchall()
        if not is_finished:
            connection.execute("PRAGMA cache_size=1")
            connection.execute("BEGIN")
            connection.execute("DELETE FROM t WHERE one > 20")
            connection.executemany(
                "INSERT INTO t VALUES (?, ?)", ((n, "y" * 900) for n in range(100, 300))
            )
        return path.read_bytes(), (folder / "a.db-wal").read_bytes(), found


def _rows(data: bytes, log: bytes) -> list[tuple[object, ...]]:
    pages = Pages(BytesIO(data))
    pages.add(Log(log, pages.page_bytes, "a.db-wal"))
    rows = Database(pages, Notes()).rows("t", ("two",))
    return [(number, *values) for number, values, _place in rows]


@pytest.mark.parametrize("is_finished", [True, False])
def test_what_was_finished_is_found_as_sqlite_finds_it(
    tmp_path: Path, *, is_finished: bool
) -> None:
    data, log, found = _made(tmp_path, is_finished=is_finished)
    assert len(log) > PAGE_BYTES
    assert _rows(data, b"") != found
    assert _rows(data, log) == found


def test_a_row_lies_where_it_was_written_last(tmp_path: Path) -> None:
    data, log, _found = _made(tmp_path, is_finished=True)
    pages = Pages(BytesIO(data), "a.db")
    pages.add(Log(log, pages.page_bytes, "a.db-wal"))
    for number, _values, place in Database(pages, Notes()).rows("t", ("two",)):
        source = {"a.db": data, "a.db-wal": log}[place.member]
        word = b"new 3" if number == 3 else b"old 2" if number == 2 else b""
        assert word in source[place.start : place.end]


def test_of_a_log_that_was_changed_only_what_came_before_counts(tmp_path: Path) -> None:
    data, log, found = _made(tmp_path, is_finished=True)
    before = _rows(data, b"")
    seen = {str(found), str(before)}
    for at in range(0, len(log), 1031):
        changed = bytearray(log)
        changed[at] ^= 0x40
        rows = _rows(data, bytes(changed))
        assert rows != found
        seen.add(str(rows))
        whole = 32 + (at - 32) // FRAME_BYTES * FRAME_BYTES if at >= 32 else 0
        assert rows == _rows(data, log[:whole])
    assert len(seen) > 2


def test_a_log_of_another_database_counts_for_nothing(tmp_path: Path) -> None:
    data, log, _found = _made(tmp_path, is_finished=True)
    assert Log(log, 2 * PAGE_BYTES).starts == {}
    assert Log(b"", PAGE_BYTES).count == 0
    assert _rows(data, b"\0" * len(log)) == _rows(data, b"")


@given(st.binary(max_size=3000))
@settings(deadline=None)
def test_any_bytes_are_a_log_or_none(data: bytes) -> None:
    Log(data, PAGE_BYTES)

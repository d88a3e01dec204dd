"""Tables of SQLite databases, with SQLite itself as the second opinion; and broken ones."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalklog.readers.base import Notes, ReadingError
from stalklog.readers.sqlite.pages import Pages
from stalklog.readers.sqlite.schema import Database
from stalklog.safety.limits import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.readers.sqlite.record import Value

MAKE = 'CREATE TABLE t ("one" INTEGER PRIMARY KEY, two TEXT, [three] BLOB, `four` REAL, five)'
COLUMNS = ("two", "three", "four", "five")
SLOW_S = 2.0
_VALUES = st.one_of(
    st.none(), st.sampled_from((0, 1, -1, 127, 128, 1 << 31)),
    st.integers(-(1 << 63), (1 << 63) - 1), st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=600),
    st.binary(max_size=600),
)  # fmt: skip


def _made(
    rows: Sequence[Sequence[object]],
    *,
    page_bytes: int = 4096,
    encoding: str = "UTF-8",
    more: str = "",
) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA page_size={page_bytes}")
        connection.execute(f"PRAGMA encoding='{encoding}'")
        connection.execute(MAKE)
        connection.executemany("INSERT INTO t (two, three, four, five) VALUES (?,?,?,?)", rows)
        connection.executescript(more)
        connection.commit()
        return connection.serialize()


def _read(data: bytes, name: str = "t") -> tuple[list[tuple[int, list[Value]]], Notes]:
    notes = Notes()
    database = Database(Pages(BytesIO(data)), notes)
    found = list(database.rows(name, COLUMNS))
    for _number, _values, place in found:
        if place.sha256:
            assert sha256(data[place.start : place.end]).hexdigest() == place.sha256
    return [(number, values) for number, values, _place in found], notes


def _sqlite(data: bytes) -> list[tuple[int, list[Value]]]:
    """What SQLite itself finds."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        rows = connection.execute("SELECT rowid, two, three, four, five FROM t ORDER BY rowid")
        return [(row[0], list(row[1:])) for row in rows]


@pytest.mark.parametrize("page_bytes", [512, 1024, 4096, 65536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_every_row_is_that_which_sqlite_finds(page_bytes: int, encoding: str) -> None:
    rows = [
        (
            "a" * (number * 7 % 3000) + " क \N{EYES}",
            b"\0\xff" * (number * 13 % 5000),
            number / 3,
            number,
        )
        for number in range(400)
    ]
    more = (
        "DELETE FROM t WHERE one % 7 = 3; INSERT INTO t (one, five) VALUES (-5, 0), (1 << 40, 1);"
    )
    data = _made(rows, page_bytes=page_bytes, encoding=encoding, more=more)
    found, notes = _read(data)
    assert found == _sqlite(data)
    assert not notes.unread


@given(rows=st.lists(st.tuples(_VALUES, _VALUES, _VALUES, _VALUES), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_values_are_those_that_sqlite_finds(rows: list[tuple[object, ...]]) -> None:
    data = _made(rows, page_bytes=512)
    assert _read(data)[0] == _sqlite(data)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("CREATE TABLE t (a INT, b TEXT)", ("a", "b")),
        ("CREATE TABLE t (a, b DECIMAL(10, 2) DEFAULT 'x,(', c)", ("a", "b", "c")),
        ('CREATE TABLE t (\n\t"a b" TEXT -- c, d\n, [e] /* , f */, `G`)', ("a b", "e", "g")),
        ("CREATE TABLE t (a, PRIMARY KEY (a), UNIQUE (a), CHECK (a > 0))", ("a",)),
        ('CREATE TABLE t ("primary" INT, b, CONSTRAINT c UNIQUE (b))', ("primary", "b")),
        ("CREATE TABLE t ('a' INT REFERENCES s (x) ON DELETE SET NULL, b)", ("a", "b")),
    ],
)
def test_columns_are_read_as_sqlite_reads_them(sql: str, columns: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(sql)
        told = connection.execute("SELECT * FROM t").description
        connection.commit()
        data = connection.serialize()
    assert tuple(name.lower() for name, *_ in told) == columns
    assert Database(Pages(BytesIO(data)), Notes()).tables["t"].columns == columns


def test_what_only_seems_to_be_a_table_is_none() -> None:
    more = (
        "CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;"
    )
    database = Database(Pages(BytesIO(_made([("a", b"", 0, 0)], more=more))), Notes())
    assert database.tables.keys() == {"t"}
    assert database.has("t", "two")
    assert not database.has("t", "six")
    assert list(database.rows("v", COLUMNS)) == []


def test_columns_that_came_later_are_nothing_in_older_rows() -> None:
    more = "ALTER TABLE t ADD COLUMN six; INSERT INTO t (two, six) VALUES ('b', 'new')"
    notes = Notes()
    database = Database(Pages(BytesIO(_made([("a", b"", 0, 0)], more=more))), notes)
    found = [values for _number, values, _place in database.rows("t", ("six", "two", "none"))]
    assert found == [[None, "a", None], ["new", "b", None]]


SMALL = _made([("word" * 40, b"x" * 700, 1.5, number) for number in range(12)], page_bytes=512)


def test_cut_off_at_every_byte_it_gives_what_is_whole() -> None:
    whole, _notes = _read(SMALL)
    for end in range(len(SMALL)):
        try:
            found, notes = _read(SMALL[:end])
        except ReadingError:
            assert end < 100
            continue
        assert all(row in whole for row in found)
        assert found == whole or notes.unread or end < 512


@given(st.lists(st.tuples(st.integers(100, len(SMALL) - 1), st.integers(0, 255)), max_size=40))
@settings(max_examples=200, deadline=None)
def test_changed_bytes_raise_nothing(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL)
    for at, byte in changes:
        data[at] = byte
    began = time.process_time()
    _read(bytes(data))
    assert time.process_time() - began < SLOW_S


def _root(data: bytes) -> int:
    return Database(Pages(BytesIO(data)), Notes()).tables["t"].root


def test_pages_that_lead_in_a_circle_are_read_once() -> None:
    data = bytearray(SMALL)
    root = _root(SMALL)
    start = (root - 1) * 512
    assert data[start] == 5
    count = int.from_bytes(data[start + 3 : start + 5], "big")
    for cell in range(count):
        at = start + int.from_bytes(data[start + 12 + 2 * cell : start + 14 + 2 * cell], "big")
        data[at : at + 4] = root.to_bytes(4, "big")
    found, notes = _read(bytes(data))
    assert len(found) < 12
    assert {unread.detail for unread in notes.unread} == {"t: page twice"}


def test_rows_that_lie_over_one_another_cost_no_more_than_the_page() -> None:
    data = bytearray(_made([("a" * 60_000, b"", 0, 0)], page_bytes=65536))
    start = (_root(bytes(data)) - 1) * 65536
    one = data[start + 8 : start + 10]
    cells = (65536 - 8 - 61_000) // 2
    data[start + 3 : start + 5] = cells.to_bytes(2, "big")
    data[start + 8 : start + 8 + 2 * cells] = bytes(one) * cells
    found, notes = _read(bytes(data))
    assert len(found) == 1
    assert [unread.detail for unread in notes.unread] == ["t: rows lie over one another"]


def test_a_page_is_the_rest_of_one_row_only() -> None:
    data = bytearray(_made([("a", b"x" * 3000, 0, 0), ("b", b"y" * 3000, 0, 1)], page_bytes=512))
    whole, _notes = _read(bytes(data))
    ends = []
    for number in (1, 2):
        notes = Notes()
        place = next(
            place
            for rowid, _v, place in Database(Pages(BytesIO(bytes(data))), notes).rows("t", ())
            if rowid == number
        )
        assert (place.start, place.sha256, place.item) == (None, "", f"t {number}")
        ends.append(bytes(data).index(b"x" * 30 if number == 1 else b"y" * 30))
    first = int.from_bytes(_overflow(data, b"x"), "big")
    at = bytes(data).index(_overflow(data, b"y"), ends[1])
    data[at : at + 4] = first.to_bytes(4, "big")
    found, notes = _read(bytes(data))
    assert found == whole[:1]
    assert [unread.detail for unread in notes.unread] == ["t: a page of two rows"]


def _overflow(data: bytearray, letter: bytes) -> bytes:
    """The number of the page in which the first long value of a letter goes on."""
    at = bytes(data).index(letter * 30)
    end = at
    while data[end : end + 1] == letter:
        end += 1
    return bytes(data[end : end + 4])


def test_a_row_over_the_limit_is_named_and_the_rest_read() -> None:
    data = _made([("a", b"x" * (MAX_RECORD_BYTES + 1), 0, 0), ("b", b"", 0, 1)])
    found, notes = _read(data)
    assert [values[0] for _number, values in found] == ["b"]
    assert [unread.reason for unread in notes.unread] == ["over-limit"]


@pytest.mark.parametrize(
    ("at", "changed"), [(0, b"x"), (16, b"\x03\x00"), (16, b"\x00\x00"), (20, b"\xff")]
)
def test_what_is_no_database_is_said_to_be_none(at: int, changed: bytes) -> None:
    data = bytearray(SMALL)
    data[at : at + len(changed)] = changed
    with pytest.raises(ReadingError):
        Pages(BytesIO(bytes(data)))

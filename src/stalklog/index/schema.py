"""The tables of the index, and that a file has exactly these: anything else is made again."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import TYPE_CHECKING, Final

from stalklog.index.folding import VERSION as FOLDING
from stalklog.index.folding import fold

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION: Final = 0x53544C47
"""`STLG`: what SQLite's header says whose file it is."""
VERSION: Final = 4
"""Counted up whenever the tables, or what is written in them, change."""
MARK: Final = "\ufdd0"
"""Begins the words that tell sender, kind and source: no text has it once it is folded."""
BODY: Final = (
    "coalesce(d.folded, d.text) || "
    f"' {MARK}s' || d.sender || ' {MARK}k' || d.kind || ' {MARK}e' || d.source"
)
"""What is cut into words of a document `d`."""
COMPARED: Final = "coalesce(d.folded, lower(d.text))"
"""The folded text of a document `d`."""

_BYTES: Final = ("utf-8", "surrogatepass")
_TABLES: Final = (
    """CREATE TABLE sources (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    first INTEGER NOT NULL, -- its documents are those from first to last
    last INTEGER NOT NULL,
    told TEXT NOT NULL -- what is to be told of it at each search; empty for nothing
)""",
    """CREATE TABLE senders (
    number INTEGER PRIMARY KEY,
    label TEXT NOT NULL,
    id TEXT NOT NULL,
    folded TEXT NOT NULL, -- label and id, a line each
    UNIQUE (label, id)
)""",
    """CREATE TABLE kinds (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
)""",
    """CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    message INTEGER,
    at INTEGER NOT NULL, -- where it stands in time: milliseconds since 1970
    instant INTEGER,
    sender INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    wall INTEGER NOT NULL, -- whether `at` is a wall's time, of which the zone is not known
    remarks TEXT, -- left out for none; a space between two
    readings TEXT, -- likewise
    text NOT NULL, -- a blob where it is not valid Unicode
    folded TEXT -- left out where it is the text in lower-case ASCII
)""",
    """CREATE TABLE places (
    rank INTEGER PRIMARY KEY, -- rises with time, with gaps for what comes later
    document INTEGER NOT NULL
)""",
    """CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID""",
    "CREATE VIRTUAL TABLE words USING fts5 (body, content='', tokenize='ascii')",
)
_HASH_BYTES: Final = 16 << 20
"""How many words are gathered in memory before they are written: fewer pieces to join later."""
_PRAGMAS: Final = (
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "temp_store = MEMORY",  # nothing of a sealed vault may reach a temporary file
    "journal_mode = DELETE",
    "synchronous = FULL",
    "fullfsync = ON",  # only macOS knows it: there fsync does not reach the disk
    "secure_delete = OFF",  # what is derived needs no wiping beside its original
    "cache_size = -65536",
)
_MAX_VALUE_BYTES: Final = 256 << 20
"""The longest text, folded; what a hostile file may claim is refused before it is believed."""


class OtherSchemaError(Exception):
    """The file is no index of this version: another program's, another version's, or altered."""


def columns(text: str) -> tuple[str | bytes, str | None]:
    """A text as it is stored: itself, as bytes where it is not valid Unicode; and `folded`."""
    if text.isascii() and "\0" not in text:
        return text, None
    folded = fold(text)
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return text.encode(*_BYTES), folded
    return text, None if raw.lower() == folded.encode() else folded  # of bytes: ASCII alone


def storable(text: str) -> str | bytes:
    """A short text as it is stored."""
    return columns(text)[0]


def stored(value: str | bytes) -> str:
    """The text that was stored.

    Raises:
        TypeError: It is no text; `UnicodeDecodeError` likewise.
    """
    return value if isinstance(value, str) else bytes(memoryview(value)).decode(*_BYTES)


def connect(place: Path | str, timeout_s: float) -> sqlite3.Connection:
    """A connection that believes a file as little as can be.

    Raises:
        sqlite3.Error: It cannot be opened.
    """
    connection = sqlite3.connect(place, timeout=timeout_s, isolation_level=None)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, unless another process has just made them.

    Raises:
        sqlite3.Error: It cannot be written.
    """
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        for table in _TABLES:
            connection.execute(table)
        connection.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", [_HASH_BYTES])
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.executemany(
            "INSERT INTO meta VALUES (?, ?)", [("letters", _letters()), ("settled", 0)]
        )
    connection.execute("COMMIT")


def require_ours(connection: sqlite3.Connection) -> None:
    """Have the file exactly the tables that this version makes, and nothing else.

    Raises:
        OtherSchemaError: It has not.
        sqlite3.Error: It is no database, or a damaged one.
    """
    for pragma, value in (("application_id", APPLICATION), ("user_version", VERSION)):
        if connection.execute(f"PRAGMA {pragma}").fetchone()[0] != value:
            raise OtherSchemaError(pragma)
    if _schema(connection) != _own_schema():
        raise OtherSchemaError("schema")
    letters = connection.execute("SELECT value FROM meta WHERE name = 'letters'").fetchone()
    if letters != (_letters(),):
        raise OtherSchemaError("letters")


def _schema(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")
    return found.fetchall()


def _own_schema() -> list[tuple[object, ...]]:
    """What this SQLite makes of the tables: the hidden ones of FTS5 differ between versions."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for table in _TABLES:
            connection.execute(table)
        return _schema(connection)
    finally:
        connection.close()


def _letters() -> str:
    """By which rules text was folded: those here, and what this Python knows of letters."""
    return f"{FOLDING}/{unicodedata.unidata_version}"

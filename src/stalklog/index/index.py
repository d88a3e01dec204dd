"""The search index: opened at a path or in memory, fed with documents, asked with a query.

It is derived and knows neither vault nor readers. Whoever feeds it says of each source whether it
is the one that was indexed (`Source.key`). A file that cannot be trusted or read is removed and
made again, and is empty then: so after opening, what is not indexed is fed.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Self

from stalklog.index import finding, ranking, schema
from stalklog.index.document import from_ms
from stalklog.index.failure import DamagedIndexError, IndexFailedError
from stalklog.index.filling import Filling
from stalklog.index.place import NoPlaceError, discard, prepare, require_same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from stalklog.index.document import Results
    from stalklog.index.finding import Order
    from stalklog.index.query import Query

FILE_NAME: Final = "search.sqlite"
"""What it is called in the cache of a plain vault."""
_TIMEOUT_S: Final = 30.0
_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_TOOBIG,
    }
)
"""Errors that say nothing against the file; after any other it is made again."""
_MISTAKES: Final = (sqlite3.ProgrammingError, sqlite3.InterfaceError)
"""Of the program, not of the file."""
_WRONG_VALUES: Final = (TypeError, ValueError, OverflowError)
"""What a file may give rise to: any column can hold any type, and text that is not UTF-8."""


class Index:
    """An open index; `with` closes it."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self._path = path
        finding.make_ready(connection)

    @classmethod
    def in_memory(cls) -> Self:
        """An empty index that leaves nothing on any disk.

        Raises:
            IndexFailedError: This Python's SQLite has no FTS5.
        """
        try:
            connection = schema.connect(":memory:", _TIMEOUT_S)
            schema.create(connection)
        except sqlite3.Error as error:
            raise IndexFailedError from error
        return cls(connection, None)

    @classmethod
    def at(cls, path: Path, *, timeout_s: float = _TIMEOUT_S) -> Self:
        """The index that is kept there, or an empty one in its place.

        Args:
            path: Its file; the folder is made if only that is missing.
            timeout_s: How long to wait for another process that fills it.

        Raises:
            IndexFailedError: Nothing can be kept there.
        """
        with suppress(_NotTrustedError):
            return cls(_open(path, timeout_s), path)
        with suppress(_NotTrustedError):  # what was there is gone
            return cls(_open(path, timeout_s), path)
        raise IndexFailedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    @property
    def is_kept(self) -> bool:
        """Whether it is in a file."""
        return self._path is not None

    def is_indexed(self, key: str) -> bool:
        """Whether the documents of a source are there.

        Raises:
            IndexFailedError: See there what to do.
        """
        with self._guarded():
            asked = self._connection.execute("SELECT 1 FROM sources WHERE key = ?", [key])
            return asked.fetchone() is not None

    def told(self) -> dict[str, str]:
        """What is to be told of sources, by their keys; those of which nothing is are left out.

        Raises:
            IndexFailedError: See there what to do.
        """
        with self._guarded():
            asked = self._connection.execute("SELECT key, told FROM sources WHERE told != ''")
            return {schema.stored(key): schema.stored(told) for key, told in asked}

    @contextmanager
    def filling(self) -> Iterator[Filling]:
        """Put documents in, or take some out; at the end all that was put in can be found.

        If it is broken off, sources that are whole stay, and none is half there.

        Raises:
            IndexFailedError: See there what to do.
        """
        filling = Filling(self._connection, self._guarded)
        try:
            yield filling
            filling.end()
        except BaseException:
            filling.break_off()
            raise

    def search(self, query: Query, *, limit: int = 50, order: Order = "newest") -> Results:
        """The documents that fit a query, and how many there are.

        Args:
            query: What is looked for; without terms every document fits.
            limit: How many are wanted, at least 1.
            order: By `sorted_at`, then by entry and message; or the best fit first, where there
                are terms.

        Raises:
            IndexFailedError: See there what to do.
        """
        with self._guarded(), self._one_reading():
            return finding.find(self._connection, query, limit, order)

    def moments(self, query: Query) -> Iterator[datetime]:
        """Where each document that fits stands in time, in UTC and in no order.

        Raises:
            IndexFailedError: See there what to do.
        """
        with self._guarded(), self._one_reading():
            for at_ms in finding.moments(self._connection, query):
                yield from_ms(at_ms)

    @contextmanager
    def _one_reading(self) -> Iterator[None]:
        """What one answer takes several questions for is not changed by others between them."""
        if self._connection.in_transaction:  # within a filling: whoever fills has settled it
            yield
            return
        if not ranking.is_settled(self._connection):  # a filling was broken off
            with self.filling():
                pass
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):  # of a closed connection, it is over already
                self._connection.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except _MISTAKES:
            raise
        except (DamagedIndexError, sqlite3.Error, *_WRONG_VALUES) as error:
            if self._path is None and isinstance(error, _WRONG_VALUES):
                raise  # memory holds what was put there: a mistake of the program
            if _is_damage(error):
                self.close()
                if self._path is not None:
                    _discard(self._path)
            raise IndexFailedError from error


class _NotTrustedError(Exception):
    """What was there is no index of ours; it was removed."""


def _open(path: Path, timeout_s: float) -> sqlite3.Connection:
    try:
        inode = prepare(path)
    except NoPlaceError as error:
        raise IndexFailedError from error
    try:
        connection = schema.connect(path, timeout_s)
        try:
            if path.stat().st_size == 0:
                schema.create(connection)
            schema.require_ours(connection)
            require_same(path, inode)
        except BaseException:
            connection.close()
            raise
    except (schema.OtherSchemaError, sqlite3.Error, *_WRONG_VALUES) as error:
        if not _is_damage(error):
            raise IndexFailedError from error
        _discard(path)
        raise _NotTrustedError from error
    except (NoPlaceError, OSError) as error:
        raise IndexFailedError from error
    return connection


def _discard(path: Path) -> None:
    try:
        discard(path)
    except OSError as error:
        raise IndexFailedError from error


def _is_damage(error: Exception) -> bool:
    """Whether the file is to be made again."""
    code = getattr(error, "sqlite_errorcode", None)  # none where it is not SQLite that noticed
    return code is None or code & 0xFF not in _PASSING

"""Feed the index: each source whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from stalklog.index import ranking
from stalklog.index.document import to_ms
from stalklog.index.failure import IndexFailedError
from stalklog.index.folding import flat
from stalklog.index.schema import columns, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from contextlib import AbstractContextManager

    from stalklog.index.document import Document, Source

    Guarded = Callable[[], AbstractContextManager[None]]
    """Tells an error of SQLite as `IndexFailedError`; what yields documents is outside of it."""

_BATCH: Final = 2_000
"""Documents that are handed to SQLite at once."""
_KEEP_AFTER: Final = 50_000
"""Documents after which what is whole is kept, so that an interruption costs little."""
_INSERT: Final = "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Filling:
    """An open filling: made by `Index.filling`, which ends it."""

    def __init__(self, connection: sqlite3.Connection, guarded: Guarded) -> None:
        self._connection = connection
        self._guarded = guarded
        self._is_whole = True
        self.was_let_go = False
        """Whether another process could fill the index since this began."""
        with guarded():
            self._begin()

    def is_indexed(self, key: str) -> bool:
        """Whether a source is there, whole."""
        with self._guarded():
            return self._number(key) is not None

    def replace(
        self, source: Source, documents: Iterable[Document], told: Callable[[], str] = str
    ) -> int:
        """Have these documents there for a source, and no others; how many they are.

        If the documents end in an error, it is raised and the source is not there.

        Args:
            source: Where they come from.
            documents: All there are.
            told: Asked behind the last of them: what is to be told of the source at each search.

        Raises:
            IndexFailedError: The filling is over.
        """
        self._require_open()
        self._is_whole = False
        with self._guarded():
            self._forget(source.key)
            number = self._ask("SELECT coalesce(max(number), 0) + 1 FROM sources")
            before = self._ask("SELECT coalesce(max(id), 0) FROM documents")
        try:
            last = self._put(number, before, documents)
            remark = told()
        except BaseException:
            with self._guarded():
                self._connection.execute("DELETE FROM documents WHERE id > ?", [before])
            self._is_whole = True
            raise
        with self._guarded():
            self._connection.execute(
                "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?)",
                [number, source.key, source.seq, source.id, before + 1, last, remark],
            )
        self._is_whole = True
        self._since_kept += last - before
        self._keep_after(_KEEP_AFTER)
        return last - before

    def keep_only(self, keys: Collection[str]) -> int:
        """Forget every source that is not among these; how many that were.

        Raises:
            IndexFailedError: The filling is over.
        """
        kept = frozenset(keys)
        self._require_open()
        self._is_whole = False
        with self._guarded():
            found = self._connection.execute("SELECT key FROM sources").fetchall()
            gone = [key for (key,) in found if key not in kept]
            for key in gone:
                self._forget(key)
        self._is_whole = True
        return len(gone)

    def end(self) -> None:
        """Let everything that was put in be found, and keep it.

        Raises:
            IndexFailedError: Some of it may be there, none of it by half.
        """
        self.keep()
        self.settle()
        with self._guarded():
            self._connection.execute("COMMIT")

    def keep(self) -> None:
        """Keep what is whole if it is much, so that an interruption costs little.

        Raises:
            IndexFailedError: The filling is over.
        """
        self._require_open()
        self._keep_after(_BATCH)

    def settle(self) -> None:
        """Let everything that was put in so far be found from here on, within this filling too.

        If this filling `was_let_go` nowhere, what is asked between this and the end is answered
        from what it put in or left there and nothing else, whoever waits to fill it for himself.

        Raises:
            IndexFailedError: The filling is over.
        """
        self._require_open()
        self._is_whole = False
        with self._guarded():
            ranking.settle(self._connection)
        self._is_whole = True

    def break_off(self) -> None:
        """Keep the sources that are whole, as far as that is certain; nothing is half there."""
        with suppress(sqlite3.Error):  # another error is on its way
            if self._connection.in_transaction:
                self._connection.execute("COMMIT" if self._is_whole else "ROLLBACK")

    def _keep_after(self, count: int) -> None:
        """Keep what is whole if it is so many documents: to find them can be made ready later."""
        if self._since_kept >= count:
            self.was_let_go = True
            with self._guarded():
                self._connection.execute("COMMIT")
                self._begin()

    def _require_open(self) -> None:
        if not self._connection.in_transaction:  # SQLite ended it, after an error that was ignored
            raise IndexFailedError

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._since_kept = 0
        self._numbers: dict[tuple[str, str, str], tuple[int, int]] = {}

    def _ask(self, question: str, *values: object) -> int:
        return int(self._connection.execute(question, values).fetchone()[0])

    def _number(self, key: str) -> int | None:
        found = self._connection.execute("SELECT number FROM sources WHERE key = ?", [key])
        row = found.fetchone()
        return None if row is None else int(row[0])

    def _forget(self, key: str) -> None:
        number = self._number(key)
        if number is not None:
            ranking.remove(self._connection, number)

    def _put(self, source: int, last: int, documents: Iterable[Document]) -> int:
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            with self._guarded():
                rows = [self._row(last + place, source, one) for place, one in enumerate(batch, 1)]
                self._connection.executemany(_INSERT, rows)
            last += len(batch)
        return last

    def _row(self, id_: int, source: int, document: Document) -> tuple[object, ...]:
        instant, at_ms = document.instant, to_ms(document.sorted_at)
        about = document.sender, document.sender_id, document.kind
        return (
            id_,
            source,
            document.message,
            at_ms,
            None if instant is None else at_ms if instant is document.sorted_at else to_ms(instant),
            *(self._numbers.get(about) or self._number_of(about)),
            document.has_wall and instant is None,
            " ".join(document.remarks) or None,
            " ".join(document.readings) or None,
            *columns(document.text),
        )

    def _number_of(self, about: tuple[str, str, str]) -> tuple[int, int]:
        """The numbers of a sender and a kind, which are given one if they are new."""
        label, sender_id, kind = about
        sender = [storable(label), storable(sender_id), f"{flat(label)}\n{flat(sender_id)}"]
        self._connection.execute(
            "INSERT OR IGNORE INTO senders (label, id, folded) VALUES (?, ?, ?)", sender
        )
        self._connection.execute("INSERT OR IGNORE INTO kinds (name) VALUES (?)", [kind])
        numbers = self._numbers[about] = (
            self._ask("SELECT number FROM senders WHERE label = ? AND id = ?", *sender[:2]),
            self._ask("SELECT number FROM kinds WHERE name = ?", kind),
        )
        return numbers

"""Keep what is found in the order of time, so that the newest can be had without sorting.

Words are filed by rank, and ranks rise with time, then with the entry's place in the chain, then
with the message's number. Ranks have gaps for what comes in between; where a gap is full, or much
comes at once, all ranks are made anew from the documents. So ranks depend on how the index grew,
and the order does not.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, TypeAlias

from stalklog.index.failure import DamagedIndexError
from stalklog.index.schema import BODY, MARK

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Key: TypeAlias = "tuple[int | str, ...]"
"""What the order goes by: milliseconds, then seq, message and source's key; or its beginning."""

STRIDE: Final = 64
"""How far apart ranks are made: a gap takes 63. Wider ones would make the index longer."""
_FEW: Final = 16
"""Up to one in so many documents is put in a gap; more cost less if all is made anew."""
_CHUNK: Final = 20_000
"""Documents whose words are filed at once: between two such steps it can be interrupted."""
_KEY: Final = "d.at, s.seq, coalesce(d.message, 0), s.key"
_FRESH: Final = "FROM documents d JOIN sources s ON s.number = d.source WHERE d.id > ?"
_PLACED: Final = (
    "FROM places p CROSS JOIN documents d ON d.id = p.document "
    "CROSS JOIN sources s ON s.number = d.source"
)
_FILE: Final = (
    f"INSERT INTO words (rowid, body) SELECT p.rank, {BODY} "  # noqa: S608 - constants
    "FROM places p CROSS JOIN documents d ON d.id = p.document "
    "WHERE p.rank > ? AND p.rank <= ? ORDER BY p.rank"
)
_FILE_ONE: Final = (
    f"INSERT INTO words (rowid, body) SELECT ?, {BODY} FROM documents d WHERE d.id = ?"  # noqa: S608
)
_UNFILE_ONE: Final = (
    f"INSERT INTO words (words, rowid, body) SELECT 'delete', p.rank, {BODY} "  # noqa: S608
    "FROM places p CROSS JOIN documents d ON d.id = p.document WHERE p.rank = ?"
)
_ANEW: Final = -1


def is_settled(connection: sqlite3.Connection) -> bool:
    """Whether every document can be found."""
    return _settled(connection) == _last_document(connection)


def settle(connection: sqlite3.Connection) -> None:
    """Give each document that has none its rank, and file its words; within a transaction."""
    settled, last = _settled(connection), _last_document(connection)
    if settled == last:
        return
    if settled == _ANEW or not (_append(connection, settled) or _put_between(connection, settled)):
        _rank_anew(connection)
    _set_settled(connection, last)


def first_after(connection: sqlite3.Connection, key: Key) -> int:
    """The lowest rank of what comes after a key; beyond the highest one if nothing does."""
    low, found = 1, last_rank(connection) + 1
    high = found
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            f"SELECT {_KEY}, p.rank {_PLACED} WHERE p.rank >= ? ORDER BY p.rank LIMIT 1",
            [middle],
        ).fetchone()
        if row is None:
            raise DamagedIndexError
        if row[:-1] > key:
            high, found = middle, row[-1]
        else:
            low = row[-1] + 1
    return found


def last_rank(connection: sqlite3.Connection) -> int:
    """The highest rank there is; 0 for none."""
    return int(connection.execute("SELECT coalesce(max(rank), 0) FROM places").fetchone()[0])


def remove(connection: sqlite3.Connection, source: int) -> None:
    """Take the documents of a source out; within a transaction."""
    if _settled(connection) != _ANEW:
        settle(connection)
    first, last = connection.execute(
        "SELECT first, last FROM sources WHERE number = ?", [source]
    ).fetchone()
    is_anew = _settled(connection) == _ANEW or _is_much(connection, last - first + 1)
    if not is_anew:
        _unfile(connection, source)
    connection.execute("DELETE FROM documents WHERE id BETWEEN ? AND ?", [first, last])
    connection.execute("DELETE FROM sources WHERE number = ?", [source])
    _set_settled(connection, _ANEW if is_anew else _last_document(connection))


def _unfile(connection: sqlite3.Connection, source: int) -> None:
    found = connection.execute(
        "SELECT rowid FROM words WHERE words MATCH ?", [f'"{MARK}e{source}"']
    ).fetchall()
    connection.executemany(_UNFILE_ONE, found)
    connection.executemany("DELETE FROM places WHERE rank = ?", found)


def _append(connection: sqlite3.Connection, settled: int) -> bool:
    """Rank what is new behind everything else; False where some of it belongs before."""
    top = last_rank(connection)
    if top:
        first = connection.execute(
            f"SELECT {_KEY} {_FRESH} ORDER BY {_KEY} LIMIT 1",
            [settled],
        ).fetchone()
        if first_after(connection, first) <= top:
            return False
    is_much = _is_much(connection, _last_document(connection) - settled)
    _rank(connection, top, settled)
    if is_much:
        _join_pieces(connection)
    return True


def _rank(connection: sqlite3.Connection, top: int, settled: int) -> None:
    connection.execute(
        f"INSERT INTO places SELECT ? + {STRIDE} * row_number() OVER (ORDER BY {_KEY}, d.id), d.id "
        f"{_FRESH}",
        [top, settled],
    )
    last = last_rank(connection)
    for start in range(top, last, STRIDE * _CHUNK):
        connection.execute(_FILE, [start, min(start + STRIDE * _CHUNK, last)])


def _rank_anew(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM places")
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    _rank(connection, 0, 0)
    _join_pieces(connection)


def _join_pieces(connection: sqlite3.Connection) -> None:
    """Have the words in one piece: two common words are then found together twice as fast."""
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


def _put_between(connection: sqlite3.Connection, settled: int) -> bool:
    """Rank what is new in the gaps; False where it is much, or a gap is full."""
    if _is_much(connection, _last_document(connection) - settled):
        return False
    fresh = connection.execute(
        f"SELECT {_KEY}, d.id {_FRESH} ORDER BY {_KEY}, d.id",
        [settled],
    ).fetchall()
    ranked: list[tuple[int, int]] = []
    while len(ranked) < len(fresh):
        done = len(ranked)
        low, high, end = _gap(connection, fresh, done)
        if high - low <= end - done:
            return False
        for number in range(done, end):
            rank = low + (high - low) * (number - done + 1) // (end - done + 1)
            ranked.append((rank, int(fresh[number][-1])))
    connection.executemany("INSERT INTO places VALUES (?, ?)", ranked)
    connection.executemany(_FILE_ONE, ranked)
    return True


def _gap(connection: sqlite3.Connection, fresh: Sequence[Key], start: int) -> tuple[int, int, int]:
    """The ranks between which this one belongs, and the first one that belongs elsewhere."""
    high = first_after(connection, fresh[start][:-1])
    low = connection.execute(
        "SELECT coalesce(max(rank), 0) FROM places WHERE rank < ?", [high]
    ).fetchone()[0]
    above = connection.execute(f"SELECT {_KEY} {_PLACED} WHERE p.rank = ?", [high]).fetchone()
    if above is None:
        return low, low + STRIDE * (len(fresh) - start + 1), len(fresh)
    return low, high, bisect_left(fresh, above, lo=start, key=lambda row: row[:-1])


def _is_much(connection: sqlite3.Connection, count: int) -> bool:
    total = connection.execute("SELECT count(*) FROM places").fetchone()[0]
    return count * _FEW > int(total)


def _settled(connection: sqlite3.Connection) -> int:
    found = connection.execute("SELECT value FROM meta WHERE name = 'settled'").fetchone()
    return int(found[0])


def _set_settled(connection: sqlite3.Connection, last: int) -> None:
    connection.execute("UPDATE meta SET value = ? WHERE name = 'settled'", [last])


def _last_document(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM documents").fetchone()[0])

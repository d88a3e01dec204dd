"""Ask the index: a query becomes one question to SQLite, with all that was typed as a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from stalklog.index.document import Hit, Results, from_ms, to_ms
from stalklog.index.failure import DamagedIndexError
from stalklog.index.folding import flat
from stalklog.index.marks import Marker
from stalklog.index.ranking import first_after, last_rank
from stalklog.index.schema import COMPARED, MARK, stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from stalklog.index.query import Filters, Query, Term

Order: TypeAlias = Literal["newest", "oldest", "relevance"]

COUNT_UP_TO: Final = 1_000
"""How far hits are counted; of more, a person is told "more than" this."""
_MANY: Final = 64
"""Up to so many senders or sources are looked up among the words; of more, each hit is asked."""
_AT_ONCE: Final = 200
"""Documents that are fetched together."""
_HAS_FLAT: Final = "has_flat"
_HAS: Final = "coalesce(d.folded, d.text) LIKE ? ESCAPE '\\'"
"""LIKE takes large and small ASCII letters for alike, which is all that a text without `folded`
would be folded; it is also the quickest: a quarter less than `instr`."""
_LIKE_SIGN: Final = re.compile(r"[%_\\]")
_HIT: Final = (
    "SELECT p.rank, s.seq, s.id, d.message, d.instant, d.at, d.wall, "
    "d.remarks, d.readings, n.label, n.id, k.name, d.text "
    "FROM places p JOIN documents d ON d.id = p.document JOIN sources s ON s.number = d.source "
    "JOIN senders n ON n.number = d.sender JOIN kinds k ON k.number = d.kind WHERE p.rank"
)


def make_ready(connection: sqlite3.Connection) -> None:
    """Give a connection what the questions below call."""
    connection.create_function(_HAS_FLAT, 2, _has_flat, deterministic=True)


def find(connection: sqlite3.Connection, query: Query, limit: int, order: Order) -> Results:
    """The hits in that order, and how many there are.

    Raises:
        DamagedIndexError: A document that was found has not what was looked for.
        sqlite3.Error: Likewise, or it cannot be read.
    """
    question = _ask(connection, query)
    if question is None:
        return Results((), 0)
    enough = max(COUNT_UP_TO, limit)
    ranks = connection.execute(*question.ranks(order, enough + 1)).fetchall()
    hits = tuple(_hits(connection, [rank for (rank,) in ranks[:limit]], Marker(query)))
    return Results(hits, min(len(ranks), enough), len(ranks) <= enough)


def moments(connection: sqlite3.Connection, query: Query) -> Iterator[int]:
    """Where each document that fits stands in time, as milliseconds, in no order.

    Raises:
        sqlite3.Error: The index is damaged or cannot be read.
    """
    question = _ask(connection, query)
    if question is not None:
        for (at_ms,) in connection.execute(*question.moments()):
            yield at_ms


class _Question:
    """What is asked of SQLite, while it is put together."""

    def __init__(self) -> None:
        self.matches: list[str] = []
        """What FTS5 must find, each in its own language; what was typed stands in quotes."""
        self.excludes: list[str] = []
        """What FTS5 must not find, likewise; only beside something that it must."""
        self.conditions: list[str] = []
        """What must hold of a document `d`."""
        self.values: list[object] = []
        """For the question marks of these."""
        self.between: tuple[int, int] | None = None
        """The lowest and the highest rank."""
        self.has_terms = False

    def ranks(self, order: Order, limit: int) -> tuple[str, list[object]]:
        """The question for the ranks of what fits, in that order."""
        rank, source = self._source(has_documents=bool(self.conditions))
        held, values = self._held(rank)
        by = rank if order == "oldest" else f"{rank} DESC"
        if order == "relevance" and self.has_terms:
            by = f"w.rank, {by}"
        where = f"WHERE {' AND '.join(held)} " if held else ""
        return f"SELECT {rank} FROM {source} {where}ORDER BY {by} LIMIT ?", [*values, limit]  # noqa: S608

    def moments(self) -> tuple[str, list[object]]:
        """The question for where all that fits stands in time, in no order."""
        rank, source = self._source(has_documents=True)
        held, values = self._held(rank)
        where = f" WHERE {' AND '.join(held)}" if held else ""
        return f"SELECT d.at FROM {source}{where}", values  # noqa: S608 - as above

    def _source(self, *, has_documents: bool) -> tuple[str, str]:
        """What is a rank, and the tables that are asked."""
        if not self.matches:
            documents = " CROSS JOIN documents d ON d.id = p.document" if has_documents else ""
            return "p.rank", f"places p{documents}"
        places = " CROSS JOIN places p ON p.rank = w.rowid" if has_documents else ""
        documents = " CROSS JOIN documents d ON d.id = p.document" if has_documents else ""
        return "w.rowid", f"words w{places}{documents}"

    def _held(self, rank: str) -> tuple[list[str], list[object]]:
        held: list[str] = []
        values: list[object] = []
        if self.matches:
            held.append("w.words MATCH ?")
            values.append(" NOT ".join([" AND ".join(self.matches), *self.excludes]))
        if self.between is not None:
            held.append(f"{rank} BETWEEN ? AND ?")
            values += self.between
        return held + self.conditions, values + self.values


def _ask(connection: sqlite3.Connection, query: Query) -> _Question | None:
    """The question; None where no document can fit."""
    question = _Question()
    question.matches += map(_phrase, query.terms)
    question.has_terms = bool(query.terms)
    filters = query.filters
    is_possible = (
        _limit_senders(connection, question, flat(filters.from_whom))
        and _limit_kinds(connection, question, filters.kinds)
        and _limit_sources(connection, question, filters.seqs)
        and _limit_times(connection, question, filters)
    )
    if filters.is_dated:
        question.conditions.append("(d.instant IS NOT NULL OR d.wall)")
    _leave_kinds(connection, question, filters.without_kinds)
    for part in query.parts:
        _require_part(question, part)
    return question if is_possible else None


def _phrase(term: Term) -> str:
    phrase = f'"{" ".join(term.words)}"'
    return f"{phrase} *" if term.is_prefix else phrase


def _one_of(question: _Question, letter: str, numbers: Iterable[int]) -> None:
    question.matches.append(_words_of(letter, numbers))


def _words_of(letter: str, numbers: Iterable[int]) -> str:
    words = " OR ".join(f'"{MARK}{letter}{number}"' for number in numbers)
    return f"({words})"


def _limit_senders(connection: sqlite3.Connection, question: _Question, part: str) -> bool:
    if not part:
        return True
    asked = "SELECT number FROM senders WHERE instr(folded, ?) > 0"
    numbers = [row[0] for row in connection.execute(f"{asked} LIMIT ?", [part, _MANY + 1])]
    if len(numbers) <= _MANY:
        _one_of(question, "s", numbers)
    else:
        question.conditions.append(f"d.sender IN ({asked})")
        question.values.append(part)
    return bool(numbers)


def _limit_kinds(
    connection: sqlite3.Connection, question: _Question, kinds: tuple[str, ...]
) -> bool:
    if not kinds:
        return True
    known = connection.execute("SELECT name, number FROM kinds").fetchall()
    numbers = [number for name, number in known if name in kinds]
    _one_of(question, "k", numbers)
    return bool(numbers)


def _leave_kinds(
    connection: sqlite3.Connection, question: _Question, kinds: tuple[str, ...]
) -> None:
    if not kinds:
        return
    known = connection.execute("SELECT name, number FROM kinds").fetchall()
    numbers = [number for name, number in known if name in kinds]
    if numbers and question.matches:
        question.excludes.append(_words_of("k", numbers))
    elif numbers:
        question.conditions.append(f"d.kind NOT IN ({', '.join(map(str, numbers))})")


def _limit_sources(
    connection: sqlite3.Connection, question: _Question, seqs: tuple[int, ...] | None
) -> bool:
    if seqs is None:
        return True
    wanted = frozenset(seqs)
    known = connection.execute("SELECT number, seq FROM sources").fetchall()
    numbers = [number for number, seq in known if seq in wanted]
    if len(numbers) <= _MANY:
        _one_of(question, "e", numbers)
    else:
        question.conditions.append(f"d.source IN ({', '.join(map(str, numbers))})")
    return bool(numbers)


def _limit_times(connection: sqlite3.Connection, question: _Question, filters: Filters) -> bool:
    if filters.since is None and filters.until is None:
        return True
    low, high = 1, last_rank(connection)
    if filters.since is not None:
        low = first_after(connection, (to_ms(filters.since),))
    if filters.until is not None:
        high = first_after(connection, (to_ms(filters.until) + 1,)) - 1
    question.between = low, high
    return low <= high


def _require_part(question: _Question, part: str) -> None:
    pieces = part.split(" ")
    for piece in pieces:
        question.conditions.append(_HAS)
        question.values.append(f"%{_escaped(piece)}%")
    if len(pieces) > 1:  # all are there: whether in one piece, whatever white space is between
        question.conditions.append(f"{_HAS_FLAT}({COMPARED}, ?)")
        question.values.append(part)


def _escaped(piece: str) -> str:
    return _LIKE_SIGN.sub(lambda sign: f"\\{sign[0]}", piece)


def _has_flat(folded: str, part: str) -> bool:
    return part in " ".join(folded.split())


def _hits(connection: sqlite3.Connection, ranks: list[int], marker: Marker) -> Iterator[Hit]:
    """What has these ranks, in their order."""
    for start in range(0, len(ranks), _AT_ONCE):
        some = ranks[start : start + _AT_ONCE]
        rows = connection.execute(f"{_HIT} IN ({', '.join('?' * len(some))})", some)
        found = {row[0]: row[1:] for row in rows}
        if len(found) < len(some):
            raise DamagedIndexError
        for rank in some:
            yield _hit(found[rank], marker)


def _hit(row: tuple[Any, ...], marker: Marker) -> Hit:
    seq, id_, message, instant, at, wall, remarks, readings, label, sender_id, kind, text = row
    whole = stored(text)
    snippet = marker.snippet(whole)
    if snippet is None:
        raise DamagedIndexError
    sorted_at = from_ms(at)
    return Hit(
        seq=seq,
        id=id_,
        message=message,
        instant=sorted_at if instant == at else None if instant is None else from_ms(instant),
        sorted_at=sorted_at,
        has_wall=bool(wall),
        sender=stored(label),
        sender_id=stored(sender_id),
        kind=kind,
        text=whole,
        snippet=snippet,
        remarks=tuple((remarks or "").split()),
        readings=tuple((readings or "").split()),
    )

"""The parts of the bench of the search: `python -m bench.search_parts PART FOLDER COUNT`.

`file` and `memory` make an index, `peer` a plain table; `ask` asks the two that are kept. What a
part came to is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.messages import conversations, vocabularies
from stalklog.index.document import to_ms
from stalklog.index.folding import flat, fold, words
from stalklog.index.index import FILE_NAME, Index
from stalklog.index.query import Filters, parse_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.index.document import Document, Source
    from stalklog.index.query import Query, Term

    Asked = dict[str, list[Query]]
    """Queries by kind."""
    Took = dict[str, list[float]]
    """Milliseconds by kind."""

WORD_KINDS: Final = (
    "a rare word",
    "a middling word",
    "a common word",
    "two common words",
    "a common and a rare word",
    "a phrase",
    "a common word from one sender",
    "a common word from many senders",
    "a common word, until half the time",
    "a common word, calls alone",
    "a common word in one chat",
)
NEWEST: Final = 50
_EACH: Final = 8
"""Queries of each kind."""
_ROUNDS: Final = 5
_TO_PEER: Final = 3
"""Of each kind and round that the peer is asked as well: it is slow."""
_TO_CHECK: Final = 3
"""Of each kind that are checked."""
_NO_FILTERS: Final = Filters()
_HALF: Final = datetime(2021, 6, 1, tzinfo=UTC)
_INSERT: Final = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)"


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_parts", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    options = parser.parse_args()
    json.dump(PARTS[options.part](options.folder, options.count), sys.stdout)


def _file(folder: Path, count: int) -> dict[str, Any]:
    path = folder / "cache" / FILE_NAME
    with Index.at(path) as index:
        return _made(index, count) | {"size_bytes": path.stat().st_size}


def _memory(_: Path, count: int) -> dict[str, Any]:
    with Index.in_memory() as index:
        told = _made(index, count)
        timed = _timed(index, None)
        pages, page_bytes = (_pragma(index, name) for name in ("page_count", "page_size"))
        return told | {"size_bytes": pages * page_bytes} | timed


def _peer(folder: Path, count: int) -> dict[str, Any]:
    rows = sorted(
        (to_ms(one.sorted_at), source.seq, one.message, one.kind, one.sender, one.text)
        for source, documents in conversations(count)
        for one in documents
    )
    path = folder / "plain.sqlite"
    began_s, busy_s = time.perf_counter(), time.process_time()
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("CREATE TABLE messages (at, seq, message, kind, sender, text)")
        plain.executemany(_INSERT, rows)
    wall_s, cpu_s = time.perf_counter() - began_s, time.process_time() - busy_s
    size_bytes = path.stat().st_size
    return _told(count, wall_s, cpu_s) | {"size_bytes": size_bytes}


def _ask(folder: Path, count: int) -> dict[str, Any]:
    began_s = time.perf_counter()
    with Index.at(folder / "cache" / FILE_NAME) as index:
        index.search(parse_query("police"), limit=NEWEST)
        first_ms = (time.perf_counter() - began_s) * 1000
        with closing(sqlite3.connect(folder / "plain.sqlite")) as plain:
            timed = _timed(index, plain)
        peak_mib = _peak_mib()
        checked, wrong = _check(index, count)
    told = {"first_ms": first_ms, "peak_mib": peak_mib, "checked": checked, "wrong": wrong}
    return told | timed


PARTS: Final = {"file": _file, "memory": _memory, "peer": _peer, "ask": _ask}


def _made(index: Index, count: int) -> dict[str, Any]:
    """Fill it; the time in which the messages are invented is not counted."""
    wall_s = cpu_s = 0.0
    text_bytes = 0
    before_mib = 0.0
    with index.filling() as filling:
        for source, documents in conversations(count):
            before_mib = before_mib or _peak_mib()
            text_bytes += sum(len(one.text.encode()) for one in documents)
            began_s, busy_s = time.perf_counter(), time.process_time()
            filling.replace(source, documents)
            wall_s += time.perf_counter() - began_s
            cpu_s += time.process_time() - busy_s
        began_s, busy_s = time.perf_counter(), time.process_time()
    wall_s += time.perf_counter() - began_s
    cpu_s += time.process_time() - busy_s
    return _told(count, wall_s, cpu_s) | {"before_mib": before_mib, "text_bytes": text_bytes}


def _told(count: int, wall_s: float, cpu_s: float) -> dict[str, Any]:
    rate = count / wall_s
    return {"wall_s": wall_s, "cpu_s": cpu_s, "rate": rate, "peak_mib": _peak_mib()}


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _pragma(index: Index, name: str) -> int:
    return int(index._connection.execute(f"PRAGMA {name}").fetchone()[0])  # noqa: SLF001


def _queries() -> Asked:
    """What is asked, the same each time."""
    draw = random.Random(NEWEST)  # noqa: S311 - no secret
    pairs = list(zip(*(vocabulary.all for vocabulary in vocabularies()), strict=False))
    common = [word for pair in pairs[4:44] for word in pair]
    middling = [word for pair in pairs[200:2_000] for word in pair]
    rare = [word for pair in pairs[5_000:20_000] for word in pair]

    def some(make: Callable[[], str], filters: Filters = _NO_FILTERS, **how: bool) -> list[Query]:
        return [parse_query(make(), filters=filters, **how) for _ in range(_EACH)]

    def one(kind: list[str]) -> Callable[[], str]:
        return lambda: draw.choice(kind)

    found = [
        some(one(rare)),
        some(one(middling)),
        some(one(common)),
        some(lambda: " ".join(draw.sample(common[:: 1 + draw.randrange(2)], 2))),
        some(lambda: f"{draw.choice(common)} {draw.choice(middling)}"),
        some(lambda: '"{} {}"'.format(*draw.sample(common[draw.randrange(2) :: 2][:12], 2))),
        some(one(common), Filters(from_whom="person 1234")),
        some(one(common), Filters(from_whom="person 1")),
        some(one(common), Filters(until=_HALF)),
        some(one(common), Filters(kinds=("call",))),
        some(one(common), Filters(seqs=(7,))),
    ]
    return dict(zip(WORD_KINDS, found, strict=True)) | {
        "the beginning of a word": some(lambda: f"{draw.choice(middling)[:4]}*"),
        "anywhere: a part of a word": some(lambda: draw.choice(middling)[1:5], anywhere=True),
        "anywhere: what is not there": some(lambda: f"{draw.choice(rare)}q", anywhere=True),
    }


def _timed(index: Index, plain: sqlite3.Connection | None) -> dict[str, Took]:
    """Ask all queries a few times over, in another order each time."""
    queries = _queries()
    took: Took = {kind: [] for kind in queries}
    cpu: Took = {kind: [] for kind in queries}
    peer: Took = {kind: [] for kind in queries}
    draw = random.Random(NEWEST)  # noqa: S311 - no secret
    for _ in range(_ROUNDS):
        asked = [(kind, number) for kind in queries for number in range(_EACH)]
        for kind, number in draw.sample(asked, len(asked)):
            query = queries[kind][number]
            began_s, busy_s = time.perf_counter(), time.process_time()
            index.search(query, limit=NEWEST)
            took[kind].append((time.perf_counter() - began_s) * 1000)
            cpu[kind].append((time.process_time() - busy_s) * 1000)
            if plain is not None and number < _TO_PEER:
                began_s = time.perf_counter()
                plain.execute(*_like(query)).fetchall()
                peer[kind].append((time.perf_counter() - began_s) * 1000)
    return {"took_ms": took, "cpu_ms": cpu, "peer_ms": peer}


def _like(query: Query) -> tuple[str, list[object]]:
    """The same with LIKE, which knows no words: each is looked for as a part."""
    filters = query.filters
    parts = [" ".join(term.words) for term in query.terms] + list(query.parts)
    held, values = ["text LIKE ?"] * len(parts), [f"%{part}%" for part in parts]
    limits: list[tuple[str, object]] = [
        ("sender LIKE ?", f"%{filters.from_whom}%" if filters.from_whom else None),
        ("at <= ?", None if filters.until is None else to_ms(filters.until)),
        ("kind = ?", filters.kinds[0] if filters.kinds else None),
        ("seq = ?", filters.seqs[0] if filters.seqs else None),
    ]
    wanted = [(condition, value) for condition, value in limits if value is not None]
    where = " AND ".join([*held, *(condition for condition, _ in wanted)])
    asked = f"SELECT * FROM messages WHERE {where} ORDER BY rowid DESC LIMIT {NEWEST}"  # noqa: S608
    return asked, [*values, *(value for _, value in wanted)]


def _check(index: Index, count: int) -> tuple[int, list[str]]:
    """How many queries were compared with a look at each message, and which of them differ."""
    asked = [(kind, query) for kind, queries in _queries().items() for query in queries[:_TO_CHECK]]
    found: list[list[tuple[int, int, int]]] = [[] for _ in asked]
    for source, documents in conversations(count):
        for one in documents:
            held, text = words(fold(one.text)), flat(one.text)
            for (_, query), hits in zip(asked, found, strict=True):
                if _is_wanted(source, one, query.filters) and _has(held, text, query):
                    hits.append((to_ms(one.sorted_at), source.seq, one.message or 0))
    wrong = []
    for (kind, query), hits in zip(asked, found, strict=True):
        results = index.search(query, limit=NEWEST)
        newest = [(to_ms(hit.sorted_at), hit.seq, hit.message or 0) for hit in results.hits]
        is_total = len(hits) == results.total if results.is_total_exact else len(hits) > NEWEST
        if newest != sorted(hits, reverse=True)[:NEWEST] or not is_total:
            wrong.append(kind)
    return len(asked), wrong


def _has(held: list[str], text: str, query: Query) -> bool:
    return all(_occurs(held, term) for term in query.terms) and all(
        part in text for part in query.parts
    )


def _occurs(held: list[str], term: Term) -> bool:
    if term.is_prefix:
        return any(word.startswith(term.words[0]) for word in held)
    if term.words[0] not in held:
        return False
    length, wanted = len(term.words), list(term.words)
    return any(held[start : start + length] == wanted for start in range(len(held)))


def _is_wanted(source: Source, one: Document, filters: Filters) -> bool:
    return (
        flat(filters.from_whom) in flat(one.sender)
        and (filters.until is None or one.sorted_at <= filters.until)
        and (not filters.kinds or one.kind in filters.kinds)
        and (filters.seqs is None or source.seq in filters.seqs)
    )


if __name__ == "__main__":
    main()

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.index.sample import (
    BEGAN,
    ENGLISH,
    HINDI,
    MIXED,
    Fed,
    documents,
    fed,
    feed,
    letters,
    moments,
    numbered,
    scan,
    source_of,
    sources,
)

from stalklog.index import finding
from stalklog.index.document import Document, Results, from_ms, to_ms
from stalklog.index.folding import flat, fold, words
from stalklog.index.index import Index
from stalklog.index.query import Filters, Query, Term, parse_query

if TYPE_CHECKING:
    from stalklog.index.document import Hit

ALL = 10_000


def _key(one: Fed | Hit) -> tuple[object, ...]:
    if isinstance(one, Fed):
        document, seq = one.document, one.source.seq
        return seq, document.message, to_ms(document.sorted_at), document.text, document.sender
    return one.seq, one.message, to_ms(one.sorted_at), one.text, one.sender


def _same(found: Results, expected: list[Fed]) -> None:
    assert [_key(hit) for hit in found.hits] == [_key(one) for one in reversed(expected)]
    assert (found.total, found.is_total_exact, found.is_part) == (len(expected), True, False)


def _index_of(held: list[Fed]) -> Index:
    index = Index.in_memory()
    feed(index, held)
    return index


filters = st.builds(
    Filters,
    from_whom=st.sampled_from(["", "", "rav", "RAVI", "98000 0", "रवि", "~", "nobody"]),
    since=st.none() | moments,
    until=st.none() | moments,
    kinds=st.sampled_from([(), (), ("call",), ("message", "threat"), ("none",)]),
    without_kinds=st.sampled_from([(), (), ("call",), ("message", "threat"), ("none",)]),
    seqs=st.none() | st.lists(st.integers(0, 5), max_size=3).map(tuple),
)


@st.composite
def queries(draw: st.DrawFn, held: list[Fed]) -> Query:
    """What somebody may look for who remembers some of it, or none."""
    known = [text for one in held if (text := one.document.text)] or ["x"]
    text = draw(st.sampled_from(known))
    its_words = words(fold(text)) or ["x"]
    terms = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(its_words) - 1))
        phrase = its_words[start : start + draw(st.integers(1, 3))]
        cut = draw(st.integers(1, len(phrase[-1])))
        is_prefix = draw(st.booleans())
        terms.append(Term((*phrase[:-1], phrase[-1][: cut if is_prefix else None]), is_prefix))
    parts = []
    if draw(st.booleans()):
        start = draw(st.integers(0, len(text)))
        part = flat(text[start : start + draw(st.integers(1, 9))] + draw(st.just("") | letters))
        parts = [part] if part else []
    return Query(tuple(terms), tuple(parts), draw(filters))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(st.data(), sources.map(fed))
def test_the_hits_are_those_of_a_plain_scan(data: st.DataObject, held: list[Fed]) -> None:
    with _index_of(held) as index:
        for _ in range(4):
            query = data.draw(queries(held))
            expected = scan(held, query)
            _same(index.search(query, limit=ALL), expected)
            oldest = index.search(query, limit=ALL, order="oldest")
            assert [_key(hit) for hit in oldest.hits] == [_key(one) for one in expected]
            assert sorted(index.moments(query)) == [hit.sorted_at for hit in oldest.hits]
            fitting = index.search(query, limit=ALL, order="relevance")
            assert sorted(map(_key, fitting.hits), key=repr) == sorted(
                map(_key, expected), key=repr
            )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    sources.map(fed), st.one_of(letters, st.sampled_from(ENGLISH + HINDI + MIXED)), st.booleans()
)
def test_whatever_is_typed_finds_what_a_plain_scan_does(
    held: list[Fed], typed: str, anywhere: bool
) -> None:
    query = parse_query(typed, anywhere=anywhere)
    with _index_of(held) as index:
        _same(index.search(query, limit=ALL), scan(held, query))


@given(documents)
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    one = Fed(source_of(7), numbered(document, 3), 1)
    with _index_of([one]) as index:
        (hit,) = index.search(Query()).hits
    given_ = one.document
    assert (hit.seq, hit.id, hit.message, hit.kind) == (7, "E-0007", given_.message, given_.kind)
    assert (hit.text, hit.sender, hit.sender_id) == (given_.text, given_.sender, given_.sender_id)
    assert hit.sorted_at == from_ms(to_ms(given_.sorted_at))
    assert hit.instant == (None if given_.instant is None else hit.sorted_at)


def _many(count: int, text: str = "call me") -> list[Fed]:
    at = [BEGAN + timedelta(minutes=number) for number in range(count)]
    return [Fed(source_of(0), Document(text, at[n], at[n], n + 1), n + 1) for n in range(count)]


def test_a_result_says_that_it_is_a_part() -> None:
    with _index_of(_many(60)) as index:
        found = index.search(parse_query("call"), limit=50)
        assert (len(found.hits), found.total, found.is_total_exact) == (50, 60, True)
        assert found.is_part
        assert [hit.message for hit in found.hits] == list(range(60, 10, -1))
        assert not index.search(parse_query("call"), limit=60).is_part


def test_of_very_many_it_says_more_than() -> None:
    with _index_of(_many(finding.COUNT_UP_TO + 1)) as index:
        for query in (parse_query("call"), parse_query("al", anywhere=True), Query()):
            found = index.search(query, limit=50)
            assert (found.total, found.is_total_exact) == (finding.COUNT_UP_TO, False)
            assert found.is_part
        everything = index.search(parse_query("call"), limit=finding.COUNT_UP_TO + 1)
        assert everything.is_total_exact
        assert not everything.is_part


def test_as_many_as_are_counted_are_told_exactly() -> None:
    with _index_of(_many(finding.COUNT_UP_TO)) as index:
        found = index.search(parse_query("call"))
        assert (found.total, found.is_total_exact) == (finding.COUNT_UP_TO, True)


def test_the_best_fit_comes_first_where_that_is_asked() -> None:
    held = _many(3, "a long story about something else, and once a knife in it")
    best = Document("knife, knife", BEGAN - timedelta(days=1), None, 9)
    with _index_of([*held, Fed(source_of(0), best, 9)]) as index:
        first = index.search(parse_query("knife"), order="relevance").hits[0]
        assert first.message == 9
        assert index.search(parse_query("knife")).hits[0].message == 3


@pytest.mark.parametrize("count", [finding._MANY, finding._MANY + 1])
def test_many_senders_and_sources_are_filtered_alike(count: int) -> None:
    held = [
        Fed(source_of(n), Document(f"hello {n % 2}", BEGAN, BEGAN, 1, f"Ravi {n}"), 1)
        for n in range(count)
    ]
    with _index_of(held) as index:
        for query in (
            parse_query("1", filters=Filters(from_whom="ravi")),
            parse_query("hello", filters=Filters(from_whom="ravi", seqs=tuple(range(count)))),
            parse_query("lo 1", anywhere=True, filters=Filters(from_whom="ravi")),
        ):
            _same(index.search(query, limit=ALL), scan(held, query))


@pytest.mark.parametrize(
    "typed",
    [
        "a " * 500,
        '"' + "a " * 499 + '"',
        "*" * 1000,
        '"' * 1000,
        "((((" * 250,
        "a*" * 500,
        "NEAR(a b, 3) OR NOT {x y} : c",
        "\0",
        "'; DROP TABLE documents; --",
        "%",
        "_",
        "\\",
        "]" * 1000,
        "ा" * 1000,
    ],
)
@pytest.mark.parametrize("anywhere", [True, False])
def test_nothing_that_is_typed_is_an_error(typed: str, anywhere: bool) -> None:
    held = fed(
        [[Document(text, BEGAN, BEGAN) for text in (*ENGLISH, *HINDI, "100% a_b \\", typed)]]
    )
    with _index_of(held) as index:
        query = parse_query(typed, anywhere=anywhere)
        _same(index.search(query, limit=ALL), scan(held, query))


def test_pieces_that_stand_apart_are_not_the_part_that_was_typed() -> None:
    texts_ = ["you are ill", "ill  wills\nyou", "still\n you", "बीमार हो तुम", "तुम बीमार"]
    with _index_of(fed([[Document(text, BEGAN, BEGAN) for text in texts_]])) as index:
        for typed, expected in (("ill you", [2]), ("तुम बी", [4]), ("you ill", []), ("l w", [1])):
            hits = index.search(parse_query(typed, anywhere=True)).hits
            assert [hit.text for hit in hits] == [texts_[number] for number in expected]


def test_until_includes_its_moment_and_since_as_well() -> None:
    with _index_of(_many(5)) as index:
        middle = BEGAN + timedelta(minutes=2)
        query = Query(filters=Filters(since=middle, until=middle))
        assert [hit.message for hit in index.search(query).hits] == [3]
        query = Query(filters=Filters(since=middle, until=BEGAN))
        assert index.search(query) == Results((), 0)


def test_the_zone_of_a_moment_does_not_matter() -> None:
    there = BEGAN.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with _index_of([Fed(source_of(0), Document("x", there, there), 1)]) as index:
        (hit,) = index.search(Query(filters=Filters(since=BEGAN, until=BEGAN))).hits
    assert hit.instant == BEGAN
    assert hit.instant is not None
    assert hit.instant.utcoffset() == timedelta(0)

"""Where in time everything that fits stands, for a picture of it all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stalklog.index.document import Document, Source
from stalklog.index.index import Index
from stalklog.index.query import Filters, Query, parse_query

START = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def index() -> Index:
    made = Index.in_memory()
    documents = [
        Document("one scarf", START, START, 1, "Night Bird", "n@example.org"),
        Document("another scarf", START + timedelta(days=1), None, 2, "Meera"),
        Document("a note", START + timedelta(days=2), START + timedelta(days=2), kind="threat"),
    ]
    with made.filling() as filling:
        filling.replace(Source("key", 1, "E-0001"), documents)
    return made


@pytest.mark.parametrize(
    ("query", "days"),
    [
        (Query(), [0, 1, 2]),
        (parse_query("scarf"), [0, 1]),
        (parse_query("nothing"), []),
        (Query(filters=Filters(is_dated=True)), [0, 2]),
        (parse_query("scarf", filters=Filters(is_dated=True)), [0]),
        (Query(filters=Filters(from_whom="bird")), [0]),
        (Query(filters=Filters(from_whom="nobody")), []),
        (Query(filters=Filters(since=START + timedelta(hours=1))), [1, 2]),
        (parse_query("car", anywhere=True), [0, 1]),
        (Query(filters=Filters(kinds=("threat",))), [2]),
    ],
)
def test_each_document_that_fits_is_counted_where_it_stands(
    index: Index, query: Query, days: list[int]
) -> None:
    found = sorted(index.moments(query))
    assert found == [START + timedelta(days=day) for day in days]
    hits = index.search(query, order="oldest").hits
    assert [hit.sorted_at for hit in hits] == found

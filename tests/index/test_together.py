"""What one question takes several for is answered from one state, whoever fills meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from stalklog.index import finding
from stalklog.index.document import Document, Source
from stalklog.index.failure import IndexFailedError
from stalklog.index.index import Index
from stalklog.index.query import Filters, Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = datetime(2026, 10, 1, tzinfo=UTC)


def feed(index: Index, key: str, start: datetime) -> None:
    with index.filling() as filling:
        times = [start + timedelta(days=day) for day in range(3)]
        filling.replace(Source(key, 1, "E-0001"), [Document("a scarf", at, at) for at in times])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Index.at(tmp_path / "search.sqlite") as index:
        feed(index, "first", START)
    return tmp_path / "search.sqlite"


@pytest.mark.parametrize("ask", ["search", "moments"])
def test_ranks_that_are_made_anew_meanwhile_are_no_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    """Older documents put all ranks elsewhere, between the first question and the next."""
    came: list[bool] = []

    def others(do: Callable[..., object]) -> Callable[..., object]:
        def asked(*what: object) -> object:
            with Index.at(path, timeout_s=0) as other:
                try:
                    feed(other, "older", START - timedelta(days=9))
                    came.append(True)
                except IndexFailedError:
                    came.append(False)
            return do(*what)

        return asked

    with Index.at(path) as index:
        query = parse_query("scarf", filters=Filters(since=START))
        if ask == "search":
            monkeypatch.setattr(finding, "_hits", others(finding._hits))
            assert [hit.sorted_at.day for hit in index.search(query).hits] == [3, 2, 1]
        else:
            monkeypatch.setattr(finding._Question, "moments", others(finding._Question.moments))
            assert sorted(at.day for at in index.moments(query)) == [1, 2, 3]
    assert came == [False]
    with Index.at(path) as index:
        assert len(index.search(Query()).hits) == 3
        feed(index, "newer", START + timedelta(days=9))
        assert len(index.search(Query()).hits) == 6


def test_who_asks_leaves_no_reading_open(path: Path) -> None:
    """Else nobody could fill any more."""
    with Index.at(path) as index, Index.at(path, timeout_s=0) as other:
        assert len(index.search(Query()).hits) == 3
        next(index.moments(Query()))
        feed(other, "second", START)
        assert len(index.search(Query()).hits) == 6


def test_within_a_filling_what_is_settled_is_found(path: Path) -> None:
    with Index.at(path) as index:
        with index.filling() as filling:
            filling.replace(Source("second", 2, "E-0002"), [Document("a scarf", START, START)])
            assert len(index.search(Query()).hits) == 3
            filling.settle()
            assert len(index.search(Query()).hits) == 4
            filling.replace(Source("third", 3, "E-0003"), [Document("a scarf", START, START)])
        assert len(index.search(Query()).hits) == 5

"""However an index grew, it holds what one holds that was made at once."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.index.sample import (
    BEGAN,
    Fed,
    content,
    documents,
    feed,
    numbered,
    scan,
    source_of,
)

from stalklog.index import filling, ranking
from stalklog.index.document import Document
from stalklog.index.index import Index
from stalklog.index.query import Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.index.document import Source

batches = st.lists(documents, max_size=8)


def _numbered(source: Source, batch: list[Document]) -> list[Fed]:
    return [Fed(source, numbered(one, place), place) for place, one in enumerate(batch, 1)]


class _InterruptedError(Exception):
    pass


def _broken_off(batch: list[Document]) -> Iterator[Document]:
    yield from batch
    raise _InterruptedError


class Growing(RuleBasedStateMachine):
    """An index and, by source, what it must hold."""

    index: Index

    @initialize()
    def begin(self) -> None:
        self.index = Index.in_memory()
        self.held: dict[Source, list[Fed]] = {}

    @rule(seq=st.integers(0, 5), reading=st.sampled_from(["", "a"]), batch=batches)
    def replace(self, seq: int, reading: str, batch: list[Document]) -> None:
        source = source_of(seq, reading)
        its_documents = _numbered(source, batch)
        feed(self.index, its_documents)
        if batch:
            self.held[source] = its_documents

    @rule(batch=st.lists(batches, max_size=4))
    def add_several(self, batch: list[list[Document]]) -> None:
        with self.index.filling() as filling_:
            for seq, its_documents in enumerate(batch, 10):
                source = source_of(seq)
                self.held[source] = _numbered(source, its_documents)
                filling_.replace(source, [one.document for one in self.held[source]])

    @rule(whole=batches, half=batches)
    def break_off(self, whole: list[Document], half: list[Document]) -> None:
        first, second = source_of(20), source_of(21)
        self.held[first] = _numbered(first, whole)
        self.held.pop(second, None)
        with suppress(_InterruptedError), self.index.filling() as filling_:
            filling_.replace(first, [one.document for one in self.held[first]])
            filling_.replace(second, _broken_off(half))

    @rule(seqs=st.sets(st.integers(0, 21)))
    def keep_only(self, seqs: set[int]) -> None:
        kept = {source: held for source, held in self.held.items() if source.seq in seqs}
        with self.index.filling() as filling_:
            gone = filling_.keep_only([source.key for source in kept])
        assert gone == len(self.held) - len(kept)
        self.held = kept

    @rule()
    def look(self) -> None:
        expected = scan([one for held in self.held.values() for one in held], Query())
        found = self.index.search(Query(), limit=1_000, order="oldest")
        assert [hit.text for hit in found.hits] == [one.document.text for one in expected]

    @invariant()
    def sources_are_known(self) -> None:
        if hasattr(self, "held"):
            for seq in range(22):
                source = source_of(seq)
                assert self.index.is_indexed(source.key) == (source in self.held)

    def teardown(self) -> None:
        if not hasattr(self, "held"):
            return
        self.index.search(Query())  # whatever was broken off is settled
        with Index.in_memory() as fresh:
            with fresh.filling() as filling_:
                for source, held in self.held.items():
                    filling_.replace(source, [one.document for one in held])
            assert content(self.index) == content(fresh)
        self.index.close()


RUNS = settings(
    max_examples=30,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_however_it_grew_it_holds_the_same() -> None:
    run_state_machine_as_test(Growing, settings=RUNS)


def test_so_it_does_where_gaps_fill_up_and_little_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "STRIDE", 3)
    monkeypatch.setattr(ranking, "_FEW", 1)
    monkeypatch.setattr(ranking, "_CHUNK", 2)
    monkeypatch.setattr(filling, "_BATCH", 3)
    monkeypatch.setattr(filling, "_KEEP_AFTER", 5)
    run_state_machine_as_test(Growing, settings=RUNS)


def _day(number: int, text: str = "x") -> Document:
    at = BEGAN + timedelta(days=number)
    return Document(f"{text} {number}", at, at, number)


@pytest.mark.parametrize("stride", [1, 2, 64])
def test_what_comes_late_is_put_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    monkeypatch.setattr(ranking, "STRIDE", stride)
    with Index.in_memory() as index:
        with index.filling() as filling_:
            filling_.replace(source_of(0), [_day(number) for number in range(0, 100, 2)])
        for number in (51, 1, 97, 101, -3):
            with index.filling() as filling_:
                filling_.replace(source_of(200 + number), [_day(number)])
        hits = index.search(Query(), limit=100, order="oldest").hits
    expected = sorted([*range(0, 100, 2), 51, 1, 97, 101, -3])
    assert [hit.text for hit in hits] == [f"x {number}" for number in expected]


def test_little_that_comes_late_does_not_make_all_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise AssertionError

    with Index.in_memory() as index:
        with index.filling() as filling_:
            filling_.replace(source_of(0), [_day(number) for number in range(0, 2000, 2)])
        monkeypatch.setattr(ranking, "_rank_anew", refuse)
        with index.filling() as filling_:
            filling_.replace(source_of(1), [_day(1001, "late") for _ in range(60)])
        with index.filling() as filling_:
            filling_.replace(source_of(2), [_day(3000, "later")])
        with index.filling() as filling_:
            filling_.replace(source_of(1), [])
        assert index.search(parse_query("late")).total == 0
        assert index.search(parse_query("later")).total == 1
        assert index.search(Query(), limit=2000).total == 1001


def test_a_source_can_have_no_documents() -> None:
    with Index.in_memory() as index:
        with index.filling() as filling_:
            assert filling_.replace(source_of(0), []) == 0
            assert filling_.is_indexed(source_of(0).key)
        assert index.is_indexed(source_of(0).key)
        assert index.search(Query()).hits == ()


def test_what_is_to_be_told_of_a_source_stays_until_it_is_read_anew() -> None:
    read: list[Document] = []

    def documents() -> Iterator[Document]:
        yield _day(1)
        read.append(_day(1))

    with Index.in_memory() as index:
        with index.filling() as filling_:
            filling_.replace(source_of(1), documents(), lambda: f"after {len(read)}")
            filling_.replace(source_of(2), [_day(2)])
        assert index.told() == {source_of(1).key: "after 1"}
        with index.filling() as filling_:
            filling_.replace(source_of(1), [_day(1)], lambda: "otherwise")
        assert index.told() == {source_of(1).key: "otherwise"}
        with index.filling() as filling_:
            filling_.keep_only([source_of(2).key])
        assert index.told() == {}


def test_records_of_one_moment_stand_in_the_order_of_the_chain() -> None:
    with Index.in_memory() as index:
        for seq in (5, 3, 4):
            with index.filling() as filling_:
                filling_.replace(source_of(seq), [Document(f"{seq}", BEGAN, BEGAN, kind="threat")])
        assert [hit.seq for hit in index.search(Query()).hits] == [5, 4, 3]


def test_another_reading_of_an_entry_is_a_source_of_its_own() -> None:
    one = dataclasses.replace(_day(1), text="by eye")
    with Index.in_memory() as index:
        with index.filling() as filling_:
            filling_.replace(source_of(1, "eye"), [one])
            filling_.replace(source_of(1, "ocr"), [dataclasses.replace(one, text="by machine")])
        assert index.search(parse_query("by")).total == 2
        with index.filling() as filling_:
            filling_.keep_only([source_of(1, "ocr").key])
        assert [hit.text for hit in index.search(parse_query("by")).hits] == ["by machine"]


@pytest.mark.parametrize("step", ["_rank", "_put_between", "_unfile", "_rank_anew", "_set_settled"])
def test_an_interruption_between_two_steps_leaves_it_as_it_was(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Ctrl-C may come anywhere, not only while documents are read."""
    real = getattr(ranking, step)

    def interrupted(*arguments: object) -> None:
        real(*arguments)
        raise KeyboardInterrupt

    with Index.in_memory() as index:
        with index.filling() as filling_:
            filling_.replace(source_of(0), [_day(number) for number in range(0, 100, 2)])
            filling_.replace(source_of(1), [_day(7)])
        before = content(index)
        changes: list[tuple[Source, list[Document]]] = [
            (source_of(1), [_day(9)]),
            (source_of(0), [_day(8), _day(200)]),
            (source_of(2), [_day(number) for number in range(200, 300)]),
        ]
        count = 0
        for source, documents_ in changes:
            with monkeypatch.context() as patch:
                patch.setattr(ranking, step, interrupted)
                try:
                    with index.filling() as filling_:
                        filling_.replace(source, documents_)
                except KeyboardInterrupt:
                    count += 1
                    assert content(index) == before
                else:
                    before = content(index)
        assert count > 0

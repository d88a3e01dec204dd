"""An answer holds what its command knows of, whoever searches the same vault at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock
from stalklog.index import filling as filling_module
from stalklog.index.failure import IndexFailedError
from stalklog.index.filling import Filling
from stalklog.index.index import FILE_NAME, Index
from stalklog.services import searching
from stalklog.services.desk import Desk
from stalklog.services.records import log_threat
from stalklog.services.searching import Wish, search, timeline
from stalklog.services.settings import Settings
from stalklog.services.vaults import create_vault
from stalklog.vault.layout import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stalklog.index.document import Results
    from stalklog.index.query import Query


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    create_vault(tmp_path / "vault", clock=SystemClock(), settings=Settings())
    desk = Desk(tmp_path / "vault")
    log(desk)
    return desk


def log(desk: Desk) -> None:
    log_threat(desk, {"words": ["a scarf"], "when": ["2026-11-20 21:30"]})


def others_come_in_between(
    monkeypatch: pytest.MonkeyPatch, desk: Desk, do: Callable[[Index], None]
) -> list[bool]:
    """After each question of the other command somebody tries this; whether he could."""
    could: list[bool] = []
    is_mine = [False]
    ask = Index.search

    def answer(index: Index, query: Query, **how: object) -> Results:
        found = ask(index, query, **how)  # type: ignore[arg-type]
        if not is_mine[0]:
            is_mine[0] = True
            try:
                with Index.at(desk.vault / CACHE / FILE_NAME, timeout_s=0) as other:
                    do(other)
                could.append(True)
            except IndexFailedError:
                could.append(False)
            finally:
                is_mine[0] = False
        return found

    monkeypatch.setattr(Index, "search", answer)
    return could


def forget_all(index: Index) -> None:
    """As a command does that began before there was any entry."""
    with index.filling() as filling:
        filling.keep_only(())


def log_many(desk: Desk) -> None:
    for _number in range(3):
        log(desk)


def test_a_command_that_knows_fewer_entries_takes_none_out_of_an_answer(
    monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    could = others_come_in_between(monkeypatch, desk, forget_all)
    found = timeline(desk, Wish())
    assert (len(found.hits), found.total) == (1, 1)
    assert len(search(desk, Wish("scarf")).results.hits) == 1
    assert could == [False, False, False]


def test_an_older_list_of_entries_does_not_come_between_filling_and_asking(
    monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    end = Filling.end
    came: list[bool] = []

    def then_others(filling: Filling) -> None:
        end(filling)
        if not came:
            came.append(True)
            with Index.at(desk.vault / CACHE / FILE_NAME, timeout_s=0) as other:
                forget_all(other)

    monkeypatch.setattr(Filling, "end", then_others)
    found = timeline(desk, Wish())
    assert came == [True]
    assert (len(found.hits), found.total) == (1, 1)


def test_nor_where_much_is_kept_while_it_is_filled(
    monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    """What is whole is kept now and then, and whoever waits gets his turn there."""
    log_many(desk)
    monkeypatch.setattr(filling_module, "_BATCH", 2)
    begin = Filling._begin
    came: list[bool] = []

    def others_first(filling: Filling) -> None:
        if filling.was_let_go and not came:
            came.append(True)
            with Index.at(desk.vault / CACHE / FILE_NAME, timeout_s=0) as other:
                forget_all(other)
        begin(filling)

    monkeypatch.setattr(Filling, "_begin", others_first)
    found = timeline(desk, Wish())
    assert came == [True]
    assert (len(found.hits), found.total) == (4, 4)


def test_a_text_that_was_taken_out_of_the_index_is_read_again(
    monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    """Pictures take a second each: there is time enough for another command in between."""
    read: list[int] = []

    def fill_texts(index: Index, *_rest: object) -> bool:
        read.append(1)
        if len(read) == 1:
            forget_all(index)
        return True

    monkeypatch.setattr(searching, "fill_texts", fill_texts)
    monkeypatch.setattr(searching, "has_texts", lambda *_: len(read) > 1)
    found = search(desk, Wish("scarf", in_pictures=True))
    assert len(read) == 2
    assert len(found.results.hits) == 1
    assert found.texts is not None
    assert found.texts.is_there

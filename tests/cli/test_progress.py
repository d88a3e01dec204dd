from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from stalklog.cli import progress
from stalklog.cli.console import Screen
from stalklog.cli.progress import Bar, Silence, progress_for

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Terminal]:
    with monkeypatch.context() as patched:
        terminal = _Terminal()
        patched.setenv("TERM", "xterm")
        patched.setenv("COLUMNS", "120")
        yield terminal


def test_nothing_is_shown_where_nobody_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = progress_for(Screen())
    assert isinstance(silent, Silence)
    silent.start("copying", 1, 1)
    silent.advance(1, 1)
    silent.finish()
    monkeypatch.setattr(sys, "stderr", _Terminal())
    assert isinstance(progress_for(Screen(is_json=True)), Silence)
    assert isinstance(progress_for(Screen()), Bar)


def test_work_that_is_soon_done_needs_no_bar(
    monkeypatch: pytest.MonkeyPatch, terminal: _Terminal
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = Bar(Screen())
    bar.advance(1, 1)
    bar.start("copying", 10, 2)
    bar.advance(1, 5)
    bar.finish()
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("total", "told"), [(2, "1 of 2 files"), (None, "1 files")])
def test_long_work_shows_files_bytes_rate_and_time(
    monkeypatch: pytest.MonkeyPatch, terminal: _Terminal, total: int | None, told: str
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_PATIENCE_S", -1)
    bar = Bar(Screen(no_color=True))
    bar.start("copying", 10_000_000, total)
    bar.advance(1, 5_000_000)
    bar.advance(0, 1)
    bar.finish()
    shown = terminal.getvalue()
    assert "copying" in shown
    assert told in shown
    assert "5.0/10.0 MB" in shown


def test_reading_has_bytes_and_no_files(
    monkeypatch: pytest.MonkeyPatch, terminal: _Terminal
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_PATIENCE_S", -1)
    bar = Bar(Screen(no_color=True))
    bar.start("reading", 10_000_000, None)
    bar.advance(0, 5_000_000)
    bar.finish()
    assert "5.0/10.0 MB" in terminal.getvalue()
    assert "files" not in terminal.getvalue()


@pytest.mark.parametrize("was_long", [False, True])
def test_what_cannot_be_counted_is_shown_after_long_work(
    monkeypatch: pytest.MonkeyPatch, terminal: _Terminal, was_long: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_PATIENCE_S", -1 if was_long else 60)
    bar = Bar(Screen(no_color=True))
    bar.start("checking", None, None)
    bar.advance(1, 1)
    bar.start("making the report", None, None)
    bar.finish()
    assert ("making the report" in terminal.getvalue()) == was_long


def test_a_bar_is_told_now_and_then_and_at_the_end(
    monkeypatch: pytest.MonkeyPatch, terminal: _Terminal
) -> None:
    told: list[int] = []
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_PATIENCE_S", -1)
    monkeypatch.setattr(progress, "_PAUSE_S", 60)
    monkeypatch.setattr(progress, "_tell", lambda _shown, work: told.append(work.done_bytes))
    bar = Bar(Screen(no_color=True))
    bar.start("copying", 100, 50)
    for _each in range(50):
        bar.advance(1, 2)
    assert told == [2]
    bar.finish()
    assert told == [2, 100]
    monkeypatch.setattr(progress, "_PAUSE_S", 0)
    bar.start("copying", 100, 50)
    for _each in range(3):
        bar.advance(1, 2)
    assert told[2:] == [2, 4, 6]
    bar.finish()

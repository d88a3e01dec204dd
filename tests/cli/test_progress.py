from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stalklog.cli import progress
from stalklog.cli.console import Screen
from stalklog.cli.progress import Bar, Silence, progress_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Run


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


class _Heard:
    """Progress that remembers what it was told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.size_bytes = 0

    def start(self, what: str, total_bytes: int | None, total_files: int | None) -> None:
        assert total_files is None or total_files >= 0
        self.begun.append(f"{what}: {total_bytes}")

    def advance(self, files: int, size_bytes: int) -> None:
        assert files >= 0
        self.size_bytes += size_bytes

    def finish(self) -> None:
        self.begun.append("")


@pytest.mark.parametrize(
    "words",
    [
        ("list", "all"), ("status",), ("report",), ("verify",), ("timeline",), ("due",),
        ("search", "x"), ("pattern",), ("add-evidence", "x.txt"),
    ],
    ids="-".join,
)  # fmt: skip
def test_what_may_take_long_shows_how_far_it_is(
    run: Run, vault: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    Path("x.txt").write_text("I see you\n")
    assert run("add-evidence", "x.txt").code == 0
    run("log-threat", "--precision", "unknown", "--words", "x")
    heard = _Heard()
    monkeypatch.setattr(progress, "progress_for", lambda _screen: heard)
    assert run(*words).code == 0
    assert heard.begun[0]
    assert heard.begun[-1] == ""
    log_bytes = (vault / "logs" / "threats.jsonl").stat().st_size
    reads_files_only = words[0] in {"add-evidence", "search", "timeline"}
    assert heard.size_bytes >= (10 if reads_files_only else log_bytes)

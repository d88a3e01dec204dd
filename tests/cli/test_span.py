"""From when to when: what can hold nothing is refused by name, by every command that takes both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

BACKWARDS = ("--since", "2026-12-01", "--until", "2026-11-30")


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    "command",
    [
        ("pattern",),
        ("timeline",),
        ("search", "word"),
        ("list", "all"),
        ("messages", "E-0001"),
        ("report", "-o", "report.html"),
    ],
    ids=lambda command: command[0],
)
def test_a_beginning_after_the_end_is_refused_by_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run(*command, *BACKWARDS)
    assert answer.code == 2
    assert "--since is later than --until" in answer.err
    assert answer.out == ""
    assert not (tmp_path / "report.html").exists()


@pytest.mark.usefixtures("vault")
def test_one_day_for_both_is_that_day(run: Run) -> None:
    assert run("log-threat", "--when", "2026-11-20 23:59", "--words", "Wait.").code == 0
    both = ("--since", "2026-11-20", "--until", "2026-11-20", "--json")
    assert [one["id"] for one in run("list", "threats", *both).json] == ["T-0001"]
    late = ("--since", "2026-11-20 23:00", "--until", "2026-11-20 22:59")
    assert run("list", "threats", *late).code == 2

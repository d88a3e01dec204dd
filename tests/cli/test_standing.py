from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from stalklog.cli import app as front_door
from stalklog.cli import standing
from stalklog.cli.console import Screen
from stalklog.cli.front import Front

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_status_shows_the_five_steps_and_what_is_due(run: Run, vault: Path, tmp_path: Path) -> None:
    del vault
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"\x89PNG\r\n\x1a\n")
    run("case", "--set", "alias=Ms A")
    run("add-evidence", str(shot), "--kind", "screenshot")
    run(
        "log-contact", "--agency", "Police", "--kind", "police", "--when", "2020-01-01",
        "--follow-up", "2020-01-16", "--official-report", "requested",
    )  # fmt: skip
    run(
        "log-contact", "--agency", "Example Mail", "--kind", "mail-provider",
        "--follow-up", "2035-01-01",
    )  # fmt: skip
    answer = run("status")
    assert (answer.code, answer.err) == (0, "")
    told = answer.out
    assert told.startswith("Where the case stands: Ms A\n1 piece of evidence, 0 threats, 2 contact")
    assert "  1  -    Say stop, once  (nothing yet)\n" in told
    assert "  5  yes  Keep a log of every report  (2 entries)\n" in told
    assert "  16 Jan 2020 (past)  C-0001  Police\n  1 Jan 2035  C-0002  Example Mail\n" in told
    assert "So far only a picture" in told
    assert "  E-0001  screenshot · shot.png\n" in told
    assert "An official report that is not here yet\n  C-0001  Police\n" in told
    assert "  Checkpoint  signed, over all entries\n" in told


def test_status_in_json_has_its_shape(run: Run, vault: Path) -> None:
    del vault
    run("log-contact", "--agency", "Police", "--kind", "police", "--follow-up", "2020-01-16")
    answer = run("status", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == {
        "vault_id", "name", "alias", "tz", "counts", "size", "head", "last_checkpoint", "steps",
        "only_pictures", "reports_missing", "due", "unconfirmed_bytes", "unreadable_lines",
        "sealed",
    }  # fmt: skip
    assert answer.json["sealed"] is None
    assert answer.json["due"] == [
        {"on": "2020-01-16", "id": "C-0001", "agency": "Police", "overdue": True}
    ]
    assert [set(step) for step in answer.json["steps"]] == [{"key", "title", "count"}] * 5


def test_many_pictures_are_not_all_named(run: Run, vault: Path, tmp_path: Path) -> None:
    del vault
    folder = tmp_path / "shots"
    folder.mkdir()
    for number in range(7):
        (folder / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n%d" % number)
    run("add-evidence", str(folder), "--kind", "screenshot")
    assert "  and 2 more\n" in run("status").out


def test_what_an_interruption_left_is_told(run: Run, vault: Path) -> None:
    log = vault / "logs" / "threats.jsonl"
    with log.open("ab") as file:
        file.write(b'{"torn')
    assert "An interrupted command left something behind." in run("status").out
    (vault / "checkpoints" / "latest.note").unlink()
    assert "none that is good; see stalklog verify" in run("status").out


def test_what_cannot_be_read_is_told(run: Run, vault: Path) -> None:
    log = vault / "logs" / "custody.jsonl"
    run("log-threat", "--when", "today", "--words", "x")
    log.chmod(0o600)
    data = log.read_bytes()
    log.write_bytes(b"x" + data[1:])
    assert "What is\nwrong: stalklog verify" in run("status").err
    assert "over all entries" in run("status").out


def test_a_checkpoint_that_is_older_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import dataclass  # noqa: PLC0415 - for this stand-in only

    @dataclass
    class Behind:
        last_checkpoint: int = 3
        size: int = 5

    assert standing._checkpoint(Behind()) == "signed, over 3 of 5 entries"  # type: ignore[arg-type]
    del capsys


class TestHome:
    @pytest.fixture(autouse=True)
    def _on_a_terminal(self, terminal: None, monkeypatch: pytest.MonkeyPatch) -> None:
        del terminal

        class Both:
            stdout = type("Terminal", (), {"isatty": lambda _self: True})()
            argv = sys.argv

        monkeypatch.setattr(front_door, "sys", Both)

    def test_it_says_where_the_case_stands(self, run: Run, vault: Path) -> None:
        del vault
        run("log-contact", "--agency", "Police", "--kind", "police", "--follow-up", "2020-01-16")
        answer = run()
        assert answer.code == 0
        assert answer.out.startswith("Where the case stands\n0 pieces of evidence, 0 threats, 1 c")
        assert "16 Jan 2020 (past)" in answer.out
        assert "  stalklog log-threat         write down what happened" in answer.out

    def test_without_a_vault_it_says_how_to_begin(self, run: Run) -> None:
        answer = run()
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.startswith("stalklog keeps the record of a stalking case.\n")
        assert "  stalklog init  " in answer.out


def test_a_named_vault_is_called_by_its_name(run: Run, home: Path) -> None:
    run("init", str(home / "v"), "--name", "Notes")
    assert run("status", "--vault", str(home / "v")).out.startswith(
        "Where the case stands: Notes\n"
    )


def test_advice_in_words_and_in_json(run: Run) -> None:
    assert run("safety").out.startswith("  - In danger now:")
    assert len(run("safety", "--json").json) > 10
    steps = run("steps")
    assert steps.out.startswith("1. Say stop, once\n   Demand, once,")
    assert "\n\n5. " in steps.out
    assert [set(step) for step in run("steps", "--json").json] == [
        {"number", "key", "title", "advice", "note", "commands"}
    ] * 5


def test_helplines_each_with_its_day_and_source(run: Run) -> None:
    told = run("helplines", "--country", "in").out
    assert told.startswith("112  Emergency  IN\n")
    assert "    found 2026-" in told
    rows = run("helplines", "--json").json
    assert {row["country"] for row in rows} > {"IN"}
    assert set(rows[0]) == {
        "country", "number", "url", "name", "what_for", "hours", "source", "as_of", "note",
    }  # fmt: skip
    unknown = run("helplines", "--country", "XX")
    assert unknown.code == 0
    assert unknown.out.startswith("No helpline of that country is known to stalklog.\n")


def test_a_front_without_wishes() -> None:
    assert Front().screen == Screen()

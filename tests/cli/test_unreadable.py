"""Where lines of the vault cannot be read, every command that reads them says so, on stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from stalklog.cli import app as front_door

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TOLD = (
    "1 line of the vault cannot be read, so something may be missing here. "
    "What is wrong: stalklog verify"
)


@pytest.fixture(autouse=True)
def _one_line_is_spoilt(run: Run, vault: Path, tmp_path: Path) -> None:
    """The first line of the evidence log is no entry any more."""
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        run("add-evidence", str(tmp_path / name))
    log = vault / "logs" / "evidence.jsonl"
    log.write_bytes(b"x" + log.read_bytes()[1:])


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["pattern"],
        ["list"],
        ["list", "evidence"],
        ["show", "E-0002"],
        ["show", "E-0002", "--history"],
        ["get", "E-0002", "-o", "copy"],
    ],
)
def test_it_is_said_beside_the_answer(run: Run, arguments: list[str], is_json: bool) -> None:
    answer = run(*arguments, *(["--json"] if is_json else []))
    assert answer.code == 0
    assert " ".join(answer.err.split()) == TOLD
    assert not is_json or json.loads(answer.out)


def test_a_report_that_lacks_something_says_so_too(run: Run, vault: Path, tmp_path: Path) -> None:
    log = vault / "logs" / "custody.jsonl"
    log.write_bytes(b"x" + log.read_bytes()[1:])
    answer = run("report", "-o", str(tmp_path / "r.html"), "--json")
    assert answer.code == 0, answer.err
    assert "2 lines of the vault cannot be read" in answer.err


def test_what_is_not_concerned_says_nothing(run: Run) -> None:
    for arguments in (["list", "threats"], ["case"]):
        answer = run(*arguments)
        assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize("log", ["evidence", "custody"])
@pytest.mark.parametrize("command", ["due", "pattern"])
def test_what_reckons_with_a_log_says_it(run: Run, vault: Path, command: str, log: str) -> None:
    path = vault / "logs" / f"{log}.jsonl"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    answer = run(command, "--json")
    assert answer.code == 0
    lines = 2 if log == "custody" else 1
    assert f"{lines} line" in answer.err


def test_the_case_says_it_of_its_own_log(run: Run, vault: Path) -> None:
    log = vault / "logs" / "custody.jsonl"
    log.write_bytes(b"x" + log.read_bytes()[1:])
    assert " ".join(run("case").err.split()) == TOLD


@pytest.mark.usefixtures("terminal")
def test_the_home_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Both:
        stdout = type("Terminal", (), {"isatty": lambda _self: True})()
        argv = sys.argv

    monkeypatch.setattr(front_door, "sys", Both)
    answer = run()
    assert answer.code == 0
    assert "What you can do" in answer.out
    assert TOLD in " ".join(answer.err.split())


def test_the_size_and_the_head_are_those_that_were_acknowledged(run: Run, vault: Path) -> None:
    state = json.loads((vault / "state").read_text())
    told = run("status", "--json").json
    assert (told["size"], told["head"]) == (3, state["head"])

"""Where a file fits two formats the person is asked, and it is said which one was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import told
from tests.readers.test_choice import BOTH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "both.zip"
    path.write_bytes(BOTH)
    return str(path)


def _reader(run: Run) -> str:
    """Which reader reads it, and who decided."""
    summary = run("messages", "E-0001", "--summary", "--json").json
    return f"{summary['reader']}, {summary['decisions'][0]['by']}"


@pytest.mark.usefixtures("vault", "terminal")
@pytest.mark.parametrize(("typed", "chosen"), [("1\n", "x-zip"), ("2\n", "slack-zip")])
def test_the_person_is_asked_and_her_answer_is_written_down(
    run: Run, file: str, typed: str, chosen: str
) -> None:
    answer = run("add-evidence", file, stdin=typed)
    assert answer.code == 0
    assert "fits more than one format" in told(answer.err)
    assert "a Slack export (slack-zip)" in told(answer.err)
    shown = run("show", "E-0001", "--json", "--history").json
    assert shown["read_as"] == chosen
    assert [change["id"] for change in shown["history"]] == ["E-0001.1"]
    assert _reader(run) == f"{chosen}, person"


@pytest.mark.usefixtures("vault", "terminal")
def test_nobody_has_to_answer(run: Run, file: str) -> None:
    answer = run("add-evidence", file, stdin="\n")
    assert answer.code == 0
    assert "read as the first" in told(answer.err)
    assert "read_as" not in run("show", "E-0001", "--json").json
    assert _reader(run) == "x-zip, nobody"


@pytest.mark.usefixtures("vault")
def test_without_a_person_it_is_said_and_can_be_said_later(run: Run, file: str) -> None:
    answer = run("add-evidence", file, "--json")
    assert answer.code == 0
    assert "amend E-0001 --set read_as=slack-zip" in told(answer.err)
    (decision,) = answer.json["added"][0]["contents"]["decisions"]
    assert decision["samples"] == [["x-zip", "slack-zip"]]
    reason = ("--reason", "it is Slack's")
    assert run("amend", "E-0001", "--set", "read_as=slack-zip", *reason).code == 0
    assert _reader(run) == "slack-zip, person"
    listed = run("messages", "E-0001")
    assert "which format it is: a Slack export (slack-zip), as a person said" in told(listed.out)


@pytest.mark.usefixtures("vault", "terminal")
def test_what_is_known_beforehand_is_said_with_the_file(run: Run, file: str) -> None:
    answer = run("add-evidence", file, "--read-as", "slack-zip")
    assert answer.code == 0
    assert "fits more than one" not in told(answer.err)
    assert _reader(run) == "slack-zip, person"


@pytest.mark.usefixtures("vault")
def test_a_format_that_there_is_not_is_refused_and_the_others_are_named(
    run: Run, file: str
) -> None:
    answer = run("add-evidence", file, "--read-as", "telepathy")
    assert answer.code == 41
    assert "Nothing was written" in told(answer.err)
    assert "slack-zip" in told(answer.err)
    assert run("list", "evidence", "--json").json == []
    assert run("add-evidence", file).code == 0
    answer = run("amend", "E-0001", "--set", "read_as=telepathy", "--reason", "x")
    assert answer.code == 41

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

_SHAPE = {"path", "sha256", "format", "entries", "size", "head"}


@pytest.fixture(autouse=True)
def _logged(run: Run, vault: Path) -> None:
    del vault
    run("log-threat", "--when", "2026-11-20 21:30", "--words", "I will find you")
    run("log-threat", "--when", "2026-11-22 18:00", "--behaviour", "a gift")


def test_the_report_is_named_and_how_to_open_it(run: Run, home: Path) -> None:
    answer = run("report")
    assert (answer.code, answer.err) == (0, "")
    (path,) = home.glob("report-*.html")
    assert answer.out.startswith(f"The report is made: {path}  (2 entries)\n")
    assert f"  SHA-256  {hashlib.sha256(path.read_bytes()).hexdigest()}\n" in answer.out
    assert path.as_uri() in "".join(answer.out.split())


def test_its_answer_in_json_has_its_shape(run: Run, tmp_path: Path) -> None:
    answer = run("report", "-o", str(tmp_path / "r.html"), "--json")
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == _SHAPE
    assert (answer.json["format"], answer.json["entries"]) == ("html", 2)
    data = (tmp_path / "r.html").read_bytes()
    assert answer.json["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("format_name", "told"),
    [
        ("md", "Open it in any text editor:"),
        ("csv", "It is a folder of tables"),
        ("json", "It is meant for programs:"),
    ],
)
def test_each_format_says_how_to_open_it(
    run: Run, tmp_path: Path, format_name: str, told: str
) -> None:
    answer = run("report", "--format", format_name, "-o", str(tmp_path / "r"))
    assert answer.code == 0
    assert told in answer.out


def test_a_report_can_be_narrowed(run: Run, tmp_path: Path) -> None:
    def entries(*arguments: str) -> int:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        shown: int = run("report", "-o", str(path), *arguments, "--json").json["entries"]
        return shown

    assert entries("--ids", "t-1, T-0002", "--ids", "@1") == 2
    assert entries("--ids", "t-1") == 1
    assert entries("--since", "2026-11-21") == 1
    assert entries("--until", "2026-11-21") == 1
    assert entries("--only", "contacts") == 0


def test_a_report_of_nothing_says_so(run: Run, tmp_path: Path) -> None:
    answer = run("report", "-o", str(tmp_path / "r.html"), "--only", "contacts", "--json")
    assert (answer.code, answer.json["entries"]) == (0, 0)
    assert answer.err.startswith("Note: Nothing in the vault fits what was asked for")
    text = " ".join((tmp_path / "r.html").read_text().split())
    assert "Nothing in the record fits these rules, so no entries are shown." in text
    told = run("report", "-o", str(tmp_path / "r.md"), "--since", "2030-01-01")
    assert "Nothing in the vault fits" in told.err
    assert "Nothing in the record fits" in (tmp_path / "r.md").read_text()


def test_what_is_to_be_in_it_can_be_named_by_a_correction(run: Run, tmp_path: Path) -> None:
    run("amend", "T-1", "--set", "place=home", "--reason", "remembered")
    answer = run("report", "-o", str(tmp_path / "r.json"), "--ids", "T-0001.1", "--json")
    assert answer.json["entries"] == 1


def test_an_entry_that_is_not_there_has_its_own_exit_code(run: Run) -> None:
    assert run("report", "--ids", "T-0099").code == 40


def test_nothing_is_written_over_and_no_format_is_guessed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("mine")
    assert run("report", "-o", str(tmp_path / "r.html")).code == 61
    assert run("report", "--format", "doc").code == 31


def test_the_confidential_sheet_is_a_file_of_its_own(run: Run, tmp_path: Path) -> None:
    run("case", "--set", "name=Asha Rao")
    answer = run("report", "-o", str(tmp_path / "r.html"), "--confidential-sheet")
    assert answer.code == 0
    sheet = tmp_path / "r-confidential.html"
    assert f"The confidential sheet: {sheet}\n" in answer.out
    assert "Asha Rao" in sheet.read_text()
    assert "Asha Rao" not in (tmp_path / "r.html").read_text()
    told = run("report", "-o", str(tmp_path / "s.html"), "--confidential-sheet", "--json").json
    assert set(told) == {*_SHAPE, "sheet"}


def test_a_place_below_a_file_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = run("report", "-o", str(tmp_path / "file" / "r.html"), "--json")
    assert (answer.code, answer.error["error"]) == (60, "cannot-write")
    assert run("verify", "--json").json["entries"] == 3

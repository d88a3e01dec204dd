"""In which zone a clock was is asked once, is recorded as what she says, and is never guessed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

ASKED = "Which zone was set on the phone"
SMS = (
    '<?xml version="1.0"?><smses count="1"><sms address="1" date="1711000000000" type="1" '
    'body="I see you" /></smses>'
)


def chats(folder: Path, count: int = 1, line: str = "13/04/24, 7:05 pm - Ravi: I see you") -> str:
    """A folder of so many chats."""
    place = folder / "chats"
    place.mkdir()
    for number in range(count):
        (place / f"{number}.txt").write_text(f"{line}\n" * 3, encoding="utf-8")
    return str(place)


def zones(run: Run) -> list[str]:
    """What is recorded of each piece of evidence."""
    return [one.get("times_zone", "") for one in run("list", "evidence", "--json").json]


@pytest.mark.usefixtures("vault", "terminal")
@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("1\n", "Asia/Kolkata"),
        ("Europe/Paris\n", "Europe/Paris"),
        ("europe/paris\n", "Europe/Paris"),
        ("new york\n", "America/New_York"),
        ("my phone\n1\n", "Asia/Kolkata"),
        ("\n", ""),
        ("nowhere\n\n", ""),
    ],
)
def test_one_answer_is_written_down_as_hers(
    run: Run, tmp_path: Path, typed: str, zone: str
) -> None:
    answer = run("add-evidence", chats(tmp_path), stdin=typed)
    assert answer.code == 0
    assert answer.err.count(ASKED) == 1
    assert zones(run) == [zone]
    assert ("stalklog amend E-0001 --set times_zone=" in told(answer.err)) == (not zone)
    report = run("messages", "E-0001", "--json", "--summary").json
    (decision,) = [one for one in report["decisions"] if one["about"] == "zone"]
    assert (decision["value"], decision["by"]) == (zone, "person" if zone else "nobody")
    if zone:
        history = run("show", "E-0001", "--json", "--history").json["history"]
        assert [change["reason"] for change in history] == [
            "whoever added it says in which zone the clock was"
        ]


@pytest.mark.usefixtures("vault", "terminal")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1\n", ["Asia/Kolkata"] * 3),
        ("\n", [""] * 3),
        ("Asia/Tokyo\n", ["Asia/Tokyo"] * 3),
        ("2\n1\n\nAsia/Tokyo\n", ["Asia/Kolkata", "", "Asia/Tokyo"]),
    ],
)
def test_many_exports_are_asked_about_once_unless_they_differ(
    run: Run, tmp_path: Path, typed: str, expected: list[str]
) -> None:
    answer = run("add-evidence", chats(tmp_path, 3), stdin=typed)
    assert zones(run) == expected
    assert answer.err.count(ASKED) == (4 if typed.startswith("2") else 1)
    assert "E-0001, E-0002, E-0003" in told(answer.err)
    for zone in set(expected) - {""}:
        assert f": {zone}." in told(answer.err)


@pytest.mark.usefixtures("vault", "terminal")
def test_the_order_of_day_and_month_is_asked_once_too(run: Run, tmp_path: Path) -> None:
    folder = chats(tmp_path, 3, "03/04/24, 7:05 pm - Ravi: I see you")
    answer = run("add-evidence", folder, "--times-zone", "Asia/Kolkata", stdin="1\n")
    assert answer.err.count("Which one?") == 1
    assert "These lines are from E-0001" in answer.err
    found = [one["date_order"] for one in run("list", "evidence", "--json").json]
    assert found == ["dmy"] * 3


@pytest.mark.usefixtures("vault", "terminal")
@pytest.mark.parametrize("option", [("--json",), ("--times-zone", "Asia/Tokyo")])
def test_who_cannot_answer_or_has_is_not_asked(
    run: Run, tmp_path: Path, option: tuple[str, ...]
) -> None:
    answer = run("add-evidence", chats(tmp_path), *option, stdin="1\n")
    assert ASKED not in answer.err
    assert zones(run) == [option[1] if len(option) > 1 else ""]


@pytest.mark.usefixtures("vault")
def test_without_a_terminal_nobody_is_asked(run: Run, tmp_path: Path) -> None:
    answer = run("add-evidence", chats(tmp_path, 2), stdin="1\n")
    assert ASKED not in answer.err
    assert "Times in E-0001, E-0002 are without a zone" in told(answer.err)
    assert zones(run) == ["", ""]


@pytest.mark.usefixtures("vault", "terminal")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sms.xml", SMS),
        ("a.eml", "From: a@example.org\nDate: 20 Nov 2026 21:30:00\nSubject: x\n\nI see you\n"),
        ("notes.txt", "I saw him at the gate.\n"),
    ],
)
def test_what_has_a_zone_or_no_use_for_one_is_not_asked_about(
    run: Run, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    answer = run("add-evidence", str(tmp_path / name), stdin="1\n")
    assert answer.code == 0
    assert "zone" not in answer.err


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize(
    "text",
    [
        "13/04/24, 7:05 pm - Ravi: I see you\n" * 3,
        "[2024-03-05, 21:30] Ravi: I see you\n" * 3,
        "2005-01-09T02:05:04  <ravi> I see you\n" * 3,
        "[LINE] Chat history with Ravi\n\n2024/01/15(Mon)\n21:30\tRavi\tI see you\n",
    ],
)
def test_every_format_without_a_zone_tells_who_said_it(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "chat.txt").write_text(text, encoding="utf-8")
    run("add-evidence", str(tmp_path / "chat.txt"))
    assert "times_zone=" in told(run("messages", "E-0001").out)
    change = ("amend", "E-0001", "--set", "times_zone=Asia/Tokyo", "--reason", "her phone")
    assert run(*change).code == 0
    out = told(run("messages", "E-0001").out)
    assert "zone of its times: Asia/Tokyo, as a person said" in out
    assert "times_zone=" not in out
    lines = map(json.loads, run("messages", "E-0001", "--json").out.splitlines())
    assert "person" in {line["sent"]["zone_source"] for line in lines}

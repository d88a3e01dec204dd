"""Where day and month can be read two ways the person is asked, and nobody decides for her."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import told
from tests.cli.test_inside import mail

from stalklog.records.message import Decision, ReadingReport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.cli.conftest import Run

    from stalklog.services.evidence import AddedFile

SAMPLES = (
    ("03/04/24, 7:05 pm - Nobody: I see you", "Wed 3 Apr 2024", "Mon 4 Mar 2024"),
    ("05/04/24, 7:05 pm - Nobody: \x1b[31mstill", "Fri 5 Apr 2024", "Sat 4 May 2024"),
)


def report(*decisions: Decision) -> ReadingReport:
    return ReadingReport(
        reader="whatsapp", version=1, counts={"message": 2}, inner=0, first=None, last=None,
        participants=(), audiences={}, declared={}, attachments={}, bytes_total=80,
        bytes_covered=80, unread=(), facts={}, is_whole=True, decisions=decisions,
    )  # fmt: skip


@pytest.fixture
def _undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = Decision("date_order", "", "nobody", "both fit", SAMPLES)

    def recognise(added: Sequence[AddedFile], _said: object) -> dict[str, ReadingReport]:
        return {file.id: report(undecided) for file in added}

    monkeypatch.setattr("stalklog.cli.evidence.recognise", recognise)


@pytest.mark.usefixtures("vault", "terminal", "_undecided")
@pytest.mark.parametrize(("typed", "order"), [("1\n", "dmy"), ("2\n", "mdy")])
def test_the_person_is_shown_both_readings_and_her_answer_is_written_down(
    run: Run, tmp_path: Path, typed: str, order: str
) -> None:
    answer = run("add-evidence", str(mail(tmp_path)), stdin=typed)
    assert answer.code == 0
    assert "1: Wed 3 Apr 2024" in answer.err
    assert "2: Mon 4 Mar 2024" in answer.err
    assert "\x1b" not in answer.err
    shown = run("show", "E-0001", "--json", "--history").json
    assert shown["date_order"] == order
    assert [change["id"] for change in shown["history"]] == ["E-0001.1"]


@pytest.mark.usefixtures("vault", "terminal")
@pytest.mark.parametrize(("typed", "order"), [("1\n", "dmy"), ("2\n", "ymd")])
def test_each_answer_is_the_order_of_the_reading_that_is_shown(
    run: Run, tmp_path: Path, typed: str, order: str
) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("२४/३/१२, ७:०५ PM - Nobody: I see you\n" * 3, encoding="utf-8")
    answer = run("add-evidence", str(chat), stdin=typed)
    assert "1: 2012-03-24 Sat" in answer.err
    assert "2: 2024-03-12 Tue" in answer.err
    assert run("show", "E-0001", "--json").json["date_order"] == order
    (first, *_rest) = run("messages", "E-0001", "--json").out.splitlines()
    wall = {"dmy": "2012-03-24T19:05:00", "ymd": "2024-03-12T19:05:00"}[order]
    assert json.loads(first)["sent"]["wall"] == wall
    report = run("messages", "E-0001", "--json", "--summary").json
    decision, _zone = report["decisions"]
    assert (decision["by"], decision["orders"]) == ("person", ["dmy", "ymd"])


@pytest.mark.usefixtures("vault", "terminal", "_undecided")
def test_nobody_has_to_answer(run: Run, tmp_path: Path) -> None:
    answer = run("add-evidence", str(mail(tmp_path)), stdin="\n")
    assert answer.code == 0
    assert "both readings are kept" in told(answer.err)
    assert "date_order" not in run("show", "E-0001", "--json").json


@pytest.mark.usefixtures("vault", "_undecided")
def test_without_a_person_it_is_said_and_nothing_is_guessed(run: Run, tmp_path: Path) -> None:
    answer = run("add-evidence", str(mail(tmp_path)), "--json")
    assert answer.code == 0
    assert "stalklog amend E-0001 --set date_order=dmy" in told(answer.err)
    assert "date_order" not in run("show", "E-0001", "--json").json


@pytest.mark.usefixtures("vault")
def test_what_is_known_beforehand_is_said_with_the_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []

    def recognise(_added: object, said: object) -> dict[str, ReadingReport]:
        heard.append(said)
        return {}

    monkeypatch.setattr("stalklog.cli.evidence.recognise", recognise)
    zone = "--times-zone=Asia/Kolkata"
    assert run("add-evidence", str(mail(tmp_path)), "--date-order", "mdy", zone).code == 0
    shown = run("show", "E-0001", "--json").json
    assert (shown["date_order"], shown["times_zone"]) == ("mdy", "Asia/Kolkata")
    (said,) = heard
    assert (said.date_order, said.zone) == ("mdy", "Asia/Kolkata")  # type: ignore[attr-defined]
    assert run("add-evidence", str(mail(tmp_path)), "--date-order", "ydm").code == 41


@pytest.mark.usefixtures("vault")
def test_both_readings_stand_in_the_list_and_in_one_message(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("03/04/24, 7:05 pm - Ravi: I see you\n" * 3, encoding="utf-8")
    assert run("add-evidence", str(chat)).code == 0
    both = "3 Apr 2024 19:05 or 4 Mar 2024 19:05 (no zone)"
    turned = "4 Mar 2024 19:05 or 3 Apr 2024 19:05 (no zone)"
    for command in (("messages", "E-0001"), ("show", "E-0001", "--message", "1")):
        out = run(*command).out
        assert both in out or turned in out


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("zone", ["IST+", "Asia/Calcuta", "../etc", "/etc/localtime", "x" * 5000])
def test_a_zone_that_there_is_not_is_refused_and_never_dropped(
    run: Run, tmp_path: Path, zone: str
) -> None:
    answer = run("add-evidence", str(mail(tmp_path)), "--times-zone", zone)
    assert answer.code == 41
    assert "Nothing was written" in told(answer.err)
    assert "Asia/Kolkata" in told(answer.err)
    assert run("list", "evidence", "--json").json == []
    assert run("add-evidence", str(mail(tmp_path))).code == 0
    change = ("amend", "E-0001", "--reason", "x", "--set")
    assert run(*change, f"times_zone={zone}").code == 41
    assert run(*change, "times_zone=Asia/Kolkata").code == 0


@pytest.mark.usefixtures("vault")
def test_no_days_are_told_of_an_export_whose_order_is_open(run: Run, tmp_path: Path) -> None:
    chat, report = tmp_path / "chat.txt", tmp_path / "report.md"
    lines = [f"03/{month:02}/24, 10:15 pm - Ravi: {month}\n" for month in range(1, 13)]
    chat.write_text("".join(lines), encoding="utf-8")
    out = run("add-evidence", str(chat)).out
    assert "12 messages, days that can be read two ways" in told(out)
    summary = run("messages", "E-0001", "--summary").out
    assert "3 Mar 2024" not in summary  # the one day that is the same in both orders
    assert run("report", "-o", str(report)).code == 0
    written = report.read_text(encoding="utf-8")
    assert "12 messages · days that can be read two ways\n" in written
    assert "2024-01-03 22:15:00 or 2024-03-01 22:15:00, without" in written


@pytest.mark.usefixtures("vault")
def test_dates_that_are_against_one_another_are_told(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    days = ("25/02/24", "02/26/24", "03/04/24")
    chat.write_text("".join(f"{day}, 7:05 pm - Ravi: x\n" for day in days), encoding="utf-8")
    against = "Some of the dates can only be read day first, others only month first."
    assert against in told(run("add-evidence", str(chat)).err)
    assert against in told(run("messages", "E-0001", "--summary").out)


@pytest.mark.usefixtures("vault")
def test_how_to_say_the_order_and_the_zone_is_told_until_they_are_said(
    run: Run, tmp_path: Path
) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("03/04/24, 7:05 pm - Ravi: I see you\n" * 3, encoding="utf-8")
    answers = ("date_order=dmy", "times_zone=Asia/Kolkata")
    order, zone = (f"stalklog amend E-0001 --set {one}" for one in answers)
    err = told(run("add-evidence", str(chat)).err)
    assert order in err
    assert zone in err
    out = told(run("messages", "E-0001").out)
    assert order in out
    assert zone in out
    for one in answers:
        assert run("amend", "E-0001", "--set", one, "--reason", "her phone").code == 0
    out = told(run("messages", "E-0001").out)
    assert "3 Apr 2024 19:05 +05:30" in out
    assert "stalklog amend" not in out


@pytest.mark.usefixtures("vault")
def test_an_order_that_the_export_disproves_is_not_passed_over(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("13/04/24, 7:05 pm - Ravi: I see you\n" * 3, encoding="utf-8")
    err = told(run("add-evidence", str(chat), "--date-order", "mdy").err)
    assert "E-0001 itself proves another order" in err
    assert "day before month" in err
    out = told(run("messages", "E-0001", "--summary").out)
    assert "It is not the order that was said: mdy" in out
    assert "itself proves" not in run("add-evidence", str(chat), "--date-order", "dmy").err


@pytest.mark.usefixtures("vault")
def test_a_line_that_may_be_no_message_is_marked_in_the_list(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    lines = ["13/04/24, 7:05\u202fpm - Ravi: I see you\n"] * 4
    chat.write_text("".join([*lines, "13/04/24, 7:06 pm - Asha: me too\n"]), encoding="utf-8")
    assert run("add-evidence", str(chat)).code == 0
    out = run("messages", "E-0001").out
    assert "me too  [a line looks like a message]" in out
    assert out.count("[a line looks like a message]") == 2  # it, and the one above it

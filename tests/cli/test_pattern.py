"""`pattern` as a person and as a program see it: counts of the records and of what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stalklog.cli.bars import bars, gathered

if TYPE_CHECKING:
    from tests.cli.conftest import Run

DEMO = Path(__file__).resolve().parents[2] / "demo" / "case"


@pytest.fixture
def case(run: Run, vault: Path) -> Path:
    """The sample case: mails, a chat, a demand, a report, and one threat of each sort."""
    run("case", "--identifier", "e-mail:quiet.friend@example.com", "--identifier",
        "phone:+91 55555 01234")  # fmt: skip
    run("add-evidence", str(DEMO / "e-mail"), str(DEMO / "chat"))
    run("log-demand", "--when", "2026-10-06 18:30", "--words", "Stop.")
    run("log-threat", "--when", "2026-10-18 23:47", "--how", "phone", "--words", "x",
        "--threatened-harm", "injury")  # fmt: skip
    run("log-threat", "--when", "2026-10-02", "--how", "in-person", "--behaviour", "x")
    run("log-threat", "--precision", "unknown", "--how", "letter", "--words", "x")
    run("log-contact", "--agency", "Police", "--kind", "police", "--direction", "out",
        "--purpose", "report", "--when", "2026-10-12 11:00")  # fmt: skip
    return vault


def test_it_counts_and_draws(run: Run, case: Path) -> None:
    del case
    answer = run("pattern")
    assert (answer.code, answer.err) == (0, "")
    told = answer.out
    assert told.startswith("The pattern, in plain counts\n  Threats and incidents       3\n")
    assert "  threats and incidents  █ █  at most 1\n" in told
    assert "D demand to stop, R report\n" in told
    assert "hours of the day in Asia/Kolkata, where the time is known\n" in told
    assert "  D-0001, demand to stop  Tue 6 October 2026\n" in told
    assert "      Before          1 incident, 0 messages in 4 days\n" in told
    said = " ".join(told.split())
    assert "These are plain counts, and no judgement." in said
    assert "Without a known time, and in no count by time: 1 incident, 0 messages." in said


def test_the_shape_in_json(run: Run, case: Path) -> None:
    del case
    read = run("pattern", "--json").json
    assert (read["incidents"], read["zone"], read["unit"]) == (3, "Asia/Kolkata", "week")
    assert read["messages"] == sum(one["messages"] for one in read["identifiers"]) > 10
    assert {one["label"] for one in read["identifiers"]} == {
        "quiet.friend@example.com",
        "+91 55555 01234",
    }
    assert read["messages_without_zone"] == 13  # the chat
    assert read["audience"]["alone"] == 2
    assert read["harms"] == {"injury": 1}
    assert (read["in_person"], read["breaches"]) == (1, 0)
    assert read["not_counted"]["messages_from_others"] > 0
    assert [one["id"] for one in read["around"]] == ["D-0001", "C-0001"]


def test_since_and_until_choose(run: Run, case: Path) -> None:
    del case
    whole = run("pattern", "--json").json
    late = run("pattern", "--since", "2026-10-13", "--json").json
    early = run("pattern", "--until", "2026-10-12", "--json").json
    assert late["first"] >= "2026-10-13"
    assert early["last"] <= "2026-10-12"
    assert late["messages"] + early["messages"] == whole["messages"]
    assert late["incidents"] == 2  # that without a time goes by when it was recorded


def test_an_empty_case_is_told_plainly(run: Run, vault: Path) -> None:
    del vault
    answer = run("pattern")
    assert answer.code == 0
    assert "  Threats and incidents      0\n" in answer.out
    assert "No identifier of the other person is noted" in " ".join(answer.out.split())


def test_what_cannot_be_read_is_counted_and_stops_nothing(run: Run, case: Path) -> None:
    before = run("pattern", "--json").json
    assert before["not_counted"]["exhibits_not_read"] == 0
    files = (path for path in (case / "objects").rglob("*") if path.is_file())
    damaged = max(files, key=lambda path: path.stat().st_size)
    damaged.chmod(0o600)
    damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
    answer = run("pattern", "--json")
    assert answer.code == 0
    assert answer.json["not_counted"]["exhibits_not_read"] == 1


def test_names_of_strangers_steer_no_screen(run: Run, vault: Path, tmp_path: Path) -> None:
    del vault
    (tmp_path / "a.eml").write_text(
        "From: x@example.org\nDate: Fri, 20 Nov 2026 10:00 +0530\n\nx\n"
    )
    run("case", "--identifier", "e-mail:x@example.org")
    run("add-evidence", str(tmp_path / "a.eml"), "--via", "app=\x1b[31mX\u202e")
    assert "[U+001B][31mX[U+202E]" in run("pattern").out
    assert run("pattern", "--json").json["channels"][0]["label"] == "\x1b[31mX\u202e"


def test_the_report_shows_the_same_counts(run: Run, case: Path, tmp_path: Path) -> None:
    del case
    counts = run("pattern", "--json").json
    run("report", "-o", str(tmp_path / "r.json"))
    run("report", "-o", str(tmp_path / "r.html"))
    import json  # noqa: PLC0415 - beside its only use

    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["pattern"] == counts
    html = (tmp_path / "r.html").read_text("utf-8")
    assert '<h3 id="pattern">The pattern, in plain counts</h3>' in html
    assert html.count('<figure class="bars">') == 2


def test_bars_show_whatever_is_above_zero() -> None:
    assert bars([0, 1, 100, 50]) == " ▁█▄"
    assert bars([0, 0]) == "  "
    assert bars([]) == ""


def test_many_columns_are_added_up() -> None:
    assert gathered([1, 2, 3, 4, 5], 2) == [6, 9]
    assert gathered([1, 2], 80) == [1, 2]
    assert gathered([], 80) == []

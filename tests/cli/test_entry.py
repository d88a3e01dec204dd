from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("vault")

_ENVELOPE = {"id", "seq", "log", "type", "recorded_at", "by", "amended", "withdrawn"}


@pytest.fixture(autouse=True)
def _logged(run: Run, vault: object) -> None:
    del vault
    run("log-threat", "--when", "2026-11-20 21:30", "--how", "phone", "--words", "I will\nfind you")
    run("log-threat", "--when", "about 2026-11-22 18:00", "--behaviour", "a \x1b[31mgift\u202e")
    run("log-contact", "--agency", "Police", "--kind", "police", "--when", "2026-11-21")
    run("log-demand", "--when", "2026-11-19", "--words", "Stop.", "--to", "him")


def test_a_list_has_a_line_for_each_entry(run: Run) -> None:
    answer = run("list")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0].split() == ["Id", "When", "What"]
    assert lines[2] == "T-0001  20 Nov 2026 21:30        phone: I will find you"
    assert lines[3] == "T-0002  about 22 Nov 2026 18:00  a [U+001B][31mgift[U+202E]"
    assert lines[4] == "C-0001  21 Nov 2026              Police"
    assert lines[5] == "D-0001  19 Nov 2026              him · Stop."
    assert lines[1].startswith("X-0001  recorded ")


def test_a_list_in_json_is_exact_and_has_its_shape(run: Run) -> None:
    entries = run("list", "--json").json
    assert [entry["id"] for entry in entries] == ["X-0001", "T-0001", "T-0002", "C-0001", "D-0001"]
    for entry in entries:
        assert set(entry) >= _ENVELOPE
    assert entries[2]["behaviour"] == "a \x1b[31mgift\u202e"
    assert set(entries[2]) == {*_ENVELOPE, "behaviour", "occurred"}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["threats"], ["T-0001", "T-0002"]),
        (["contacts"], ["C-0001"]),
        (["--since", "2026-11-21"], ["X-0001", "T-0002", "C-0001"]),
        (["threats", "--until", "2026-11-20"], ["T-0001"]),
        (["threats", "--until", "2026-11-20 21:00"], []),
        (["--until", "2020-01-01"], []),
        (["--kind", "phone"], ["T-0001"]),
        (["--kind", "police"], ["C-0001"]),
        (["--from-whom", "poli"], ["C-0001"]),
        (["--tag", "none"], []),
    ],
)
def test_a_list_can_be_narrowed(run: Run, arguments: list[str], found: list[str]) -> None:
    assert [entry["id"] for entry in run("list", *arguments, "--json").json] == found


def test_a_list_can_end_at_a_stretch_of_a_day(run: Run) -> None:
    assert run("list", "threats", "--until", "last Monday evening", "--json").code == 0


def test_an_empty_list_says_so(run: Run) -> None:
    assert run("list", "evidence").out == "Nothing was found.\n"
    assert run("list", "evidence", "--json").json == []


def test_a_log_that_is_not_there_is_a_usage_error(run: Run) -> None:
    assert run("list", "diary").code == 2


def test_a_day_that_can_be_read_two_ways_is_an_error(run: Run) -> None:
    assert run("list", "--since", "03/04/2026").code == 41


def test_a_kind_that_is_not_there_is_a_usage_error_that_lists_the_kinds(run: Run) -> None:
    answer = run("list", "--kind", "screenshots", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "screenshot, " in answer.error["hint"]
    assert "police" in answer.error["hint"]
    assert run("list", "--kind", "screenshot", "--json").json == []


def test_how_a_contact_was_made_is_a_kind_in_her_own_words(run: Run) -> None:
    run("log-contact", "--agency", "A", "--kind", "ngo", "--how", "by the shop")
    assert [each["id"] for each in run("list", "--kind", "by the shop", "--json").json] == [
        "C-0002"
    ]


def test_one_entry_is_shown_whole_and_strangers_words_are_marked(run: Run) -> None:
    told = run("show", "T-0001").out
    assert told.startswith("T-0001  Threat\n\n  When  20 Nov 2026 21:30 +05:30  (typed: 2026-11-20")
    assert "  Words\n    | I will\n    | find you\n" in told
    assert "  How  phone\n" in told
    assert "How it was recorded\n" in told
    assert "  Entry       #1, threats, threat.logged\n" in told
    assert "\x1b" not in run("show", "T-2").out


def test_one_entry_in_json_has_a_history_where_it_is_asked_for(run: Run) -> None:
    run("amend", "T-1", "--set", "place=home", "--reason", "remembered")
    run("amend", "T-1", "--set", "place=the stop", "--unset", "how", "--reason", "mistaken")
    run("withdraw", "T-1", "--reason", "twice")
    assert "history" not in run("show", "T-1", "--json").json
    history = run("show", "T-1", "--history", "--json").json["history"]
    assert [change["id"] for change in history] == ["T-0001.1", "T-0001.2", "T-0001.3"]
    assert set(history[0]) == {"id", "at", "by", "kind", "reason", "set", "unset", "before"}
    assert history[1]["set"] == {"place": "the stop"}
    assert history[1]["before"]["place"] == "home"
    told = run("show", "T-1", "--history").out
    assert "    Place: (empty) -> home\n" in told
    assert "    Place: home -> the stop\n    How: phone -> (empty)\n" in told
    assert "  T-0001.3  withdrawn, " in told
    assert "    why: twice\n" in told


def test_the_times_of_corrections_are_those_of_the_vaults_zone(run: Run) -> None:
    run("amend", "T-1", "--set", "place=home", "--reason", "remembered")
    (change,) = run("show", "T-1", "--history", "--json").json["history"]
    at = datetime.fromisoformat(change["at"]).astimezone(ZoneInfo("Asia/Kolkata"))
    told = run("show", "T-1", "--history").out
    assert f"  T-0001.1  amended, {at.day} {at:%b %Y %H:%M} +05:30, self\n" in told


def test_evidence_without_a_time_shows_none(run: Run, home: Path) -> None:
    (home / "a.txt").write_text("x")
    run("add-evidence", "a.txt")
    told = run("show", "E-1").out
    assert told.startswith("E-0001  Evidence\n\n  Size  1 byte (1)\n  Kind ")
    assert "When" not in told


def test_an_entry_without_a_history_says_so(run: Run) -> None:
    assert "Nothing: it stands as it was first written.\n" in run("show", "@1", "--history").out


def test_an_amended_entry_is_marked_in_the_list(run: Run) -> None:
    run("amend", "T-1", "--set", "place=home", "--reason", "remembered")
    assert "phone: I will find you (amended)" in run("list").out
    assert "T-0001  Threat\n" in run("show", "T-1").out


def test_what_happened_to_the_vault_is_shown_too(run: Run) -> None:
    assert run("show", "#0").out.startswith("X-0001  the vault was made\n\nHow it was recorded\n")


def test_an_entry_that_is_not_there_has_its_own_exit_code(run: Run) -> None:
    answer = run("show", "T-0099", "--json")
    assert (answer.code, answer.error["error"]) == (40, "no-such-entry")
    for name in ("@" + "1" * 5_000, "#" + "९" * 17, "T-" + "1" * 5_000):
        assert run("show", name, "--json").error["code"] == 40
    assert run("show", "@१", "--json").json["id"] == "T-0001"

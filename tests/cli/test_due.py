"""`due` as a person and as a program see it, its calendar, and a person's own rules."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from stalklog.core.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
OWN = """\
[[rule]]
id = "my.answer"
what = "They said that they answer within a week"
jurisdiction = "any"
trigger = "notice-sent"
duration = 1
unit = "d"
kind = "their_duty"
basis = "their own page"
source = "example.org"
as_of = 2026-11-01
confidence = "low"
"""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time, which a test can turn."""
    held = [NOW]
    monkeypatch.setattr(SystemClock, "now", lambda _clock: held[0])
    return held


@pytest.fixture
def case(run: Run, vault: Path, now: list[datetime]) -> Path:
    """A complaint to a platform in India, a report to the police, a chat."""
    del now
    run("case", "--set", "country=IN")
    run("log-threat", "--when", "2026-10-01 21:30", "--how", "chat", "--words", "x")
    run(
        "log-contact", "--agency", "Example Chat", "--kind", "platform", "--direction", "out",
        "--purpose", "takedown", "--when", "2026-11-23 23:30", "--asked", "Take the post down.",
    )  # fmt: skip
    run(
        "log-contact", "--agency", "Police", "--kind", "police", "--direction", "out",
        "--when", "2026-11-18", "--follow-up", "2026-11-20", "--official-report", "requested",
    )  # fmt: skip
    return vault


def test_it_shows_what_is_overdue_first_and_what_each_day_rests_on(run: Run, case: Path) -> None:
    del case
    answer = run("due")
    assert (answer.code, answer.err) == (0, "")
    told = answer.out
    assert told.startswith("Overdue\n  20 Nov 2026 (past)  C-0002  Police: Ask again\n")
    coming = told.partition("To come, or to ask for\n")[2]
    assert coming.startswith(
        "  24 Nov 2026 23:30 +05:30  C-0001  Example Chat: They have to acknowledge the complaint\n"
        "      Take the post down.\n"
        "      What they have to do: IT Rules 2021, rule 3(2)(a)(i) (in.it.ack;"
    )
    assert "  30 Nov 2026  C-0001  Example Chat: They have to decide on the complaint\n" in told
    assert "  no day  C-0002  Police: Get a copy of their official report\n" in told
    assert "On this day 50 % of the time for which they are kept is over." in told
    assert "check the law before you rely on a day." in " ".join(told.split())


def test_the_shape_in_json_is_a_promise(run: Run, case: Path) -> None:
    del case
    rows = run("due", "--json").json
    assert {tuple(row) for row in rows} == {
        ("on", "at", "overdue", "past", "days", "kind", "what", "id", "agency", "about", "later",
         "percent", "rough", "rule", "number")
    }  # fmt: skip
    assert rows[0] == {
        "on": "2026-11-20", "at": None, "overdue": True, "past": True, "days": -4,
        "kind": "follow_up", "what": "Ask again", "id": "C-0002", "agency": "Police",
        "about": None, "later": [], "percent": None, "rough": False, "rule": None,
        "number": rows[0]["number"],
    }  # fmt: skip
    ack = next(row for row in rows if row["rule"] and row["rule"]["id"] == "in.it.ack")
    assert (ack["at"], ack["days"]) == ("2026-11-24T23:30:00+05:30", 0)
    assert set(ack["rule"]) == {
        "id", "jurisdiction", "duration", "unit", "effective_from", "effective_to", "basis",
        "source", "as_of", "confidence", "note", "first_day_checked",
    }  # fmt: skip
    copy = next(row for row in rows if row["kind"] == "copy")
    assert (copy["on"], copy["at"], copy["days"], copy["overdue"]) == (None, None, None, False)
    kinds = {row["kind"] for row in rows}
    assert kinds == {"follow_up", "copy", "their_duty", "retention", "limitation"}


def test_what_is_answered_disappears(run: Run, case: Path, now: list[datetime]) -> None:
    del case
    now[0] += timedelta(days=2)
    assert {row["kind"] for row in run("due", "--json").json if row["id"] == "C-0001"} == {
        "their_duty"
    }
    run(
        "log-contact", "--agency", "Example Chat", "--kind", "platform", "--direction", "in",
        "--when", "2026-11-25", "--regarding", "C-0001", "--outcome", "accepted",
    )  # fmt: skip
    assert not [row for row in run("due", "--json").json if row["id"] == "C-0001"]


def test_a_case_with_nothing_due_says_so(run: Run, vault: Path) -> None:
    del vault
    assert run("due").out == "Nothing is due that stalklog knows of.\n"
    assert run("due", "--json").json == []


def test_what_has_no_time_is_named(run: Run, case: Path) -> None:
    del case
    run("log-threat", "--precision", "unknown", "--how", "chat", "--words", "x")
    err = " ".join(run("due").err.split())
    assert err == "1 entry has no known time, so nothing is counted from it: T-0002"
    for _number in range(11):
        run("log-threat", "--precision", "unknown", "--how", "chat", "--words", "x")
    assert "12 entries have no known time" in run("due").err
    assert "T-0011…" in " ".join(run("due").err.split())


def test_where_no_country_is_noted_it_says_that_no_law_was_counted_by(
    run: Run, vault: Path
) -> None:
    del vault
    said = "No country is noted, so no law was counted by."
    assert said not in run("due").err
    run("log-threat", "--when", "2026-11-20 10:00", "--how", "chat", "--words", "x")
    assert said in " ".join(run("due").err.split())
    assert run("due", "--json").json == []
    run("case", "--set", "country=IN")
    assert said not in run("due").err


def test_a_strangers_agency_steers_no_screen(run: Run, vault: Path) -> None:
    del vault
    run("log-contact", "--agency", "\x1b[31mX\u202e", "--kind", "ngo", "--follow-up", "2026-11-20")
    assert "[U+001B][31mX[U+202E]: Ask again" in run("due").out


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


class TestCalendar:
    def test_it_is_written_beside_the_answer(self, run: Run, case: Path, tmp_path: Path) -> None:
        del case
        answer = run("due", "--ics", str(tmp_path / "days.ics"))
        assert answer.code == 0
        assert answer.out.startswith("Overdue\n")
        assert "Its titles say only Follow-up and a number; due" in " ".join(answer.err.split())
        data = (tmp_path / "days.ics").read_bytes()
        assert data.startswith(b"BEGIN:VCALENDAR\r\n")
        rows = run("due", "--json").json
        assert data.count(b"BEGIN:VEVENT") == sum(row["on"] is not None for row in rows)
        assert b"Police" not in data
        assert (tmp_path / "days.ics").stat().st_mode & 0o77 == 0
        assert [path.name for path in tmp_path.glob(".*")] == []

    def test_each_title_is_another_one_and_stands_in_the_list(
        self, run: Run, case: Path, tmp_path: Path, now: list[datetime]
    ) -> None:
        del case
        answer = run("due", "--ics", str(tmp_path / "days.ics"))
        titles = re.findall(r"\nSUMMARY:(Follow-up \d{4})\r", text_of(tmp_path / "days.ics"))
        rows = [row for row in run("due", "--json").json if row["on"] is not None]
        assert len(set(titles)) == len(titles) == len(rows) > 5
        assert titles == [f"Follow-up {row['number']}" for row in rows]
        told = " ".join(answer.out.split())
        assert [one for one in titles if f"In a calendar: {one}." not in told] == []
        now[0] += timedelta(hours=8)
        run("due", "--ics", str(tmp_path / "later.ics"))
        assert set(titles) >= set(re.findall(r"SUMMARY:(.*)\r", text_of(tmp_path / "later.ics")))

    def test_a_report_as_a_calendar_has_the_same_events(
        self, run: Run, case: Path, tmp_path: Path
    ) -> None:
        del case
        run("due", "--ics", str(tmp_path / "days.ics"))
        answer = run("report", "-o", str(tmp_path / "report.ics"))
        assert answer.code == 0
        assert "The calendar is made: " in answer.out
        assert "Its titles say only Follow-up" in answer.out
        events = [re.sub("DTSTAMP:.*", "", text_of(tmp_path / name))
                  for name in ("days.ics", "report.ics")]  # fmt: skip
        assert events[0] == events[1]

    def test_where_nothing_has_a_day_there_is_no_file(
        self, run: Run, vault: Path, tmp_path: Path
    ) -> None:
        del vault
        answer = run("due", "--ics", str(tmp_path / "days.ics"))
        assert answer.code == 0
        assert answer.err == "Nothing that is due has a day, so no calendar was written.\n"
        refused = run("report", "-o", str(tmp_path / "days.ics"))
        assert refused.code == 2
        assert "Nothing was written." in refused.err
        assert list(tmp_path.glob("*.ics")) == []

    def test_it_never_writes_over_anything(self, run: Run, case: Path, tmp_path: Path) -> None:
        del case
        place = tmp_path / "days.ics"
        place.write_text("mine")
        answer = run("due", "--ics", str(place))
        assert (answer.code, answer.out) == (61, "")
        assert place.read_text() == "mine"
        (tmp_path / "link.ics").symlink_to(tmp_path / "nothing")
        assert run("due", "--ics", str(tmp_path / "link.ics")).code == 61

    def test_where_it_cannot_be_written_it_says_so(
        self, run: Run, case: Path, tmp_path: Path
    ) -> None:
        del case
        answer = run("due", "--ics", str(tmp_path / "no" / "days.ics"), "--json")
        assert (answer.code, answer.error["error"]) == (60, "cannot-write")


class TestOwnRules:
    def test_they_are_added(self, run: Run, case: Path, tmp_path: Path) -> None:
        del case
        (tmp_path / "own.toml").write_text(OWN)
        rows = run("due", "--rules", str(tmp_path / "own.toml"), "--json").json
        assert "my.answer" in {row["rule"]["id"] for row in rows if row["rule"]}

    @pytest.mark.parametrize("where", ["environment", "usual place"])
    def test_they_are_found(
        self, run: Run, case: Path, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del case
        place = tmp_path / "own.toml"
        if where == "environment":
            monkeypatch.setenv("STALKLOG_DUE_RULES", str(place))
        else:
            monkeypatch.setenv("STALKLOG_HOME", str(tmp_path / "there"))
            place = tmp_path / "there" / "due-rules.toml"
            place.parent.mkdir()
        place.write_text(OWN)
        assert "They said that they answer within a week" in run("due").out
        assert "They said that they answer within a week" in run("status").out

    def test_a_slip_is_named_with_its_line(self, run: Run, case: Path, tmp_path: Path) -> None:
        del case
        (tmp_path / "own.toml").write_text(OWN.replace('"d"', '"days"'))
        answer = run("due", "--rules", str(tmp_path / "own.toml"), "--json")
        assert (answer.code, answer.out) == (2, "")
        assert answer.error["message"].startswith("The file of rules cannot be used, line 7: unit")

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"# ok\n\xff\xfe", "line 2: it is not UTF-8"),
            (b"#" * ((1 << 20) + 1), "too long"),
            (None, "cannot be read (No such file"),
        ],
    )
    def test_what_cannot_be_read_is_refused(
        self, run: Run, case: Path, tmp_path: Path, data: bytes | None, told: str
    ) -> None:
        del case
        if data is not None:
            (tmp_path / "own.toml").write_bytes(data)
        answer = run("due", "--rules", str(tmp_path / "own.toml"), "--json")
        assert answer.code == 2
        assert told in answer.error["message"]

    def test_status_and_report_go_on_without_them_and_say_so(
        self, run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del case
        (tmp_path / "own.toml").write_text("[[rule]]\n")
        monkeypatch.setenv("STALKLOG_DUE_RULES", str(tmp_path / "own.toml"))
        assert run("due").code == 2
        for command in (("status",), ("report", "-o", str(tmp_path / "r.json"))):
            answer = run(*command)
            assert answer.code == 0
            assert "line 1: the rule has no id" in " ".join(answer.err.split())
        rules = {one["rule"] for one in json.loads((tmp_path / "r.json").read_text())["due"]}
        assert "in.it.resolve" in rules


def test_status_shows_clocks_beside_follow_ups(run: Run, case: Path) -> None:
    del case
    told = run("status").out
    assert "What is due\n  20 Nov 2026 (past)  C-0002  Police\n" in told
    assert "  30 Nov 2026  C-0001  Example Chat: They have to decide on the complaint\n" in told
    assert "complaint of an offence" not in told  # in a year or three
    assert "  4 more, or later: stalklog due\n" in told
    rows = run("status", "--json").json["due"]
    assert rows[0] == {"on": "2026-11-20", "id": "C-0002", "agency": "Police", "overdue": True}
    assert {tuple(row) for row in rows} == {("on", "id", "agency", "overdue")}


def test_a_copy_that_came_with_a_later_contact_is_asked_for_no_more(run: Run, case: Path) -> None:
    assert run("status", "--json").json["reports_missing"] == ["C-0002"]
    (case.parent / "fir.pdf").write_bytes(b"%PDF-1.4")
    run("add-evidence", str(case.parent / "fir.pdf"), "--kind", "official-report")
    run(
        "log-contact", "--agency", "Police", "--kind", "police", "--regarding", "C-0002",
        "--official-report", "obtained; copies=E-0001",
    )  # fmt: skip
    assert run("status", "--json").json["reports_missing"] == []


def test_a_sealed_vault_asks_for_its_passphrase(run: Run, home: Path) -> None:
    (home / "words").write_text("three quiet words\n")
    sealed = home / "sealed"
    run("init", str(sealed), "--sealed", "--passphrase-file", str(home / "words"),
        "--recovery-to", str(home / "recovery.txt"))  # fmt: skip
    run("log-contact", "--vault", str(sealed), "--agency", "NGO", "--kind", "ngo",
        "--follow-up", "2026-11-20")  # fmt: skip
    assert run("due", "--vault", str(sealed)).code == 23
    answer = run("due", "--vault", str(sealed), "--passphrase-file", str(home / "words"), "--json")
    assert [row["id"] for row in answer.json] == ["C-0001"]


class TestFollowUpByRule:
    @pytest.mark.parametrize(
        ("when", "rule", "expected"),
        [
            ("2026-11-20 12:00", "in.fir.prelim", "2026-12-04"),
            ("2026-02-19 23:59", "in.it.resolve", "2026-03-06"),
            ("2026-02-20 00:00", "in.it.resolve", "2026-02-27"),
            ("2026-11-20", "uk.victims.update", "2026-11-27"),
            ("2026-01-31 12:00", "eu.gdpr.access", "2026-02-28"),
        ],
    )
    def test_the_day_is_counted_from_the_contact(
        self, run: Run, vault: Path, when: str, rule: str, expected: str
    ) -> None:
        del vault
        answer = run("log-contact", "--agency", "A", "--kind", "police", "--when", when,
                     "--follow-up", rule)  # fmt: skip
        assert answer.code == 0
        assert run("show", "C-0001", "--json").json["follow_up"] == expected

    @pytest.mark.parametrize(
        ("when", "rule", "told"),
        [
            ("2026-11-20", "in.no.such", "names a rule that there is not"),
            ("2020-11-20", "in.it.resolve", "did not hold on 2020-11-20"),
        ],
    )
    def test_a_rule_that_does_not_hold_is_refused(
        self, run: Run, vault: Path, when: str, rule: str, told: str
    ) -> None:
        del vault
        answer = run("log-contact", "--agency", "A", "--kind", "police", "--when", when,
                     "--follow-up", rule, "--json")  # fmt: skip
        assert answer.code == 41
        assert told in answer.error["message"]
        assert run("list", "contacts", "--json").json == []

    def test_a_date_with_dots_is_a_date(self, run: Run, vault: Path, now: list[datetime]) -> None:
        del vault, now
        run("log-contact", "--agency", "A", "--kind", "police", "--follow-up", "20.12.2026")
        assert run("show", "C-0001", "--json").json["follow_up"] == "2026-12-20"

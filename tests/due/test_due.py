"""What is due, from when it is counted, and what makes it disappear."""

from __future__ import annotations

from datetime import date, timedelta
from time import process_time
from typing import TYPE_CHECKING

import pytest
from tests.due.cases import KOLKATA, LONDON, NEW_YORK, Case, end_in_words

from stalklog.due.words import kind_of, remarks_of, what_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from stalklog.core.entry import JsonObject

SENT = "2026-11-10T10:00:00+05:30"
LATER = "2026-11-12T10:00:00+05:30"
DAY: JsonObject = {"start": "2026-11-10T00:00:00+05:30", "precision": "day"}
ABOUT: JsonObject = {"start": "2026-11-10T10:00:00+05:30", "precision": "about"}
RANGE: JsonObject = {
    "start": "2026-11-10T10:00:00+05:30",
    "end": "2026-11-12T16:00:00+05:30",
    "precision": "range",
}
UNKNOWN: JsonObject = {"precision": "unknown"}
FIR = [{"type": "FIR", "value": "12/2026"}]
TICKET = [{"type": "ticket", "value": "T-1"}]


# From when it is counted


@pytest.mark.parametrize(
    ("when", "ack", "resolve"),
    [
        (SENT, "2026-11-11T04:30+00:00", "2026-11-17"),
        # what they have to do: from the last moment that it can have been
        (DAY, "2026-11-11T18:29+00:00", "2026-11-17"),
        (ABOUT, "2026-11-11T05:30+00:00", "2026-11-17"),
        (RANGE, "2026-11-13T10:30+00:00", "2026-11-19"),
        # no time at all: not after it was recorded, on 20 November at noon UTC
        (UNKNOWN, "2026-11-21T12:00+00:00", "2026-11-27"),
        (None, "2026-11-21T12:00+00:00", "2026-11-27"),
    ],
    ids=["exact", "day", "about", "range", "unknown", "none"],
)
def test_their_time_is_over_for_certain(
    when: str | JsonObject | None, ack: str, resolve: str
) -> None:
    case = Case()
    case.sent("platform", when, purpose="takedown")
    (first,), (second,) = case.by("in.it.ack"), case.by("in.it.resolve")
    assert (end_in_words(first), end_in_words(second)) == (ack, resolve)
    assert first.is_rough is (when != SENT)


@pytest.mark.parametrize(
    ("when", "expected"),
    [(SENT, "2026-11-13"), (DAY, "2026-11-13"), (RANGE, "2026-11-13"), (UNKNOWN, None)],
    ids=["exact", "day", "range", "unknown"],
)
def test_her_time_is_counted_from_the_first_moment(
    when: str | JsonObject, expected: str | None
) -> None:
    case = Case()
    case.sent("police", when, purpose="report", how="online portal")
    found = case.found()
    days = [end_in_words(one) for one in found.dues if one.rule and one.rule.id == "in.fir.sign"]
    assert days == ([] if expected is None else [expected])
    assert ("C-0001" in found.uncounted) is (expected is None)


def test_a_follow_up_is_due_on_its_day_in_the_zone_of_the_vault() -> None:
    case = Case(country="")
    case.sent("ngo", SENT, follow_up="2026-11-24", promised="to write")
    (due,) = case.dues("2026-11-24T18:29:59+00:00")
    assert (due.is_overdue, due.days, what_of(due), due.about) == (
        False,
        0,
        "Ask again",
        "to write",
    )
    (due,) = case.dues("2026-11-24T18:30:00+00:00")
    assert (due.is_overdue, due.days) == (True, -1)


def test_overdue_comes_first_then_by_day_and_what_has_no_day_last() -> None:
    case = Case(country="")
    case.sent("ngo", SENT, follow_up="2026-12-01")
    case.sent("ngo", SENT, follow_up="2026-11-20")
    case.sent("ngo", SENT, official_report={"status": "requested"})
    case.sent("ngo", SENT, follow_up="2026-11-15")
    assert [(one.id, one.is_overdue) for one in case.dues()] == [
        ("C-0004", True),
        ("C-0002", True),
        ("C-0001", False),
        ("C-0003", False),
    ]


# What ends it


def named(case: Case) -> set[str]:
    return {name for name in case.names() if not name.startswith("in.limit")}


def test_a_complaint_runs_until_it_is_answered() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="abuse-report")
    assert named(case) == {"in.it.ack", "in.it.resolve"}
    case.came("platform", LATER, regarding="C-0001", outcome="pending")
    assert named(case) == {"in.it.resolve"}
    case.came("platform", LATER, regarding="C-0002", outcome="refused")
    assert named(case) == {"in.gac.file"}
    case.sent("regulator", "2026-11-20T10:00:00+05:30", purpose="appeal", regarding="C-0003")
    assert named(case) == {"in.gac.decide"}
    case.came("regulator", "2026-11-22T10:00:00+05:30", regarding="C-0004")
    assert named(case) == set()


@pytest.mark.parametrize(
    ("answer", "is_over"),
    [
        ({"direction": "in"}, True),
        ({"direction": "in", "outcome": "advised-only"}, True),
        ({"direction": "in", "outcome": "pending"}, False),
        ({"direction": "in", "outcome": "no-answer"}, False),
        ({"direction": "out"}, False),
        ({"direction": "out", "outcome": "accepted"}, True),
        ({"direction": "out", "outcome": "refused"}, True),
        ({"direction": "out", "outcome": "advised-only"}, False),
        ({"direction": "out", "closed": "2026-11-20"}, True),
        ({}, False),
    ],
)
@pytest.mark.parametrize("link", [{"regarding": "C-0001"}, {"regarding": "#0"}])
def test_what_counts_as_an_answer(
    answer: dict[str, object], is_over: bool, link: dict[str, object]
) -> None:
    for day, name in (({"follow_up": "2026-11-15"}, "follow_up"), ({}, "any.notice.chase")):
        case = Case(country="")
        case.sent("isp", SENT, purpose="preservation-notice", **day)
        case.contact("isp", LATER, **answer, **link)
        assert (name not in case.names()) is is_over


def test_a_newer_day_to_ask_again_takes_the_place_of_the_older() -> None:
    case = Case(country="")
    case.sent("police", SENT, follow_up="2026-11-15")
    case.sent("police", LATER, regarding="C-0001", follow_up="2026-12-15")
    assert [(one.id, end_in_words(one)) for one in case.dues()] == [("C-0002", "2026-12-15")]


def test_an_answer_that_shares_the_number_and_the_agency_is_one() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown", references=TICKET)
    case.came("platform", LATER, references=[{"type": "ticket", "value": " t-1 "}])
    assert "in.it.resolve" not in case.names()


@pytest.mark.parametrize(
    "other",
    [
        {"agency": "Another", "references": TICKET},
        {"references": [{"type": "ticket", "value": "T-2"}]},
        {"references": [{"type": "other", "value": "T-1"}]},
        {},
    ],
)
def test_anything_less_is_no_answer_to_it(other: dict[str, object]) -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown", references=TICKET)
    case.came("platform", LATER, **other)
    assert "in.it.resolve" in case.names()


def test_what_came_before_answers_nothing() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown", references=TICKET)
    case.came("platform", "2026-11-09T10:00:00+05:30", references=TICKET)
    assert "in.it.resolve" in case.names()


def test_an_answer_to_a_reminder_answers_what_it_reminded_of() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown")
    case.sent("platform", LATER, purpose="status", regarding="C-0001")
    assert case.by("in.it.resolve")[0].later == ("C-0002",)
    case.came("platform", LATER, regarding="C-0002")
    assert "in.it.resolve" not in case.names()


def test_an_answer_to_one_of_two_leaves_the_other() -> None:
    case = Case()
    first, _second = (case.sent("platform", SENT, purpose="takedown") for _ in range(2))
    case.came("platform", LATER, regarding=first, outcome="accepted")
    assert {one.id for one in case.by("in.it.resolve")} == {"C-0002"}


def test_a_circle_of_contacts_comes_to_an_end() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown", regarding="C-0002", follow_up="2026-11-15")
    case.sent("platform", SENT, purpose="takedown", regarding="C-0001")
    assert "in.it.resolve" in case.names()


def test_what_was_withdrawn_neither_runs_nor_answers() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown", follow_up="2026-11-15")
    case.came("platform", LATER, regarding="C-0001")
    assert "in.it.resolve" not in case.names()
    case.withdraw("C-0002")
    assert {"in.it.resolve", "follow_up"} <= case.names()
    case.withdraw("C-0001")
    assert case.names() == set()


def test_closing_the_matter_ends_everything_but_the_copy() -> None:
    case = Case()
    asked = {"status": "requested"}
    case.sent("police", SENT, purpose="report", references=FIR, official_report=asked,
              follow_up="2026-11-15", closed="2026-11-20")  # fmt: skip
    assert case.names() == {"copy"}


# Official reports


def test_a_copy_is_asked_for_until_it_is_there() -> None:
    case = Case()
    case.sent("police", SENT, purpose="report", references=FIR)
    assert {"in.fir.copy", "in.fir.progress"} <= case.names()
    case.sent("police", LATER, regarding="C-0001", official_report={"status": "obtained"})
    assert {"in.fir.copy", "copy"} <= case.names()
    case.sent("police", LATER, regarding="C-0002",
              official_report={"status": "obtained", "copies": ["E-0001"]})  # fmt: skip
    assert {"in.fir.copy", "copy"}.isdisjoint(case.names())


def test_an_exhibit_that_is_the_copy_is_enough() -> None:
    case = Case(country="")
    case.sent("police", SENT, official_report={"status": "requested"})
    assert case.names() == {"copy"}
    body: JsonObject = {
        "kind": "official-report",
        "sha256": "a" * 64,
        "size_bytes": 1,
        "name": "a.pdf",
    }
    case.add("evidence.added", {**body, "for": ["C-0001"]})
    assert case.names() == set()


@pytest.mark.parametrize("status", ["none", "unavailable"])
def test_where_there_is_no_report_none_is_asked_for(status: str) -> None:
    case = Case(country="")
    case.sent("police", SENT, official_report={"status": status})
    assert case.names() == set()


def test_an_fir_is_counted_from_where_its_number_was_first_noted() -> None:
    case = Case()
    case.sent("police", SENT, purpose="report", references=FIR)
    case.sent("police", LATER, purpose="status", references=FIR)
    assert {one.id for one in case.by("in.fir.progress")} == {"C-0001"}


def test_a_report_without_a_number_is_asked_about_twice() -> None:
    case = Case(country="")
    case.sent("police", SENT, purpose="report", outcome="accepted")
    assert [end_in_words(one) for one in case.dues()] == ["2026-11-13", "2026-11-24"]
    case.sent("police", LATER, purpose="status", regarding="C-0001", references=FIR)
    assert case.dues() == ()


def test_a_usage_is_shown_only_where_she_set_no_day_herself() -> None:
    case = Case(country="")
    case.sent("platform", SENT, purpose="takedown", follow_up="2026-11-20")
    assert case.names() == {"follow_up"}
    case = Case(country="")
    case.sent("platform", SENT, purpose="takedown")
    case.sent("platform", LATER, regarding="C-0001", follow_up="2026-12-20")
    assert case.names() == {"follow_up"}


def test_a_usage_is_shown_only_where_no_law_gives_a_day() -> None:
    case = Case(country="")
    case.sent("platform", SENT, purpose="takedown")
    assert case.names() == {"any.notice.ack", "any.notice.chase"}
    assert {name[:3] for name in Case(country="IN", entries=case.entries).names()} == {"in."}


# How long records are kept


def test_records_are_asked_for_at_half_and_at_four_fifths_of_their_time() -> None:
    case = Case()
    case.threat("2026-01-01T21:30:00+05:30", how="email")
    found = case.by("in.certin.logs", "2026-02-01T00:00:00Z")
    days = [(one.percent, end_in_words(one)) for one in found]
    assert days == [(50, "2026-04-01"), (80, "2026-05-25")]
    (now,) = case.by("in.certin.logs", "2026-05-26T12:00:00+05:30")
    assert (now.percent, now.is_past, now.is_overdue) == (80, True, False)
    (last,) = case.by("in.certin.logs", "2026-06-30T23:59:59+05:30")
    assert last.percent == 80
    assert case.by("in.certin.logs", "2026-07-01T00:00:00+05:30") == []
    assert len(case.by("in.dot.ipdr", "2026-07-01T00:00:00+05:30")) == 2


def test_of_many_messages_that_counts_whose_records_go_first_and_is_still_there() -> None:
    case = Case()
    for month in (1, 3, 9):
        case.threat(f"2026-{month:02d}-01T21:30:00+05:30", how="chat")
    assert {one.id for one in case.by("in.certin.logs", "2026-06-01T12:00:00+05:30")} == {"T-0001"}
    assert {one.id for one in case.by("in.certin.logs", "2026-08-01T12:00:00+05:30")} == {"T-0002"}
    assert {one.id for one in case.by("in.certin.logs", "2026-10-01T12:00:00+05:30")} == {"T-0003"}


@pytest.mark.parametrize(
    ("kind", "outcome", "is_over"),
    [
        ("police", "accepted", True),
        ("cyber-cell", "pending", True),
        ("police", "refused", False),
        ("isp", "accepted", False),
    ],
)
def test_the_police_being_asked_ends_it(kind: str, outcome: str, is_over: bool) -> None:
    case = Case()
    case.threat("2026-10-01T21:30:00+05:30", how="chat")
    case.sent(kind, SENT, purpose="preservation-notice", outcome=outcome)
    assert ("in.certin.logs" not in case.names()) is is_over
    case.threat("2026-11-15T21:30:00+05:30", how="chat")
    assert case.by("in.certin.logs")[0].id == ("T-0002" if is_over else "T-0001")


def test_what_happened_in_person_leaves_no_records_with_a_provider() -> None:
    case = Case()
    case.threat(SENT, how="in-person")
    assert case.names() == {"in.limit.1y", "in.limit.3y"}


def test_a_hold_is_renewed_and_then_counts_anew() -> None:
    case = Case(country="US")
    case.sent(
        "police", "2026-09-01T10:00:00-04:00", purpose="preservation-notice", outcome="accepted"
    )
    assert {one.id for one in case.by("us.2703f")} == {"C-0001"}
    case.sent("police", SENT, purpose="preservation-notice", outcome="accepted")
    assert {one.id for one in case.by("us.2703f")} == {"C-0002"}


def test_one_removal_is_counted_once() -> None:
    case = Case()
    case.sent("platform", SENT, purpose="takedown", outcome="accepted")
    case.came("platform", LATER, purpose="takedown", outcome="accepted", regarding="C-0001")
    assert {one.id for one in case.by("in.it.keep")} == {"C-0001"}


# How long a complaint can be made


def test_the_earliest_that_was_not_reported_counts() -> None:
    case = Case()
    report = case.sent("police", SENT, purpose="report", references=FIR)
    case.threat("2026-01-01T21:30:00+05:30", reported_to=[report])
    case.threat("2026-02-01T21:30:00+05:30")
    case.threat("2026-03-01T21:30:00+05:30")
    assert [end_in_words(one) for one in case.by("in.limit.1y")] == ["2027-02-01"]
    assert [end_in_words(one) for one in case.by("in.limit.3y")] == ["2029-02-01"]


@pytest.mark.parametrize(("kind", "outcome"), [("police", "refused"), ("ngo", "accepted")])
def test_told_to_somebody_who_took_no_complaint_it_is_not_reported(kind: str, outcome: str) -> None:
    case = Case()
    told = case.sent(kind, SENT, outcome=outcome)
    case.threat("2026-01-01T21:30:00+05:30", reported_to=[told])
    assert case.by("in.limit.1y")[0].id == "T-0001"


def test_in_the_united_kingdom_the_last_one_counts() -> None:
    case = Case(country="uk")
    case.threat("2026-06-30T21:30:00+01:00")
    case.threat("2026-08-31T21:30:00+01:00")
    (due,) = case.by("uk.pha.summary")
    assert (due.id, end_in_words(due)) == ("T-0002", "2027-02-28")


def test_a_day_that_has_gone_by_is_told_without_a_verdict() -> None:
    case = Case()
    case.threat("2024-08-01T21:30:00+05:30")
    (due,) = case.by("in.limit.1y")
    assert (due.is_past, due.is_overdue) == (True, False)
    assert remarks_of(due)[0] == "This day has gone by. A lawyer can say what is still possible."


def test_what_was_before_the_rule_hides_no_later_incident() -> None:
    """An incident of before 1 July 2024 fell under another law; the later ones still have a day."""
    case = Case()
    case.threat("2024-06-30T21:30:00+05:30")
    assert case.names() == set()
    case.threat("2026-10-09T22:41:00+05:30")
    assert {one.id for one in case.by("in.limit.3y")} == {"T-0002"}
    assert [end_in_words(one) for one in case.by("in.limit.1y")] == ["2027-10-09"]


def test_a_day_that_has_gone_by_is_told_once_and_the_next_that_runs_beside_it() -> None:
    case = Case()
    for when in ("2024-08-01", "2024-09-01", "2026-02-01", "2026-03-01"):
        case.threat(f"{when}T21:30:00+05:30")
    assert [(one.id, one.is_past) for one in case.by("in.limit.1y")] == [
        ("T-0001", True),
        ("T-0003", False),
    ]
    assert [one.id for one in case.by("in.limit.3y")] == ["T-0001"]


def test_incidents_without_a_time_are_named_and_not_counted() -> None:
    case = Case()
    case.threat({"precision": "unknown"}, how="chat")
    found = case.found()
    assert (found.dues, found.uncounted) == ((), ("T-0001",))
    assert Case(country="FR", entries=case.entries).found().uncounted == ()


# What is said


def test_everything_that_is_due_has_its_words() -> None:
    case = Case()
    case.picture()
    case.threat("2025-01-01T21:30:00+05:30", how="chat")
    case.threat(ABOUT, how="chat")
    case.sent("platform", DAY, purpose="takedown", sent=["E-0001"], follow_up="2026-12-01")
    case.sent(
        "police", DAY, purpose="report", how="e-mail", official_report={"status": "requested"}
    )
    case.sent("isp", DAY, purpose="preservation-notice")
    for due in case.dues():
        assert what_of(due)
        assert kind_of(due)
        said = " ".join((what_of(due), kind_of(due), *remarks_of(due))).lower()
        assert "too late" not in said
        assert len({one.key for one in case.dues()}) == len(case.dues())


def test_days_are_counted_as_they_pass() -> None:
    case = Case(country="")
    case.sent("ngo", SENT, follow_up="2026-11-24")
    for days in range(-3, 4):
        now = f"{date(2026, 11, 24) + timedelta(days=days)}T12:00:00+05:30"
        (due,) = case.dues(now)
        assert (due.days, due.is_overdue, due.zone) == (-days, days > 0, KOLKATA)


def test_many_contacts_under_one_number_are_gone_through_quickly() -> None:
    case = Case(country="")
    for minute in range(600):
        when = f"2026-11-10T{10 + minute // 60}:{minute % 60:02d}:00+05:30"
        case.sent("police", when, purpose="report", references=FIR, follow_up="2026-11-15")
    began = process_time()
    assert len(case.dues()) == 1  # each newer day to ask again takes the place of the older
    assert process_time() - began < 20


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+05:30", "9999-12-31T23:59:59-11:00"])
@pytest.mark.parametrize("country", ["IN", "GB", "US"])
@pytest.mark.parametrize("zone", [KOLKATA, LONDON, NEW_YORK], ids=str)
def test_no_day_of_the_calendar_is_too_far(when: str, country: str, zone: ZoneInfo) -> None:
    case = Case(country=country, zone=zone)
    case.threat(when, how="chat")
    case.sent("platform", when, purpose="takedown", outcome="accepted")
    case.sent("police", when, purpose="preservation-notice", outcome="accepted", references=FIR)
    case.found()
    case.found(when)

"""The rules that come with stalklog: each dated and sourced, and none applied outside its dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.due.cases import KOLKATA, LONDON, RULES, Case, end_in_words

from stalklog.due.due import find_due
from stalklog.due.gathering import Gathering
from stalklog.due.rule import AGENCIES, ENDS, KINDS, TRIGGERS, UNITS
from stalklog.due.words import remarks_of
from stalklog.records.contact import AgencyKind
from stalklog.records.view import current

if TYPE_CHECKING:
    from datetime import datetime

TIMES = {
    "in.it.ack": (24, "h", "their_duty"),
    "in.it.resolve": (7, "d", "their_duty"),
    "in.it.3_1_b": (36, "h", "their_duty"),
    "in.it.intimate": (2, "h", "their_duty"),
    "in.it.order": (3, "h", "their_duty"),
    "in.gac.file": (30, "d", "our_deadline"),
    "in.gac.decide": (30, "d", "their_duty"),
    "in.it.keep": (180, "d", "retention"),
    "in.certin.logs": (180, "d", "retention"),
    "in.dot.ipdr": (2, "y", "retention"),
    "in.fir.sign": (3, "d", "our_deadline"),
    "in.fir.copy": (0, "d", "their_duty"),
    "in.fir.prelim": (14, "d", "their_duty"),
    "in.fir.progress": (90, "d", "their_duty"),
    "in.limit.1y": (1, "y", "limitation"),
    "in.limit.3y": (3, "y", "limitation"),
    "us.2703f": (90, "d", "retention"),
    "us.tida": (48, "h", "their_duty"),
    "uk.pha.summary": (6, "mo", "limitation"),
    "uk.victims.update": (5, "bd", "their_duty"),
    "eu.gdpr.access": (1, "mo", "their_duty"),
    "any.notice.ack": (2, "bd", "practice"),
    "any.notice.chase": (7, "d", "practice"),
    "any.police.chase": (3, "d", "practice"),
    "any.police.chase.again": (14, "d", "practice"),
}
BEFORE_2026 = {
    "in.it.resolve": (15, "d"),
    "in.it.3_1_b": (72, "h"),
    "in.it.intimate": (24, "h"),
    "in.it.order": (36, "h"),
}
CHANGED_ON = date(2026, 2, 20)
NEVER_SAID = ("too late", "expired", "missed", "admissible", "certified", "tamper-proof")


def test_the_rules_in_force_are_those_of_the_reference() -> None:
    now = {
        rule.id: (rule.duration, rule.unit, rule.kind)
        for rule in RULES.rows
        if rule.effective_to is None
    }
    assert now == TIMES


def test_four_rules_changed_on_one_day() -> None:
    old = {rule.id: (rule.duration, rule.unit) for rule in RULES.rows if rule.effective_to}
    assert old == BEFORE_2026
    for rule in RULES.rows:
        if rule.id in BEFORE_2026:
            assert CHANGED_ON in {
                rule.effective_from,
                (rule.effective_to or date.min) + timedelta(1),
            }


def test_each_row_says_what_it_rests_on_and_when_that_was_read() -> None:
    for rule in RULES.rows:
        assert rule.basis
        assert rule.source
        assert rule.as_of >= date(2026, 1, 1)
        said = f"{rule.what} {rule.note}".lower()
        assert not any(word in said for word in NEVER_SAID)
        assert not rule.what.endswith(".")


def test_every_word_of_the_vocabulary_is_used() -> None:
    assert {rule.trigger for rule in RULES.rows} == set(TRIGGERS)
    assert {rule.unit for rule in RULES.rows} == set(UNITS)
    assert {rule.kind for rule in RULES.rows} == set(KINDS)
    assert {rule.until for rule in RULES.rows} == set(ENDS)
    assert frozenset(get_args(AgencyKind)) == AGENCIES


COMPLAINT = {"purpose": "takedown"}
FIR = {"references": [{"type": "FIR", "value": "1/2024"}]}


@pytest.mark.parametrize(
    ("sent", "rule", "expected"),
    [
        # the last moment before the change, and the first one after it, in India
        ("2026-02-19T23:59:59+05:30", "in.it.resolve", "2026-03-06"),
        ("2026-02-20T00:00:00+05:30", "in.it.resolve", "2026-02-27"),
        ("2026-02-19T23:59:59+05:30", "in.it.3_1_b", "2026-02-22T18:29+00:00"),
        ("2026-02-20T00:00:00+05:30", "in.it.3_1_b", "2026-02-21T06:30+00:00"),
        # the same two moments as another clock shows them
        ("2026-02-19T18:29:59+00:00", "in.it.resolve", "2026-03-06"),
        ("2026-02-19T18:30:00+00:00", "in.it.resolve", "2026-02-27"),
        ("2026-02-19T13:29:59-05:00", "in.it.3_1_b", "2026-02-22T18:29+00:00"),
        ("2026-02-19T13:30:00-05:00", "in.it.3_1_b", "2026-02-21T06:30+00:00"),
        # the one that did not change
        ("2026-02-19T23:59:59+05:30", "in.it.ack", "2026-02-20T18:29+00:00"),
        ("2026-02-20T00:00:00+05:30", "in.it.ack", "2026-02-20T18:30+00:00"),
    ],
)
@pytest.mark.parametrize("zone", [KOLKATA, LONDON], ids=str)
def test_the_change_of_february_2026(sent: str, rule: str, expected: str, zone: object) -> None:
    case = Case(zone=zone)  # type: ignore[arg-type]
    case.sent("platform", sent, **COMPLAINT)
    found = case.by(rule, "2026-02-20T12:00:00+05:30")
    assert [end_in_words(one) for one in found] == [expected]


@pytest.mark.parametrize(
    ("sent", "hours"),
    [("2026-02-19T23:00:00+05:30", 24), ("2026-02-20T01:00:00+05:30", 2)],
)
def test_intimate_content_has_another_time_before_the_change(sent: str, hours: int) -> None:
    case = Case()
    case.picture()
    case.sent("platform", sent, purpose="takedown", sent=["E-0001"])
    (found,) = case.by("in.it.intimate", "2026-02-20T12:00:00+05:30")
    assert found.rule is not None
    assert found.rule.duration == hours


@pytest.mark.parametrize(
    ("sent", "hours"),
    [("2026-02-19T23:00:00+05:30", 36), ("2026-02-20T01:00:00+05:30", 3)],
)
def test_an_order_has_another_time_before_the_change(sent: str, hours: int) -> None:
    case = Case()
    case.sent("mail-provider", sent, purpose="protection-order")
    (found,) = case.by("in.it.order", "2026-02-20T12:00:00+05:30")
    assert found.rule is not None
    assert found.rule.duration == hours


@pytest.mark.parametrize(
    ("kind", "fields", "rule", "day"),
    [
        ("platform", COMPLAINT, "in.it.ack", "2021-02-25"),
        ("platform", COMPLAINT, "in.it.3_1_b", "2022-10-28"),
        ("regulator", {"purpose": "appeal"}, "in.gac.decide", "2022-10-28"),
        ("police", FIR, "in.fir.copy", "2024-07-01"),
    ],
)
def test_a_rule_begins_on_its_first_day(
    kind: str, fields: dict[str, object], rule: str, day: str
) -> None:
    first = date.fromisoformat(day)
    before = Case()
    before.sent(kind, f"{first - timedelta(1)}T23:59:59+05:30", **fields)
    assert rule not in before.names(f"{day}T12:00:00+05:30")
    on_it = Case()
    on_it.sent(kind, f"{day}T00:00:00+05:30", **fields)
    assert rule in on_it.names(f"{day}T12:00:00+05:30")


@pytest.mark.parametrize(
    ("country", "kind", "direction", "purpose", "rule", "expected"),
    [
        ("IN", "police", "in", "enquiry", "in.fir.prelim", "2026-11-24"),
        ("IN", "cyber-cell", "out", "enquiry", "in.fir.prelim", "2026-11-24"),
        ("GB", "police", "out", "arrest-or-charge", "uk.victims.update", "2026-11-17"),
        ("GB", "police", "in", "arrest-or-charge", "uk.victims.update", None),
        ("DE", "platform", "out", "data-access", "eu.gdpr.access", "2026-12-10"),
        ("EU", "other", "out", "data-access", "eu.gdpr.access", "2026-12-10"),
        ("NO", "employer", "out", "data-access", "eu.gdpr.access", "2026-12-10"),
        ("DE", "platform", "in", "data-access", "eu.gdpr.access", None),
        ("GB", "platform", "out", "data-access", "eu.gdpr.access", None),
        ("US", "platform", "out", "data-access", "eu.gdpr.access", None),
    ],
)
def test_what_a_contact_was_for_sets_off_what_follows(
    country: str, kind: str, direction: str, purpose: str, rule: str, expected: str | None
) -> None:
    case = Case(country=country)
    first = case.contact(kind, "2026-11-10T10:00:00+05:30", direction=direction, purpose=purpose)
    found = [end_in_words(one) for one in case.by(rule)]
    assert found == ([] if expected is None else [expected])
    case.came(kind, "2026-11-11T10:00:00+05:30", regarding=first, summary="Done.")
    assert rule not in case.names()


def test_where_no_source_tells_the_first_day_it_is_said() -> None:
    for rule in RULES.rows:
        if rule.kind != "practice":
            is_told = rule.effective_from is not None and "first day is from" not in rule.source
            assert is_told == rule.is_first_day_checked, rule.id
    case = Case(country="GB")
    case.threat("2026-11-01T10:00:00+05:30")
    (found,) = case.by("uk.pha.summary")
    assert remarks_of(found)[0].startswith("First day not checked")
    case = Case()
    case.sent("platform", "2026-11-20T10:00:00+05:30", **COMPLAINT)
    assert not [one for one in remarks_of(case.by("in.it.ack")[0]) if "First day" in one]


def test_a_rule_of_another_country_is_never_applied() -> None:
    for country, expected in (("IN", "in"), ("US", "us"), ("UK", "uk"), ("FR", "eu")):
        case = Case(country=country)
        case.picture()
        case.sent("platform", "2026-11-20T10:00:00+05:30", purpose="takedown", sent=["E-0001"])
        case.threat("2026-11-01T10:00:00+05:30", how="chat")
        assert {name.partition(".")[0] for name in case.names()} <= {expected, "any"}


@pytest.mark.parametrize("country", ["IN", "in", "India", "भारत"])
def test_a_country_is_understood_as_people_write_it(country: str) -> None:
    case = Case(country=country)
    case.threat("2026-10-09T22:41:00+05:30")
    assert "in.limit.3y" in case.names()
    case = Case(country="")
    case.sent("platform", "2026-11-10T10:00:00+05:30", purpose="takedown", country=country)
    assert "in.it.ack" in case.names()


def test_the_country_of_the_contact_comes_before_that_of_the_case() -> None:
    case = Case(country="IN")
    case.sent("platform", "2026-11-20T10:00:00+05:30", purpose="takedown", country="US")
    assert not any(name.startswith("in.") for name in case.names())


@given(st.datetimes(timezones=st.just(KOLKATA)), st.sampled_from(("IN", "US", "GB", "")))
def test_no_rule_is_applied_outside_its_dates(when: datetime, country: str) -> None:
    case = Case(country=country)
    stamp = when.replace(microsecond=0).isoformat()[:19] + "+05:30"
    case.sent("platform", stamp, purpose="takedown", outcome="accepted")
    case.sent("police", stamp, purpose="report", references=[{"type": "FIR", "value": "1"}])
    case.sent("regulator", stamp, purpose="appeal")
    case.threat(stamp, how="chat")
    gathering = Gathering()
    for shown in current(case.entries):
        gathering.take(shown)
    day = date.fromisoformat(stamp[:10])
    facts = gathering.facts(country)
    now = when + timedelta(days=1) if day.year < 9999 else when
    for due in find_due(facts, RULES, now, KOLKATA).dues:
        if due.rule is not None and due.rule.jurisdiction in {"IN", "any"}:
            assert due.rule.effective_from is None or due.rule.effective_from <= day
            assert due.rule.effective_to is None or day <= due.rule.effective_to

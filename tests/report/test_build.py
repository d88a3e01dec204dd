"""What the report says: counted, ordered, filtered, and nothing confidential."""

from __future__ import annotations

import dataclasses
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.report.ledger import Ledger, occurred
from tests.report.sample import CASE

from stalklog.records.case import CONFIDENTIAL, Case
from stalklog.records.view import case, current
from stalklog.report.base import FORMATS, write_report
from stalklog.report.build import build
from stalklog.report.detail import CASE_FIELDS
from stalklog.report.item import HEADLINE_CHARS, shortened
from stalklog.report.model import Choice, Finding
from stalklog.report.sheet import SHEET_FIELDS, make_sheet, write_sheet
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject
    from stalklog.report.model import Item, Report

CANARIES = (b"CANARY-NAME", b"CANARY-CONTACT", b"CANARY-SAFE-CONTACT", b"CANARY-POSTAL")


def everything(report: Report) -> bytes:
    return b"".join(part.data for each in FORMATS for part in write_report(report, each))


def by_id(report: Report) -> dict[str, Item]:
    items = [*report.threats, *report.contacts, *report.custody]
    items += [demand.item for demand in report.demands]
    items += [exhibit.item for exhibit in report.exhibits]
    return {item.id: item for item in items}


def strings(value: object) -> Iterator[str]:
    """Every text in the model that a reader is shown."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from strings(inner)
    elif dataclasses.is_dataclass(value):
        for named in dataclasses.fields(value):
            if named.name not in {"fields", "was", "is_now", "note"}:
                yield from strings(getattr(value, named.name))


def test_every_text_of_the_model_is_safe_already(report: Report) -> None:
    assert all(safe(text, keep_newlines=True) == text for text in strings(report))


@pytest.mark.parametrize("canary", CANARIES)
def test_no_format_holds_anything_confidential(ledger: Ledger, canary: bytes) -> None:
    asked = ledger.report(Choice(confidential_sheet=True))
    assert canary not in everything(asked)
    assert canary not in everything(ledger.report())


def test_a_new_confidential_particular_stays_out_by_itself() -> None:
    ledger = Ledger(is_checked=False)
    ledger.add("case.noted", {"set": {"alias": "A", "not_known_yet": "CANARY-NEW"}})
    report = ledger.report()
    assert b"CANARY-NEW" not in everything(report)
    assert report.custody[0].details[1].texts == ("not known yet",)


def test_every_particular_of_the_case_is_in_the_report_or_on_the_sheet() -> None:
    assert set(Case.model_fields) == {*CASE_FIELDS, *SHEET_FIELDS}
    assert not {*CONFIDENTIAL, "postal_address"} & {*CASE_FIELDS}


def test_the_confidential_sheet_is_made_only_when_asked_for(ledger: Ledger) -> None:
    noted = case(ledger.entries)
    assert make_sheet(noted, ledger.facts(), Choice()) is None
    sheet = make_sheet(noted, ledger.facts(), Choice(confidential_sheet=True))
    assert sheet is not None
    written = write_sheet(sheet)
    assert all(canary in written.data for canary in CANARIES)
    assert b"default-src 'none'" in written.data.replace(b"&#39;", b"'")


def test_a_sheet_shows_what_is_not_known_as_a_blank() -> None:
    sheet = make_sheet({}, Ledger().facts(), Choice(confidential_sheet=True))
    assert sheet is not None
    assert write_sheet(sheet).data.count(b"____") > 0


@pytest.mark.parametrize("format_", FORMATS, ids=lambda each: each.name)
def test_the_same_input_gives_the_same_bytes(ledger: Ledger, format_: object) -> None:
    found = next(each for each in FORMATS if each is format_)
    assert write_report(ledger.report(), found) == write_report(ledger.report(), found)


def test_what_came_after_the_demand_is_counted(report: Report) -> None:
    (demand,) = report.demands
    after = demand.aftermath
    assert after is not None
    assert (after.threats, after.messages, after.before) == (7, 0, 4)
    assert (after.unclear, after.undated) == (0, 1)
    assert after.first is not None
    assert after.latest is not None
    assert (after.first.id, after.latest.id) == ("T-0005", "T-0012")
    assert after.first_gap == "2 hours"
    assert [(count.label, count.number) for count in after.channels] == [
        ("chat message", 5),
        ("e-mail", 1),
        ("through someone else", 1),
    ]


def test_what_came_after_the_demand_is_marked(report: Report) -> None:
    marked = {item.id for item in by_id(report).values() if item.after_demand == "D-0001"}
    assert {"T-0005", "T-0012", "E-0006"} <= marked
    assert not {"T-0001", "T-0004", "T-0007", "C-0005", "D-0001"} & marked


def test_a_time_too_rough_to_say_is_counted_apart() -> None:
    ledger = Ledger()
    for start, precision in (
        ("2026-10-10T00:00:00+05:30", "day"),
        ("2026-10-10T12:30:00+05:30", "about"),
        ("2026-10-10T13:01:00+05:30", "exact"),
        ("2026-10-09T00:00:00+05:30", "day"),
    ):
        ledger.add("threat.logged", {"occurred": occurred(start, precision), "words": "x"})
    ledger.add("demand.made", {"occurred": occurred("2026-10-10T12:00:00+05:30"), "form": "formal"})
    after = ledger.report().demands[0].aftermath
    assert after is not None
    assert (after.threats, after.unclear, after.before) == (1, 2, 1)


def test_a_withdrawn_demand_counts_nothing_and_marks_nothing() -> None:
    ledger = Ledger()
    ledger.add("demand.made", {"occurred": occurred("2026-10-01T12:00:00+05:30"), "form": "block"})
    ledger.add("threat.logged", {"occurred": occurred("2026-10-02T12:00:00+05:30"), "words": "x"})
    ledger.withdraw("D-0001", "mistaken")
    report = ledger.report()
    assert report.demands[0].aftermath is None
    assert report.threats[0].after_demand == ""


def test_an_exhibit_of_a_threat_is_not_counted_twice() -> None:
    ledger = Ledger()
    ledger.add("demand.made", {"occurred": occurred("2026-10-01T12:00:00+05:30"), "form": "block"})
    when = occurred("2026-10-02T12:00:00+05:30")
    ledger.evidence(b"1", {"occurred": when, "kind": "email"})
    ledger.evidence(b"2", {"occurred": when, "kind": "email", "for": ["T-0001"]})
    ledger.add("threat.logged", {"occurred": when, "words": "x", "evidence": ["E-0001"]})
    ledger.evidence(b"3", {"occurred": when, "kind": "email", "via": {"app": "post"}})
    ledger.evidence(b"4", {"occurred": when, "kind": "email", "derived_from": "E-0003"})
    ledger.evidence(b"5", {"occurred": when, "kind": "proof-of-sending"})
    after = ledger.report().demands[0].aftermath
    assert after is not None
    assert (after.threats, after.messages) == (1, 1)
    ledger.withdraw("T-0001", "mistaken")
    after = ledger.report().demands[0].aftermath
    assert after is not None
    assert (after.threats, after.messages) == (0, 3)


def test_links_by_sequence_number_are_understood() -> None:
    ledger = Ledger()
    ledger.evidence(b"1", {"occurred": occurred("2026-10-02T12:00:00+05:30")})
    ledger.add(
        "threat.logged",
        {
            "occurred": occurred("2026-10-02T12:00:00+05:30"),
            "words": "x",
            "evidence": ["#0"],
        },
    )
    report = ledger.report()
    assert report.threats[0].evidence == ("E-0001",)
    assert [item.id for chapter in report.chronology for item in chapter.items] == ["T-0001"]


def test_due_is_overdue_first_and_leaves_out_what_is_closed(report: Report) -> None:
    assert [(due.item.id, due.words) for due in report.due if due.kind == "follow_up"] == [
        ("C-0003", "4 days overdue"),
        ("C-0004", "in 3 days"),
    ]
    overdue = [due.is_overdue for due in report.due]
    assert overdue == sorted(overdue, reverse=True)
    kept = next(due for due in report.due if due.rule == "in.it.keep")
    assert (kept.item.id, kept.later) == ("C-0002", ("C-0005",))


def test_the_summary_names_the_reports_that_are_due_and_no_other(report: Report) -> None:
    assert {due.item.id for due in report.due if due.kind == "copy"} == {"C-0001"}
    assert (
        "A copy of an official report was asked for and is not here yet: C-0001."
        in report.summary.sentences
    )


def test_today_is_the_day_in_the_zone_of_the_record(ledger: Ledger) -> None:
    late = ledger.report(generated_at=datetime(2026, 11, 26, 20, 0, tzinfo=UTC))
    assert next(due for due in late.due if due.item.id == "C-0004").words == "today"


def test_the_chronology_is_by_when_it_happened(report: Report) -> None:
    labels = [chapter.label for chapter in report.chronology]
    assert labels == ["September 2026", "October 2026", "November 2026", "Time not known"]
    ids = [item.id for chapter in report.chronology for item in chapter.items]
    assert ids[:4] == ["T-0001", "T-0002", "T-0003", "C-0001"]
    assert ids[-1] == "T-0007"
    assert "E-0004" in ids


def test_withdrawn_and_corrected_entries_stay_and_are_marked(report: Report) -> None:
    items = by_id(report)
    assert items["T-0002"].is_withdrawn
    assert items["T-0002"].withdrawn_reason.startswith("Logged by mistake")
    assert items["T-0003"].is_amended
    correction = items["T-0003"].corrections[0]
    assert correction.id == "T-0003.1"
    place = next(change for change in correction.changes if change.name == "place")
    assert place.before == ("bus stop near the office",)
    assert place.after == ("bus stop opposite the office, line 14",)
    assert {one.id for one in report.corrections} == {"T-0002.1", "T-0003.1"}
    assert report.summary.counts[0].number == 11


def test_originals_still_to_be_had_are_listed(report: Report) -> None:
    assert [each.item.id for each in report.originals_open] == ["E-0002", "E-0003", "E-0007"]


def test_a_report_without_filters_says_nothing_of_them(report: Report) -> None:
    assert report.filtering is None


@pytest.mark.parametrize(
    ("choice", "shown", "left_out"),
    [
        (Choice(only=("threats",)), 12, 18),
        (Choice(ids=("T-0003", "#1")), 2, 28),
        (Choice(since=datetime(2026, 11, 14, tzinfo=UTC)), 6, 24),
        (Choice(until=datetime(2026, 9, 12, 0, 0, tzinfo=UTC)), 3, 27),
        (Choice(only=("demands",), ids=("T-0001",)), 0, 30),
    ],
)
def test_filters_say_that_they_filtered(
    ledger: Ledger, choice: Choice, shown: int, left_out: int
) -> None:
    report = ledger.report(choice)
    assert report.filtering is not None
    assert (report.filtering.shown, report.filtering.left_out) == (shown, left_out)
    assert len(by_id(report)) == shown + len(report.custody)
    assert len(report.custody) == 4
    for each in FORMATS:
        text = b"".join(part.data for part in write_report(report, each)).decode("utf-8-sig")
        if each.name == "json":
            assert json.loads(text)["filtered"]["left_out"] == left_out
        else:
            assert "does not show the whole record" in text
            assert str(left_out) in text


def test_what_came_after_a_demand_that_a_filter_left_out_is_still_marked(ledger: Ledger) -> None:
    report = ledger.report(Choice(only=("threats",)))
    assert not report.demands
    assert report.summary.counts[1].number == 7
    assert by_id(report)["T-0005"].after_demand == "D-0001"


def test_an_empty_vault_has_a_report() -> None:
    ledger = Ledger()
    ledger.add("vault.created", {})
    report = ledger.report()
    assert report.summary.periods == ()
    assert everything(report)


def test_a_record_that_is_out_of_shape_never_stops_a_report() -> None:
    ledger = Ledger(is_checked=False)
    ledger.add("vault.created", {})
    for type_name in ("evidence.added", "threat.logged", "contact.logged", "demand.made"):
        ledger.add(type_name, {})
        odd: JsonObject = {
            "occurred": "yesterday",
            "kind": 7,
            "how": None,
            "evidence": "E-1",
            "for": [[1]],
        }
        ledger.add(type_name, {**odd, "sha256": 5, "follow_up": "soon", "new_field": {"a": [{}]}})
        ledger.add(type_name, {"occurred": {"start": "x", "precision": 5, "end": []}})
    ledger.add("case.noted", {"set": [], "unset": 5})
    assert everything(ledger.report())


@pytest.mark.parametrize("verdict", ["intact", "damaged", "not-checked"])
@pytest.mark.parametrize("completeness", ["checked", "not-checked"])
def test_the_first_page_says_what_the_check_found(
    ledger: Ledger, verdict: str, completeness: str
) -> None:
    report = ledger.report(verdict=verdict, completeness=completeness)
    assert report.verdict.startswith({"intact": "Intact", "damaged": "Damaged"}.get(verdict, "Not"))
    assert any("genuine" in line for line in report.does_not_show)
    assert all("genuine" not in line for line in report.shows)
    claims = " ".join((*report.shows, report.verdict, report.completeness))
    assert ("nothing up to that point is missing" in claims) == (
        completeness == "checked" and verdict != "damaged"
    )


def test_words_never_used_of_our_own_output_are_not_there(report: Report) -> None:
    bare = everything(dataclasses.replace(report, facts=report.facts)).decode("utf-8", "replace")
    for word in ("admissible", "court-ready", "compliant", "tamper-proof", "forensically sound"):
        assert word not in bare.lower()


def test_a_headline_is_cut_between_words_and_never_inside_a_letter() -> None:
    assert shortened("short  text\nhere") == "short text here"
    assert shortened("word " * 100).endswith("word …")
    assert len(shortened("x" * 1000)) == HEADLINE_CHARS + 2
    emoji = "👩🏽\u200d💻"
    cut = shortened(emoji * 200)
    assert not cut.removesuffix(" …").endswith("\u200d")
    hindi = "कि" * 300
    assert not shortened(hindi).removesuffix(" …").endswith("क")


def test_the_case_of_the_sample_is_shown_by_alias_only(report: Report) -> None:
    assert report.person.alias == CASE["alias"]
    assert [one.kind for one in report.person.identifiers] == ["e-mail", "phone", "handle"]
    assert report.person.identifiers[0].ids == ("E-0001",)


def test_years_take_the_place_of_months_when_they_are_too_many() -> None:
    ledger = Ledger()
    for year in (2010, 2012, 2026):
        ledger.add(
            "threat.logged", {"occurred": occurred(f"{year}-05-05T10:00:00+05:30"), "words": "x"}
        )
    periods = ledger.report().summary.periods
    assert [period.label for period in periods] == ["2010", "2012", "2026"]


def test_ten_thousand_entries_take_seconds(ledger: Ledger) -> None:
    base = [entry for entry in current(ledger.entries) if entry.log in {"threats", "evidence"}]
    entries = [
        dataclasses.replace(
            base[n % len(base)], id=f"{base[n % len(base)].id[0]}-{n + 1:05d}", seq=n
        )
        for n in range(10_000)
    ]
    began = time.process_time()
    report = build(entries, {}, ledger.facts(), Choice())
    (part,) = write_report(report, FORMATS[0])
    assert time.process_time() - began < 30
    assert part.data.count(b"<article") >= 10_000


def test_what_is_closed_to_the_key_is_said_before_any_count() -> None:
    ledger = Ledger()
    ledger.add("vault.created", {})
    closed = Finding("SEALED_NO_KEY", "info", "logs/entries.jsonl", "14 entries are sealed")
    report = ledger.report(findings=(closed,), verdict="not-checked")
    assert report.verdict.endswith("leave out what is closed: 14 entries are sealed.")
    assert "closed" not in ledger.report(verdict="not-checked").verdict

"""What was read inside an exhibit stands beside it, and counts for nothing by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.report.ledger import Ledger, occurred
from tests.report.looks import look

from stalklog.records.message import Decision, Participant, Party
from stalklog.report.base import format_named, write_report
from stalklog.report.inside import MOST_MESSAGES, make_inside
from stalklog.report.model import Leg, Way

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.records.message import MessageKind
    from stalklog.report.inside import Look
    from stalklog.report.model import Report


CALL_AND_NOTE: tuple[MessageKind, ...] = ("call", "system")


def reported(found: Look | None, **fields: object) -> Report:
    ledger = Ledger()
    ledger.add("vault.created", {})
    ledger.add("demand.made", {"occurred": occurred("2026-09-03T10:00:00+05:30"), "words": "Stop."})
    body: JsonObject = {"kind": "email", "name": "one.eml", **fields}  # type: ignore[dict-item]
    ledger.evidence(b"one", body)
    return ledger.report(looks={} if found is None else {"E-0001": found})


def test_what_was_read_stands_beside_the_exhibit() -> None:
    (exhibit,) = reported(look("I see you", 2, total=9)).exhibits
    assert exhibit.inside is not None
    first, second = exhibit.inside.messages
    assert first.sender == "I see you <1@example.org>"
    assert first.sent.startswith("Thu 1 October 2026, 21:30 +05:30 (as written: I see you")
    assert "without a zone" in first.received
    assert (second.parent, first.sha256) == (1, "ab" * 32)
    assert "sent to several people" in first.remarks
    assert exhibit.inside.more.startswith("7 more")
    assert "The file says: 5" in exhibit.inside.counted
    assert len(exhibit.inside.unread) == 2
    assert reported(None).exhibits[0].inside is None


def test_to_how_many_they_went_is_counted_over_all_of_them() -> None:
    found = look("word")
    counted = replace(found.report, audiences={"alone": 30, "bulk": 2}, copies=3)
    (exhibit,) = reported(replace(found, report=counted)).exhibits
    assert exhibit.inside is not None
    facts = dict(exhibit.inside.facts)
    assert facts["To whom, as the headers say"] == (
        "sent to one person alone: 30; sent in bulk, as its header says: 2"
    )
    assert facts["Forwarded"] == "3 are copies that somebody forwarded"
    remarks = exhibit.inside.messages[0].remarks
    assert any("original, as it first arrived, says more" in remark for remark in remarks)


@pytest.mark.parametrize(("kind", "word"), [("page", "Saved"), ("message", "Received")])
def test_a_page_is_saved_and_a_message_received(kind: MessageKind, word: str) -> None:
    found = look("word", 1)
    shown = replace(found, messages=(replace(found.messages[0], kind=kind),))
    for name in ("html", "md"):
        page = write_report(reported(shown), format_named(name))[0].data.decode()
        assert [one for one in ("Saved", "Received") if one in page] == [word]


@pytest.mark.parametrize("format_name", ["html", "md"])
def test_a_name_with_a_line_end_in_it_stays_on_its_line(format_name: str) -> None:
    path = "mail/one\nE-9999 forged.eml"
    report = reported(look("word"), name=path[5:], relative_path=path)
    page = write_report(report, format_named(format_name))[0].data.decode()
    assert "E-9999 forged.eml" in page
    assert not [line for line in page.splitlines() if line.strip().startswith("E-9999")]


def test_senders_who_are_not_named_are_counted() -> None:
    found = look("word")
    people = tuple(Participant(f"{number}", "", 2) for number in range(13))
    report = replace(found.report, participants=people, unlisted=4)
    (exhibit,) = reported(replace(found, report=report)).exhibits
    assert exhibit.inside is not None
    assert exhibit.inside.senders[9:] == ("9 (2)", "others (10)")


def test_a_number_that_differs_is_told_in_words_and_proves_nothing() -> None:
    found = look("word", 2)
    counted = replace(found.report, declared={"messages": 58}, attachments={"missing": 1})
    (exhibit,) = reported(replace(found, report=counted)).exhibits
    assert exhibit.inside is not None
    assert exhibit.inside.counted == (
        "2 messages. The file says that it holds 58 messages; 2 are there. Apps count "
        "wrongly, and exports leave things out: this alone does not show that something was "
        "removed. Files that they name: 1 is named and not there."
    )


def test_calls_and_what_is_odd_are_counted_over_all_of_them() -> None:
    found = look("word", 2)
    counts, odd = {"message": 58, "call": 4}, {"missed-call": 3, "header-in-body": 1}
    counted = replace(found.report, counts=counts, declared={}, facts={}, odd=odd)
    (exhibit,) = reported(replace(found, report=counted)).exhibits
    assert exhibit.inside is not None
    assert exhibit.inside.counted == "58 messages, 4 calls"
    assert exhibit.inside.facts == (
        (
            "To note",
            (
                "1 of them: a line of a text looks, or may look, like a message of its own here; "
                "3 of them: a call that was not answered"
            ),
        ),
    )


def test_who_decided_how_dates_are_read_stands_beside_them() -> None:
    sample = ("03/02/24, 7:05 pm - Ravi: x", "2024-02-03 Sat", "2024-03-02 Sat")
    decisions = (
        Decision("date_order", "", "nobody", "Nothing proves which.", (sample,), ("dmy", "mdy")),
        Decision("date_order", "mdy", "person", "Both fit.", (sample,), ("dmy", "mdy")),
        Decision("zone", "Asia/Kolkata", "person"),
    )
    found = look("word", 2)
    decided = replace(found, report=replace(found.report, facts={}, decisions=decisions))
    (exhibit,) = reported(decided).exhibits
    assert exhibit.inside is not None
    assert exhibit.inside.facts == (
        (
            "order of day and month",
            (
                "not established: both readings are kept. 03/02/24, 7:05 pm - Ravi: x: "
                "2024-02-03 Sat or 2024-03-02 Sat. Nothing proves which."
            ),
        ),
        ("order of day and month", "month before day, as a person said. Both fit."),
        ("zone of its times", "Asia/Kolkata, as a person said."),
    )


def test_an_address_to_which_it_was_sent_is_not_shown() -> None:
    for name in ("html", "md", "json"):
        data = write_report(reported(look("word")), format_named(name))[0].data
        assert b"1@example.org" in data.replace(b"\\", b"")
        assert b"asha@example.org" not in data.replace(b"\\", b"")


def test_long_texts_and_many_messages_are_shown_in_part() -> None:
    (exhibit,) = reported(look("x" * 5_000, MOST_MESSAGES + 5)).exhibits
    assert exhibit.inside is not None
    assert len(exhibit.inside.messages) == MOST_MESSAGES
    assert exhibit.inside.messages[0].is_cut
    assert len(exhibit.inside.messages[0].text) == 3_000


def test_it_places_an_exhibit_without_a_time_and_nothing_is_counted_by_it() -> None:
    without, found = reported(None), reported(look("I see you", 2))
    assert [chapter.label for chapter in without.chronology] == ["September 2026"]
    assert [chapter.label for chapter in found.chronology] == ["September 2026", "October 2026"]
    (row,) = found.chronology[1].items
    assert row.moment.basis == "from its own content, which nobody has checked"
    assert "I see you" in row.headline
    assert not row.after_demand
    assert found.summary == without.summary
    assert found.demands[0].aftermath == without.demands[0].aftermath


def _walls(first: str, last: str, **more: object) -> Look:
    found = look("I see you", 2)
    report = replace(found.report, first=None, last=None, first_wall=first, last_wall=last)
    return replace(found, report=replace(report, **more))  # type: ignore[arg-type]


def test_what_has_no_zone_stands_as_written_and_says_so_in_every_format() -> None:
    report = reported(_walls("2026-09-03T02:00:00", "2026-09-03T09:30:00"))
    first, second = report.chronology[0].items
    assert (first.id, second.id) == ("E-0001", "D-0001")  # as written it is earlier
    assert first.moment.words == (
        "Thu 3 September 2026, 02:00 until 09:30 (zone not known, up to a day off)"
    )
    assert first.moment.start == datetime(2026, 9, 2, 12, 0, tzinfo=UTC)
    assert first.moment.end == datetime(2026, 9, 3, 21, 30, tzinfo=UTC)
    assert not first.after_demand
    assert report.demands == reported(None).demands
    assert "up to 26 hours earlier or later" in report.chronology_note
    for name in ("html", "md", "csv", "json"):
        parts = write_report(report, format_named(name))
        told = "".join(part.data.decode() for part in parts)
        assert "zone not known, up to a day off" in told
        assert "up to 26 hours earlier or later" in told
    (part,) = write_report(report, format_named("json"))
    (row, other) = json.loads(part.data)["chronology"]
    assert (row["zone_known"], row["earliest"]) == (False, "2026-09-02T12:00:00+00:00")
    assert (other["id"], other["zone_known"]) == ("D-0001", True)


def test_it_stands_by_its_clock_and_not_by_the_earliest_that_it_can_be() -> None:
    report = reported(_walls("2026-09-03T12:00:00", "2026-09-03T12:30:00"))
    assert [item.id for item in report.chronology[0].items] == ["D-0001", "E-0001"]


def test_days_that_can_be_read_two_ways_have_no_place_and_are_counted() -> None:
    open_order = (Decision("date_order", "", "nobody", "Both fit."),)
    found = _walls("2026-09-03T02:00:00", "2026-09-03T09:30:00", decisions=open_order)
    report = reported(found)
    assert [item.id for item in report.chronology[0].items] == ["D-0001"]
    assert "1 further exhibit has no time of its own, or days that can" in report.chronology_note
    assert "26 hours" not in report.chronology_note


def test_the_edge_that_has_no_zone_marks_the_whole() -> None:
    found = look("I see you", 2)  # from 1 October on
    report = replace(
        found.report, first_wall="2026-10-01T09:00:00", last_wall="2026-10-01T09:00:00"
    )
    (row,) = reported(replace(found, report=report)).chronology[1].items
    assert row.moment.wall is not None
    inner = replace(report, first_wall="2026-10-01T22:00:00", last_wall="2026-10-01T22:00:00")
    (row,) = reported(replace(found, report=inner)).chronology[1].items
    assert row.moment.wall is None


def test_the_words_beside_it_are_somebodys_and_not_the_services() -> None:
    found = look("x", 2)
    note = replace(found.messages[0], kind="system", subject="encrypted")
    said = replace(found.messages[1], subject="I see you")
    (row,) = reported(replace(found, messages=(note, said))).chronology[1].items
    assert row.headline.endswith(": I see you")
    (row,) = reported(replace(found, messages=(note, note))).chronology[1].items
    assert row.headline.endswith(": encrypted")


def test_a_time_that_was_noted_is_kept() -> None:
    noted = reported(look("word"), occurred=occurred("2026-09-01T09:00:00+05:30"))
    assert [chapter.label for chapter in noted.chronology] == ["September 2026"]


def test_a_small_picture_is_part_of_the_page_and_nothing_else_may_load() -> None:
    found = replace(look("word"), thumbnail=b"\xff\xd8 a small picture")
    html = write_report(reported(found), format_named("html"))[0].data.decode()
    assert html.count("<img ") == 1
    assert 'src="data:image/jpeg;base64,/9ggYSBzbWFsbCBwaWN0dXJl"' in html
    assert "img-src data:; " in html.replace("&#39;", "'")
    without = write_report(reported(look("word")), format_named("html"))[0].data.decode()
    assert "<img" not in without
    assert "img-src" not in without


def test_a_picture_says_itself_when_it_was_made() -> None:
    taken = look("word").messages[0].sent
    assert taken is not None
    made = replace(
        look("word", 0), report=replace(look("word", 0).report, taken=taken, first=None, last=None)
    )
    report = reported(made)
    assert report.exhibits[0].inside is not None
    assert report.exhibits[0].inside.taken.startswith("Thu 1 October 2026, 21:30 +05:30")
    assert [chapter.label for chapter in report.chronology] == ["September 2026", "October 2026"]


@pytest.mark.parametrize("name", ["html", "md", "json"])
def test_each_format_shows_it(name: str) -> None:
    data = write_report(reported(look("I see you", 2, total=9)), format_named(name))[
        0
    ].data.decode()
    assert data.count("I see you") > 4
    assert "7 more are in the original" in data
    if name == "json":
        (told,) = json.loads(data)["objects"]
        assert [one["number"] for one in told["inside"]["messages"]] == [1, 2]


WAY = Way(
    number=1,
    told="On 2026-11-20 16:30:04 UTC X recorded a connection from 192.0.2.7. \x1b[31m<b>",
    because="Confidence: high; a reason.",
    letter="The letter goes to X.",
    legs=(
        Leg(False, "only claimed", "2026-11-20 16:29:59 UTC", "a.example\u202e|", "192.0.2.9 (x)"),
        Leg(True, "observed", "2026-11-20 16:30:04 UTC", "mx.example", ""),
    ),
)


@pytest.mark.parametrize("name", ["html", "md", "json"])
def test_the_way_of_a_mail_is_drawn_with_its_doubt(name: str) -> None:
    found = replace(look("word"), way=WAY)
    data = write_report(reported(found), format_named(name))[0].data.decode()
    for told in ("recorded a connection from", "192.0.2.9", "Confidence: high", "The letter goes"):
        assert told in data
    for harm in ("\x1b", "\u202e", "<b>"):
        assert harm not in data or (name == "json" and harm == "<b>")
    if name == "json":
        (told_json,) = json.loads(data)["objects"]
        assert [leg["observed"] for leg in told_json["inside"]["way"]["legs"]] == [False, True]
    else:
        assert data.index("only claimed") < data.index("mx.example")
    plain = write_report(reported(look("word")), format_named(name))[0].data.decode()
    assert "recorded a connection" not in plain
    assert '"way"' not in plain


def test_what_is_nobodys_words_is_said_to_be_so() -> None:
    found = look("x")
    call, note = (replace(found.messages[0], kind=kind) for kind in CALL_AND_NOTE)
    shown = make_inside(replace(found, messages=(call, note, found.messages[0])), UTC).messages
    assert [one.remarks[0] for one in shown[:2]] == ["call", "note of the service"]
    assert shown[2].remarks[0] == "sent to several people"


@pytest.mark.parametrize("format_name", ["html", "md"])
def test_a_note_of_the_service_has_its_number_too(format_name: str) -> None:
    found = look("x")
    note = replace(found.messages[0], number=77, kind="system", sender=Party())
    report = reported(replace(found, messages=(note,)))
    written = write_report(report, format_named(format_name))[0].data.decode()
    assert {"html": "<dt>77 · Sent</dt>", "md": "| 77 |"}[format_name] in written


def test_who_made_the_export_and_times_with_no_zone_are_told() -> None:
    found = look("x")
    senders = (Participant("", "", 3), Participant("Ravi", "", 1))
    report = replace(found.report, participants=senders, first=None, last=None,
                     first_wall="2024-03-13T21:05:00", last_wall="2024-04-14T21:05:00")  # fmt: skip
    inside = make_inside(replace(found, report=report), UTC)
    assert inside.senders[0] == "the owner of the phone or account (3)"
    assert inside.span == "2024-03-13 21:05:00 to 2024-04-14 21:05:00, without a zone"

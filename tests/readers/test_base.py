"""A reading counts what it finds, within limits that are told where they are reached."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.readers.drained import report_of

from stalklog.readers import base
from stalklog.readers.mbox import Mbox
from stalklog.readers.sms import SmsReader
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.records.message import Participant
from stalklog.records.message_json import report_to_json
from stalklog.records.reckoning import senders_in_words
from stalklog.safety.limits import MAX_PARTICIPANTS, MAX_SENDERS

if TYPE_CHECKING:
    import pytest

    from stalklog.records.message import ReadingReport


def read(*senders: int) -> ReadingReport:
    data = b"".join(
        b"From a@example.org Tue Mar  5 21:30:00 2024\n"
        b"From: %d@example.org\nDate: Tue, 5 Mar 2024 21:30:00 +0530\n\nx\n\n" % number
        for number in senders
    )
    messages, report = report_of(Mbox(), data)
    assert len(messages) == len(senders)
    return report


def listed(report: ReadingReport) -> dict[str, int]:
    return {one.id: one.messages for one in report.participants}


def test_as_many_senders_as_are_told_apart_are_all_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_SENDERS", 2)
    report = read(1, 2, 2, 1, 2)
    assert listed(report) == {"2@example.org": 3, "1@example.org": 2}
    assert report.unlisted == 0
    assert "unlisted" not in report_to_json(report)


def test_beyond_that_messages_are_counted_as_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_SENDERS", 2)
    report = read(1, 2, 3, 4, 2, 3)
    assert listed(report) == {"2@example.org": 2, "1@example.org": 1}
    assert report.unlisted == 3
    assert report_to_json(report)["unlisted"] == 3
    assert report.is_whole


def test_names_of_any_length_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_SENDERS_CHARS", len("1@example.org") * 2)
    report = read(1, 2, 3, 2)
    assert listed(report) == {"2@example.org": 2, "1@example.org": 1}
    assert report.unlisted == 1


def test_who_is_counted_and_not_listed_is_among_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_PARTICIPANTS", 1)
    report = read(1, 2, 2, 3)
    assert listed(report) == {"2@example.org": 2}
    assert report.unlisted == 2


def test_more_senders_are_told_apart_than_are_listed() -> None:
    assert MAX_SENDERS > MAX_PARTICIPANTS


def test_the_owner_is_counted_though_the_export_names_nobody() -> None:
    sms = b'<sms address="+911" date="1709654409123" type="%d" body="x" />'
    data = b'<smses count="3">' + sms % 2 + sms % 1 + sms % 2 + b"</smses>"
    report = report_of(SmsReader(), data)[1]
    assert [(one.id, one.messages) for one in report.participants] == [("", 2), ("+911", 1)]
    told = "the owner of the phone or account (2)"
    assert list(senders_in_words(report, 5)) == [told, "+911 (1)"]


def test_two_of_one_name_are_told_apart() -> None:
    senders = (Participant("Ravi", "+911", 2), Participant("Ravi", "+912", 1))
    report = replace(read(1), participants=senders)
    assert list(senders_in_words(report, 5)) == ["Ravi <+911> (2)", "Ravi <+912> (1)"]
    assert list(senders_in_words(report, 1)) == ["Ravi <+911> (2)"]


def test_times_without_a_zone_have_a_span_of_their_own() -> None:
    line = "%d/%d/24, 9:05 pm - Ravi: I see you\n"
    data = "".join(line % day for day in ((14, 4), (13, 3), (20, 3))).encode()
    report = report_of(WhatsAppText(), data)[1]
    assert (report.first, report.last) == (None, None)
    assert (report.first_wall, report.last_wall) == ("2024-03-13T21:05:00", "2024-04-14T21:05:00")
    assert report_to_json(report)["first_wall"] == "2024-03-13T21:05:00"


def test_what_can_be_read_two_ways_is_in_no_span() -> None:
    data = b"03/04/24, 9:05 pm - Ravi: I see you\n" * 3
    report = report_of(WhatsAppText(), data)[1]
    assert (report.first_wall, report.last_wall) == ("", "")

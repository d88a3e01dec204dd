"""A reading counts what it finds, within limits that are told where they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.readers.drained import report_of

from stalklog.readers import base
from stalklog.readers.mbox import Mbox
from stalklog.records.message_json import report_to_json
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

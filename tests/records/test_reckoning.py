"""Tests of what an original says that it holds, beside what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stalklog.readers.base import Notes, Reading
from stalklog.readers.sms import SmsReader
from stalklog.records.message import Participant
from stalklog.records.reckoning import (
    declared_in_words,
    files_in_words,
    found_of,
    senders_in_words,
)

if TYPE_CHECKING:
    from stalklog.records.message import ReadingReport


def _report(**changes: object) -> ReadingReport:
    reading = Reading(SmsReader(), None, "", size_bytes=0)  # type: ignore[arg-type]
    return replace(reading.report(), **changes)  # type: ignore[arg-type]


def test_both_numbers_are_told_and_whether_they_differ() -> None:
    report = _report(counts={"message": 50, "reaction": 3}, inner=3, declared={"messages": 58})
    assert list(declared_in_words(report)) == [
        ("The file says that it holds 58 messages; 50 are there.", True)
    ]
    same = replace(report, declared={"messages": 50})
    assert [is_other for _told, is_other in declared_in_words(same)] == [False]


def test_calls_are_counted_by_themselves() -> None:
    report = _report(counts={"call": 1, "message": 4}, declared={"calls": 1})
    assert list(declared_in_words(report)) == [
        ("The file says that it holds 1 call; 1 is there.", False)
    ]


def test_of_what_nobody_counted_only_the_number_is_told() -> None:
    report = _report(counts={"page": 2}, declared={"bytes": 10})
    assert found_of(report, "bytes") is None
    assert list(declared_in_words(report)) == [("The file says: 10 bytes.", False)]


def test_files_are_told_by_whether_they_are_there() -> None:
    report = _report(attachments={"present": 2, "missing": 1, "omitted": 3})
    assert files_in_words(report) == (
        "2 are there, 1 is named and not there, 3 were left out of the export"
    )
    assert files_in_words(_report()) == ""
    assert Notes().declared == {}


def test_the_address_stands_beside_a_name_that_could_be_anybodys() -> None:
    people = (
        Participant("Night Bird", "a@example.net", 3),
        Participant("Night Bird", "b@example.net", 2),
        Participant("asha@example.org", "c@example.net", 2),
        Participant("Asha", "asha@example.org", 1),
        Participant("", "d@example.net", 1),
    )
    assert list(senders_in_words(_report(participants=people), 9)) == [
        "Night Bird <a@example.net> (3)",
        "Night Bird <b@example.net> (2)",
        "asha@example.org <c@example.net> (2)",
        "Asha (1)",
        "d@example.net (1)",
    ]

from __future__ import annotations

from datetime import date, datetime

import pytest

from stalklog.letters.words import day_words, moment_words, short_words, utc_words, word

EVENING = {
    "start": "2026-11-20T21:30:05+05:30",
    "precision": "exact",
    "tz": "Asia/Kolkata",
}
UNTIL = {**EVENING, "end": "2026-11-21T01:00:00+05:30"}


@pytest.mark.parametrize(
    ("occurred", "utc", "local", "short"),
    [
        (
            EVENING,
            "2026-11-20 16:00:05 UTC",
            "2026-11-20 21:30:05 +05:30 Asia/Kolkata",
            "2026-11-20 16:00 UTC",
        ),
        (
            {**EVENING, "tz": "+05:30", "precision": "about"},
            "about 2026-11-20 16:00:05 UTC",
            "about 2026-11-20 21:30:05 +05:30",
            "about 2026-11-20 16:00 UTC",
        ),
        (
            {**UNTIL, "precision": "range"},
            "some time between 2026-11-20 16:00:05 and 2026-11-20 19:30:00 UTC",
            "some time between 2026-11-20 21:30:05 and 2026-11-21 01:00:00 +05:30 Asia/Kolkata",
            "2026-11-20 16:00 - 19:30 UTC",
        ),
        (
            UNTIL,
            "from 2026-11-20 16:00:05 until 2026-11-20 19:30:00 UTC",
            "from 2026-11-20 21:30:05 until 2026-11-21 01:00:00 +05:30 Asia/Kolkata",
            "2026-11-20 16:00 - 19:30 UTC",
        ),
        (
            {**EVENING, "precision": "day"},
            "some time between 2026-11-19 18:30:00 and 2026-11-20 18:30:00 UTC",
            "2026-11-20, time of day not known (+05:30 Asia/Kolkata)",
            "2026-11-20",
        ),
        ({"precision": "unknown"}, "", "", ""),
        ("yesterday", "", "", ""),
        ({"start": "2026-11-20T21:30:05"}, "", "", ""),
        ({"start": 7}, "", "", ""),
    ],
)
def test_a_time_is_told_in_utc_and_on_its_own_clock(
    occurred: object, utc: str, local: str, short: str
) -> None:
    assert moment_words(occurred, "en") == (utc, local)
    assert short_words(occurred, "en") == short


@pytest.mark.parametrize(
    ("occurred", "utc"),
    [
        ({**UNTIL, "precision": "range"},
         "2026-11-20 16:00:05 और 2026-11-20 19:30:00 UTC के बीच किसी समय"),
        (UNTIL, "2026-11-20 16:00:05 से 2026-11-20 19:30:00 UTC तक"),
        ({**EVENING, "precision": "day"},
         "2026-11-19 18:30:00 और 2026-11-20 18:30:00 UTC के बीच किसी समय"),
    ],
)  # fmt: skip
def test_in_hindi_the_zone_stands_with_its_time(occurred: object, utc: str) -> None:
    assert moment_words(occurred, "hi")[0] == utc


@pytest.mark.parametrize("precision", ["exact", "about", "range", "day"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_the_ends_of_the_calendar_are_told_too(precision: str, start: str, end: str | None) -> None:
    occurred = {"start": start, "end": end, "precision": precision, "tz": "+00:00"}
    assert all(moment_words(occurred, "hi"))
    assert short_words(occurred, "hi")
    assert utc_words(datetime.fromisoformat(start))


def test_a_strangers_word_is_made_safe_and_kept() -> None:
    assert word("how", "by\x1bpigeon", "hi") == "by[U+001B]pigeon"
    assert word("how", "phone", "hi") == "फ़ोन से"


def test_a_day_is_told_in_the_letters_language() -> None:
    assert day_words(date(2026, 11, 26), "en") == "26 November 2026"
    assert day_words(date(2026, 1, 2), "hi") == "2 जनवरी 2026"


def test_the_table_has_every_word_that_a_record_can_hold() -> None:
    from typing import get_args  # noqa: PLC0415 - beside its only use

    from stalklog.letters.words import is_word  # noqa: PLC0415 - likewise
    from stalklog.records import contact, evidence, naming, threat  # noqa: PLC0415 - likewise

    choices = {
        "identifier": naming.IdentifierKind,
        "reference": naming.ReferenceType,
        "evidence": evidence.EvidenceKind,
        "how": threat.ThreatHow,
        "harm": threat.Harm,
        "purpose": contact.Purpose,
        "outcome": contact.Outcome,
    }
    for group, choice in choices.items():
        missing = [one for one in get_args(choice) if not is_word(group, one)]
        assert missing == [], group

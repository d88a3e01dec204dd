"""Times as people type them: understood, asked about, or refused; never guessed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from stalklog.errors import RecordNotValidError
from stalklog.records.base import Occurred
from stalklog.records.when import Ambiguous, read_follow_up, read_when

KOLKATA = ZoneInfo("Asia/Kolkata")
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
"""A Tuesday; ten in the morning in India."""


def read(text: str, tz: ZoneInfo = KOLKATA, now: datetime = NOW) -> Occurred:
    occurred = read_when(text, now=now, tz=tz)
    assert isinstance(occurred, Occurred), occurred
    assert occurred.as_typed == text
    return occurred


def readings(text: str, tz: ZoneInfo = KOLKATA, now: datetime = NOW) -> list[str]:
    ambiguous = read_when(text, now=now, tz=tz)
    assert isinstance(ambiguous, Ambiguous), ambiguous
    for _label, occurred in ambiguous.readings:
        assert occurred.as_typed == text
        assert occurred.start_at() is not None
    return [str(occurred.start) for _label, occurred in ambiguous.readings]


EVENING_20 = "2026-11-20T21:30:00+05:30"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T21:30:00+05:30",
        "2026-11-20T21:30+0530",
        "2026-11-20 21:30",
        "2026-11-20 21:30:00",
        "2026-11-20T21:30:00.123456",
        "2026/11/20 21:30",
        "  2026-11-20   21:30  ",
        "20/11/2026 9:30 pm",
        "20/11/2026 9:30\u202fpm",
        "20/11/2026 9:30\u00a0PM",
        "\u200e20/11/2026, 9:30 pm",
        "[20/11/2026, 9:30 PM]",
        "20-11-2026 21.30",
        "20.11.2026 21:30",
        "20 Nov 2026 9:30 pm",
        "20 Nov 2026, 9:30 p.m.",
        "20th of November 2026 at 9:30 pm",
        "20-Nov-2026 21:30",
        "November 20, 2026 at 9:30 pm",
        "Nov 20 2026 21:30",
        "Fri, 20 Nov 2026 21:30:00 +0530",
        "21:30 on 20 Nov 2026",
        "Friday 20/11/2026 21:30",
        "20 Nov 2026 21:30 IST",
        "20 Nov 2026 21:30 Asia/Kolkata",
        "20 Nov 2026 21:30 UTC+5:30",
        "20 Nov 2026 21:30 GMT+05:30",
        "20 Nov 2026 9:30 in the evening",
        "२०/११/२०२६ २१:३०",
        "20 नवंबर 2026 रात 9:30 बजे",
        "२० नवम्बर २०२६ शाम ९:३० बजे",
    ],
)
def test_the_same_evening_is_read_however_it_is_written(text: str) -> None:
    occurred = read(text)
    assert occurred.start == EVENING_20
    assert occurred.end is None
    assert occurred.precision == "exact"


def test_the_zone_is_always_stated() -> None:
    assert read("2026-11-20 21:30").tz == "Asia/Kolkata"
    assert read("2026-11-20 21:30 +01:00").tz == "+01:00"
    assert read("2026-11-20T21:30Z").tz == "+00:00"
    assert read("2026-11-20 21:30 europe/london").tz == "Europe/London"


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("yesterday 21:30", "2026-11-23T21:30:00+05:30", None, "exact"),
        ("today 10:15", "2026-11-24T10:15:00+05:30", None, "exact"),
        ("9pm yesterday", "2026-11-23T21:00:00+05:30", None, "exact"),
        ("day before yesterday 8am", "2026-11-22T08:00:00+05:30", None, "exact"),
        ("yesterday", "2026-11-23T00:00:00+05:30", None, "day"),
        ("आज", "2026-11-24T00:00:00+05:30", None, "day"),
        ("aaj 10:15", "2026-11-24T10:15:00+05:30", None, "exact"),
        ("2 days ago", "2026-11-22T00:00:00+05:30", None, "day"),
        ("2 दिन पहले", "2026-11-22T00:00:00+05:30", None, "day"),
        ("2 hours ago", "2026-11-24T08:00:00+05:30", None, "about"),
        ("now", "2026-11-24T10:00:00+05:30", None, "exact"),
        ("20.11.2026", "2026-11-20T00:00:00+05:30", None, "day"),
        ("29/02/2024", "2024-02-29T00:00:00+05:30", None, "day"),
        ("05/05/2026", "2026-05-05T00:00:00+05:30", None, "day"),
        ("last Tuesday", "2026-11-17T00:00:00+05:30", None, "day"),
        ("पिछले सोमवार", "2026-11-23T00:00:00+05:30", None, "day"),
        (
            "last Tuesday evening",
            "2026-11-17T17:00:00+05:30",
            "2026-11-17T21:00:00+05:30",
            "about",
        ),
        ("this morning", "2026-11-24T05:00:00+05:30", "2026-11-24T12:00:00+05:30", "about"),
        ("last night", "2026-11-23T20:00:00+05:30", "2026-11-24T04:00:00+05:30", "about"),
        ("about 9 pm yesterday", "2026-11-23T21:00:00+05:30", None, "about"),
        ("~21:30 yesterday", "2026-11-23T21:30:00+05:30", None, "about"),
        (
            "around 20 Nov 2026",
            "2026-11-20T00:00:00+05:30",
            "2026-11-20T23:59:59+05:30",
            "about",
        ),
        ("a week ago", "2026-11-17T00:00:00+05:30", "2026-11-17T23:59:59+05:30", "about"),
        ("yesterday evening at 7", "2026-11-23T19:00:00+05:30", None, "exact"),
        ("noon yesterday", "2026-11-23T12:00:00+05:30", None, "exact"),
        ("12:05 am 20 Nov 2026", "2026-11-20T00:05:00+05:30", None, "exact"),
        ("12:05 pm 20 Nov 2026", "2026-11-20T12:05:00+05:30", None, "exact"),
    ],
)
def test_words_are_counted_from_now_in_the_zone(
    text: str, start: str, end: str | None, precision: str
) -> None:
    occurred = read(text)
    assert (occurred.start, occurred.end, occurred.precision) == (start, end, precision)


def test_yesterday_is_yesterday_in_the_persons_zone() -> None:
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # already the 24th in India
    assert read("yesterday 10:00", now=late).start == "2026-11-23T10:00:00+05:30"
    assert read("yesterday 10:00", NEW_YORK, late).start == "2026-11-22T10:00:00-05:00"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("03/04/2024", ["2024-04-03", "2024-03-04"]),
        ("03.04.2024 10:00", ["2024-04-03", "2024-03-04"]),
        ("कल", ["2026-11-23", "2026-11-25"]),
        ("परसों", ["2026-11-22", "2026-11-26"]),
        ("कल शाम 7:30 बजे", ["2026-11-23", "2026-11-25"]),
        ("kal 10:15", ["2026-11-23", "2026-11-25"]),
        ("Monday", ["2026-11-23", "2026-11-30"]),
        ("Tuesday", ["2026-11-17", "2026-11-24", "2026-12-01"]),
        ("next Monday", ["2026-11-30", "2026-12-07"]),
        ("midnight yesterday", ["2026-11-23", "2026-11-24"]),
        ("yesterday 2 at night", ["2026-11-23", "2026-11-24"]),
    ],
)
def test_a_day_that_can_be_read_two_ways_is_a_question(text: str, days: list[str]) -> None:
    assert [start[:10] for start in readings(text)] == days


def test_an_hour_without_its_half_of_the_day_is_a_question() -> None:
    assert [start[11:16] for start in readings("9 बजे 20/11/2026")] == ["09:00", "21:00"]
    assert [start[11:16] for start in readings("yesterday at 9")] == ["09:00", "21:00"]


def test_each_reading_says_its_weekday_and_zone_in_words() -> None:
    ambiguous = read_when("03/04/2024 10:00", now=NOW, tz=KOLKATA)
    assert isinstance(ambiguous, Ambiguous)
    assert [label for label, _reading in ambiguous.readings] == [
        "Wednesday 3 April 2024, 10:00 (Asia/Kolkata, +05:30)",
        "Monday 4 March 2024, 10:00 (Asia/Kolkata, +05:30)",
    ]
    assert "3 April 2024" in ambiguous.refusal().message
    assert "4 March 2024" in ambiguous.refusal().message


def test_a_weekday_decides_between_two_readings_and_must_fit() -> None:
    assert str(read("Wednesday 03/04/2024").start)[:10] == "2024-04-03"
    assert str(read("Monday 03/04/2024").start)[:10] == "2024-03-04"
    refused("Sunday 03/04/2024", "weekday")
    refused("Monday 20 Nov 2026", "weekday")


# Zones


def test_ist_is_india_only_where_the_vault_is_in_india() -> None:
    assert read("20 Nov 2026 21:30 IST").tz == "Asia/Kolkata"
    assert read("20 Jul 2026 21:30 IST", ZoneInfo("Europe/Dublin")).tz == "Europe/Dublin"
    assert readings("20 Jul 2026 21:30 IST", NEW_YORK) == [
        "2026-07-20T21:30:00+05:30",
        "2026-07-20T21:30:00+01:00",  # Jerusalem has summer time then, and other letters
    ]
    assert readings("20 Nov 2026 21:30 IST", NEW_YORK) == [
        "2026-11-20T21:30:00+05:30",
        "2026-11-20T21:30:00+02:00",
    ]


def test_letters_of_a_zone_are_never_dropped() -> None:
    refused("20 Nov 2026 21:30 XYZ", "offset")
    refused("20 Nov 2026 21:30 NPT", "offset")
    refused("20 Jul 2026 21:30 EST", "letters")


def test_letters_decide_which_of_two_hours_when_clocks_went_back() -> None:
    assert read("25 Oct 2026 01:30 BST", LONDON).start == "2026-10-25T01:30:00+01:00"
    assert read("25 Oct 2026 01:30 GMT", LONDON).start == "2026-10-25T01:30:00+00:00"


def test_a_time_when_clocks_went_back_is_a_question() -> None:
    assert readings("2026-10-25 01:30", LONDON) == [
        "2026-10-25T01:30:00+01:00",
        "2026-10-25T01:30:00+00:00",
    ]


def test_a_time_that_clocks_left_out_is_refused_by_name() -> None:
    refused("2026-03-29 01:30", "put forward", LONDON)
    refused("2026-03-08 02:30", "put forward", NEW_YORK)


def test_a_day_without_a_midnight_begins_at_its_first_moment() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert read("2026-04-24", cairo).start == "2026-04-24T01:00:00+03:00"
    whole = read("about 2026-04-23", cairo)
    assert whole.end == "2026-04-23T23:59:59+02:00"


def test_a_day_with_two_midnights_begins_at_the_first() -> None:
    assert read("2026-11-01", ZoneInfo("America/Havana")).start == "2026-11-01T00:00:00-04:00"


def test_a_zone_that_was_not_whole_minutes_from_utc_is_refused() -> None:
    refused("1900-01-01 10:00", "whole minutes")


def test_yesterday_in_a_zone_where_it_is_another_day_is_refused() -> None:
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    refused("yesterday 10:00 -05:00", "another day", now=late)
    assert read("yesterday 10:00 +05:30", now=late).start == "2026-11-23T10:00:00+05:30"


def test_the_machines_own_zone_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("UTC", "America/St_Johns", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert read("yesterday 21:30").start == "2026-11-23T21:30:00+05:30"
    monkeypatch.undo()
    time.tzset()


# Refused


def refused(
    text: str, reason: str = "", tz: ZoneInfo = KOLKATA, now: datetime = NOW
) -> RecordNotValidError:
    with pytest.raises(RecordNotValidError) as caught:
        read_when(text, now=now, tz=tz)
    assert reason in caught.value.message
    assert caught.value.message.endswith("Nothing was written.")
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \u200e ", "empty"),
        ("10:15", "no day"),
        ("9 pm", "no day"),
        ("evening", "no day"),
        ("about 9 pm", "no day"),
        ("31/04/2026", "no such day"),
        ("29/02/2025", "no such day"),
        ("30 Feb 2026", "no such day"),
        ("2026-13-01", "no such day"),
        ("2026-00-10", "no such day"),
        ("13/13/2026", "no such day"),
        ("20/11/26", "four digits"),
        ("20 Nov", "four digits"),
        ("20 Nov 26", "four digits"),
        ("Nov 20 21:30", "four digits"),
        ("20/11 21:30", "four digits"),
        ("20/11/0026", "between 1900 and 2199"),
        ("0000-01-01", "between 1900 and 2199"),
        ("1899-12-31", "between 1900 and 2199"),
        ("9999-12-31", "between 1900 and 2199"),
        ("today 24:00", "00:00 of the next day"),
        ("today 24:01", "no such time of day"),
        ("today 25:00", "no such time of day"),
        ("today 10:60", "no such time of day"),
        ("today 10:15:60", "no such time of day"),
        ("today 13:00 pm", "one of 1 to 12"),
        ("today 0:30 pm", "one of 1 to 12"),
        ("yesterday 15:00 in the morning", "does not fit"),
        ("2026-11-20 10:00 +05:75", "offset"),
        ("2026-11-20 10:00 +19:00", "offset"),
        ("2026-11-20 10:00 -00:00", "offset"),
        ("2026-11-20 10:00 Asia/Nowhere", "no zone"),
        ("99999 days ago", "hundred years"),
        ("hello", "not understood"),
        ("today today", "not understood"),
        ("today 10:00 11:00", "not understood"),
        ("today 10", "not understood"),
        ("20/11-2026", "not understood"),
        ("20/11/2026 or so", ""),
        ("yesterday or today", "not understood"),
        ("today 10:00 maybe", ""),
        ("before yesterday", "not understood"),
        ("last week", "not understood"),
        ("a\x00b", "not understood"),
        ("today\x00", "not understood"),
        ("today \u202e10:00", "not understood"),
        ("today \ud800", "not understood"),
        ("2026-11-20T21:30:00+05:30[Asia/Kolkata]x", "not understood"),
        ("1763654400", "not understood"),
        ("2026-W47-5", "not understood"),
        ("20261120", "not understood"),
        ("x" * 201, "longer"),
        ("1" * 1_000_000, "longer"),
        ("today " * 30, "not understood"),
    ],
)
def test_what_is_not_a_time_is_refused_with_its_reason(text: str, reason: str) -> None:
    refused(text, reason)


def test_what_was_typed_is_not_in_the_error() -> None:
    assert "secretword" not in refused("secretword").message


def test_a_now_without_a_zone_is_a_fault_of_the_program() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        read_when("today", now=naive, tz=KOLKATA)
    with pytest.raises(ValueError, match="without a zone"):
        read_follow_up("+15d", base=naive)


# Follow-ups

BASE = datetime(2026, 1, 31, 10, 0, tzinfo=KOLKATA)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("+15d", date(2026, 2, 15)),
        ("+0d", date(2026, 1, 31)),
        ("+2w", date(2026, 2, 14)),
        ("+1m", date(2026, 2, 28)),
        ("+1y", date(2027, 1, 31)),
        ("+36h", date(2026, 2, 2)),
        ("+14h", date(2026, 2, 1)),
        (" + 15 D ", date(2026, 2, 15)),
        ("tomorrow", date(2026, 2, 1)),
        ("20/02/2026", date(2026, 2, 20)),
        ("in 3 days", date(2026, 2, 3)),
    ],
)
def test_a_follow_up_is_a_day_or_counts_from_when_it_was(text: str, day: date) -> None:
    assert read_follow_up(text, base=BASE) == day


@pytest.mark.parametrize(
    "text", ["+15", "15d", "+15x", "-3d", "+99999d", "+36501y", "03/04/2026", "", "+1.5d", "कल"]
)
def test_a_follow_up_that_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(RecordNotValidError):
        read_follow_up(text, base=BASE)


def test_hours_are_counted_by_the_clock_through_a_change_of_clocks() -> None:
    before = datetime(2026, 3, 28, 23, 30, tzinfo=LONDON)
    assert read_follow_up("+24h", base=before) == date(2026, 3, 31)  # 00:30 on the 30th
    assert read_follow_up("+23h", base=before) == date(2026, 3, 30)  # 23:30 on the 29th

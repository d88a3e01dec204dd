"""Times in words: as closely as they are known, with the zone, and the delay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.report.moment import delay, file_time, recorded, span, understood, zone_of

START = "2026-11-20T21:30:00+05:30"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"start": START, "precision": "exact", "tz": "Asia/Kolkata"},
            "Fri 20 November 2026, 21:30 (+05:30 Asia/Kolkata)",
        ),
        ({"start": START, "precision": "about"}, "Fri 20 November 2026, about 21:30 (+05:30)"),
        (
            {"start": START, "precision": "day", "tz": "+05:30"},
            "Fri 20 November 2026, time of day not known (+05:30)",
        ),
        (
            {"start": START, "end": "2026-11-22T00:00:00+05:30", "precision": "day"},
            "Fri 20 November 2026 to Sat 21 November 2026, time of day not known (+05:30)",
        ),
        (
            {"start": START, "end": "2026-11-20T23:00:00+05:30", "precision": "range"},
            "Fri 20 November 2026, some time between 21:30 and 23:00 (+05:30)",
        ),
        (
            {"start": START, "end": "2026-11-21T01:00:05+05:30", "precision": "exact"},
            "Fri 20 November 2026, 21:30 until 01:00:05, Sat 21 November 2026 (+05:30)",
        ),
        ({"precision": "unknown"}, "time not known"),
        (None, "time not known"),
        ("yesterday", "time not known"),
        ({"start": "2026-11-20T21:30:00", "precision": "exact"}, "time not known"),
    ],
)
def test_a_time_says_how_closely_it_is_known(body: object, words: str) -> None:
    assert understood(body).words == words  # type: ignore[arg-type]


def test_what_was_typed_stands_beside_what_was_understood() -> None:
    moment = understood({"start": START, "precision": "exact", "as_typed": "yesterday\u202e 9"})
    assert moment.as_typed == "yesterday[U+202E] 9"


@pytest.mark.parametrize(
    ("precision", "at", "words"),
    [
        ("exact", "2026-11-20T16:00:30.000Z", "at once"),
        ("exact", "2026-11-20T16:30:00.000Z", "30 minutes later"),
        ("exact", "2026-11-20T17:00:00.000Z", "60 minutes later"),
        ("exact", "2026-11-21T10:00:00.000Z", "18 hours later"),
        ("exact", "2026-11-24T16:00:00.000Z", "4 days later"),
        ("exact", "2027-03-24T16:00:00.000Z", "4 months later"),
        ("exact", "2030-03-24T16:00:00.000Z", "3 years later"),
        ("exact", "2026-11-20T15:00:00.000Z", "before the time that it names"),
        ("day", "2026-11-20T01:00:00.000Z", "on the same day"),
        ("day", "2026-11-20T18:29:00.000Z", "on the same day"),
        ("day", "2026-11-20T18:31:00.000Z", "1 day later"),
        ("unknown", "2026-11-20T18:31:00.000Z", ""),
        ("exact", "not a time", ""),
    ],
)
def test_the_delay_is_in_words(precision: str, at: str, words: str) -> None:
    body = (
        {"precision": precision}
        if precision == "unknown"
        else {
            "start": START,
            "precision": precision,
        }
    )
    assert delay(understood(body), at) == words  # type: ignore[arg-type]


def test_recording_is_shown_on_the_clock_of_the_machine() -> None:
    assert recorded("2026-11-20T19:31:05.000Z", "+05:30") == "Sat 21 November 2026, 01:01:05 +05:30"
    assert recorded("2026-11-20T02:00:00.000Z", "-03:30") == "Thu 19 November 2026, 22:30:00 -03:30"
    assert recorded("never", "odd") == "never"


def test_a_file_time_is_shown_to_the_second() -> None:
    assert file_time("2026-09-05T09:12:44+05:30") == "Sat 5 September 2026, 09:12:44 +05:30"
    assert file_time("\x1b") == "[U+001B]"


@given(st.timedeltas(min_value=timedelta(0)))
def test_any_span_has_words(length: timedelta) -> None:
    assert span(length)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "Nowhere/Land", "+99:99:99", "-x"])
def test_a_zone_that_is_not_known_is_utc(name: str) -> None:
    assert datetime(2026, 1, 1, tzinfo=zone_of(name)).utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["exact", "about", "day", "range"]))
def test_the_bounds_hold_the_start(start: datetime, precision: str) -> None:
    moment = understood(
        {"start": start.isoformat(), "end": start.isoformat(), "precision": precision}
    )
    assert moment.start is not None
    assert moment.end is not None
    assert moment.start <= start <= moment.end

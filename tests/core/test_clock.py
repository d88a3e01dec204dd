from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core.clock import SystemClock, format_at, format_offset, parse_at, read_moment

MOMENTS = st.integers(0, 253_402_214_400_000_000).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
OFFSETS = st.integers(-14 * 60, 14 * 60)


def test_a_moment_is_written_to_the_millisecond_in_utc() -> None:
    moment = datetime(2026, 11, 24, 6, 50, 9, 7999, timezone(timedelta(hours=5, minutes=30)))
    assert format_at(moment) == "2026-11-24T01:20:09.007Z"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process is set by tzset")
def test_a_moment_is_written_in_utc_whatever_the_machines_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "XXX-05:30")
    try:
        time.tzset()
        for offset in (timedelta(0), timedelta(hours=-3)):
            moment = datetime(2026, 11, 24, 1, 20, 9, tzinfo=UTC).astimezone(timezone(offset))
            assert format_at(moment) == "2026-11-24T01:20:09.000Z"
    finally:
        monkeypatch.undo()
        time.tzset()


@given(MOMENTS, OFFSETS)
def test_what_was_written_is_read_as_the_same_moment(moment: datetime, minutes: int) -> None:
    local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    written = format_at(local)
    assert len(written) == len("2026-11-24T01:20:09.007Z")
    assert parse_at(written) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert parse_at(written).utcoffset() == timedelta(0)


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_they_are_written(first: datetime, second: datetime) -> None:
    if first <= second:
        assert format_at(first) <= format_at(second)


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Asia/Kolkata", datetime(2026, 11, 24, tzinfo=UTC), "+05:30"),
        ("Asia/Kathmandu", datetime(2026, 11, 24, tzinfo=UTC), "+05:45"),
        ("UTC", datetime(2026, 11, 24, tzinfo=UTC), "+00:00"),
        ("America/St_Johns", datetime(2026, 7, 1, tzinfo=UTC), "-02:30"),
        ("Europe/Berlin", datetime(2026, 7, 1, tzinfo=UTC), "+02:00"),
        ("Europe/Berlin", datetime(2026, 1, 1, tzinfo=UTC), "+01:00"),
    ],
)
def test_the_offset_is_the_one_of_that_moment(zone: str, moment: datetime, expected: str) -> None:
    assert format_offset(moment, ZoneInfo(zone)) == expected


@given(MOMENTS, OFFSETS)
def test_every_offset_has_sign_hours_and_minutes(moment: datetime, minutes: int) -> None:
    text = format_offset(moment, timezone(timedelta(minutes=minutes)))
    hours, rest = int(text[1:3]), int(text[4:])
    assert (hours * 60 + rest) * (-1 if text[0] == "-" else 1) == minutes
    assert rest < 60


def test_the_systems_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [None, 7, "", "yesterday", "2026-11-20", "2026-11-20T21:30:00", "2026-02-30T10:00:00Z", []],
)
def test_what_is_no_moment_with_its_offset_is_none(value: object) -> None:
    assert read_moment(value) is None


def test_a_moment_with_its_offset_is_read() -> None:
    moment = read_moment("2026-11-20T21:30:00+05:30")
    assert moment is not None
    assert moment.isoformat() == "2026-11-20T21:30:00+05:30"

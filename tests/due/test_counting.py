"""How long a rule runs: hours as a clock runs, days and more by the calendar, wherever it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.due.counting import End, end_of, part_of

KOLKATA, LONDON = "Asia/Kolkata", "Europe/London"
NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"
ZONES = st.sampled_from((KOLKATA, LONDON, NEW_YORK, LORD_HOWE, "UTC", "Asia/Kathmandu"))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants it so


def end(start: str, duration: int, unit: str, zone: str) -> End:
    return end_of(datetime.fromisoformat(start), duration, unit, ZoneInfo(zone))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "hours", "zone", "expected"),
    [
        ("2026-11-20T10:00:00+05:30", 24, KOLKATA, "2026-11-21T10:00:00+05:30"),
        ("2026-11-20T23:30:00+05:30", 36, KOLKATA, "2026-11-22T11:30:00+05:30"),
        ("2026-11-20T23:59:59+05:30", 2, KOLKATA, "2026-11-21T01:59:59+05:30"),
        ("2026-11-20T18:00:00+00:00", 3, KOLKATA, "2026-11-21T02:30:00+05:30"),
        # a night with 23 hours, and one with 25: hours go by the clock that runs, not by the dial
        ("2026-03-28T12:00:00+00:00", 24, LONDON, "2026-03-29T13:00:00+01:00"),
        ("2026-10-24T12:00:00+01:00", 24, LONDON, "2026-10-25T11:00:00+00:00"),
        ("2026-03-08T01:30:00-05:00", 2, NEW_YORK, "2026-03-08T04:30:00-04:00"),
        ("2026-11-01T01:30:00-04:00", 1, NEW_YORK, "2026-11-01T01:30:00-05:00"),
        ("2026-04-05T01:00:00+11:00", 2, LORD_HOWE, "2026-04-05T02:30:00+10:30"),
        ("2024-02-28T12:00:00+05:30", 36, KOLKATA, "2024-03-01T00:00:00+05:30"),
        ("2026-12-31T23:00:00+05:30", 2, KOLKATA, "2027-01-01T01:00:00+05:30"),
    ],
)
def test_hours_run_by_the_clock(start: str, hours: int, zone: str, expected: str) -> None:
    found = end(start, hours, "h", zone)
    assert found.at is not None
    assert found.at.isoformat() == expected
    assert found.on == datetime.fromisoformat(expected).date()


@pytest.mark.parametrize(
    ("start", "duration", "unit", "zone", "expected"),
    [
        ("2026-11-20T00:00:00+05:30", 7, "d", KOLKATA, "2026-11-27"),
        ("2026-11-20T23:59:59+05:30", 7, "d", KOLKATA, "2026-11-27"),
        ("2026-11-20T18:29:59+00:00", 7, "d", KOLKATA, "2026-11-27"),
        ("2026-11-20T18:30:00+00:00", 7, "d", KOLKATA, "2026-11-28"),  # midnight in Kolkata
        ("2026-11-20T12:00:00+05:30", 0, "d", KOLKATA, "2026-11-20"),
        ("2026-03-28T23:30:00+00:00", 1, "d", LONDON, "2026-03-29"),
        ("2026-10-24T23:30:00+01:00", 2, "d", LONDON, "2026-10-26"),
        ("2024-02-28T12:00:00+05:30", 1, "d", KOLKATA, "2024-02-29"),
        ("2025-02-28T12:00:00+05:30", 1, "d", KOLKATA, "2025-03-01"),
        ("2026-12-30T12:00:00+05:30", 180, "d", KOLKATA, "2027-06-28"),
        # working days
        ("2026-11-20T12:00:00+05:30", 2, "bd", KOLKATA, "2026-11-24"),  # a Friday
        ("2026-11-21T12:00:00+05:30", 1, "bd", KOLKATA, "2026-11-23"),  # a Saturday
        ("2026-11-22T12:00:00+05:30", 5, "bd", KOLKATA, "2026-11-27"),  # a Sunday
        ("2026-11-22T12:00:00+05:30", 0, "bd", KOLKATA, "2026-11-22"),
        ("2026-11-23T12:00:00+05:30", 5, "bd", KOLKATA, "2026-11-30"),
        ("2026-11-20T19:00:00+00:00", 1, "bd", KOLKATA, "2026-11-23"),  # Saturday in Kolkata
        # months and years
        ("2026-01-31T12:00:00+00:00", 1, "mo", LONDON, "2026-02-28"),
        ("2024-01-31T12:00:00+00:00", 1, "mo", LONDON, "2024-02-29"),
        ("2026-08-31T12:00:00+01:00", 6, "mo", LONDON, "2027-02-28"),
        ("2026-12-15T12:00:00+00:00", 1, "mo", LONDON, "2027-01-15"),
        ("2024-02-29T12:00:00+05:30", 1, "y", KOLKATA, "2025-02-28"),
        ("2024-02-29T12:00:00+05:30", 4, "y", KOLKATA, "2028-02-29"),
        ("2026-11-20T12:00:00+05:30", 3, "y", KOLKATA, "2029-11-20"),
    ],
)
def test_days_and_more_go_by_the_calendar(
    start: str, duration: int, unit: str, zone: str, expected: str
) -> None:
    found = end(start, duration, unit, zone)
    assert (found.on.isoformat(), found.at) == (expected, None)


@pytest.mark.parametrize(
    ("now", "is_past"),
    [
        ("2026-11-27T23:59:59+05:30", False),
        ("2026-11-28T00:00:00+05:30", True),
        ("2026-11-27T18:29:59+00:00", False),
        ("2026-11-27T18:30:00+00:00", True),
    ],
)
def test_a_day_is_past_when_it_is_over_where_it_is_counted(now: str, is_past: bool) -> None:
    day = End(date(2026, 11, 27))
    assert day.is_past(datetime.fromisoformat(now), ZoneInfo(KOLKATA)) is is_past


def test_a_moment_is_past_the_moment_after() -> None:
    at = datetime.fromisoformat("2026-11-27T10:00:00+05:30")
    assert not End(at.date(), at).is_past(at, UTC)
    assert End(at.date(), at).is_past(at + timedelta(microseconds=1), UTC)


@pytest.mark.parametrize(("duration", "unit"), [(9_000, "y"), (3_000_000, "d"), (200_000, "mo")])
def test_no_calendar_reaches_so_far(duration: int, unit: str) -> None:
    with pytest.raises(OverflowError):
        end("2026-11-20T10:00:00+05:30", duration, unit, KOLKATA)


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, "2026-01-01"), (50, "2026-04-01"), (80, "2026-05-25")]
)
def test_a_part_of_a_time_is_the_earlier_day(percent: int, expected: str) -> None:
    start, zone = datetime.fromisoformat("2026-01-01T09:00:00+05:30"), ZoneInfo(KOLKATA)
    whole = end_of(start, 180, "d", zone)
    assert part_of(start, whole, percent, zone).on.isoformat() == expected


def test_a_part_of_hours_is_a_moment() -> None:
    start, zone = datetime.fromisoformat("2026-03-28T12:00:00+00:00"), ZoneInfo(LONDON)
    part = part_of(start, end_of(start, 24, "h", zone), 80, zone)
    assert part.at == start + timedelta(hours=19, minutes=12)


@given(MOMENTS, st.integers(0, 5_000), ZONES)
def test_so_many_hours_are_so_many_hours(start: datetime, hours: int, zone: str) -> None:
    found = end_of(start, hours, "h", ZoneInfo(zone))
    assert found.at is not None
    assert found.at - start == timedelta(hours=hours)
    assert found.on == found.at.astimezone(ZoneInfo(zone)).date()


@given(MOMENTS, st.integers(0, 400), ZONES)
def test_working_days_are_those_that_one_counts_by_hand(
    start: datetime, count: int, zone: str
) -> None:
    day, left = start.astimezone(ZoneInfo(zone)).date(), count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    assert end_of(start, count, "bd", ZoneInfo(zone)).on == day


@given(MOMENTS, st.integers(0, 1_000), st.sampled_from(("d", "bd", "mo", "y")), ZONES)
def test_more_time_never_ends_earlier(start: datetime, count: int, unit: str, zone: str) -> None:
    where = ZoneInfo(zone)
    first = end_of(start, count, unit, where)  # type: ignore[arg-type]
    assert first.on >= start.astimezone(where).date()
    assert end_of(start, count + 1, unit, where).on > first.on  # type: ignore[arg-type]
    halves = [part_of(start, first, percent, where).on for percent in (0, 50, 80, 100)]
    assert halves == sorted(halves)
    assert halves[-1] == first.on

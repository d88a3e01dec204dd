"""Each number is the one that comes out when the same is counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.pattern.events import KOLKATA, at, event, on, step

from stalklog.report.pattern.count import Gap, Pair, count, start_of
from stalklog.report.pattern.event import LeftOut, When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.report.pattern.count import Pattern
    from stalklog.report.pattern.event import Event, Step


def counted(events: Sequence[Event], *steps: Step) -> Pattern:
    return count(events, steps, LeftOut(), "Asia/Kolkata")


def test_nothing_is_counted_as_nothing() -> None:
    found = counted(())
    assert (found.total, found.days, found.periods, found.gap) == (Pair(), 0, (), None)
    assert found.hours == (Pair(),) * 24
    assert found.audience == (("alone", 0), ("several", 0), ("bulk", 0), ("", 0))


def test_the_two_numbers_stay_apart() -> None:
    found = counted([event(at("2026-11-20 21:30")), event(at("2026-11-20 21:30"), "message")])
    assert (found.total, found.periods[0].counts) == (Pair(1, 1), Pair(1, 1))


def test_weeks_begin_on_monday_and_those_without_anything_are_among_them() -> None:
    found = counted([event(at("2026-11-01 23:59")), event(at("2026-11-16 00:00"))])
    assert found.unit == "week"
    assert [(one.start.isoformat(), one.counts.incidents) for one in found.periods] == [
        ("2026-10-26", 1),
        ("2026-11-02", 0),
        ("2026-11-09", 0),
        ("2026-11-16", 1),
    ]
    assert found.days == 16


def test_the_week_over_new_year_is_one() -> None:
    found = counted([event(at("2026-12-31 10:00")), event(at("2027-01-03 10:00"))])
    assert [(one.start, one.counts.incidents) for one in found.periods] == [(date(2026, 12, 28), 2)]


@pytest.mark.parametrize(
    ("last", "unit", "periods"),
    [
        ("2025-12-31", "week", 105),  # from a Thursday on: 105 Mondays
        ("2026-01-01", "month", 25),
        ("2033-12-31", "month", 120),
        ("2034-01-01", "year", 11),
    ],
)
def test_what_is_long_is_counted_by_months_and_then_by_years(
    last: str, unit: str, periods: int
) -> None:
    found = counted([event(on("2024-01-04")), event(on(last))])
    assert (found.unit, len(found.periods)) == (unit, periods)
    assert sum(one.counts.incidents for one in found.periods) == 2


def test_what_may_be_in_two_weeks_is_in_none() -> None:
    found = counted([event(on("2026-11-15", "2026-11-16")), event(on("2026-11-16", "2026-11-22"))])
    assert found.rough == Pair(1, 0)
    assert [one.counts.incidents for one in found.periods] == [0, 1]


def test_hours_are_counted_only_where_the_time_is_known() -> None:
    found = counted(
        [
            event(at("2026-11-20 23:59")),
            event(at("2026-11-21 00:00"), "message"),
            event(on("2026-11-21")),
            event(None),
        ]
    )
    assert (found.hours[23], found.hours[0]) == (Pair(1, 0), Pair(0, 1))
    assert found.hours_unknown == Pair(2, 0)
    assert found.undated == Pair(1, 0)


def test_ways_of_one_day_stand_in_the_order_in_which_they_began() -> None:
    found = counted([
        event(at("2026-10-06 23:59"), channel="by phone"),
        event(at("2026-10-06 10:00"), channel="in person"),
        event(at("2026-10-07 09:00"), channel="chat"),
        event(None, channel="a letter"),
    ])  # fmt: skip
    assert [one.label for one in found.channels] == ["in person", "by phone", "chat", "a letter"]


def test_ways_stand_in_the_order_in_which_they_began() -> None:
    found = counted(
        [
            event(at("2026-11-20 10:00"), channel="chat"),
            event(at("2026-11-18 10:00"), channel="phone"),
            event(at("2026-11-22 10:00"), "message", "phone"),
            event(None, channel="a letter"),
        ]
    )
    assert [(one.label, one.counts, one.first) for one in found.channels] == [
        ("phone", Pair(1, 1), date(2026, 11, 18)),
        ("chat", Pair(1, 0), date(2026, 11, 20)),
        ("a letter", Pair(1, 0), None),
    ]


def test_messages_are_counted_by_account_and_by_to_whom() -> None:
    found = counted(
        [
            event(at("2026-11-20 10:00"), "message", account="a@example.org", audience="alone"),
            event(at("2026-11-19 10:00"), "message", account="b@example.org", audience="several"),
            event(at("2026-11-21 10:00"), "message", account="a@example.org"),
            event(at("2026-11-21 10:00")),
        ]
    )
    assert [(one.label, one.counts.messages) for one in found.accounts] == [
        ("b@example.org", 1),
        ("a@example.org", 2),
    ]
    assert found.audience == (("alone", 1), ("several", 1), ("bulk", 0), ("", 1))


def test_before_and_after_is_only_what_certainly_was() -> None:
    demand = step(at("2026-11-10 12:00"))
    found = counted(
        [
            event(at("2026-11-08 10:00")),
            event(at("2026-11-10 11:59"), "message"),
            event(on("2026-11-10")),
            event(at("2026-11-10 12:00")),
            event(at("2026-11-13 12:01"), "message"),
            event(on("2026-11-20")),
            event(None),
        ],
        demand,
    )
    (around,) = found.around
    assert (around.before, around.after, around.unclear) == (Pair(1, 1), Pair(1, 1), Pair(2, 0))
    assert (around.days_before, around.days_after) == (2, 10)
    assert around.first_after == date(2026, 11, 13)


def test_a_step_known_by_its_day_leaves_that_day_unclear() -> None:
    (around,) = counted([event(at("2026-11-10 23:00"))], step(on("2026-11-10"))).around
    assert around.unclear == Pair(1, 0)
    assert around.first_after is None


def test_steps_stand_in_their_order_and_in_their_week() -> None:
    late, early = step(at("2026-11-20 10:00"), "report", "C-0001"), step(at("2026-11-10 10:00"))
    outside = step(at("2027-01-01 10:00"), "order", "D-0002")
    found = counted(
        [event(at("2026-11-09 10:00")), event(at("2026-11-22 10:00"))], late, early, outside
    )
    assert [one.step.id for one in found.around] == ["D-0001", "C-0001", "D-0002"]
    assert [[one.id for one in period.steps] for period in found.periods] == [
        ["D-0001"],
        ["C-0001"],
    ]
    assert found.around[2].days_after == 0


def test_the_longest_gap_is_between_what_is_certain() -> None:
    found = counted(
        [
            event(at("2026-11-01 10:00")),
            event(on("2026-11-01", "2026-11-09")),
            event(at("2026-11-02 10:00")),
            event(at("2026-11-12 10:00"), "message"),
            event(at("2026-11-20 10:00")),
            event(at("2026-11-20 12:00")),
        ]
    )
    assert found.gap == Gap(date(2026, 11, 12), date(2026, 11, 20))
    assert found.gap is not None
    assert found.gap.days == 8
    assert counted([event(at("2026-11-01 10:00"))]).gap is None


def test_harms_persons_and_breaches_are_counted() -> None:
    found = counted(
        [
            event(None, harms=("death", "child")),
            event(None, harms=("death",), is_in_person=True, is_breach=True),
            event(None, is_in_person=True),
        ]
    )
    assert found.harms == (("death", 2), ("child", 1))
    assert (found.in_person, found.breaches) == (2, 1)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2045, 1, 1), timezones=st.just(KOLKATA))  # noqa: DTZ001 - Hypothesis wants it so
EVENTS = st.lists(
    st.builds(
        lambda moment, length, kind: event(
            When(
                moment,
                moment + length,
                moment.date(),
                (moment + length).date(),
                None if length else moment.hour,
            ),
            kind,
        ),
        MOMENTS,
        st.just(timedelta(0)) | st.timedeltas(timedelta(0), timedelta(days=40)),
        st.sampled_from(("incident", "message")),
    )
    | st.builds(lambda: event(None)),
    max_size=30,
)


@given(EVENTS, MOMENTS)
def test_nothing_is_lost_and_nothing_counted_twice(events: list[Event], moment: datetime) -> None:
    demand = step(When(moment, moment, moment.date(), moment.date()))
    found = counted(events, demand)
    assert found.total.incidents + found.total.messages == len(events)
    for name in ("incidents", "messages"):
        total, undated = getattr(found.total, name), getattr(found.undated, name)
        dated = sum(getattr(one.counts, name) for one in found.periods)
        assert total == undated + dated + getattr(found.rough, name)
        assert total == sum(getattr(one, name) for one in found.hours) + getattr(
            found.hours_unknown, name
        )
        assert total == sum(getattr(one.counts, name) for one in found.channels)
        (around,) = found.around
        parts = (around.before, around.after, around.unclear)
        assert total - undated == sum(getattr(one, name) for one in parts)
        assert all(getattr(one, name) >= 0 for one in parts)
    starts = [one.start for one in found.periods]
    assert starts == sorted(set(starts))
    assert all(start_of(start, found.unit) == start for start in starts)
    assert len(starts) <= 121
    if found.gap is not None:
        assert 0 < found.gap.days < found.days


@given(EVENTS)
def test_the_order_in_which_they_are_told_makes_no_difference(events: list[Event]) -> None:
    assert counted(events) == counted(list(reversed(events)))

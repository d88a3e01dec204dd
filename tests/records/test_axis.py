"""Where something stands in time is one rule for the timeline, the report and the counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.report.looks import look

from stalklog.records.axis import ZONES_APART, Standing, standing, standings, within_zones
from stalklog.records.message import Decision, Told

ZONE = timezone(timedelta(hours=5, minutes=30))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WALL = datetime(2026, 11, 20, 12, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (None, None),
        (Told("yesterday"), None),
        (Told("x", NOON, "2026-11-20T17:30:00", "second", "+05:30", "file"), Standing(NOON, NOON)),
        (Told("x", None, "2026-11-20T12:00:00"), Standing(WALL, None)),
        (Told("x", None, "2026-11-20T12:00:00", others=("2026-12-01T12:00:00",)), None),
    ],
)
def test_one_time_has_one_place(told: Told | None, place: Standing | None) -> None:
    assert standing(told, ZONE) == place


EMPTY = replace(look("x").report, first=None, last=None)
NINE, TEN = "2026-11-20T09:00:00", "2026-11-20T10:00:00"


@pytest.mark.parametrize(
    ("found", "first", "last"),
    [
        ({"first": NOON, "last": NOON}, NOON, NOON),
        ({"first_wall": NINE, "last_wall": TEN}, WALL.replace(hour=9), WALL.replace(hour=10)),
        (
            {"first": NOON, "last": NOON, "first_wall": NINE, "last_wall": TEN},
            WALL.replace(hour=9),
            NOON,
        ),
        ({"taken": Told("x", None, NINE)}, WALL.replace(hour=9), WALL.replace(hour=9)),
    ],
)
def test_an_original_stands_from_its_first_to_its_last(
    found: dict[str, object], first: datetime, last: datetime
) -> None:
    places = standings(replace(EMPTY, **found), ZONE)  # type: ignore[arg-type]
    assert places is not None
    assert [place.at for place in places] == [first, last]


def test_an_open_order_of_day_and_month_gives_no_place() -> None:
    decisions = (Decision("date_order", "", "nobody"),)
    found = replace(EMPTY, first_wall=NINE, last_wall=TEN, decisions=decisions)
    assert standings(found, ZONE) is None
    assert standings(EMPTY, ZONE) is None
    both = standings(replace(found, first=NOON, last=NOON), ZONE)
    assert both == (Standing(NOON, NOON), Standing(NOON, NOON))


def test_what_has_no_zone_was_within_those_that_there_are() -> None:
    first, last = within_zones(WALL, WALL)
    assert (first, last) == (NOON - timedelta(hours=14), NOON + timedelta(hours=12))
    assert last - first == ZONES_APART
    edge = datetime(1, 1, 1, tzinfo=ZONE)
    assert within_zones(edge, edge)[0] == datetime(1, 1, 1, tzinfo=UTC)

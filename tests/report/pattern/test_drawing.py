"""Bars stay inside their frame, tell what the table tells, and say it in plain words."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.pattern.events import KOLKATA, at, event, on, step

from stalklog.report.pattern.count import count
from stalklog.report.pattern.drawing import WIDTH, Mark, Row, draw
from stalklog.report.pattern.event import LeftOut, When
from stalklog.report.pattern.plain import to_json
from stalklog.report.pattern.section import make_section

if TYPE_CHECKING:
    from stalklog.report.model import Report
    from stalklog.report.pattern.drawing import Drawing
    from stalklog.report.pattern.section import Section

NEVER_SAID = ("escalat", "risk", "severity", "score", "danger", "worse", "increas", "stalker")


def section_of(*events: object, **left_out: int) -> Section:
    steps = (step(at("2026-11-10 12:00")), step(on("2026-11-18"), "report", "C-0001"),
             step(at("2026-11-20 10:00"), "order", "D-0002"))  # fmt: skip
    return make_section(count(events, steps, LeftOut(**left_out), "Asia/Kolkata"))  # type: ignore[arg-type]


def require_inside(drawing: Drawing) -> None:
    for rect in drawing.rects:
        assert 0 <= rect.x < rect.x + rect.width <= WIDTH
        assert 0 < rect.y < rect.y + rect.height <= drawing.height
        assert rect.height > 0
    for text in drawing.texts:
        assert 0 <= text.x <= WIDTH
        assert 0 < text.y <= drawing.height
    for path in drawing.paths:
        found = re.match(r"M([0-9.]+) ([0-9.]+)", path.d)
        assert found is not None
        assert 0 <= float(found[1]) <= WIDTH


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 3)), min_size=1, max_size=130),
    st.floats(-5, 200),
    st.sampled_from(("demand", "report", "order")),
)
def test_everything_stays_inside_the_frame(
    numbers: list[tuple[int, int]], at_: float, kind: str
) -> None:
    rows = [
        Row("a", "t", tuple(n for n, _m in numbers)),
        Row("b", "m", tuple(m for _n, m in numbers)),
    ]
    labels = ["Sep 2026"] * len(numbers)
    drawing = draw(rows, labels, [Mark(kind, at_)])  # type: ignore[arg-type]
    require_inside(drawing)
    assert len(drawing.rects) == sum(bool(n) + bool(m) for n, m in numbers)
    highest = [max((r.height for r in drawing.rects if r.css == css), default=0) for css in "tm"]
    assert highest == [78 if any(column) else 0 for column in zip(*numbers, strict=True)]


@given(st.integers(1, 130), st.sampled_from(("", "7", "31 Aug", "Sep 2026")))
def test_names_do_not_run_into_one_another(columns: int, label: str) -> None:
    drawing = draw([Row("a", "t", (1,) * columns)], [label] * columns)
    ends = -1.0
    for text in (text for text in drawing.texts if text.css.startswith("x")):
        width = len(text.text) * 6.0
        start = (
            text.x
            if "at-start" in text.css
            else text.x - (width if "at-end" in text.css else width / 2)
        )
        assert start > ends
        ends = start + width


def test_bars_stand_in_proportion() -> None:
    one, two, three = draw([Row("a", "t", (1, 2, 4))], ("", "", "")).rects
    assert (one.height, two.height, three.height) == (19.5, 39.0, 78.0)
    assert one.y + one.height == two.y + two.height == three.y + three.height


def test_the_drawing_says_what_the_table_says() -> None:
    section = section_of(
        event(at("2026-11-02 21:30")), event(at("2026-11-12 21:30")), event(at("2026-11-13 22:30"))
    )
    weeks, hours = section.tables[:2]
    assert [row[:3] for row in weeks.rows] == [
        ("week of Mon 2 November 2026", "1", "0"),
        ("week of Mon 9 November 2026", "2", "0"),
    ]
    assert weeks.drawing is not None
    assert [text.text for text in weeks.drawing.texts if text.css == "v"] == ["1", "2"]
    assert [text.text for text in weeks.drawing.texts if text.css == "h"] == [
        "threats and incidents: at most 2 in one week"
    ]
    assert [row[0] for row in hours.rows] == ["21:00", "22:00"]
    assert [kind for kind, _name in section.marks] == ["demand", "report", "order"]


def test_a_line_stands_where_the_step_was() -> None:
    section = section_of(event(at("2026-11-02 21:30")), event(at("2026-11-22 21:30")))
    drawing = section.tables[0].drawing
    assert drawing is not None
    (demand,) = (path for path in drawing.paths if path.css == "d")
    tuesday = (1 + 1.5 / 7) * WIDTH / 3  # the second of three weeks, noon of its second day
    assert demand.d.startswith(f"M{round(tuesday, 1)} ")


def test_it_says_what_is_counted_and_what_not() -> None:
    section = section_of(
        event(None), withdrawn=1, from_others=2, twice=3, unread=4, steps=5, has_identifiers=False
    )
    said = " ".join(section.notes)
    for part in (
        "plain counts",
        "no message is counted",
        "1 incident, 0 messages",
        "not counted: 2",
        "left out 3",
        "withdrawn, not counted: 1",
        "to the end: 4",
        "known time: 5",
    ):
        assert part in said


def test_it_never_judges(report: Report) -> None:
    assert report.pattern is not None
    tables = [(table.title, table.head, table.rows) for table in report.pattern.tables]
    said = json.dumps([report.pattern.lines, report.pattern.notes, tables]).lower()
    assert not [word for word in NEVER_SAID if word in said]


@pytest.mark.parametrize("weeks", [0, 1, 11, 13, 60, 104, 200, 700])
def test_any_length_of_time_is_drawn(weeks: int) -> None:
    start = datetime(2020, 1, 15, 23, 0, tzinfo=KOLKATA)
    moments = (start + timedelta(weeks=number) for number in range(weeks + 1))
    events = [event(When(m, m, m.date(), m.date(), m.hour)) for m in moments]
    for table in section_of(*events).tables:
        if table.drawing is not None:
            require_inside(table.drawing)


def test_the_json_is_plain_and_whole() -> None:
    found = count(
        [event(at("2026-11-02 21:30"), harms=("death",)), event(on("2026-11-12"), "message",
         account="a@example.org")],
        [step(at("2026-11-10 12:00"))], LeftOut(twice=1), "Asia/Kolkata",
    )  # fmt: skip
    read = json.loads(json.dumps(to_json(found)))
    assert set(read) == {
        "zone", "incidents", "messages", "first", "last", "days", "unit", "periods_in_all",
        "periods", "channels", "identifiers", "hours", "hour_not_known", "audience", "around",
        "longest_gap", "harms", "in_person", "breaches", "without_time", "timed_too_roughly",
        "messages_without_zone", "not_counted",
    }  # fmt: skip
    assert read["periods"] == [
        {"from": "2026-11-02", "incidents": 1, "messages": 0, "steps": []},
        {"from": "2026-11-09", "incidents": 0, "messages": 1, "steps": ["D-0001"]},
    ]
    assert read["around"] == [
        {
            "id": "D-0001", "kind": "demand", "on": "2026-11-10",
            "before": {"incidents": 1, "messages": 0}, "days_before": 8,
            "after": {"incidents": 0, "messages": 1}, "days_after": 2,
            "not_clear": {"incidents": 0, "messages": 0}, "first_after": "2026-11-12",
        }
    ]  # fmt: skip
    assert read["longest_gap"] == {"from": "2026-11-02", "to": "2026-11-12", "days": 10}
    assert read["hour_not_known"] == {"incidents": 0, "messages": 1}
    assert read["not_counted"]["messages_twice"] == 1

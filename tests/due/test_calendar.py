"""The calendar file: as RFC 5545 has it, the same each time, telling nobody what it is about."""

from __future__ import annotations

import re
import time
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.due.cases import Case

from stalklog.core.calendar import _escaped, _folded, numbers_of, write_calendar
from stalklog.due.calendar import days_of, event_title

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SALT = "5a1c0ffee5a1c0ffee5a1c0ffee5a1c0"


def case(ask_again: str = "2026-11-25") -> Case:
    found = Case()
    found.threat("2026-10-01T21:30:00+05:30", how="chat")
    found.sent("platform", "2026-11-23T23:30:00+05:30", purpose="takedown")
    found.sent("police", "2026-11-20T10:00:00+05:30", follow_up=ask_again,
               official_report={"status": "requested"})  # fmt: skip
    return found


def unfolded(data: bytes) -> list[str]:
    return re.sub(r"\r\n[ \t]", "", data.decode()).split("\r\n")


def written(found: Case, *, salt: str = SALT, now: datetime = NOW) -> bytes:
    return write_calendar(days_of(found.dues(now)), title=event_title(), salt=salt, now=now)


def test_it_is_as_the_standard_has_it() -> None:
    data = written(case())
    lines = unfolded(data)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reminders//Reminders 1//EN"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert data.count(b"\n") == data.count(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events = re.findall(r"BEGIN:VEVENT\n(.*?)\nEND:VEVENT", "\n".join(lines), re.DOTALL)
    dated = [one for one in case().dues(NOW) if one.end is not None]
    assert len(events) == len(dated) > 5
    for event in events:
        assert re.fullmatch(
            r"UID:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\n"
            r"DTSTAMP:20261124T063000Z\n"
            r"DTSTART(?:;VALUE=DATE:[0-9]{8}|:[0-9]{8}T[0-9]{6}Z)\n"
            r"SUMMARY:Follow-up [0-9]{4}\nCLASS:PRIVATE\nTRANSP:TRANSPARENT",
            event,
        )


def test_hours_are_moments_in_utc_and_days_are_days() -> None:
    lines = unfolded(written(case()))
    assert "DTSTART:20261124T180000Z" in lines  # the acknowledgement, 23:30 in Kolkata
    assert "DTSTART;VALUE=DATE:20261125" in lines
    assert "DTSTART;VALUE=DATE:20261230" in lines


def test_the_ids_stay_and_are_of_this_vault_alone() -> None:
    def uids(data: bytes) -> list[str]:
        return [line for line in unfolded(data) if line.startswith("UID:")]

    first, again = uids(written(case())), uids(written(case(), now=NOW.replace(hour=8)))
    assert first == again
    assert len(set(first)) == len(first)
    assert set(first).isdisjoint(uids(written(case(), salt="0" * 32)))


def test_it_tells_nobody_what_it_is_about() -> None:
    text = written(case()).decode().lower()
    words = ("stalk", "police", "agency", "example", "complaint", "in.it", "takedown", "c-0001",
             "threat", "description", SALT)  # fmt: skip
    assert not [word for word in words if word in text]


def test_a_number_stays_when_others_come_and_go() -> None:
    names = [f"C-{number:04} in.it.ack" for number in range(40)]
    whole, part = numbers_of(names, SALT), numbers_of(names[10:30], SALT)
    assert {name: whole[name] for name in part} == dict(part)
    assert {1000 <= number <= 9999 for number in whole.values()} == {True}
    assert numbers_of(names, "0" * 32) != whole


def test_no_two_have_one_number() -> None:
    names = [f"T-{number:04} in.certin.logs 50" for number in range(2_000)]
    found = numbers_of([*names, *names], SALT)
    assert len(set(found.values())) == len(found) == 2_000
    assert numbers_of(names[::-1], SALT) == found


def test_another_program_reads_the_same() -> None:
    icalendar = pytest.importorskip("icalendar")
    read = icalendar.Calendar.from_ical(written(case()))
    dated = [one for one in case().dues(NOW) if one.end is not None]
    events = read.walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [
        one.end.at.astimezone(UTC) if one.end and one.end.at else one.end and one.end.on
        for one in dated
    ]
    assert {str(event["CLASS"]) for event in events} == {"PRIVATE"}
    assert [name for name, _why in read.errors] == []
    assert len({str(event["SUMMARY"]) for event in events}) == len(events)


def test_a_second_file_changes_the_events_of_the_first() -> None:
    """What a calendar does with one it has: the same UID is the same event, the newer one holds."""
    icalendar = pytest.importorskip("icalendar")
    held: dict[str, tuple[datetime, str, object]] = {}
    moved = case(ask_again="2026-11-27")
    for found, now in ((case(), NOW), (moved, NOW.replace(hour=9))):
        for event in icalendar.Calendar.from_ical(written(found, now=now)).walk("VEVENT"):
            stamp, before = event.decoded("DTSTAMP"), held.get(str(event["UID"]))
            assert before is None or before[0] < stamp
            held[str(event["UID"])] = (stamp, str(event["SUMMARY"]), event.decoded("DTSTART"))
    dated = [one for one in moved.dues(NOW) if one.end is not None]
    assert len(held) == len(dated)
    assert date(2026, 11, 27) in {on for _stamp, _title, on in held.values()}
    assert date(2026, 11, 25) not in {on for _stamp, _title, on in held.values()}


@given(st.text() | st.text(min_size=60, max_size=400) | st.text("aé€🌙", min_size=60))
def test_a_folded_line_is_the_line_again(text: str) -> None:
    line = "SUMMARY:" + text.replace("\r", "").replace("\n", "")
    if any(0xD800 <= ord(letter) < 0xE000 for letter in line):
        return
    data = _folded(line)
    assert all(len(piece) <= 75 for piece in data.split(b"\r\n"))
    if line.isascii():
        assert all(len(piece) == 75 for piece in data.split(b"\r\n")[:-2])
    for piece in data.split(b"\r\n"):
        piece.decode()  # no letter is torn
    assert re.sub(rb"\r\n ", b"", data) == line.encode() + b"\r\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a, b; c", r"a\, b\; c"), ("a\\b", r"a\\b"), ("a\r\nb\nc\rd", r"a\nb\nc\nd"), ("a:b", "a:b")],
)
def test_what_steers_a_calendar_is_escaped(text: str, expected: str) -> None:
    assert _escaped(text) == expected


def test_of_two_that_would_have_one_number_the_later_has_the_next() -> None:
    names = sorted(f"C-{number:04}" for number in range(400))
    space = uuid.uuid5(uuid.NAMESPACE_OID, SALT)
    expected: dict[str, int] = {}
    for name in names:
        number = 1000 + uuid.uuid5(space, name).int % 9000
        while number in expected.values():
            number = number + 1 if number < 9999 else 1000
        expected[name] = number
    plain = {name: 1000 + uuid.uuid5(space, name).int % 9000 for name in names}
    assert plain != expected
    assert numbers_of(names, SALT) == expected


def test_a_moment_is_in_utc_wherever_the_computer_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert b"DTSTAMP:20261124T063000Z" in written(case())
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("length", "lengths"),
    [(74, [74]), (75, [75]), (76, [75, 2]), (149, [75, 75]), (150, [75, 75, 2])],
)
def test_no_line_is_folded_before_it_must_be(length: int, lengths: list[int]) -> None:
    lines = _folded("a" * length).split(b"\r\n")
    assert [len(line) for line in lines] == [*lengths, 0]

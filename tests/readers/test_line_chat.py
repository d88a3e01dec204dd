"""LINE's chats as text: days, times, texts of several lines, and lines that only look like some."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file

from stalklog.readers.base import LIKELY, NO, Reading
from stalklog.readers.line_chat import LineReader
from stalklog.records.message import Said

if TYPE_CHECKING:
    from stalklog.records.message import Decision, ReadingReport

READER = LineReader()
PHONE = (
    b"[LINE] Chat history with Ravi\nSaved on: 2024/03/06 10:00\n\n2024/03/05(Tue)\n"
    b'21:30\tRavi\tI see you\n21:31\tAsha\t"Stop\n21:32\tRavi\tI am sorry\nor I ""call"""\n'
    b"21:33\tRavi unsent a message.\n\n2024/03/06(Wed)\n00:01\tRavi\t[Photo]\n"
    b'00:02\tRavi\t"never" he said\n'
)
COMPUTER = (
    "\ufeff[LINE] Ravi\r\n2024.03.05 Tuesday\r\n21:30 Ravi I see you\r\nand you\r\n"
    "2024.03.06 Wednesday\r\n00:01 Ravi hello\r\n"
).encode()
JAPANESE = "[LINE] ラヴィとのトーク履歴\n2024/03/05(火)\n午後9:30\tラヴィ\tこんにちは\n"


def test_every_byte_is_in_one_message_or_before_the_first() -> None:
    for data, before in ((PHONE, 58), (COMPUTER, 16)):
        messages, report = read_file(READER, data)
        assert b"".join(data[one.place.start : one.place.end] for one in messages) == data[before:]
        for one in messages:
            piece = data[one.place.start : one.place.end]
            assert sha256(piece).hexdigest() == one.place.sha256
        assert report.bytes_covered == len(data)
        assert report.is_whole


def test_a_phone_tells_name_and_text_apart() -> None:
    messages = read_file(READER, PHONE)[0]
    assert [(one.kind, one.sender.label, one.text) for one in messages] == [
        ("system", "", "2024/03/05(Tue)"), ("message", "Ravi", "I see you"),
        ("message", "Asha", 'Stop\n21:32\tRavi\tI am sorry\nor I "call"'),
        ("system", "", "Ravi unsent a message."), ("system", "", "2024/03/06(Wed)"),
        ("message", "Ravi", "[Photo]"), ("message", "Ravi", '"never" he said'),
    ]  # fmt: skip
    assert messages[5].attachments[0].status == "omitted"
    assert {one.conversation for one in messages} == {"Chat history with Ravi"}


def test_a_line_in_a_text_that_looks_like_a_message_is_told() -> None:
    assert [
        place
        for place, one in enumerate(read_file(READER, PHONE)[0])
        if "header-in-body" in one.flags
    ] == [2]


def test_times_are_of_the_day_above_and_in_no_zone() -> None:
    messages = read_file(READER, PHONE)[0]
    assert [one.sent and one.sent.wall for one in messages] == [
        "2024-03-05T00:00:00", "2024-03-05T21:30:00", "2024-03-05T21:31:00", "2024-03-05T21:33:00",
        "2024-03-06T00:00:00", "2024-03-06T00:01:00", "2024-03-06T00:02:00",
    ]  # fmt: skip
    assert messages[1].flags == ("no-zone",)
    assert messages[1].sent is not None
    assert messages[1].sent.written == "21:30"
    assert messages[0].sent is not None
    assert messages[0].sent.precision == "day"


def test_a_zone_that_a_person_says_makes_it_a_moment() -> None:
    said = Said(zone="Asia/Kolkata")
    reading = Reading(READER, BytesIO(PHONE), "", size_bytes=len(PHONE), said=said)
    sent = list(reading)[1].sent
    assert sent is not None
    assert sent.instant == datetime(2024, 3, 5, 16, 0, tzinfo=UTC)


def test_a_computer_does_not_tell_name_and_text_apart() -> None:
    messages = read_file(READER, COMPUTER)[0]
    assert [(one.sender.label, one.text) for one in messages] == [
        ("", "2024.03.05 Tuesday"), ("", "Ravi I see you\r\nand you"),
        ("", "2024.03.06 Wednesday"), ("", "Ravi hello"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("午後9:30", "21:30"), ("午前0:05", "00:05"), ("上午12:05", "00:05"),
        ("오후 12:05", "12:05"),
        ("9:30 PM", "21:30"),
    ],
)  # fmt: skip
def test_halves_of_the_day_are_understood(written: str, clock: str) -> None:
    message = read_file(READER, JAPANESE.replace("午後9:30", written).encode())[0][1]
    assert message.sent is not None
    assert (message.sent.wall, message.sent.written) == (f"2024-03-05T{clock}:00", written)


@pytest.mark.parametrize(
    ("line", "flag"), [("25:99\ta\tb", "bad-date"), ("2024/13/05(Tue)", "bad-date")]
)
def test_what_is_no_time_is_told(line: str, flag: str) -> None:
    data = f"[LINE] x\n2024/03/05(Tue)\n{line}\n".encode()
    assert read_file(READER, data)[0][1].flags == (flag,)


def test_a_time_without_a_day_is_told() -> None:
    messages = read_file(READER, b"[LINE] x\n21:30\ta\tb\n")[0]
    assert messages[0].flags == ("no-day",)


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    data = PHONE + b'00:03\tRavi\t"what\n' + b'00:04\tRavi\tsaid " she\n00:05\tAsha\tx\n'
    messages = read_file(READER, data)[0]
    assert [one.text for one in messages[-3:]] == ['"what', 'said " she', "x"]


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (PHONE, LIKELY), (COMPUTER, LIKELY), (JAPANESE.encode(), LIKELY), (PHONE[1:], NO),
        (b"[LINE] x\n21:30\ta\tb\n", NO), (b"2024/03/05(Tue)\n21:30\ta\tb\n", NO),
    ],
)  # fmt: skip
def test_it_is_known_by_its_first_line_and_a_day(data: bytes, sureness: int) -> None:
    assert READER.match(data, "[LINE] Chat.txt") == sureness


@pytest.mark.parametrize("data", [PHONE, COMPUTER])
def test_cut_off_at_every_byte_no_byte_is_lost(data: bytes) -> None:
    for end in range(len(data)):
        found = drain(READER, data[:end], most=7)
        assert found.notes.bytes_covered == end
        spans = [one.place for one in found.messages]
        assert all(one.end == other.start for one, other in pairwise(spans))
        assert not spans or spans[-1].end == end


_PIECES = st.sampled_from(['"', '""', "\n", "\t", "21:30\t", "2024/03/05(Tue)\n", "Ravi\t", '"\n'])


@given(st.lists(_PIECES | st.text(max_size=5), max_size=40))
@settings(deadline=None)
def test_any_lines_are_covered(pieces: list[str]) -> None:
    data = ("[LINE] x\n2024/03/05(Tue)\n" + "".join(pieces)).encode("utf-8", "surrogatepass")
    found = drain(READER, data)
    assert found.notes.bytes_covered == len(data)
    assert b"".join(data[one.place.start : one.place.end] for one in found.messages) == data[9:]


@pytest.mark.parametrize("piece", [b'21:30\ta\t"\n', b'"', b"21:30\ta\tb\n", b'""\n', b"21:30"])
def test_quotes_without_an_end_take_no_long_time(piece: bytes) -> None:
    data = b'[LINE] x\n2024/03/05(Tue)\n21:30\ta\t"' + piece * 20_000
    assert drain(READER, data).seconds < 8 * SMALL_S


def test_only_a_phone_sets_apart_what_somebody_wrote() -> None:
    assert "borders" in read_file(READER, COMPUTER)[1].facts
    assert "borders" not in read_file(READER, PHONE)[1].facts


def _english(*days: str, texts: tuple[str, ...] = ()) -> bytes:
    lines = [f"{day}\n21:30\tRavi\tI see you\n" for day in days]
    return ("[LINE] Chat history with Ravi\n\n" + "\n".join([*lines, *texts])).encode()


def _orders(report: ReadingReport) -> list[Decision]:
    """What was decided of day and month; the zone of its times is another question."""
    return [one for one in report.decisions if one.about == "date_order"]


@pytest.mark.parametrize(
    ("days", "walls", "decided"),
    [
        (["Fri, 9/25/2026"], ["2026-09-25"], ("mdy", "file")),
        (["Tue, 06/01/2026"], ["2026-01-06"], ("dmy", "file")),
        (["Mon, 06/01/2026"], ["2026-06-01"], ("mdy", "file")),
        (["Thu, 01/10/2026", "Fri, 09/10/2026"], ["2026-10-01", "2026-10-09"], ("dmy", "file")),
        (["Thu, 05/03/2026"], ["2026-03-05"], ("dmy", "file")),
        (["Mon, 02/11/2026", "Tue, 03/03/2026"], ["2026-11-02", "2026-03-03"], ("dmy", "file")),
        (["Tue, 03/03/2026"], ["2026-03-03"], None),
    ],
)
def test_the_day_of_the_week_tells_which_number_is_the_month(
    days: list[str], walls: list[str], decided: tuple[str, str] | None
) -> None:
    messages, report = read_file(READER, _english(*days))
    said = [one.sent for one in messages if one.kind == "message"]
    assert [one and one.wall for one in said] == [f"{day}T21:30:00" for day in walls]
    assert [(one.value, one.by) for one in _orders(report)] == ([decided] if decided else [])
    assert [one.by for one in report.decisions if one.about == "zone"] == ["nobody"]


def test_a_day_that_fits_both_ways_is_asked_for() -> None:
    data = _english("Sun, 02/08/2026")
    messages, report = read_file(READER, data)
    assert messages[1].flags == ("ambiguous-date",)
    sent = messages[1].sent
    assert sent is not None
    assert (sent.wall, sent.others) == ("2026-08-02T21:30:00", ("2026-02-08T21:30:00",))
    (decision,) = _orders(report)
    assert (decision.by, decision.orders) == ("nobody", ("dmy", "mdy"))
    assert decision.samples == (("Sun, 02/08/2026", "2026-08-02 Sun", "2026-02-08 Sun"),)
    reading = Reading(READER, BytesIO(data), "", size_bytes=len(data), said=Said(date_order="mdy"))
    sent = list(reading)[1].sent
    assert sent is not None
    assert (sent.wall, sent.others) == ("2026-02-08T21:30:00", ())
    assert [one.by for one in _orders(reading.report())] == ["person"]


def test_what_the_file_proves_counts_more_than_what_was_said() -> None:
    data = _english("Fri, 9/25/2026")
    reading = Reading(READER, BytesIO(data), "", size_bytes=len(data), said=Said(date_order="dmy"))
    sent = list(reading)[1].sent
    assert sent is not None
    assert sent.wall == "2026-09-25T21:30:00"
    (decision,) = _orders(reading.report())
    assert (decision.value, decision.by) == ("mdy", "file")
    assert decision.reason.endswith("not the order that was said: dmy.")


def test_a_day_in_a_text_proves_nothing() -> None:
    text = '21:31\tRavi\t"look\nThu, 13/08/2026\n21:30\tAsha\tyes"\n'
    messages, report = read_file(READER, _english("Sun, 02/08/2026", texts=(text,)))
    assert len(messages) == 3
    assert [one.by for one in _orders(report)] == ["nobody"]


@pytest.mark.parametrize(
    ("day", "wall"),
    [
        ("2024/03/05（火）", "2024-03-05"), ("2024/3/5周二", "2024-03-05"),  # noqa: RUF001
        ("2024.03.05 Tuesday", "2024-03-05"), ("2024/03/05", "2024-03-05"),
    ],
)  # fmt: skip
def test_tabs_make_it_a_phones_however_the_day_is_written(day: str, wall: str) -> None:
    data = f"[LINE] Ravi\n{day}\n21:30\tRavi\tI see you\n21:31\t\tRavi joined\n".encode()
    messages = read_file(READER, data)[0]
    assert [(one.kind, one.sender.label, one.text) for one in messages] == [
        ("system", "", day), ("message", "Ravi", "I see you"), ("system", "", "Ravi joined"),
    ]  # fmt: skip
    assert messages[1].sent is not None
    assert messages[1].sent.wall == f"{wall}T21:30:00"


def test_a_line_with_tabs_does_not_make_a_computers_export_a_phones() -> None:
    data = COMPUTER + b"21:32\tAsha\tnot mine\r\n00:02 Ravi still here\r\n"
    assert [one.text for one in read_file(READER, data)[0]][-2:] == [
        "Ravi hello\r\n21:32\tAsha\tnot mine", "Ravi still here",
    ]  # fmt: skip

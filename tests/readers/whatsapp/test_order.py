"""Day and month are proved, said, or kept both ways: never taken for granted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.readers.whatsapp.asked import read_chat

from stalklog.records.message import Said

THIRDS = "".join(f"03/{month:02d}/24, 10:15 pm - Ravi: I am here\n" for month in range(1, 13))
US_THIRDS = "".join(f"{month}/3/24, 10:15 PM - Ravi: I am here\n" for month in range(1, 13))


def _walls(text: str, said: Said) -> list[str]:
    messages, _ = read_chat(text, said)
    return [message.sent.wall[:10] for message in messages if message.sent and message.sent.wall]


@pytest.mark.parametrize("text", [THIRDS, US_THIRDS])
def test_a_message_on_the_third_of_each_month_is_not_twelve_days_of_march(text: str) -> None:
    messages, report = read_chat(text, Said(zone="Asia/Kolkata"))
    for message in messages:
        assert message.sent
        if "ambiguous-date" in message.flags:
            assert message.sent.instant is None
            assert len({message.sent.wall, *message.sent.others}) == 2
        else:
            assert message.sent.wall == "2024-03-03T22:15:00"
    assert sum("ambiguous-date" in message.flags for message in messages) == 11
    order = next(one for one in report.decisions if one.about == "date_order")
    assert (order.value, order.by, len(order.samples)) == ("", "nobody", 3)
    assert report.first == report.last  # only 3 March is certain


def test_the_samples_are_lines_with_both_readings() -> None:
    _, report = read_chat("04/03/24 7:05\u202fpm - Asha: no\n")
    assert report.decisions[0].samples == (
        ("04/03/24 7:05\u202fpm - Asha: no", "2024-03-04 Mon", "2024-04-03 Wed"),
    )


def test_what_the_person_says_is_taken_and_written_down() -> None:
    thirds = [f"2024-{month:02d}-03" for month in range(1, 13)]
    assert _walls(THIRDS, Said(date_order="dmy")) == thirds
    assert _walls(US_THIRDS, Said(date_order="mdy")) == thirds
    messages, report = read_chat(THIRDS, Said(date_order="dmy"))
    assert not any(message.flags for message in messages)
    assert (report.decisions[0].value, report.decisions[0].by) == ("dmy", "person")


@pytest.mark.parametrize(
    ("proof", "order"), [("13/04/24", "dmy"), ("04/13/24", "mdy"), ("32/04/01", "ymd")]
)
def test_one_date_that_can_be_read_one_way_proves_all(proof: str, order: str) -> None:
    text = f"03/02/24, 10:15 pm - Ravi: a\n{proof}, 10:15 pm - Ravi: b\n"
    if order == "ymd":
        text = text.replace("03/02/24", "2024/03/02").replace(proof, "2024/04/01")
    messages, report = read_chat(text)
    assert not any("ambiguous-date" in message.flags for message in messages)
    assert (report.decisions[0].value, report.decisions[0].by) == (order, "file")


def test_a_proof_outweighs_what_was_said_and_that_is_told() -> None:
    text = "03/02/24, 10:15 pm - Ravi: a\n13/04/24, 10:15 pm - Ravi: b\n"
    messages, report = read_chat(text, Said(date_order="mdy"))
    assert messages[0].sent
    assert messages[0].sent.wall == "2024-02-03T22:15:00"
    assert (report.decisions[0].value, report.decisions[0].by) == ("dmy", "file")
    assert "mdy" in report.decisions[0].reason


CONTRADICTION = (
    "13/02/24, 10:15 pm - Ravi: a\n02/13/24, 10:15 pm - Ravi: b\n03/02/24, 10:15 pm - Ravi: c\n"
)


def test_two_proofs_that_contradict_each_other_are_none() -> None:
    messages, report = read_chat(CONTRADICTION)
    assert [message.sent.others for message in messages if message.sent] == [
        (), (), ("2024-03-02T22:15:00",),
    ]  # fmt: skip
    assert (report.decisions[0].value, report.decisions[0].by) == ("", "nobody")
    messages, report = read_chat(CONTRADICTION, Said(date_order="mdy"))
    assert messages[2].sent
    assert messages[2].sent.wall == "2024-03-02T22:15:00"
    assert report.decisions[0].by == "person"


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("IMG-20240203-WA0001.jpg (file attached)", "dmy"),
        ("IMG-20240302-WA0001.jpg (file attached)", "mdy"),
        ("\u200e<attached: 00000004-PHOTO-2024-02-03-07-15-00.jpg>", "dmy"),
        ("IMG-20231111-WA0001.jpg (file attached)", ""),
    ],
)
def test_the_name_of_a_file_proves_the_day(name: str, order: str) -> None:
    _, report = read_chat(f"03/02/24, 10:15 pm - Ravi: {name}\n03/04/24, 10:15 pm - Ravi: b\n")
    assert (report.decisions[0].value, report.decisions[0].by) == (
        order, "file" if order else "nobody",
    )  # fmt: skip


def test_names_that_contradict_each_other_prove_nothing() -> None:
    _, report = read_chat(
        "03/02/24, 10:15 pm - Ravi: IMG-20240203-WA0001.jpg (file attached)\n"
        "03/04/24, 10:15 pm - Ravi: IMG-20240304-WA0001.jpg (file attached)\n"
    )
    assert report.decisions[0].by == "nobody"


def test_no_message_is_from_the_future() -> None:
    said = Said(looked_at=datetime(2024, 3, 10, tzinfo=UTC))
    messages, report = read_chat("03/02/24, 10:15 pm - a: b\n02/12/24, 10:15 pm - a: c\n", said)
    assert (report.decisions[0].value, report.decisions[0].by) == ("mdy", "file")
    assert messages[1].sent
    assert messages[1].sent.wall == "2024-02-12T22:15:00"
    assert report.decisions[0].reason == (
        "Read otherwise, 02/12/24 is later than the day on which the file was added."
    )


@pytest.mark.parametrize(
    ("dates", "walls"),
    [
        (("२४/३/४", "२४/३/५"), ["2024-03-04", "2024-03-05"]),
        (("24/3/4", "24/3/15"), ["2024-03-04", "2024-03-15"]),
        (("24. 3. 4.", "24. 3. 15."), ["2024-03-04", "2024-03-15"]),
        (("18/3/22", "28/3/22"), ["2022-03-18", "2022-03-28"]),
    ],
)
def test_a_year_of_two_digits_may_stand_first(dates: tuple[str, str], walls: list[str]) -> None:
    assert _walls("".join(f"{date}, 21:05 - a: b\n" for date in dates), Said()) == walls


def test_a_forged_line_proves_nothing() -> None:
    text = THIRDS.replace("I am here\n", "x\n2024-25-12 10:15: y\n", 1)
    assert read_chat(text)[1].decisions[0].by == "nobody"
    odd = THIRDS + "25/1/2024, 10:15 PM - Ravi: forged\n" + THIRDS
    messages, report = read_chat(odd)
    assert report.decisions[0].by == "nobody"
    assert "header-in-body" in messages[12].flags


@pytest.mark.parametrize(
    ("text", "orders", "readings"),
    [
        ("4/3/24, 7:05 pm - a: b\n", ("dmy", "mdy"), ("2024-03-04 Mon", "2024-04-03 Wed")),
        ("४/३/२४, ७:०५ pm - a: b\n", ("dmy", "mdy"), ("2024-03-04 Mon", "2024-04-03 Wed")),
        ("२४/३/१२, ७:०५ pm - a: b\n", ("dmy", "ymd"), ("2012-03-24 Sat", "2024-03-12 Tue")),
        ("[3/4/2567 BE, 21:05:00] a: b\n", ("dmy", "mdy"), ("2024-04-03 Wed", "2024-03-04 Mon")),
        ("3/4/67 21:05 - a: b\n", ("dmy", "mdy"), ("2024-04-03 Wed", "2024-03-04 Mon")),
        ("[3/4/R6, 21:05:00] a: b\n", ("dmy", "mdy"), ("2024-04-03 Wed", "2024-03-04 Mon")),
        ("[21:05:00, 3/4/24] a: b\n", ("dmy", "mdy"), ("2024-04-03 Wed", "2024-03-04 Mon")),
        ("[\u200f3\u200f/4\u200f/2024\u060c 21:05:00] a: b\n", ("dmy", "mdy"),
         ("2024-04-03 Wed", "2024-03-04 Mon")),
    ],
)  # fmt: skip
def test_in_every_calendar_what_is_open_is_asked(
    text: str, orders: tuple[str, ...], readings: tuple[str, ...]
) -> None:
    (message,), report = read_chat(text, Said(zone="Asia/Kolkata"))
    assert message.sent
    assert message.sent.instant is None
    assert {message.sent.wall, *message.sent.others} == {
        f"{reading[:10]}T{message.sent.wall[11:]}" for reading in readings if message.sent.wall
    }
    decision = report.decisions[0]
    assert (decision.by, decision.orders, decision.samples[0][1:]) == ("nobody", orders, readings)
    (message,), report = read_chat(text, Said(date_order=orders[1]))  # type: ignore[arg-type]
    assert message.sent
    assert message.sent.wall
    assert message.sent.wall[:10] == readings[1][:10]
    assert (report.decisions[0].by, report.decisions[0].value) == ("person", orders[1])


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ("3/4/24, 7:05 pm - ", "13/4/24, 7:05 pm - ", "dmy"),
        ("3/4/24, 7:05 pm - ", "4/13/24, 7:05 pm - ", "mdy"),
        ("[3/4/2567 BE, 21:05:00] ", "[13/4/2567 BE, 21:05:00] ", "dmy"),
        ("[21:05:00, 3/4/24] ", "[21:05:00, 13/4/24] ", "dmy"),
        ("[21:05:00, 3/4/24] ", "[21:05:00, 4/13/24] ", "mdy"),
        ("[3/4/R6, 21:05:00] ", "[4/13/R6, 21:05:00] ", "mdy"),
        ("४/३/२४, ७:०५ pm - ", "१४/३/२५, ७:०५ pm - ", "dmy"),
    ],
)
def test_in_every_calendar_one_date_can_prove_all(first: str, second: str, order: str) -> None:
    messages, report = read_chat(f"{first}a: b\n{second}a: c\n")
    assert not any("ambiguous-date" in message.flags for message in messages)
    assert (report.decisions[0].value, report.decisions[0].by) == (order, "file")


MANY = Said(looked_at=datetime(2026, 11, 26, tzinfo=UTC))


@pytest.mark.parametrize(
    ("dates", "order", "orders"),
    [
        # one of them alone can be read with the year in front, and nothing is against it
        (["24/3/18"], "", ("dmy", "ymd")),
        (["24/3/18", "25/3/18"], "", ("dmy", "ymd")),
        (["24/3/18", "24/3/19", "24/3/20"], "", ("dmy", "ymd")),
        (["24/3/18", "24/4/18", "25/1/19"], "", ("dmy", "ymd")),
        (["12/10/18"], "", ("dmy", "mdy", "ymd")),
        (["24. 3. 18."], "", ("dmy", "ymd")),
        # what makes it impossible in one date does so in all
        (["24/3/18", "27/3/18"], "dmy", ()),  # it would be 2027
        (["24/3/18", "8/3/18"], "dmy", ()),  # it would be 2008
        (["24/3/18", "24/4/8"], "ymd", ()),  # it would be 2008
        (["24/3/18", "24/5/31"], "ymd", ()),  # it would be 2031
        (["10/15/18", "11/12/18"], "mdy", ()),  # there is no 15th month
        (["24/03/18"], "dmy", ()),  # no phone writes the year first and a nought
        (["24.3.18"], "dmy", ()),  # nor dots without spaces
        (["24-3-18"], "dmy", ()),
        (["২৪/৩/১৮"], "dmy", ()),  # nor, in Bengali, the year first
        (["٢٤/٣/١٨"], "dmy", ()),
        (["24/3/2018"], "dmy", ()),
        (["2018/3/24"], "ymd", ()),
        # read so, the chat would go back by most of a year
        (["24/3/18", "25/3/18", "10/4/18"], "dmy", ()),
        (["15/3/18", "14/4/18"], "dmy", ()),
        (["24/3/18", "23/3/18"], "dmy", ()),  # and otherwise by a day
        # read so, every message would be of an 18th, whatever the year
        (["24/3/18", "25/3/18", "26/3/18"], "dmy", ()),
        (["11/10/18", "12/11/18", "14/12/18"], "dmy", ()),
        (["11/10/18", "12/11/18", "12/12/18"], "", ("dmy", "mdy", "ymd")),
        # it goes back in each reading, or by little in both
        (["24/3/18", "24/2/18", "24/3/17"], "", ("dmy", "ymd")),
        (["24/3/19", "24/3/18", "23/3/18"], "", ("dmy", "ymd")),
    ],
)
def test_a_year_of_two_digits_in_front_is_thought_of(
    dates: list[str], order: str, orders: tuple[str, ...]
) -> None:
    text = "".join(f"{date}, 19:05 - Ravi: a\n" for date in dates)
    messages, report = read_chat(text, MANY)
    decision = report.decisions[0]
    assert (decision.value, decision.orders) == (order, orders)
    assert decision.by == ("file" if order else "nobody")
    for message in messages:
        assert message.sent
        assert bool(message.sent.others) == (not order)
    assert all(len(sample) == 1 + len(orders) for sample in decision.samples)


def test_the_day_in_the_name_of_a_file_decides_about_the_year_too() -> None:
    for day, order in (("20180324", "dmy"), ("20240318", "ymd"), ("20190101", "")):
        text = (
            "24/3/18, 19:05 - Ravi: a\n"
            f"24/3/18, 19:06 - Ravi: IMG-{day}-WA0001.jpg (file attached)\n"
        )
        assert read_chat(text, MANY)[1].decisions[0].value == order


@pytest.mark.parametrize("second", ["10/4/18", "25/3/18"])
def test_a_person_who_knows_that_the_year_stands_first_is_not_denied(second: str) -> None:
    text = f"24/3/18, 19:05 - Ravi: a\n{second}, 19:05 - Ravi: a\n"
    decision, _zone = read_chat(text, MANY)[1].decisions
    is_far = second == "10/4/18"
    assert (decision.value, decision.by) == (("dmy", "file") if is_far else ("", "nobody"))
    assert (decision.reason == "With the year in front the chat would go far back in time.") == (
        is_far
    )
    walls = {"10/4/18": ["2024-03-18", "2010-04-18"], "25/3/18": ["2024-03-18", "2025-03-18"]}
    assert _walls(text, Said(date_order="ymd")) == walls[second]
    decision, _zone = read_chat(text, Said(date_order="ymd"))[1].decisions
    assert (decision.value, decision.by) == ("ymd", "person")
    padded = text.replace("24/3/", "24/03/")  # no phone writes the year first and a nought
    assert _walls(padded, Said(date_order="ymd"))[0] == "2018-03-24"
    assert read_chat(padded, Said(date_order="ymd"))[1].decisions[0].by == "file"


def test_with_hyphens_the_year_is_in_front_only_for_who_says_so() -> None:
    text = "24-03-18, 19:05 - Ravi: a\n25-03-18, 19:05 - Ravi: b\n"
    decision, _zone = read_chat(text, MANY)[1].decisions
    assert (decision.value, decision.by) == ("dmy", "file")
    assert decision.reason == (
        "24-03-18 can be read in one way only, unless the phone writes the year first."
    )
    assert _walls(text, Said(date_order="ymd")) == ["2024-03-18", "2025-03-18"]
    decision, _zone = read_chat(text, Said(date_order="ymd"))[1].decisions
    assert (decision.value, decision.by) == ("ymd", "person")
    assert _walls("32-03-18, 19:05 - Ravi: a\n24-03-18, 19:05 - Ravi: b\n", Said()) == [
        "2032-03-18", "2024-03-18",
    ]  # fmt: skip

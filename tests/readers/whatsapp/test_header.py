"""Every way in which phones write the beginning of a message is understood."""

from __future__ import annotations

import pytest
from tests.readers.whatsapp.asked import read_chat

from stalklog.readers.base import LIKELY, NO
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.records.message import Said

WALL = "2024-03-14T21:05"
FORMS = [
    ("14/03/24, 9:05 pm - ", WALL),
    ("14/03/24, 9:05\u202fpm - ", WALL),
    ("14/03/24, 9:05\u00a0pm - ", WALL),
    ("14/03/24 9:05\u202fPM - ", WALL),
    ("14/03/2024, 21:05 - ", WALL),
    ("14/3/24, 9:05 pm - ", WALL),
    ("3/14/24, 9:05 PM - ", WALL),
    ("14-03-24 9:05 PM - ", WALL),
    ("14.03.24 21:05 - ", WALL),
    ("14.3.2024 klo 21.05 - ", WALL),
    ("14.03.24 um 21:05 - ", WALL),
    ("14.03.24 г., 21:05 ч. - ", WALL),  # noqa: RUF001
    ("2024-03-14, 9:05 p.m. - ", WALL),
    ("2024/03/14, 21:05 - ", WALL),
    ("2024-03-14 21 h 05 - ", WALL),
    ("14/3/24, 9:05 p. m. - ", WALL),
    ("14/3/24, 9:05 p.\u00a0m. - ", WALL),
    ("१४/०३/२४, ९:०५ pm - ", WALL),
    ("১৪/৩/২৪, ৯:০৫ PM - ", WALL),
    ("۱۴/۳/۲۰۲۴، ۲۱:۰۵ - ", WALL),  # noqa: RUF001
    ("14/3/24, 9:05 ਬਾ.ਦੁ. - ", WALL),
    ("2024/3/14, 9:05 अपराह्न - ", WALL),
    ("14\u200f/3\u200f/2024، 9:05 م - ", WALL),
    ("2024/3/14 下午9:05 - ", WALL),
    ("2024. 3. 14. 오후 9:05 - ", WALL),
    ("2024年3月14日 21:05 - ", WALL),
    ("14/3/2567 21:05 - ", WALL),
    ("14/3/67 21:05 - ", WALL),
    ("21:05, 14/3/24 - ", WALL),
    ("14/03/2024 21:05: ", WALL),
    ("[14/03/24, 21:05:00] ", WALL),
    ("\u200e[14/03/24, 21:05:00] ", WALL),
    ("[3/14/24 21:05:00] ", WALL),
    ("[3/14/24 21.05.00] ", WALL),
    ("[21:05:00, 3/14/24] ", WALL),
    ("[\u200f14\u200f/3\u200f/2024، 21:05:00] ", WALL),
    ("[3/14/2567 BE, 21:05:00] ", WALL),
    ("[3/14/R6, 21:05:00] ", WALL),
    ("[令和6/3/14 21:05:00] ", WALL),
    ("[14/03/24, 9:05:00\u202fPM] ", WALL),
    ("[2024-03-14, 9:05:00 PM] ", WALL),
    ("[14. 3. 2024. 21:05:00] ", WALL),
    ("14. 3. 2024. 21:05:00 - ", WALL),
    ("14. 3. 2024. 21:05:00 ", WALL),
    ("14. 3. 2024. u 21:05 - ", WALL),
    ("14.3.2024. u 21:05 - ", WALL),
    ("14. 3. 24. у 21:05 - ", WALL),  # noqa: RUF001
    ("14. 3. 2024 21:05 - ", WALL),
    ("14. 03. 2024. 21:05 - ", WALL),
    ("14/03/2024 a las 9:05 p. m. - ", WALL),
    ("14/03/2024 à 21:05 - ", WALL),
    ("14.03.24 21.05.00: ", WALL),
    ("03-14-2024, 09.05 PM - ", WALL),
    ("[3/14/24 9:05:00 p. m.] ", WALL),
    ("[2024/03/14, 21:05:00] ", WALL),
    ("2024. 03. 14. 21:05 - ", WALL),
    ("14.3.24\u202fг., 21:05 - ", WALL),  # noqa: RUF001
    ("۱۴/۳/۲۰۲۴،\u200f ۲۱:۰۵ - ", WALL),  # noqa: RUF001
    ("14-3-24 9:05 CH - ", WALL),
    ("14 Mar 2024 21:05 - ", WALL),
    ("14 March 2024, 9:05 pm - ", WALL),
    ("Mar 14, 2024, 9:05 PM - ", WALL),
    ("Mar 14, 2024 9:05 PM - ", WALL),
    ("21:05, 14 Mar 2024 - ", WALL),
    ("14 Mar 21:05 - ", None),
    ("Mar 14, 9:05 PM - ", None),
    ("31 Feb 2024 21:05 - ", None),
    ("14/03/24, 12:05 am - ", "2024-03-14T00:05"),
    ("14/03/24, 12:05 pm - ", "2024-03-14T12:05"),
    ("14/03/24, 00:05 a. m. - ", "2024-03-14T00:05"),
    ("14/03/24, 24:05 - ", None),
    ("14/03/24, 13:05 am - ", None),
    ("31/02/2024, 21:05 - ", None),
    ("1402/12/24, 21:05 - ", None),
]


@pytest.mark.parametrize(("header", "wall"), FORMS)
def test_a_header_is_understood(header: str, wall: str | None) -> None:
    (message, other), report = read_chat(f"{header}Ravi: one\nmore\n{header}Asha: two\n")
    assert message.sent
    assert message.sent.wall == (f"{wall}:00" if wall else None)
    assert message.sent.written == header.strip("\u200e\u200f[] -").removesuffix(":")
    assert message.sent.instant is None
    assert bool({"bad-date", "no-year"} & {*message.flags}) == (wall is None)
    assert (message.sender.label, message.text) == ("Ravi", "one\nmore")
    assert (other.sender.label, other.text) == ("Asha", "two")
    assert report.is_whole


@pytest.mark.parametrize(("header", "wall"), FORMS)
def test_three_lines_are_enough_to_know_it(header: str, wall: str | None) -> None:
    chat = "".join(f"{header}{one}\n\n" for one in ("Ravi: hi", "Asha: no", "Ravi left"))
    assert WhatsAppText().match(chat.encode(), "notes") == LIKELY, wall


@pytest.mark.parametrize(
    "text",
    ["see you 13/01/24, 9:03 pm - fake: x", "13/01 9:03 pm - fake: x", "1.2.3.4 - x: y",
     "13/01/24 - fake: x", "(13/01/24, 9:03 pm) fake: x", "> 13/01/24, 9:03 pm - fake: x"],
)  # fmt: skip
def test_what_is_no_header_is_text(text: str) -> None:
    messages, _ = read_chat(f"14/03/24, 9:05 pm - Ravi: a\n{text}\n14/03/24, 9:06 pm - Asha: b\n")
    assert [message.text for message in messages] == [f"a\n{text}", "b"]
    assert not any(message.flags for message in messages)


def test_the_name_of_a_month_is_read_in_one_way_only() -> None:
    header = "3 Feb 2014 21:05 - "
    (message, _), report = read_chat(f"{header}Ravi: a\n{header}Asha: b\n", Said(date_order="mdy"))
    assert message.sent
    assert (message.sent.wall, message.sent.others) == ("2014-02-03T21:05:00", ())
    assert [one.about for one in report.decisions] == ["zone"]


@pytest.mark.parametrize(
    "date", ["Dec {}, 2013", "{} Dec 2013", "December {} 2013", "{} Dec. 2013"]
)
def test_of_the_current_year_an_old_export_names_none_and_none_is_guessed(date: str) -> None:
    days = (27, 28, 29, 30, 31)
    last = date.replace(", 2013", "").replace(" 2013", "").replace("Dec", "Jan")
    last = last.replace("ember", "uary").format(10)
    dates = [*map(date.format, days), last]
    messages, _ = read_chat("".join(f"{one}, 9:05 PM - Ravi: x\n" for one in dates))
    assert [message.sent and message.sent.wall for message in messages] == [
        *(f"2013-12-{day}T21:05:00" for day in days), None,
    ]  # fmt: skip
    assert [message.flags for message in messages] == [*[()] * 5, ("no-year",)]


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        ("14/03/24, 9:05 pm - ", "Mar 14, 2024, 9:05 PM - "),
        ("14/03/24, 9:05 pm - ", "14. 3. 2024. 21:05:00 "),
        ("14 Mar 2024 21:05 - ", "14/03/24, 9:05 pm - "),
        ("14. 3. 2024. 21:05:00 ", "14. 3. 2024. u 21:05 - "),
        ("[14. 3. 2024. 21:05:00] ", "14. 3. 2024. 21:05:00 "),
    ],
)
def test_a_line_with_a_date_of_another_kind_is_text_and_flagged(ours: str, other: str) -> None:
    chat = f"{ours}Ravi: a\n{other}fake: x\n" + f"{ours}Asha: b\n" * 3
    messages, _ = read_chat(chat)
    assert [message.text for message in messages] == [f"a\n{other}fake: x", "b", "b", "b"]
    assert [message.flags for message in messages] == [("header-in-body",), (), (), ()]


@pytest.mark.parametrize(
    "line",
    ["14. 3. 2024 21:05:00 Ravi: x", "14.3.2024 21:05:00 Ravi: x", "14. 3. 2024. 21:05 Ravi: x",
     "Mar 14 21:05:00 gate sshd: x", "14 Mar 2024 - x", "Mar 05, 2024  9:30:09 PM",
     "Mar 14 21:05:00 <ravi> x", "Mar 14 21:05:00 -ravi- x", "[14 Mar 21:05] <ravi> x",
     "[14 Mar 21:05] Ravi: x", "14 Mao 2024 21:05 - x: y"],
)  # fmt: skip
def test_what_other_programs_write_is_no_header(line: str) -> None:
    assert WhatsAppText().match(f"{line}\n".encode() * 5, "notes") == NO


def test_the_zone_is_what_the_person_says() -> None:
    said = Said(zone="Asia/Kolkata")
    (message,), report = read_chat("14/03/24, 9:05 pm - Ravi: hi\n", said)
    assert message.sent
    assert message.sent.instant
    assert message.sent.instant.isoformat() == "2024-03-14T15:35:00+00:00"
    assert (message.sent.zone, message.sent.zone_source) == ("Asia/Kolkata", "person")
    assert [(one.about, one.value, one.by) for one in report.decisions] == [
        ("date_order", "dmy", "file"),
        ("zone", "Asia/Kolkata", "person"),
    ]


@pytest.mark.parametrize("clock", ["2:30", "1:30"])
def test_an_hour_that_was_there_twice_or_never_is_no_instant(clock: str) -> None:
    day = "31/03/2024" if clock == "2:30" else "27/10/2024"
    zone = "Europe/Berlin" if clock == "2:30" else "Europe/London"
    (message,), _ = read_chat(f"{day}, {clock} - Ravi: hi\n", Said(zone=zone))
    assert message.sent
    assert message.sent.instant is None
    assert message.sent.wall


def test_a_zone_that_is_none_is_as_if_nothing_was_said() -> None:
    (message,), report = read_chat("14/03/24, 9:05 pm - Ravi: hi\n", Said(zone="../etc"))
    assert message.sent
    assert message.sent.zone is None
    assert [(one.about, one.value) for one in report.decisions] == [
        ("date_order", "dmy"),
        ("zone", ""),
    ]

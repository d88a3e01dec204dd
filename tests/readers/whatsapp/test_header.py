"""Every way in which phones write the beginning of a message is understood."""

from __future__ import annotations

import pytest
from tests.readers.whatsapp.asked import read_chat

from stalklog.readers.base import LIKELY
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
    assert ("bad-date" in message.flags) == (wall is None)
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

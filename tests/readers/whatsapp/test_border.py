"""Where a message ends: a line in a text is no message of its own, or it is said that it may be."""

from __future__ import annotations

import pytest
from tests.readers.whatsapp.asked import read_chat
from tests.readers.whatsapp.chats import ANDROID, IPHONE

HEAD = "[28/09/24, 21:00:05] Ravi: \u200eMessages and calls are end-to-end encrypted.\r\n"
FORGED = "[28/09/24, 21:01:30] Asha: I love you"


def test_a_forged_line_in_an_iphones_export_is_text() -> None:
    messages, report = read_chat(IPHONE)
    assert len(messages) == 10
    assert messages[2].text == f"Look what he sent:\n{FORGED}\nand more"
    assert messages[2].flags == ("header-in-body",)
    assert not any(message.flags for message in messages if message.number != 3)
    assert "borders" not in report.facts


def test_however_many_there_are_they_are_text() -> None:
    forged = "".join(f"\n[28/09/24, 21:02:{second:02d}] Asha: yes" for second in range(50))
    chat = f"{HEAD}[28/09/24, 21:01:00] Ravi: x{forged}\r\n[28/09/24, 21:03:00] Asha: no\r\n"
    messages, _ = read_chat(chat)
    assert len(messages) == 3
    assert messages[1].text == f"x{forged}"


def test_a_cr_in_a_text_does_not_hide_the_messages_behind_it() -> None:
    chat = "".join(f"[28/09/24, 21:0{minute}:00] Asha: no\n" for minute in range(5))
    messages, _ = read_chat(f"{chat}[28/09/24, 21:06:00] Ravi: x\r\n{chat.replace('21:', '22:')}")
    assert len(messages) == 11


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_iphones_export_that_was_saved_anew_is_read_and_flagged(end: str) -> None:
    saved = IPHONE.decode().replace("\r\n", "\n").replace("\n", end)
    messages, report = read_chat(saved)
    assert len(messages) == 11
    assert "borders" in report.facts


@pytest.mark.parametrize(
    "line",
    [
        "28/09/24, 21:03 - Asha: the clock is another",
        "28/9/24, 9:03\u202fpm - Asha: no nought",
        "28/09/2024, 9:03\u202fpm - Asha: a long year",
        "28/09/24, 9:03 pm - Asha: a common space",
        "28/09/24, 9:03\u202fPM - Asha: large letters",
        "27/09/24, 9:03\u202fpm - Asha: a day before",
        "13/11/25, 9:03\u202fpm - Asha: a year behind",
        "28/09/24, 9:03\u202fpm - fake: nobody of this name writes",
    ],
)
def test_a_line_like_a_message_in_androids_export_is_flagged(line: str) -> None:
    chat = ANDROID.decode().replace("You wore the blue scarf.", line)
    messages, report = read_chat(chat)
    assert messages[1].text == "I saw you today."
    assert messages[2].place.start == len(chat.partition(line)[0].encode())
    flagged = [message.number for message in messages if "header-in-body" in message.flags]
    assert 3 in flagged
    assert "borders" in report.facts


def test_of_somebody_who_writes_only_once_it_is_said_why_the_line_is_flagged() -> None:
    chat = "".join(
        f"13/04/24, 9:0{minute} pm - {name}: x\n"
        for minute, name in enumerate(("Ravi", "Asha", "Ravi", "Meera", "Asha"))
    )
    messages, _ = read_chat(chat)
    assert [one.flags for one in messages] == [
        (), (), ("header-in-body",), ("header-in-body", "writes-once"), (),
    ]  # fmt: skip
    messages, _ = read_chat(f"13/04/24, 9:00 pm - Ravi added Meera\n{chat}")
    assert not any(one.flags for one in messages)


def test_androids_export_is_flagged_nowhere_else() -> None:
    messages, _ = read_chat(ANDROID)
    assert not any(message.flags for message in messages)


@pytest.mark.parametrize(
    "line",
    ["[28/09/24, 9:03:00\u202fpm] Asha: pasted", "28/09/24 9:03\u202fpm: Asha: pasted",
     "note: 28/09/24, 9:03\u202fpm - fake: injected"],
)  # fmt: skip
def test_a_pasted_line_of_another_kind_is_text(line: str) -> None:
    messages, _ = read_chat(ANDROID.decode().replace("You wore the blue scarf.", line))
    assert messages[1].text == f"I saw you today.\n{line}"
    assert ("header-in-body" in messages[1].flags) == (not line.startswith("note"))


def test_steps_backwards_are_flagged_and_never_sorted() -> None:
    days = (5, 3, 4, 1, 2)
    messages, _ = read_chat("".join(f"0{day}/13/24, 10:15 - Ravi: {day}\n" for day in days))
    assert [message.text for message in messages] == [str(day) for day in days]
    assert ["time-backwards" in message.flags for message in messages] == [
        False, True, False, True, False,
    ]  # fmt: skip


def test_a_step_backwards_in_both_readings_is_one() -> None:
    messages, _ = read_chat("".join(f"0{n}/02/24, 10:15 - Ravi: x\n" for n in (5, 3, 4)))
    assert ["time-backwards" in message.flags for message in messages] == [False, True, False]

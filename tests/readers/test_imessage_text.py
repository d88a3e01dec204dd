"""The text of imessage-exporter: who wrote what and when, and answers that stand there twice."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file

from stalklog.readers.base import LIKELY, MAYBE, NO, Reading
from stalklog.readers.imessage_text import IMessageTextReader
from stalklog.records.message import Party, Said

READER = IMessageTextReader()
CHAT = b"""\
Mar 05, 2024  9:30:09 PM (Read by you after 5 seconds)
+915550100
I see you

and you
Tapbacks:
    Loved by Me

Mar 05, 2024  9:31:00 PM
Me
Stop
attachments/12/IMG_1.HEIC

    Mar 05, 2024 10:00:00 PM
    +915550100
    no

Mar 05, 2024 12:00:00 AM Me added meera@example.org to the conversation.

Mar 05, 2024 10:00:00 PM
+915550100
This message was deleted from the conversation!
no
This message responded to an earlier message.

"""


def test_every_byte_is_in_one_message() -> None:
    messages, report = read_file(READER, CHAT)
    assert b"".join(CHAT[one.place.start : one.place.end] for one in messages) == CHAT
    for one in messages:
        piece = CHAT[one.place.start : one.place.end]
        assert sha256(piece).hexdigest() == one.place.sha256
    assert (report.bytes_covered, report.is_whole) == (len(CHAT), True)


def test_who_wrote_what() -> None:
    first, second, event, deleted = read_file(READER, CHAT)[0]
    assert first.sender == Party("+915550100")
    assert first.text == "I see you\n\nand you\nTapbacks:\n    Loved by Me"
    assert second.sender == Party("Me", role="owner")
    assert [one.name for one in second.attachments] == ["attachments/12/IMG_1.HEIC"]
    assert (event.kind, event.text) == ("system", "Me added meera@example.org to the conversation.")
    assert "recently-deleted" in deleted.flags


def test_an_answer_below_its_message_is_no_message_of_its_own_and_told() -> None:
    assert ["header-in-body" in one.flags for one in read_file(READER, CHAT)[0]] == [
        False, True, False, False,
    ]  # fmt: skip


def test_times_are_on_the_clock_of_that_computer() -> None:
    messages = read_file(READER, CHAT)[0]
    assert [one.sent and one.sent.wall for one in messages] == [
        "2024-03-05T21:30:09", "2024-03-05T21:31:00", "2024-03-05T00:00:00", "2024-03-05T22:00:00",
    ]  # fmt: skip
    assert messages[0].flags == ("no-zone",)
    assert messages[2].flags == ("no-zone", "time-backwards")
    assert messages[0].sent is not None
    assert messages[0].sent.written == "Mar 05, 2024  9:30:09 PM"


def test_a_zone_that_a_person_says_makes_it_a_moment() -> None:
    said = Said(zone="Asia/Kolkata")
    sent = next(iter(Reading(READER, BytesIO(CHAT), "", size_bytes=len(CHAT), said=said))).sent
    assert sent is not None
    assert sent.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)


@pytest.mark.parametrize("written", ["Foo 05, 2024  9:30:09 PM", "Feb 30, 2024 13:30:09 PM"])
def test_what_is_no_time_is_told(written: str) -> None:
    (message,) = read_file(READER, f"{written}\nMe\nx\n".encode())[0]
    assert message.flags == ("bad-date",)


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (CHAT, LIKELY), (b"\xef\xbb\xbf\n" + CHAT.replace(b"\n", b"\r\n"), LIKELY),
        (CHAT[:80], MAYBE), (CHAT[1:], NO), (b"Mar 05, 2024\nhello\n", NO),
    ],
)  # fmt: skip
def test_it_is_known_by_its_times(data: bytes, sureness: int) -> None:
    assert READER.match(data, "+915550100.txt") == sureness


def test_line_ends_of_windows_change_nothing_but_the_bytes() -> None:
    data = CHAT.replace(b"\n", b"\r\n")
    assert [one.text for one in read_file(READER, data)[0]] == [
        one.text for one in read_file(READER, CHAT)[0]
    ]


def test_cut_off_at_every_byte_no_byte_is_lost() -> None:
    for end in range(len(CHAT)):
        found = drain(READER, CHAT[:end], most=7)
        assert found.notes.bytes_covered == end
        assert found.seconds < SMALL_S


_PIECES = st.sampled_from(["Mar 05, 2024  9:30:09 PM", "\n", "\n\n", "Me", "    ", " (Read by x)"])


@given(st.lists(_PIECES | st.text(max_size=5), max_size=40))
@settings(deadline=None)
def test_any_lines_are_covered(pieces: list[str]) -> None:
    data = ("Mar 05, 2024  9:30:09 PM\n" + "".join(pieces)).encode("utf-8", "surrogatepass")
    found = drain(READER, data)
    assert found.notes.bytes_covered == len(data)
    assert b"".join(data[one.place.start : one.place.end] for one in found.messages) == data


@pytest.mark.parametrize("piece", [b"\n", b"/", b"\n\nMar 05, 2024 ", b" (Read by ", b"\n    "])
def test_long_texts_take_no_long_time(piece: bytes) -> None:
    data = b"Mar 05, 2024  9:30:09 PM" + piece * (200_000 // len(piece))
    assert drain(READER, data).seconds < 4 * SMALL_S


def test_a_forged_message_in_a_text_is_told_to_be_possible() -> None:
    assert "borders" in read_file(READER, CHAT)[1].facts

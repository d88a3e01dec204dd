"""Cut off, changed, endless or not a chat at all: no byte is lost, and nothing hangs."""

from __future__ import annotations

import time
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.reading import OneWay
from tests.readers.whatsapp.asked import read_chat
from tests.readers.whatsapp.chats import ANDROID, IPHONE

from stalklog.readers.base import Notes, Reading
from stalklog.readers.whatsapp import block as blocks
from stalklog.readers.whatsapp_text import WhatsAppText
from stalklog.safety.limits import MAX_TEXT_CHARS

LINES = (
    b"28/09/24, 9:01 pm - Ravi: x\n", b"[28/09/24, 21:01:07] Ravi: x\r\n", b"\n", b"\r\n", b"\r",
    b"28/9/24, 21:01 - ", b"\xe2\x80\x8e", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"x",
    b"[28/09/24, 21:01:07] Ravi: \xe2\x80\x8e<attached: a.jpg>\n", b"28/09/24", b"9" * 9, b"\0",
    b"\xd9\xa3/1/24, 1:02 - a: b\n", b"<Media omitted>",
    b"5 Mar 2014 21:30 - a: b\n", b"Mar 5, 9:30 PM - a: b\n", b"14. 3. 2024. 21:05:00 a: b\n",
)  # fmt: skip
CHATS = st.lists(st.sampled_from(LINES) | st.binary(max_size=12), max_size=30).map(b"".join)


def _assert_covered(data: bytes) -> None:
    """Every byte in one message or in what stands before the first, and the hashes are theirs."""
    found = drain(WhatsAppText(), data)
    assert found.seconds < SMALL_S
    at = found.messages[0].place.start if found.messages else None
    for message in found.messages:
        place = message.place
        assert place.start == at
        assert place.sha256 == sha256(data[place.start : place.end]).hexdigest()
        at = place.end
    assert at in {None, len(data)}
    assert found.notes.bytes_covered == len(data)
    assert (found.error is None) == bool(found.messages)


@pytest.mark.parametrize("chat", [ANDROID, IPHONE])
def test_cut_off_at_every_byte_no_byte_is_lost(chat: bytes) -> None:
    for end in range(len(chat)):
        _assert_covered(chat[:end])


@pytest.mark.parametrize("chat", [ANDROID, IPHONE])
@pytest.mark.parametrize("byte", [0x00, 0x0A, 0x0D, 0x20, 0xFF])
def test_with_every_byte_changed_no_byte_is_lost(chat: bytes, byte: int) -> None:
    for at in range(len(chat)):
        _assert_covered(chat[:at] + bytes([byte]) + chat[at + 1 :])


@given(data=CHATS)
@settings(deadline=None)
def test_of_any_lines_no_byte_is_lost(data: bytes) -> None:
    _assert_covered(data)


@given(data=CHATS, survey=st.integers(1, 90), block=st.integers(1, 90), line=st.integers(60, 200))
@settings(deadline=None, max_examples=150)
def test_it_does_not_matter_in_which_pieces_it_is_read(
    data: bytes, survey: int, block: int, line: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "MAX_CHAT_SURVEY_BYTES", survey)
        patched.setattr(blocks, "_BLOCK_BYTES", block)
        patched.setattr(blocks, "_MAX_LINE_BYTES", line)
        _assert_covered(data)


def test_a_long_chat_is_read_as_a_short_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = IPHONE * 40
    whole = list(WhatsAppText().read(BytesIO(chat), "a", Notes()))
    monkeypatch.setattr(blocks, "MAX_CHAT_SURVEY_BYTES", 2_000)
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 333)
    pieces = list(WhatsAppText().read(OneWay(chat), "a", Notes()))
    assert len(whole) == 400
    assert [(one.place, one.text, one.sent) for one in pieces] == [
        (one.place, one.text, one.sent) for one in whole
    ]


def test_letters_that_are_none_are_flagged_and_their_bytes_kept() -> None:
    data = ANDROID.replace(b"blue", b"bl\xff\xed\xa0\x80e").replace(b"Asha", b"Ash\xe0")
    messages, report = read_chat(data)
    assert [message.number for message in messages if "bad-charset" in message.flags] == [2, 3]
    assert "bl\ufffd\ufffd\ufffd\ufffde" in messages[1].text
    assert messages[2].sender.label == "Ash\ufffd"
    assert report.is_whole
    for message in messages:
        message.text.encode()


def test_what_stands_before_the_first_message_is_named() -> None:
    messages, report = read_chat(b"\xef\xbb\xbf" + ANDROID)
    assert report.facts["begins_with"] == "byte-order mark"
    assert report.is_whole
    assert messages[0].place.start == 3
    _, report = read_chat(b"some words\n" + ANDROID)
    assert [(one.reason, one.place.start, one.place.end) for one in report.unread] == [
        ("not-understood", 0, 11)
    ]


@pytest.mark.parametrize("data", [b"", b"no chat\n", b"\n\n", b"\xff" * 99])
def test_what_is_no_chat_is_said_to_be_none(data: bytes) -> None:
    found = drain(WhatsAppText(), data)
    assert found.error
    assert found.error.reason == "not-understood"


@pytest.mark.parametrize(
    "piece", [b"x", b"\n", b"9", b"28/09/24", b" ", b"\xe2\x80\x8e", b"<", b"\r\n"]
)
def test_one_endless_message_takes_no_longer_than_it_is_long(piece: bytes) -> None:
    chat = ANDROID + piece * (4_000_000 // len(piece))
    began = time.process_time()
    messages, _ = read_chat(chat)
    assert time.process_time() - began < 10
    assert len(messages) == 12
    assert len(messages[-1].text) <= MAX_TEXT_CHARS
    assert messages[-1].place.sha256 == sha256(chat[messages[-1].place.start :]).hexdigest()


@pytest.mark.parametrize("chat", [ANDROID, IPHONE, ANDROID + b"\xff"])
def test_read_twice_it_is_the_same(chat: bytes) -> None:
    def read() -> str:
        reading = Reading(WhatsAppText(), BytesIO(chat), "a", size_bytes=len(chat))
        return f"{list(reading)}{reading.report()}"

    assert read() == read()


@pytest.mark.parametrize(
    ("count", "text", "is_told"),
    [(39_989, "x", False), (39_990, "x", True), (9_990, "x", False),
     (9_990, "A.jpg (file attached)", True), (9_989, "A.jpg (file attached)", False)],
)  # fmt: skip
def test_an_export_as_long_as_the_longest_may_be_cut(count: int, text: str, is_told: bool) -> None:
    _, report = read_chat(f"28/09/24, 9:01 pm - Ravi: {text}\n" * count)
    assert ("may_be_cut" in report.facts) == is_told
    assert report.is_whole

"""Telegram's `messages.html`: who wrote what, what was left out, and a forged message."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file

from stalklog.readers import pieces, window
from stalklog.readers.base import LIKELIER, NO, SURE, Reading
from stalklog.readers.telegram_html import TelegramHtmlReader
from stalklog.records.message import Said

READER = TelegramHtmlReader()
HEAD = b"""<!DOCTYPE html>
<html><head><meta charset="utf-8"/><title>Exported Data</title></head><body>
<div class="page_wrap"><div class="page_header"><div class="content">
<div class="text bold">
Ravi &amp; Meera
</div></div></div>
<div class="page_body chat_page"><div class="history">
"""
DAY = (
    b'<div class="message service" id="message-1"><div class="body details">\n5 March 2024\n</div>'
    b"</div>\n"
)
DATE = b'<div class="pull_right date details" title="05.03.2024 21:30:09 UTC+05:30">21:30</div>'
FIRST = (
    b'<div class="message default clearfix" id="message11"><div class="body">%s'
    b'<div class="from_name">\nRavi &lt;3\n</div><div class="text">\nI see you<br>'
    b"<strong>now</strong> &lt;div class=&quot;message default&quot; id=&quot;message99&quot;&gt;"
    b"</div></div></div>\n" % DATE
)
JOINED = (
    b'<div class="message default clearfix joined" id="message12"><div class="body">%s'
    b'<div class="reply_to details">In reply to <a href="#go_to_message11">this</a></div>'
    b'<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left" '
    b'href="photos/photo_1.jpg"><img src="photos/photo_1_thumb.jpg"/></a></div></div></div>\n'
    % DATE
)
FORWARDED = (
    b'<div class="message default clearfix joined" id="message13"><div class="body">%s'
    b'<div class="forwarded body"><div class="from_name">Anu <span class="date details" '
    b'title="01.03.2024 09:00:00 UTC+05:30">1 March</span></div><div class="media_wrap clearfix">'
    b'<div class="media clearfix pull_left media_voice_message"><div class="body">'
    b'<div class="title bold">\nVoice message\n</div><div class="status details">Not included</div>'
    b"</div></div></div></div></div></div>\n" % DATE
)
CALL = (
    b'<div class="message default clearfix" id="message14"><div class="body">%s'
    b'<div class="from_name">Meera</div><div class="media_wrap clearfix">'
    b'<div class="media clearfix pull_left media_call"><div class="body"><div class="title bold">'
    b'Ravi</div><div class="status details">Incoming (5 seconds)</div></div></div></div></div>'
    b"</div>\n" % DATE
)
TAIL = b"</div></div></div></body></html>\n"
PAGE = HEAD + DAY + FIRST + JOINED + FORWARDED + CALL + TAIL


def test_messages_with_their_senders_and_exact_bytes() -> None:
    messages, report = read_file(READER, PAGE)
    day, first, joined, forwarded, call = messages
    assert (day.kind, day.text, day.sender.label) == ("system", "5 March 2024", "")
    assert first.text == 'I see you\nnow <div class="message default" id="message99">'
    assert [one.sender.label for one in messages[1:]] == ["Ravi <3", "Ravi <3", "Ravi <3", "Meera"]
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
    assert (first.sent.zone, first.sent.zone_source) == ("+05:30", "file")
    assert first.sent.written == "05.03.2024 21:30:09 UTC+05:30"
    assert {one.conversation for one in messages} == {"Ravi & Meera"}
    assert [one.native_id for one in messages] == ["-1", "11", "12", "13", "14"]
    assert joined.reply_to == "11"
    assert (forwarded.forwarded, first.forwarded) == ("inline", None)
    assert (call.kind, call.text.split()) == ("call", ["Ravi", "Incoming", "(5", "seconds)"])
    joined_bytes = b"".join(PAGE[one.place.start : one.place.end] for one in messages)
    assert HEAD + joined_bytes == PAGE
    assert (report.bytes_covered, report.is_whole) == (len(PAGE), True)


def test_files_beside_the_page_and_those_left_out_are_told_apart() -> None:
    _day, first, joined, forwarded, call = read_file(READER, PAGE)[0]
    assert [(one.name, one.status) for one in joined.attachments] == [
        ("photos/photo_1.jpg", "missing")
    ]
    assert [(one.name, one.status) for one in forwarded.attachments] == [
        ("Voice message", "omitted")
    ]
    assert first.attachments == call.attachments == ()


def test_without_a_zone_it_is_asked_for() -> None:
    data = PAGE.replace(b" UTC+05:30", b"")
    first = read_file(READER, data)[0][1]
    assert first.sent is not None
    assert (first.sent.instant, first.sent.wall, first.flags) == (
        None,
        "2024-03-05T21:30:09",
        ("no-zone",),
    )
    reading = Reading(
        READER, BytesIO(data), "", size_bytes=len(data), said=Said(zone="Asia/Kolkata")
    )
    first = list(reading)[1]
    assert first.sent is not None
    assert (first.sent.instant, first.sent.zone_source) == (
        datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC),
        "person",
    )


@pytest.mark.parametrize(
    ("date", "flag"),
    [(b"32.13.2024 21:30:09", "bad-date"), (b"yesterday", "bad-date"), (b'"', "bad-date")],
)
def test_a_date_that_is_none_is_told(date: bytes, flag: str) -> None:
    data = PAGE.replace(b"05.03.2024 21:30:09 UTC+05:30", date, 1)
    assert flag in read_file(READER, data)[0][1].flags


def test_letters_that_are_none_are_told() -> None:
    first = read_file(READER, PAGE.replace(b"I see you", b"I \xff"))[0][1]
    assert first.flags == ("bad-charset",)


@pytest.mark.parametrize("block", [1, 7, 64, 500])
def test_however_it_is_cut_into_blocks_it_reads_the_same(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_file(READER, PAGE)
    monkeypatch.setattr(window, "BLOCK_BYTES", block)
    assert read_file(READER, PAGE) == whole


def test_a_message_over_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MAX_RECORD_BYTES", 3000)
    monkeypatch.setattr(window, "BLOCK_BYTES", 600)
    messages, report = read_file(READER, PAGE.replace(b"I see you", b"a" * 9000))
    assert [one.native_id for one in messages] == ["-1", "11", "12", "13", "14"]
    assert [unread.reason for unread in report.unread] == ["over-limit"]


@pytest.mark.parametrize(
    ("data", "sureness"),
    [(PAGE, SURE), (HEAD, LIKELIER), (b"x" + PAGE, NO), (b"<html><body>chat_page", NO), (b"", NO)],
)
def test_it_is_known_by_its_marks(data: bytes, sureness: int) -> None:
    assert READER.match(data, "messages.html") == sureness


def test_cut_off_at_every_byte() -> None:
    for end in range(len(PAGE.rstrip())):
        found = drain(READER, PAGE[:end])
        assert found.error is None
        assert found.seconds < SMALL_S
        assert found.notes.bytes_covered == end
        assert found.reasons


@given(at=st.integers(0, len(PAGE) - 1), piece=st.binary(max_size=8), size=st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    data = PAGE[:at] + piece + PAGE[at + size :]
    found = drain(READER, data)
    assert found.error is None
    assert found.seconds < SMALL_S
    for message in found.messages:
        part = data[message.place.start : message.place.end]
        assert sha256(part).hexdigest() == message.place.sha256


@pytest.mark.parametrize(
    "piece", [b'<div class="message default" id="message1"', b"<div", b'<div class="text">']
)
def test_endless_beginnings_take_time_in_line(piece: bytes) -> None:
    found = drain(READER, HEAD + FIRST + piece * 5_000)
    assert found.seconds < 10 * SMALL_S

"""Telegram's `result.json`: chats, events and calls, and what an enemy may write into them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import drain
from tests.readers.enemy import (
    changed,
    cut_off,
    goes_on_in_line,
    read_in_good_order,
    same_in_blocks,
)
from tests.readers.files import read_file

from stalklog.readers import json_records, window
from stalklog.readers.base import LIKELY, NO, SURE, Reading
from stalklog.readers.telegram import TelegramReader
from stalklog.records.message import Party, Said

READER = TelegramReader()
FIRST: dict[str, Any] = {
    "id": 11, "type": "message", "date": "2024-03-05T21:30:09", "date_unixtime": "1709654409",
    "from": "Ravi", "from_id": "user501", "text": "I see you", "text_entities": [],
}  # fmt: skip
FORMED = {
    **FIRST, "id": 12, "edited": "2024-03-05T21:31:00", "edited_unixtime": "1709654460",
    "reply_to_message_id": 11,
    "text": ["on ", {"type": "bold", "text": "your"}, " street \N{EYES} क"],
    "photo": "photos/photo_1@05-03-2024.jpg", "photo_file_size": 51200,
}  # fmt: skip
LEFT_OUT = {
    **FIRST, "id": 13, "text": "", "file": "(File not included. Change data exporting settings.)",
    "file_name": "voice.ogg", "file_size": 900, "mime_type": "audio/ogg", "forwarded_from": "Anu",
}  # fmt: skip
CALL = {
    "id": 14, "type": "service", "date": "2024-03-05T22:00:00", "date_unixtime": "1709656200",
    "actor": "Ravi", "actor_id": "user501", "action": "phone_call", "discard_reason": "missed",
    "text": "", "text_entities": [],
}  # fmt: skip
JOINED = {
    "id": 15, "type": "service", "date_unixtime": "1709656300", "actor": "Ravi",
    "actor_id": "user501", "action": "invite_members", "members": ["Meera", None], "text": "",
}  # fmt: skip
MESSAGES = (FIRST, FORMED, LEFT_OUT, CALL, JOINED)


def _chat(*messages: dict[str, Any], name: str = "Ravi") -> dict[str, Any]:
    return {"name": name, "type": "personal_chat", "id": 501, "messages": list(messages)}


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


EXPORT = _bytes(_chat(*MESSAGES))


def test_messages_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, EXPORT)
    for message, expected in zip(messages, MESSAGES, strict=True):
        piece = EXPORT[message.place.start : message.place.end]
        assert json.loads(piece) == expected
        assert message.place.sha256 == sha256(piece).hexdigest()
    first = messages[0]
    assert first.sender == Party("Ravi", "user501")
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
    assert first.sent.written == "1709654409 (2024-03-05T21:30:09)"
    assert (first.text, first.conversation, first.native_id) == ("I see you", "Ravi", "11")
    assert (first.is_edited, first.flags) == (False, ())
    assert report.facts == {"chat.name": "Ravi", "chat.type": "personal_chat", "chat.id": "501"}
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)
    assert report.counts == {"message": 3, "call": 1, "system": 1}


def test_a_text_with_forms_is_joined_and_files_are_told() -> None:
    formed, left_out = read_file(READER, EXPORT)[0][1:3]
    assert formed.text == "on your street \N{EYES} क"
    assert (formed.is_edited, formed.reply_to) == (True, "11")
    (photo,) = formed.attachments
    assert (photo.name, photo.status) == ("photos/photo_1@05-03-2024.jpg", "missing")
    (voice,) = left_out.attachments
    assert (voice.name, voice.status, voice.size_bytes) == ("voice.ogg", "omitted", 900)
    assert left_out.forwarded == "inline"


@pytest.mark.parametrize(
    ("edited", "is_edited"),
    [
        ({}, False),
        ({"edited": "1970-01-01T05:30:00"}, False),
        ({"edited": "1969-12-31T19:00:00", "edited_unixtime": "0"}, False),
        ({"edited_unixtime": "0"}, False),
        ({"edited": "2019-03-05T21:31:00"}, True),
        ({"edited_unixtime": "1709654460"}, True),
    ],
)
def test_an_edit_at_the_beginning_of_time_is_none(edited: dict[str, str], is_edited: bool) -> None:
    (message,) = read_file(READER, _bytes(_chat({**FIRST, **edited})))[0]
    assert message.is_edited is is_edited


def test_calls_and_events_are_no_messages_and_keep_their_words() -> None:
    call, joined = read_file(READER, EXPORT)[0][3:]
    assert (call.kind, call.flags, call.sender.label) == ("call", ("missed-call",), "Ravi")
    assert call.text == "action: phone_call, discard_reason: missed"
    assert call.duration_s is None
    answered = {**CALL, "discard_reason": "hangup", "duration_seconds": 65}
    (call,) = read_file(READER, _bytes(_chat(answered)))[0]
    assert (call.text, call.duration_s) == ("action: phone_call, discard_reason: hangup", 65)
    (call,) = read_file(READER, _bytes(_chat({**answered, "duration_seconds": "long"})))[0]
    assert (call.text.split(", ")[2], call.duration_s) == ("duration_seconds: long", None)
    assert (joined.kind, joined.text) == ("system", "action: invite_members, members: Meera, ")


def test_numbers_that_are_skipped_are_told_where_they_mean_something() -> None:
    rows = [{**FIRST, "id": number} for number in (5, 6, 9, 11)]
    chat = _chat(*rows)
    assert "gaps" not in read_file(READER, _bytes(chat))[1].facts
    group = {"name": "Flat", "type": "private_supergroup", "id": 2, "messages": rows}
    told = read_file(READER, _bytes(group))[1].facts["gaps"]
    assert told.startswith("3 numbers are not in it, in 2 places")
    assert "deleted" not in told
    later = {**group, "messages": [{**FIRST, "id": number} for number in (50, 51)]}
    account = {"chats": {"about": "Telegram", "list": [group, later]}}
    assert read_file(READER, _bytes(account))[1].facts["gaps"] == told


def test_a_whole_account_keeps_its_chats_apart() -> None:
    account = {
        "about": "Here is the data you requested from Telegram.",
        "contacts": {"about": "x", "list": [{"user_id": 1}]},
        "chats": {"about": "y", "list": [_chat(FIRST), _chat(CALL, FORMED, name="Anu")]},
        "left_chats": {"about": "z", "list": [_chat(FIRST, name="Old group")]},
    }
    messages, report = read_file(READER, _bytes(account))
    assert [one.conversation for one in messages] == ["Ravi", "Anu", "Anu", "Old group"]
    assert report.is_whole
    assert READER.match(_bytes(account)[:200], "result.json") == LIKELY


@pytest.mark.parametrize(
    ("written", "text"),
    [(rb"a\x1Bb", "a\x1bb"), (rb"a\qb", "a\\qb"), (b"a\x01b", "a\x01b"), (rb"a\\x1Bb", "a\\x1Bb")],
)
def test_escapes_that_json_does_not_have_cost_nothing(written: bytes, text: str) -> None:
    data = EXPORT.replace(b"I see you", written)
    messages, report = read_file(READER, data)
    assert messages[0].text == text
    assert len(messages) == len(MESSAGES)
    assert report.is_whole


def test_the_mark_of_a_mended_escape() -> None:
    messages, _report = read_file(READER, EXPORT.replace(b"I see you", rb"\x1B \u0939"))
    assert (messages[0].text, messages[0].flags) == ("\x1b ह", ("bad-structure",))


def test_an_old_export_has_no_zone_but_the_one_that_she_says() -> None:
    old = {key: value for key, value in FIRST.items() if key != "date_unixtime"}
    data = _bytes(_chat(old))
    (message,), _report = read_file(READER, data)
    assert message.sent is not None
    assert (message.sent.instant, message.sent.wall) == (None, "2024-03-05T21:30:09")
    assert message.flags == ("no-zone",)
    said = Said(zone="Asia/Kolkata")
    (message,) = Reading(READER, BytesIO(data), "", size_bytes=len(data), said=said)
    assert message.sent is not None
    assert message.sent.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
    assert (message.sent.zone_source, message.flags) == ("person", ())


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"date": None, "date_unixtime": None}, "no-date"),
        ({"date": "x", "date_unixtime": "y"}, "bad-date"),
    ],
)
def test_a_date_that_is_none_is_told(change: dict[str, Any], flag: str) -> None:
    (message,), _report = read_file(READER, _bytes(_chat({**FIRST, **change})))
    assert message.flags == (flag,)


def test_letters_that_are_none_and_keys_twice_are_told() -> None:
    half, twice = EXPORT, EXPORT
    half = half.replace(b"I see you", rb"\ud83d!")
    assert read_file(READER, half)[0][0].text == "\ufffd!"
    assert read_file(READER, half)[0][0].flags == ("bad-charset",)
    bad = EXPORT.replace(b"I see you", b"\xff!")
    assert (read_file(READER, bad)[0][0].text, read_file(READER, bad)[0][0].flags) == (
        "\ufffd!",
        ("bad-charset",),
    )
    twice = twice.replace(b'"text": "I see', b'"text": "no", "text": "I see')
    assert read_file(READER, twice)[0][0].flags == ("repeated-field",)


@pytest.mark.parametrize(
    "wrong", [{}, {"text": 5, "from": [], "id": {}, "photo": 3}, {"text": [[1], {}]}]
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _bytes(_chat({**FIRST, **wrong}, FIRST)))
    assert len(messages) == 2
    assert report.is_whole


def test_a_broken_message_costs_no_other() -> None:
    data = EXPORT.replace(b'"text": "I see you"', b'"text": "I see you')
    messages, report = read_file(READER, data)
    assert [message.native_id for message in messages] == ["12", "13", "14", "15"]
    assert [unread.reason for unread in report.unread] == ["damaged"]
    second = EXPORT.replace(b'"text": [\n', b'"text": [[}\n')
    messages, report = read_file(READER, second)
    assert [message.native_id for message in messages] == ["11", "13", "14", "15"]
    assert [unread.reason for unread in report.unread] == ["damaged"]
    assert messages[1].flags == ("bad-structure",)


def test_endless_nesting_stops_and_the_next_is_read() -> None:
    deep = EXPORT.replace(b'"text": "I see you"', b'"text": ' + b"[" * 50_000 + b"]" * 50_000)
    found = drain(READER, deep)
    assert [message.native_id for message in found.messages] == ["12", "13", "14", "15"]
    assert [(one.reason, one.detail) for one in found.notes.unread] == [("over-limit", "depth")]


def test_a_message_over_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_RECORD_BYTES", 10_000)
    monkeypatch.setattr(window, "BLOCK_BYTES", 512)
    long = _bytes(_chat(FIRST, {**FIRST, "id": 99, "text": "a" * 30_000}, *MESSAGES[1:]))
    messages, report = read_file(READER, long)
    assert [message.native_id for message in messages] == ["11", "12", "13", "14", "15"]
    assert [(one.reason, one.detail) for one in report.unread] == [("over-limit", "record")]
    beside = _bytes({"name": "x", "type": "personal_chat", "more": [1, "{"] * 9_000} | _chat(FIRST))
    messages, report = read_file(READER, beside)
    assert len(messages) == 1
    assert [unread.reason for unread in report.unread] == ["over-limit"]


@pytest.mark.parametrize("block", [1, 7, 64, 500])
def test_however_it_is_cut_into_blocks_it_reads_the_same(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_in_blocks(READER, EXPORT, block, monkeypatch)


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (EXPORT, SURE),
        (b"\xef\xbb\xbf" + EXPORT, SURE),
        (EXPORT[:80], LIKELY),
        (b"He sent: " + EXPORT, NO),
        (b'{"messages": [{"type": "message", "body": "x"}]}', NO),
        (b"[]", NO),
    ],
)
def test_it_is_known_by_its_fields(data: bytes, sureness: int) -> None:
    assert READER.match(data, "result.json") == sureness


def test_cut_off_at_every_byte() -> None:
    before = 0
    for data, found in cut_off(READER, EXPORT):
        assert found.reasons or not data
        assert len(found.messages) >= before
        before = len(found.messages)
    assert before == len(MESSAGES)


@given(
    at=st.integers(0, len(EXPORT) - 1),
    piece=st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\0", b"\xff", b""]),
    size=st.integers(0, 30),
)
@settings(max_examples=150, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    read_in_good_order(READER, changed(EXPORT, at, piece, size))


@pytest.mark.parametrize(
    "piece", [b'{"id":', b'{"id":"', b"[", b"{", b'"', b"\\", b'{"id":1}', b","]
)
def test_endless_beginnings_take_time_in_line(piece: bytes) -> None:
    goes_on_in_line(READER, b'{"messages":[', piece, 10_000)
    goes_on_in_line(READER, b'{"messages":[{"id":1},', piece, 10_000)


@given(data=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_end_in_good_order(data: bytes) -> None:
    read_in_good_order(READER, b'{"messages":[' + data)

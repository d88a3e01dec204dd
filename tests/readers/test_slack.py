"""Slack: a day of a channel, the whole export, people by name and number, and an enemy."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.enemy import (
    assert_changed_in_good_order,
    assert_cut_anywhere,
    assert_same_in_blocks,
)
from tests.readers.files import read_file
from tests.readers.zips import assert_places, zipped

from stalklog.readers import slack_record
from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.slack import SlackReader
from stalklog.readers.slack_zip import SlackZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party
from stalklog.safety.limits import MAX_FACT_CHARS

READER, ZIP_READER = SlackReader(), SlackZipReader()
TS = "1709654409.000200"


def _message(**more: object) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "I see you क", "ts": TS, **more}


FIRST = _message()
ANSWER = _message(
    user="U2", text="&lt;b&gt; &amp;lt; <@U1>", ts="1709654410.123456", thread_ts=TS,
    edited={"user": "U2", "ts": "1709654500.000000"},
    reactions=[{"name": "thumbsup", "users": ["U1"], "count": 2}],
)  # fmt: skip
FILES = _message(
    text="", ts="1709654411.000000",
    files=[
        {"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 9,
         "url_private": "https://files.example.org/F1/a.png?t=xoxe-1"},
        {"id": "F2", "name": "old.png", "mode": "tombstone"},
        {"id": "F3", "name": "b.png"},
    ],
)  # fmt: skip
JOINED = _message(subtype="channel_join", text="<@U1> has joined the channel")
BOT = _message(
    subtype="bot_message", user=None, bot_id="B1", username="helper", text="",
    attachments=[{"title": "A page", "text": "of &amp; it", "from_url": "https://example.org/p",
                  "fields": [{"title": "f", "value": "v"}]}],
)  # fmt: skip
GONE = _message(subtype="tombstone", user="USLACKBOT", text="This message was deleted.")
CHANGED = {
    "type": "message", "subtype": "message_changed", "ts": "1709654412.000000", "hidden": True,
    "message": _message(text="Hello"), "previous_message": _message(text="I will hurt you"),
}  # fmt: skip
HUDDLE = _message(subtype="huddle_thread", text="", room={"id": "R1", "participants": ["U1"]})
BLOCKS = _message(text="", blocks=[{"type": "rich_text"}])
MESSAGES = (FIRST, ANSWER, FILES, JOINED, BOT, GONE, CHANGED, HUDDLE, BLOCKS)


def _day(*messages: dict[str, Any]) -> bytes:
    return json.dumps(list(messages), ensure_ascii=False, indent=4).replace("/", "\\/").encode()


DAY = _day(*MESSAGES)
PICTURE = b"\x89PNG no"
USERS = [
    {"id": "U1", "name": "ravi", "real_name": "Ravi K", "profile": {"display_name": "Rav"}},
    {"id": "U2", "name": "meera", "profile": {"real_name": "meera"}},
]
FILES_IN_ZIP = {
    "users.json": json.dumps(USERS).encode(),
    "channels.json": json.dumps([{"id": "C1", "name": "general", "members": ["U1"]}]).encode(),
    "dms.json": json.dumps([{"id": "D1", "members": ["U1", "U2"]}]).encode(),
    "general/2024-03-05.json": DAY,
    "general/2024-03-06.json": _day(FIRST),
    "D1/2024-03-05.json": _day(FIRST, ANSWER),
    "unlisted/2024-03-05.json": _day(_message(user="U9", user_profile={"real_name": "Nine"})),
    "__uploads/F1/a.png": PICTURE,
    "integration_logs.json": b"[]",
}
ZIP = zipped(FILES_IN_ZIP)


def test_messages_with_their_exact_bytes_and_time_to_the_microsecond() -> None:
    messages, report = read_file(READER, DAY)
    assert_places(messages, {"": DAY})
    first, answer = messages[:2]
    assert json.loads(DAY[first.place.start : first.place.end]) == FIRST
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, 200, UTC)
    assert (first.sent.precision, first.sent.zone_source) == ("microsecond", "epoch")
    assert (first.sender, first.native_id, first.flags) == (Party("", "U1"), TS, ())
    assert (first.reply_to, answer.reply_to) == ("", TS)
    assert (first.is_edited, answer.is_edited) == (False, True)
    assert answer.text == "<b> &lt; <@U1>"
    assert (report.bytes_covered, report.is_whole) == (len(DAY), True)


def test_the_first_of_a_thread_answers_nothing() -> None:
    assert read_file(READER, _day(_message(thread_ts=TS)))[0][0].reply_to == ""


def test_fewer_digits_are_the_first_ones_behind_the_point() -> None:
    sent = read_file(READER, _day(FIRST, _message(ts="1709654409.5")))[0][1].sent
    assert sent is not None
    assert sent.instant == datetime(2024, 3, 5, 16, 0, 9, 500_000, UTC)


def test_a_message_that_was_changed_inside_the_zip_does_not_fit_its_checksum() -> None:
    stored = zipped({"users.json": b"[]", "general/2024-03-05.json": _day(FIRST)}, 0)
    messages, report = read_file(ZIP_READER, stored.replace(b"I see", b"I saw"))
    assert messages[0].text == "I saw you क"
    assert [(one.reason, one.detail) for one in report.unread] == [("damaged", "checksum")]
    assert read_file(ZIP_READER, stored)[1].is_whole


def test_a_bomb_is_left_unread_and_named() -> None:
    files = {"general/2024-03-05.json": _day(FIRST), "general/2024-03-06.json": b" " * (20 << 20)}
    messages, report = read_file(ZIP_READER, zipped({"users.json": b"[]", **files}))
    assert len(messages) == 1
    assert "over-limit" in {one.reason for one in report.unread}


def test_reactions_and_what_is_shown_below_are_not_its_text() -> None:
    messages = read_file(READER, DAY)[0]
    told = [(one.kind, one.sender.id, one.text, one.url) for one in messages if one.parent]
    assert told == [
        ("reaction", "U1", "thumbsup", ""),
        ("reaction", "", "thumbsup (1)", ""),
        ("other", "", "A page\nof & it\nf\nv", "https://example.org/p"),
        ("message", "U1", "Hello", ""),
        ("message", "U1", "I will hurt you", ""),
    ]


def test_events_calls_and_what_was_deleted() -> None:
    outer = [one for one in read_file(READER, DAY)[0] if one.parent is None]
    _first, _answer, files, joined, bot, gone, changed, huddle, blocks = outer
    assert [one.kind for one in (joined, bot, gone, huddle)] == [
        "system", "message", "message", "call",
    ]  # fmt: skip
    assert bot.sender == Party("helper", "B1", "bot")
    assert (gone.is_deleted, changed.is_deleted, changed.is_edited) == (True, False, True)
    assert '"id": "R1"' in huddle.text
    assert "rich_text" in blocks.text
    assert [(one.name, one.status) for one in files.attachments] == [
        ("https://files.example.org/F1/a.png?t=xoxe-1", "remote"),
        ("old.png", "omitted"),
        ("b.png", "missing"),
    ]


def test_the_export_names_people_chats_and_files() -> None:
    messages, report = read_file(ZIP_READER, ZIP)
    assert_places(messages, FILES_IN_ZIP)
    first = messages[0]
    assert (first.sender, first.conversation) == (Party("Rav (ravi)", "U1"), "general (C1)")
    assert first.recipients == ()
    files = next(one for one in messages if one.attachments).attachments
    assert (files[0].name, files[0].status) == ("a.png", "present")
    assert files[0].media_type == "image/png"
    assert files[0].sha256 == sha256(PICTURE).hexdigest()
    chat = [one for one in messages if one.conversation == "D1" and one.kind == "message"]
    assert [one.recipients for one in chat] == [
        (Party("meera", "U2", "to"),),
        (Party("Rav (ravi)", "U1", "to"),),
    ]
    assert messages[-1].sender == Party("Nine", "U9")
    assert messages[-1].conversation == "unlisted"
    assert report.facts["files with messages"] == "4"
    assert [one.detail for one in report.unread] == ["1 file without messages"]


@pytest.mark.parametrize(
    ("ts", "flags"),
    [
        (TS, ()), ("1709654409", ()), (None, ("no-date",)), ("x", ("bad-date",)),
        ("1709654409.1234567", ("bad-date",)), ("9" * 12, ("bad-date",)), (12.5, ("no-date",)),
    ],
)  # fmt: skip
def test_times_are_seconds_with_a_fraction_or_none(ts: object, flags: tuple[str, ...]) -> None:
    assert read_file(READER, _day(FIRST, _message(ts=ts)))[0][1].flags == flags


def test_it_is_known_by_its_messages_and_names() -> None:
    assert READER.match(DAY, "x") == SURE
    assert READER.match(b"\xef\xbb\xbf" + DAY, "x") == SURE
    assert READER.match(b'[{"type": "message", "ts": "1"}]', "2024-03-05.json") == NO
    assert READER.match(b"{" + DAY, "x") == NO
    assert ZIP_READER.match(ZIP, "x") == SURE
    assert ZIP_READER.match(zipped({"a/2024-03-05.json": b""}), "x") == MAYBE
    assert ZIP_READER.match(zipped({"users.json": b"", "dms.json": b""}), "x") == LIKELY
    assert ZIP_READER.match(zipped({"users.json": b""}), "slack.zip") == NO
    assert ZIP_READER.match(zipped({"2024-03-05.json": b""}), "slack.zip") == NO
    for data, name in ((DAY, "slack"), (ZIP, "slack-zip")):
        found = find_reader(data, "a")
        assert found is not None
        assert found.name == name


def test_a_name_without_end_is_not_kept_whole() -> None:
    users = json.dumps([{"id": "U1", "real_name": "x" * 9999}]).encode()
    messages = read_file(ZIP_READER, zipped({**FILES_IN_ZIP, "users.json": users}))[0]
    assert len(messages[0].sender.label) == MAX_FACT_CHARS


def test_too_many_people_are_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_record, "MAX_NAMES", 1)
    messages, report = read_file(ZIP_READER, ZIP)
    assert [one.detail for one in report.unread if one.reason == "over-limit"] == ["names"]
    assert messages[0].sender.label == "Rav (ravi)"
    assert next(one for one in messages if one.sender.id == "U2").sender.label == ""


def test_what_is_over_a_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_record, "MAX_PARTS", 1)
    monkeypatch.setattr(slack_record, "MAX_TEXT_CHARS", 3)
    outer = [one.flags for one in read_file(READER, DAY)[0] if one.parent is None]
    assert outer[:3] == [("text-cut",), ("text-cut", "parts-cut"), ("parts-cut",)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": 3, "files": {}, "attachments": "x", "reactions": [1, {}]},
        {"subtype": [], "edited": None, "thread_ts": 4, "blocks": 7, "text": None},
        {"files": [{"id": 1}, 2], "attachments": [{"fields": [1], "text": []}]},
        {"message": 3, "previous_message": [], "user_profile": 1, "bot_profile": []},
        {"reactions": [{"name": 1, "users": "U1", "count": "x"}], "room": 3},
    ],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _day(_message(**wrong), FIRST))
    assert messages[-1].text == "I see you क"
    assert report.is_whole


def test_cut_off_at_every_byte() -> None:
    assert_cut_anywhere(READER, DAY, 3)
    assert_cut_anywhere(READER, _day(FIRST))
    assert_cut_anywhere(ZIP_READER, ZIP, 11)


def test_in_blocks_and_again_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (READER, DAY), (ZIP_READER, ZIP))


@given(at=st.integers(0, len(ZIP) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    for reader, data in ((READER, DAY), (ZIP_READER, ZIP)):
        spot = at % len(data)
        changed = data[:spot] + piece + data[spot + size :]
        assert_changed_in_good_order(reader, changed)
        if reader is READER:
            assert_places(read_file(reader, changed)[0], {"": changed})

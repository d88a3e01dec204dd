"""Discord: the JSON of DiscordChatExporter, its count, its numbers that hold a time, an enemy."""

from __future__ import annotations

import json
from datetime import UTC, datetime
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
from tests.readers.zips import assert_places

from stalklog.readers import below, discord_record
from stalklog.readers.base import NO, SURE
from stalklog.readers.discord import DiscordReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

READER = DiscordReader()
RAVI: dict[str, Any] = {
    "id": "200000000000000001", "name": "ravi", "discriminator": "0000", "nickname": "Ravi K",
    "color": None, "isBot": False, "roles": [], "avatarUrl": "a.png",
}  # fmt: skip
BOT = {"id": "200000000000000002", "name": "Helper", "discriminator": "1234", "isBot": True}
MEERA = {"id": "200000000000000003", "name": "meera", "discriminator": "0", "nickname": "meera"}
MOMENT = datetime(2024, 3, 5, 16, 0, 9, 123000, UTC)


def number(moment: datetime = MOMENT) -> str:
    """The number that Discord gives a message of that moment."""
    return str((int(moment.timestamp() * 1000) - 1_420_070_400_000) << 22 | 77)


def _message(**more: object) -> dict[str, Any]:
    return {
        "id": number(), "type": "Default", "timestamp": "2024-03-05T21:30:09.123+05:30",
        "timestampEdited": None, "callEndedTimestamp": None, "isPinned": False,
        "content": "I see you क", "author": RAVI, "attachments": [], "embeds": [],
        "stickers": [], "reactions": [], "mentions": [], "inlineEmojis": [], **more,
    }  # fmt: skip


FIRST = _message()
EDITED = _message(
    timestampEdited="2024-03-05T21:31:00+05:30", isPinned=True, type="Reply",
    reference={"type": "Default", "messageId": FIRST["id"], "channelId": "2", "guildId": "1"},
)  # fmt: skip
FILES = _message(
    content="",
    attachments=[
        {
            "id": "1",
            "url": "https://cdn.example.org/a.jpg",
            "fileName": "a.jpg",
            "fileSizeBytes": 9,
        },
        {"id": "2", "url": "chat.json_Files\\b-1F.png", "fileName": "b.png", "fileSizeBytes": 7},
    ],
    stickers=[{"id": "3", "name": "wave", "format": "Png", "sourceUrl": "chat.json_Files\\s.png"}],
)
PASSED_ON = _message(
    content="", reference={"type": "Forward", "messageId": "5"},
    forwardedMessage={
        "timestamp": "2024-01-01T00:00:00+00:00", "timestampEdited": None, "content": "her address",
        "attachments": [{"url": "https://cdn.example.org/map.png", "fileSizeBytes": 3}],
        "embeds": [], "stickers": [],
    },
)  # fmt: skip
CALL = _message(
    type="Call", content="Started a call that lasted 3 minutes.",
    callEndedTimestamp="2024-03-05T21:33:09.123+05:30",
)  # fmt: skip
JOINED = _message(type="GuildMemberJoin", content="Joined the server.")
BELOW = _message(
    type="20", author=BOT, interaction={"id": "1", "name": "find", "user": RAVI},
    embeds=[{
        "title": "A page", "url": "https://example.org/p", "description": "of it",
        "author": {"name": "Site"}, "footer": {"text": "foot"}, "images": [],
        "fields": [{"name": "f", "value": "v", "isInline": True}],
    }],
    reactions=[
        {"emoji": {"name": "👍", "code": "thumbsup"}, "count": 3, "users": [MEERA]},
        {"emoji": {"id": "7", "name": "hug"}, "count": 1},
    ],
)  # fmt: skip
MESSAGES = (FIRST, EDITED, FILES, PASSED_ON, CALL, JOINED, BELOW)


def _export(*messages: dict[str, Any], **more: object) -> bytes:
    value = {
        "guild": {"id": "1", "name": "House", "iconUrl": "i.png"},
        "channel": {"id": "2", "type": "GuildTextChat", "category": "Text", "name": "general"},
        "dateRange": {"after": None, "before": "2024-04-01T00:00:00+00:00"},
        "exportedAt": "2024-03-06T00:00:00+00:00",
        "messages": list(messages),
        "messageCount": len(messages),
        **more,
    }
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


EXPORT = _export(*MESSAGES)


def test_messages_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, EXPORT)
    assert_places(messages, {"": EXPORT})
    outer = [one for one in messages if one.parent is None]
    for message, expected in zip(outer, MESSAGES, strict=True):
        assert json.loads(EXPORT[message.place.start : message.place.end]) == expected
    first = messages[0]
    assert first.sender == Party("Ravi K (ravi)", "200000000000000001")
    assert first.sent is not None
    assert (first.sent.instant, first.sent.precision) == (MOMENT, "millisecond")
    assert (first.sent.wall, first.sent.zone) == ("2024-03-05T21:30:09", "+05:30")
    assert (first.text, first.native_id, first.flags) == ("I see you क", number(), ())
    assert (first.conversation, first.is_edited) == ("House / general (2)", False)
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)
    assert report.facts["only before"] == "2024-04-01T00:00:00+00:00"
    assert report.facts["pinned messages"] == "1"


def test_the_count_at_its_end_stands_beside_what_was_found() -> None:
    report = read_file(READER, EXPORT)[1]
    assert report.declared == {"messages": report.total - report.inner}
    short = read_file(READER, _export(FIRST, messageCount=58))[1]
    assert (short.declared, short.total) == ({"messages": 58}, 1)


def test_an_export_that_was_interrupted_has_no_count_and_says_so() -> None:
    cut = EXPORT[: EXPORT.index(b'"messageCount"')]
    messages, report = read_file(READER, cut)
    assert [one.native_id for one in messages if one.parent is None] == [number()] * 7
    assert (report.declared, report.is_whole) == ({}, False)
    assert "interrupted" in report.facts["count at its end"]
    whole = read_file(READER, _export(FIRST, messageCount=True))[1]
    assert "interrupted" in whole.facts["count at its end"]


@pytest.mark.parametrize(
    ("id_", "timestamp", "flags"),
    [
        (number(), "2024-03-05T16:00:09.123+00:00", ()),
        (number(), "2024-03-05T16:00:09+00:00", ()),
        (number(), "2024-03-05T16:00:11+00:00", ("id-time",)),
        (number(), "2024-03-05T16:00:09.123+05:30", ("id-time",)),
        (number(), "2024-03-06T16:00:09.123Z", ("id-time",)),
        ("12", "2024-03-05T16:00:09.123+00:00", ()),
        ("x" + number(), "2024-03-05T16:00:09.123+00:00", ()),
        ("9" * 21, "2024-03-05T16:00:09.123+00:00", ()),
        (number(), "2024-03-05T16:00:09.123", ("no-zone",)),
        (number(), "05-Mar-24 04:00 PM", ("bad-date",)),
        (number(), "2024-02-30T16:00:09.123+00:00", ("bad-date",)),
        (number(), None, ("no-date",)),
    ],
)
def test_the_time_in_its_number_is_a_second_witness(
    id_: str, timestamp: str | None, flags: tuple[str, ...]
) -> None:
    (message,), _report = read_file(READER, _export(_message(id=id_, timestamp=timestamp)))
    assert message.flags == flags


def test_answers_changes_files_and_what_was_passed_on() -> None:
    _first, edited, files, passed_on = read_file(READER, EXPORT)[0][:4]
    assert (edited.is_edited, edited.reply_to) == (True, number())
    assert [(one.name, one.status, one.size_bytes) for one in files.attachments] == [
        ("https://cdn.example.org/a.jpg", "remote", 9),
        ("chat.json_Files\\b-1F.png", "missing", 7),
        ("chat.json_Files\\s.png", "missing", None),
    ]
    assert (passed_on.forwarded, passed_on.text, passed_on.reply_to) == (
        "inline",
        "her address",
        "",
    )
    assert passed_on.attachments[0].name == "https://cdn.example.org/map.png"


def test_calls_and_events_are_no_messages() -> None:
    call, joined = read_file(READER, EXPORT)[0][4:6]
    assert call.kind == "call"
    assert call.text.endswith("callEndedTimestamp: 2024-03-05T21:33:09.123+05:30")
    assert (joined.kind, joined.text) == ("system", "Joined the server.")


def test_what_stands_below_a_message_is_not_its_text() -> None:
    messages = read_file(READER, EXPORT)[0]
    command, *inner = messages[6:]
    assert (command.sender.label, command.sender.role) == ("Helper#1234", "bot")
    assert all(one.parent == command.number for one in inner)
    assert [(one.kind, one.sender.label, one.text, one.url) for one in inner] == [
        ("other", "", "Site\nA page\nof it\nf\nv\nfoot", "https://example.org/p"),
        ("system", "Ravi K (ravi)", "/find", ""),
        ("reaction", "meera", "👍", ""),
        ("reaction", "", "👍 (2)", ""),
        ("reaction", "", "hug (1)", ""),
    ]


def test_a_part_is_an_export_of_its_own() -> None:
    report = read_file(READER, EXPORT, "House - general [2] [part 2].json")[1]
    assert report.facts["part, by the name of the file"] == "2"
    assert report.is_whole


def test_it_is_known_by_how_it_begins() -> None:
    assert READER.match(EXPORT, "x") == SURE
    assert READER.match(b"\xef\xbb\xbf" + EXPORT, "x") == SURE
    assert READER.match(b'{"guild": "x"}', "House - general [2].json") == NO
    assert READER.match(b"[" + EXPORT, "x") == NO
    named = find_reader(EXPORT, "result.json")
    assert named is not None
    assert named.name == "discord"


def test_what_somebody_writes_makes_it_no_other_format() -> None:
    keys = (
        '"sender_name": 1, "timestamp_ms": 2, "type": "message", "from_id", "chatItem", "ts": "1.2"'
    )
    found = find_reader(_export(_message(content=keys)), "x")
    assert found is not None
    assert found.name == "discord"


@pytest.mark.parametrize(
    "wrong",
    [
        {"author": 3, "attachments": {}, "reactions": [1, None], "embeds": "x"},
        {"id": None, "type": [], "content": {"a": 1}, "reference": 7},
        {"forwardedMessage": [], "interaction": 0, "isPinned": "yes"},
        {"reactions": [{"emoji": 1, "count": "3", "users": [7]}], "timestampEdited": 0},
        {"embeds": [{"fields": [1], "author": 2, "image": {"url": 3}, "footer": []}]},
        {"attachments": [{"url": 1, "fileSizeBytes": -1}], "stickers": [{}]},
        {"attachments": [{"url": "x", "fileSizeBytes": 10**400}]},
    ],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _export(_message(**wrong)))
    assert messages[0].number == 1
    assert report.is_whole


def test_what_is_over_a_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (discord_record, below):
        monkeypatch.setattr(module, "MAX_PARTS", 1)
    monkeypatch.setattr(discord_record, "MAX_TEXT_CHARS", 5)
    messages, _report = read_file(READER, EXPORT)
    assert messages[0].text == "I see"
    assert messages[0].flags == ("text-cut",)
    assert messages[2].flags == ("parts-cut",)
    assert [one.parent for one in messages[6:]] == [None, 7]
    assert messages[6].flags == ("text-cut", "parts-cut")


def test_letters_as_they_are_and_halves_of_letters() -> None:
    data = _export(FIRST).replace("क".encode(), b"\\ud83d")
    (message,), _report = read_file(READER, data)
    assert message.text == "I see you \ufffd"
    assert message.flags == ("bad-charset",)


def test_cut_off_at_every_byte() -> None:
    assert_cut_anywhere(READER, EXPORT, 3)
    assert_cut_anywhere(READER, _export(FIRST))


def test_in_blocks_and_again_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (READER, EXPORT))


@given(at=st.integers(0, len(EXPORT) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    changed = EXPORT[:at] + piece + EXPORT[at + size :]
    assert_changed_in_good_order(READER, changed)
    assert_places(read_file(READER, changed)[0], {"": changed})

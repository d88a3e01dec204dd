"""X (Twitter): a file of direct messages, the whole archive, whose it is, and an enemy."""

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

from stalklog.readers import x_record
from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.table import find_reader
from stalklog.readers.x_messages import XReader
from stalklog.readers.x_zip import XZipReader
from stalklog.records.message import Party

READER, ZIP_READER = XReader(), XZipReader()
MOMENT = datetime(2024, 3, 5, 16, 0, 9, 123000, UTC)
NUMBER = str((int(MOMENT.timestamp() * 1000) - 1_288_834_974_657) << 22)


def _create(**more: object) -> dict[str, Any]:
    return {
        "messageCreate": {
            "recipientId": "2", "reactions": [], "urls": [], "text": "I see you क",
            "mediaUrls": [], "senderId": "1", "id": NUMBER,
            "createdAt": "2024-03-05T16:00:09.123Z", **more,
        }
    }  # fmt: skip


FIRST = _create()
MEDIA = _create(
    senderId="2", recipientId="1", text=" https://t.example/x",
    mediaUrls=[f"https://ton.example.org/dm/{NUMBER}/1/eH1k.jpg", "https://video.example.org/v.mp4?t=1"],
    reactions=[{"senderId": "1", "reactionKey": "funny", "eventId": "5",
                "createdAt": "2024-03-05T16:01:00.000Z"}],
    editHistory=[{"createdAtSec": "1", "editedText": "x"}],
)  # fmt: skip
JOINED = {
    "participantsJoin": {
        "initiatingUserId": "1", "userIds": ["3", "4"], "createdAt": "2024-03-05T16:02:00.000Z",
    }
}  # fmt: skip
NAMED = {
    "conversationNameUpdate": {
        "initiatingUserId": "2", "name": "we see you", "createdAt": "2024-03-05T16:03:00.000Z",
    }
}  # fmt: skip


def _file(*conversations: tuple[str, list[dict[str, Any]]], group: str = "") -> bytes:
    value = [
        {"dmConversation": {"conversationId": name, "messages": messages}}
        for name, messages in conversations
    ]
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f"window.YTD.direct_messages{group}.part0 = {text}".encode()


EXPORT = _file(("1-2", [FIRST, MEDIA]), ("1-3", [_create(recipientId="3")]))
GROUP = _file(("77", [JOINED, NAMED, FIRST]), group="_group")
PICTURE = b"\xff\xd8\xff not really"
NAME = f"data/direct_messages_media/{NUMBER}-eH1k.jpg"
ACCOUNT = (
    b'window.YTD.account.part0 = [{"account": {"username": "meera", "accountId": "2",'
    b'"email": "m@example.org"}}]'
)
FILES = {
    "Your archive.html": b"<html>",
    "assets/js/main.js": b"x",
    "data/account.js": ACCOUNT,
    "data/direct-messages.js": EXPORT,
    "data/direct-messages-part1.js": EXPORT.replace(b"part0", b"part1"),
    "data/direct-messages-group.js": GROUP,
    NAME: PICTURE,
    "data/direct-message-headers.js": b"window.YTD.direct_message_headers.part0 = []",
    "data/tweets.js": b"window.YTD.tweets.part0 = []",
}
ZIP = zipped(FILES)


def test_messages_and_reactions_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, EXPORT)
    assert_places(messages, {"": EXPORT})
    first, media, reaction, other = messages
    assert json.loads(EXPORT[first.place.start : first.place.end]) == FIRST
    assert (first.sender, first.recipients) == (Party("", "1"), (Party("", "2", "to"),))
    assert first.sent is not None
    assert (first.sent.instant, first.sent.zone) == (MOMENT, "+00:00")
    assert (first.text, first.native_id, first.flags) == ("I see you क", NUMBER, ())
    assert (first.conversation, other.conversation) == ("1-2", "1-3")
    assert (first.is_edited, media.is_edited) == (False, True)
    assert [one.status for one in media.attachments] == ["remote", "remote"]
    assert (reaction.kind, reaction.text, reaction.sender.id) == ("reaction", "funny", "1")
    assert (reaction.parent, reaction.native_id) == (media.number, "5")
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)


def test_a_script_may_end_as_scripts_do_and_nothing_else_may_follow() -> None:
    messages, report = read_file(READER, EXPORT + b" ;\n")
    assert (messages, report.is_whole) == (read_file(READER, EXPORT)[0], True)
    more, report = read_file(READER, EXPORT + b";" + EXPORT)
    assert (more, report.is_whole) == (messages, False)
    (unread,) = report.unread
    assert (unread.reason, unread.place.start) == ("not-understood", len(EXPORT) + 1)


def test_who_came_and_what_was_renamed_are_events() -> None:
    joined, named, _first = read_file(READER, GROUP)[0]
    assert (joined.kind, joined.text) == ("system", "participantsJoin: userIds: 3, 4")
    assert (named.kind, named.text) == ("system", "conversationNameUpdate: name: we see you")
    assert (joined.sender.id, named.sender.id) == ("1", "2")


@pytest.mark.parametrize(
    ("number", "moment", "flags"),
    [
        (NUMBER, "2024-03-05T16:00:40.000Z", ()),
        (NUMBER, "2024-03-05T16:02:00.000Z", ("id-time",)),
        ("123456789", "2009-03-05T16:02:00.000Z", ()),
        (NUMBER, "yesterday", ("bad-date",)),
        (NUMBER, None, ("no-date",)),
    ],
)
def test_the_time_in_its_number_is_a_second_witness(
    number: str, moment: str | None, flags: tuple[str, ...]
) -> None:
    data = _file(("1-2", [_create(id=number, createdAt=moment)]))
    assert read_file(READER, data)[0][0].flags == flags


def test_the_archive_tells_whose_it_is_and_holds_the_files() -> None:
    messages, report = read_file(ZIP_READER, ZIP)
    assert_places(messages, FILES)
    first, media = messages[:2]
    assert first.recipients == (media.sender,)
    assert media.sender == Party("@meera", "2", "owner")
    present, remote = media.attachments
    assert (present.name, present.status, present.sha256) == (
        NAME, "present", sha256(PICTURE).hexdigest(),
    )  # fmt: skip
    assert (remote.name, remote.status) == ("https://video.example.org/v.mp4?t=1", "remote")
    assert len(messages) == 4 + 4 + 3
    assert report.facts["account"] == "@meera 2"
    assert report.facts["files with messages"] == "3"
    assert [one.detail for one in report.unread] == ["2 files without messages"]


def test_it_is_known_by_the_value_that_it_sets() -> None:
    assert READER.match(EXPORT, "x") == SURE
    assert READER.match(b"\xef\xbb\xbf" + GROUP, "x") == SURE
    assert READER.match(ACCOUNT, "direct-messages.js") == NO
    assert READER.match(EXPORT[10:], "direct-messages.js") == NO
    assert ZIP_READER.match(ZIP, "x") == SURE
    assert ZIP_READER.match(zipped({"data/tweets.js": b""}), "x") == LIKELY
    assert ZIP_READER.match(zipped({"account.js": b""}), "x") == NO
    assert ZIP_READER.match(zipped({"x.js": b""}), "twitter.zip") == NO
    for data, name in ((EXPORT, "x"), (ZIP, "x-zip")):
        found = find_reader(data, "a")
        assert found is not None
        assert found.name == name


def test_a_damaged_account_costs_no_message() -> None:
    files = {**FILES, "data/account.js": b"window.YTD.account.part0 = [{"}
    messages, report = read_file(ZIP_READER, zipped(files))
    assert len(messages) == 11
    assert "not-understood" in {one.reason for one in report.unread}
    assert "account" not in report.facts


def test_what_is_over_a_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x_record, "MAX_PARTS", 1)
    monkeypatch.setattr(x_record, "MAX_TEXT_CHARS", 3)
    assert read_file(READER, EXPORT)[0][1].flags == ("text-cut", "parts-cut")
    assert read_file(READER, GROUP)[0][0].flags == ("text-cut",)


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"messageCreate": 3}, {"messageCreate": {"reactions": {}, "mediaUrls": "x"}},
        {"participantsLeave": {"userIds": [None, 1], "createdAt": 7}}, {"somethingNew": {"a": {}}},
        {"messageCreate": {"id": [], "reactions": [{}], "mediaUrls": [1, None], "text": 4}},
    ],
)  # fmt: skip
def test_events_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _file(("1-2", [wrong, FIRST])))
    assert messages[-1].text == "I see you क"
    assert report.is_whole


def test_cut_off_at_every_byte() -> None:
    assert_cut_anywhere(READER, EXPORT)
    assert_cut_anywhere(READER, GROUP)
    assert_cut_anywhere(ZIP_READER, ZIP, 11)


def test_in_blocks_and_again_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (READER, EXPORT), (READER, GROUP), (ZIP_READER, ZIP))


@given(at=st.integers(0, len(ZIP) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    for reader, data in ((READER, EXPORT), (ZIP_READER, ZIP)):
        spot = at % len(data)
        changed = data[:spot] + piece + data[spot + size :]
        assert_changed_in_good_order(reader, changed)
        if reader is READER:
            assert_places(read_file(reader, changed)[0], {"": changed})

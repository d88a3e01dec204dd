"""Snapchat's chats in both forms, in the zip too; and what an enemy may make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import drain
from tests.readers.files import read_file
from tests.readers.zips import assert_places, zipped

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.snapchat import SnapchatReader
from stalklog.readers.snapchat_zip import SnapchatZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

READER = SnapchatReader()
ZIP_READER = SnapchatZipReader()
FIRST: dict[str, Any] = {
    "From": "ravi_7", "Media Type": "TEXT", "Created": "2024-03-05 16:00:09 UTC",
    "Content": "I see you \N{EYES} &amp; क", "Conversation Title": None, "IsSender": False,
    "Created(microseconds)": 1709654409123, "IsSaved": True, "Media IDs": "",
}  # fmt: skip
OWN = {**FIRST, "From": "asha", "IsSender": True, "Content": "Stop"}
MEDIA = {**FIRST, "Media Type": "MEDIA", "Content": "", "Media IDs": "b~AA | b~BB"}
ERASED = {**FIRST, "Media Type": "STATUSERASEDMESSAGE", "Content": None}
CALL = {**FIRST, "Media Type": "STATUSCALLMISSEDVIDEO", "Content": None}
SNAP = {**FIRST, "Media Type": "IMAGE", "Content": None}
GROUP = {**OWN, "Conversation Title": "Neighbours"}
NEW = json.dumps(
    {"ravi_7": [FIRST, OWN, MEDIA, ERASED, CALL, SNAP], "f00-1": [GROUP]}, ensure_ascii=False
).encode()
OLD = json.dumps({
    "Received Saved Chat History": [{
        "From": "ravi_7", "Media Type": "TEXT", "Created": "2024-03-05 16:00:09 UTC",
        "Text": "I&#39;m here &lt;3",
    }],
    "Sent Saved Chat History": [{
        "To": "ravi_7", "Media Type": "TEXT", "Created": "2024-03-05 16:00:10 UTC", "Text": "no",
    }],
}).encode()  # fmt: skip


def test_messages_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, NEW)
    for message in messages:
        piece = NEW[message.place.start : message.place.end]
        assert json.loads(piece)["Media Type"]
        assert message.place.sha256 == sha256(piece).hexdigest()
    first = messages[0]
    assert (first.sender, first.recipients) == (Party("ravi_7"), (Party(role="owner"),))
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, 123_000, tzinfo=UTC)
    assert first.sent.written == "1709654409123 (2024-03-05 16:00:09 UTC)"
    assert (first.text, first.conversation) == (FIRST["Content"], "ravi_7")
    assert (first.is_deleted, first.flags) == (None, ())
    assert report.counts == {"message": 5, "system": 1, "call": 1}
    assert (report.bytes_covered, report.is_whole) == (len(NEW), True)


def test_her_own_messages_are_hers_and_a_group_has_a_title() -> None:
    own, group = (read_file(READER, NEW)[0][place] for place in (1, 6))
    assert (own.sender, own.recipients) == (
        Party("asha", role="owner"),
        (Party("ravi_7", role="to"),),
    )
    assert (group.recipients, group.conversation) == ((), "Neighbours (f00-1)")


def test_what_is_no_text_is_named_as_the_export_names_it() -> None:
    _first, _own, media, erased, call, snap = read_file(READER, NEW)[0][:6]
    assert [one.name for one in media.attachments] == ["b~AA", "b~BB"]
    assert (erased.kind, erased.is_deleted, erased.text) == (
        "system", True, "Media Type: STATUSERASEDMESSAGE",
    )  # fmt: skip
    assert (call.kind, call.flags) == ("call", ("missed-call",))
    assert (snap.kind, snap.text) == ("message", "Media Type: IMAGE")


def test_the_older_form_is_read() -> None:
    came, went = read_file(READER, OLD)[0]
    assert (came.sender, came.text, came.conversation) == (Party("ravi_7"), "I'm here <3", "ravi_7")
    assert (went.sender, went.recipients) == (Party(role="owner"), (Party("ravi_7", role="to"),))
    assert came.sent is not None
    assert came.sent.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
    assert (came.sent.written, came.sent.zone_source) == ("2024-03-05 16:00:09 UTC", "file")


@pytest.mark.parametrize(
    ("wrong", "flags"),
    [
        ({"Created": None, "Created(microseconds)": None}, ("no-date",)),
        ({"Created": "soon", "Created(microseconds)": "x"}, ("bad-date",)),
        ({"Created": "2024-03-05 16:00:09", "Created(microseconds)": 0.5}, ("no-zone",)),
        ({"From": [], "Media Type": 5, "Media IDs": {}, "Content": 7, "IsSender": "yes"}, ()),
    ],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any], flags: tuple[str, ...]) -> None:
    data = json.dumps({"ravi_7": [{**FIRST, **wrong}, FIRST]}).encode()
    messages, report = read_file(READER, data)
    assert [message.flags for message in messages] == [flags, ()]
    assert report.is_whole


FILES = {
    "json/account.json": b"{}", "json/chat_history.json": NEW,
    "json/snap_history.json": json.dumps({"ravi_7": [SNAP]}).encode(),
    "chat_media/2024-03-05_b~AA.jpg": b"a picture", "chat_media/2024-03-05_media~zip-1.mp4": b"x",
}  # fmt: skip


def test_the_zip_is_read_with_its_files() -> None:
    data = zipped(FILES)
    found = find_reader(data, "any.zip")
    assert found is not None
    assert found.name == "snapchat-zip"
    messages, report = read_file(ZIP_READER, data)
    assert_places(messages, FILES)
    assert [message.number for message in messages] == list(range(1, 9))
    picture, absent = messages[2].attachments
    assert (picture.name, picture.status, picture.size_bytes) == ("b~AA", "present", 9)
    assert picture.place.member == "chat_media/2024-03-05_b~AA.jpg"
    assert (absent.name, absent.status) == ("b~BB", "missing")
    assert [(one.reason, one.detail) for one in report.unread] == [
        ("not-read", "1 file without messages"),
    ]  # fmt: skip


def test_pages_that_say_what_a_file_says_are_no_others() -> None:
    pages = dict.fromkeys(
        ("html/chat_history.html", "html/snap_history.html", "html/chat_history/subpage_ravi.html"),
        b"<html></html>",
    )
    unread = read_file(ZIP_READER, zipped({**FILES, **pages}))[1].unread
    assert [one.detail for one in unread] == ["1 file without messages"]
    alone = {**pages, "json/snap_history.json": FILES["json/snap_history.json"]}
    unread = read_file(ZIP_READER, zipped(alone))[1].unread
    assert [one.detail for one in unread] == ["2 files without messages"]


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (NEW, SURE), (OLD, SURE), (b"\xef\xbb\xbf" + NEW, SURE), (b"x" + NEW, NO),
        (b'{"a": [{"Media Type": "x", "Created": "y"}]}', NO), (b"{}", NO),
    ],
)  # fmt: skip
def test_it_is_known_by_its_fields(data: bytes, sureness: int) -> None:
    assert READER.match(data, "chat_history.json") == sureness


@pytest.mark.parametrize(
    ("names", "sureness"),
    [
        (["a/json/chat_history.json"], LIKELY), (["html/chat_history.html"], MAYBE),
        (["chat_media/2024-03-05_b~AA.jpg"], MAYBE), (["chat_history.json", "json/x.json"], NO),
    ],
)  # fmt: skip
def test_a_zip_is_known_by_its_names(names: list[str], sureness: int) -> None:
    assert ZIP_READER.match(zipped(dict.fromkeys(names, b"")), "mydata.zip") == sureness


def test_cut_off_at_every_byte_it_gives_what_is_whole() -> None:
    whole = read_file(READER, NEW)[0]
    for end in range(len(NEW)):
        found = drain(READER, NEW[:end])
        assert found.messages == whole[: len(found.messages)]
        assert found.reasons or not end
        assert found.notes.bytes_covered == end


@given(st.lists(st.tuples(st.integers(0, len(OLD) - 1), st.integers(0, 255)), max_size=20))
@settings(deadline=None)
def test_changed_bytes_raise_nothing(changes: list[tuple[int, int]]) -> None:
    data = bytearray(OLD)
    for at, byte in changes:
        data[at] = byte
    assert drain(READER, bytes(data)).notes.bytes_covered == len(data)

"""Skype's `messages.json`, alone and in its tar; and what an enemy may make of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file
from tests.readers.test_tar_members import tarred
from tests.readers.zips import assert_places

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.skype import SkypeReader
from stalklog.readers.skype_tar import SkypeTarReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

READER = SkypeReader()
TAR_READER = SkypeTarReader()
FIRST: dict[str, Any] = {
    "id": "1709654409123", "displayName": None, "originalarrivaltime": "2024-03-05T16:00:09.123Z",
    "messagetype": "RichText", "version": 1709654409123, "conversationid": "8:live:ravi",
    "content": 'I <b raw_pre="*">see</b> you &lt;3 <ss type="smile">:)</ss>',
    "from": "8:live:ravi", "properties": None, "amsreferences": None,
}  # fmt: skip
OWN = {
    **FIRST, "id": "2", "from": "8:live:asha", "messagetype": "Text", "content": "no &lt;3",
    "properties": {"edittime": "1709654500000"},
}  # fmt: skip
ANSWER = {
    **FIRST, "id": "3",
    "content": '<quote author="live:asha" messageid="2"><legacyquote>[1] asha: </legacyquote>no'
    "<legacyquote>\n\n&lt;&lt;&lt; </legacyquote></quote>yes",
}  # fmt: skip
PHOTO = {
    **FIRST, "id": "4", "messagetype": "RichText/UriObject",
    "content": '<URIObject type="Picture.1" uri="https://api.example.org/v1/objects/0-cus-d1-ab" '
    'url_thumbnail="https://api.example.org/v1/objects/0-cus-d1-ab/views/imgt1"><OriginalName '
    'v="door.jpg"/><FileSize v="7"/></URIObject>',
}  # fmt: skip
CALL = {
    **FIRST, "id": "5", "messagetype": "Event/Call",
    "content": '<partlist type="missed" alt=""><part identity="live:ravi"/></partlist>',
}  # fmt: skip
DELETED = {**FIRST, "id": "6", "content": "", "properties": {"deletetime": "1709654500000"}}
ADDED = {
    **FIRST, "id": "7", "messagetype": "ThreadActivity/AddMember", "from": "19:x@thread.skype",
    "content": "<addmember><target>8:live:meera</target></addmember>",
}  # fmt: skip
EXPORT = json.dumps({
    "userId": "8:live:asha", "exportDate": "2024-04-01T00:00", "conversations": [
        {
            "id": "8:live:ravi", "displayName": "Ravi", "version": 1, "properties": {},
            "threadProperties": None,
            "MessageList": [FIRST, OWN, ANSWER, PHOTO, CALL, DELETED],
        },
        {"id": "19:x@thread.skype", "displayName": "Neighbours", "MessageList": [ADDED, FIRST]},
    ],
}).encode()  # fmt: skip


def test_messages_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, EXPORT)
    for message in messages:
        piece = EXPORT[message.place.start : message.place.end]
        assert json.loads(piece)["id"] == message.native_id
        assert message.place.sha256 == sha256(piece).hexdigest()
    first, own, answer = messages[:3]
    assert (first.sender, first.recipients) == (Party("", "8:live:ravi"), (Party(role="owner"),))
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, 123_000, tzinfo=UTC)
    assert (first.text, first.conversation) == ("I see you <3 :)", "Ravi (8:live:ravi)")
    assert (first.is_edited, first.is_deleted, first.flags) == (False, False, ())
    assert (own.sender.role, own.text, own.is_edited) == ("owner", "no &lt;3", True)
    assert own.recipients == (Party("Ravi", "8:live:ravi", "to"),)
    assert answer.reply_to == "2"
    assert report.counts == {"message": 6, "call": 1, "system": 1}
    assert report.facts["exported"] == "2024-04-01T00:00"
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)


def test_calls_events_and_what_was_deleted() -> None:
    call, deleted, added, in_group = read_file(READER, EXPORT)[0][4:]
    assert (call.kind, call.flags) == ("call", ("missed-call",))
    assert call.text.startswith('Event/Call: <partlist type="missed"')
    assert call.duration_s is None
    parts = "".join(f"<part><duration>{one}</duration></part>" for one in ("61.5", "65", "x"))
    ended = {**CALL, "content": f'<partlist type="ended" alt="">{parts}</partlist>'}
    data = json.dumps({"userId": "", "conversations": [{"MessageList": [ended]}]}).encode()
    (call,) = read_file(READER, data)[0]
    assert (call.kind, call.duration_s) == ("call", 65)
    assert (deleted.is_deleted, deleted.text) == (True, "")
    assert (added.kind, added.recipients) == ("system", ())
    assert "8:live:meera" in added.text
    assert in_group.conversation == "Neighbours (19:x@thread.skype)"


@pytest.mark.parametrize(
    ("wrong", "flags"),
    [
        ({"originalarrivaltime": None}, ("no-date",)),
        ({"originalarrivaltime": "x"}, ("bad-date",)),
        ({"originalarrivaltime": "2024-03-05T16:00"}, ("no-zone",)),
        ({"content": [], "from": 5, "messagetype": None, "properties": "x"}, ()),
    ],
)  # fmt: skip
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any], flags: tuple[str, ...]) -> None:
    data = json.dumps({"userId": "", "conversations": [{"MessageList": [{**FIRST, **wrong}]}]})
    (message,), report = read_file(READER, data.encode())
    assert message.flags == flags
    assert report.is_whole


FILES = {
    "endpoints.json": b"{}", "messages.json": EXPORT, "media/0-cus-d1-ab.json": b"{}",
    "media/0-cus-d1-ab.1.jpg": b"a photo",
}  # fmt: skip


def test_the_tar_is_read_with_its_files() -> None:
    data = tarred(FILES)
    found = find_reader(data, "any.tar")
    assert found is not None
    assert found.name == "skype-tar"
    messages, report = read_file(TAR_READER, data)
    assert_places(messages, FILES)
    (photo,) = messages[3].attachments
    assert (photo.name, photo.status, photo.size_bytes) == ("door.jpg", "present", 7)
    assert photo.place.member == "media/0-cus-d1-ab.1.jpg"
    assert [(one.reason, one.detail) for one in report.unread] == [
        ("not-read", "1 file without messages"),
    ]  # fmt: skip


def test_a_file_that_is_not_in_the_tar_is_missing() -> None:
    messages, _report = read_file(TAR_READER, tarred({"messages.json": EXPORT}))
    (photo,) = messages[3].attachments
    assert (photo.name, photo.status, photo.size_bytes) == ("door.jpg", "missing", 7)


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (EXPORT, SURE), (b'{"MessageList": [{"originalarrivaltime": 1}]}', SURE),
        (b'{"conversations": [], "userId": 1}', NO), (b"x" + EXPORT, NO),
    ],
)  # fmt: skip
def test_it_is_known_by_its_fields(data: bytes, sureness: int) -> None:
    assert READER.match(data, "messages.json") == sureness


@pytest.mark.parametrize(
    ("files", "sureness"),
    [
        (FILES, LIKELY), ({"endpoints.json": b"{}"}, MAYBE), ({"messages.json": b"{}"}, NO),
        ({"media/0-a.1.jpg": b""}, MAYBE), ({"x": b""}, NO),
    ],
)  # fmt: skip
def test_a_tar_is_known_by_what_is_in_it(files: dict[str, bytes], sureness: int) -> None:
    assert TAR_READER.match(tarred(files), "export.tar") == sureness


def test_cut_off_at_every_byte_it_gives_what_is_whole() -> None:
    whole = read_file(READER, EXPORT)[0]
    for end in range(0, len(EXPORT), 3):
        found = drain(READER, EXPORT[:end])
        assert found.messages == whole[: len(found.messages)]
        assert found.notes.bytes_covered == end
    data = tarred(FILES)
    for end in range(0, len(EXPORT) + 2000, 101):
        found = drain(TAR_READER, data[:end])
        assert found.error or found.reasons


@pytest.mark.parametrize(
    "piece", ['<URIObject uri="a">', "<quote ", "<partlist ", "<OriginalName ", "<URIObject "]
)
def test_marks_without_an_end_take_no_long_time(piece: str) -> None:
    message = {**PHOTO, "content": piece * (400_000 // len(piece))}
    data = json.dumps({"userId": "", "conversations": [{"MessageList": [message]}]}).encode()
    assert drain(READER, data).seconds < 4 * SMALL_S


@given(st.lists(st.tuples(st.integers(0, len(EXPORT) - 1), st.integers(0, 255)), max_size=20))
@settings(deadline=None)
def test_changed_bytes_raise_nothing(changes: list[tuple[int, int]]) -> None:
    data = bytearray(EXPORT)
    for at, byte in changes:
        data[at] = byte
    assert drain(READER, bytes(data)).notes.bytes_covered == len(data)

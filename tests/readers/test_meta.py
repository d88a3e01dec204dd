"""Instagram and Messenger: one file, the whole zip, letters written as bytes, and an enemy."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.enemy import (
    changed,
    cut_off,
    read_in_good_order,
    zip_cut_off_ends_in_time,
)
from tests.readers.files import read_file

from stalklog.readers import window
from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.meta import MetaReader
from stalklog.readers.meta_letters import survey
from stalklog.readers.meta_zip import MetaZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

READER = MetaReader()
ZIP_READER = MetaZipReader()
PHOTO = "your_instagram_activity/messages/message_requests/ravi_1/photos/7.jpg"
PLAIN: dict[str, Any] = {
    "sender_name": "Ravi क",
    "timestamp_ms": 1709654409123,
    "content": "नमस्ते café",
}
WITH_PHOTO = {
    "sender_name": "Ravi क", "timestamp_ms": 1709654400000,
    "photos": [{"uri": PHOTO, "creation_timestamp": 1709654300}, {"uri": "https://x.example.org/a"}],
    "reactions": [{"reaction": "❤", "actor": "Meera"}, {"reaction": "😮", "actor": "Anu"}],
}  # fmt: skip
CALL = {
    "sender_name": "Ravi क",
    "timestamp_ms": 1709654300000,
    "content": "Ravi called you.",
    "call_duration": 0,
}
UNSENT = {"sender_name": "Ravi क", "timestamp_ms": 1709654200000, "is_unsent": True}
SHARED = {
    "sender_name": "Meera", "timestamp_ms": 1709654100000, "type": "Share",
    "share": {"link": "https://example.org/p", "share_text": "look"},
}  # fmt: skip
MESSAGES = (PLAIN, WITH_PHOTO, CALL, UNSENT, SHARED)
ENCRYPTED = {
    "participants": ["Ravi", "Meera"],
    "threadName": "Ravi_7",
    "messages": [
        {"senderName": "Ravi", "text": "Ã© é क", "timestamp": 1709654409123, "type": "text",
         "isUnsent": False, "media": [], "reactions": [{"actor": "Meera", "reaction": "x"}]},
        {"senderName": "Ravi", "text": "User unsent a message", "timestamp": 1709654500000,
         "type": "text", "isUnsent": True, "media": [{"uri": "./media/a.jpg"}], "reactions": []},
    ],
}  # fmt: skip


def _thread(*messages: dict[str, Any]) -> dict[str, Any]:
    return {
        "participants": [{"name": "Ravi क"}, {"name": "Meera"}],
        "messages": list(messages),
        "title": "Ravi क",
        "is_still_participant": True,
        "thread_path": "message_requests/ravi_1",
    }


def _bytes(value: object) -> bytes:
    """As Meta writes it: each byte of UTF-8 as a letter."""
    latin1 = json.dumps(value, ensure_ascii=False).encode().decode("latin-1")
    return json.dumps(json.loads(latin1), indent=1).encode()


EXPORT = _bytes(_thread(*MESSAGES))


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


CLEAN = json.dumps(_thread(PLAIN), ensure_ascii=False).encode()
FOLDER = "your_instagram_activity/messages"
FILES = {
    f"{FOLDER}/inbox/anu_2/message_1.json": _bytes(_thread(PLAIN)),
    f"{FOLDER}/message_requests/ravi_1/message_1.json": EXPORT,
    f"{FOLDER}/message_requests/ravi_1/message_2.json": _bytes(_thread(PLAIN, PLAIN)),
    f"{FOLDER}/archived_threads/x_3/message_1.json": CLEAN,
    PHOTO: b"\xff\xd8\xff",
}
ZIP = _zip(FILES)


def test_how_long_a_call_was_is_a_number_and_no_words() -> None:
    bare = {key: one for key, one in CALL.items() if key != "content"}
    for call, length, told in ((CALL, 65, "Ravi called you."), (bare, 65, ""), (bare, "x", None)):
        thread = {
            "participants": [{"name": "Ravi"}], "thread_path": "inbox/ravi_1",
            "messages": [{**call, "call_duration": length}],
        }  # fmt: skip
        (message,) = read_file(MetaReader(), json.dumps(thread).encode())[0]
        assert message.kind == "call"
        if told is None:
            assert (message.text, message.duration_s) == ('"call_duration": x', None)
        else:
            assert (message.text, message.duration_s) == (told, length)


def test_letters_written_as_bytes_are_put_right() -> None:
    messages, report = read_file(READER, EXPORT)
    plain = messages[0]
    assert (plain.text, plain.sender) == ("नमस्ते café", Party("Ravi क"))
    assert plain.recipients == (Party("Meera", role="to"),)
    assert plain.conversation == "Ravi क (message_requests/ravi_1)"
    assert plain.sent is not None
    assert plain.sent.instant == datetime(2024, 3, 5, 16, 0, 9, 123000, UTC)
    piece = EXPORT[plain.place.start : plain.place.end]
    assert json.loads(piece)["timestamp_ms"] == 1709654409123
    assert plain.place.sha256 == sha256(piece).hexdigest()
    assert report.facts == {"letters": "UTF-8 written as Latin-1"}
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)


def test_a_clean_file_keeps_what_only_looks_like_it() -> None:
    for clean in ("Ã©", "Ã© and क"):
        value = _thread({**PLAIN, "content": clean})
        data = json.dumps(value, ensure_ascii=False).encode()
        assert read_file(READER, data)[0][0].text == clean
    escaped = json.dumps(_thread({**PLAIN, "content": "Ã©"}, {**PLAIN, "content": "क"})).encode()
    assert [one.text for one in read_file(READER, escaped)[0]] == ["Ã©", "क"]


def test_it_is_decided_for_the_whole_file_however_it_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = survey(BytesIO(b"\xef\xbb\xbf" + EXPORT))
    assert whole.is_latin1
    assert (whole.title, whole.thread) == ("Ravi क", "message_requests/ravi_1")
    for block in (1, 7, 50, 200):
        monkeypatch.setattr(window, "BLOCK_BYTES", block)
        assert survey(BytesIO(EXPORT)) == whole
    one_bad = EXPORT.replace(b'"content": "', rb'"content": "\u00e0"', 1)
    assert not survey(BytesIO(one_bad)).is_latin1
    assert survey(BytesIO(EXPORT.replace(b"called", rb"\\u0939 called"))).is_latin1


def test_files_reactions_calls_and_what_was_taken_back() -> None:
    messages, report = read_file(READER, EXPORT)
    photo, heart, wow, call, unsent, shared = messages[1:]
    assert [(one.name, one.status) for one in photo.attachments] == [
        (PHOTO, "missing"),
        ("https://x.example.org/a", "remote"),
    ]
    assert (heart.kind, heart.parent, heart.text, heart.sender.label) == (
        "reaction",
        2,
        "❤",
        "Meera",
    )
    assert (wow.parent, wow.number) == (2, 4)
    assert (call.kind, call.flags, call.text) == ("call", ("missed-call",), "Ravi called you.")
    assert (unsent.is_deleted, unsent.text) == (True, "")
    assert shared.text == "look\nhttps://example.org/p"
    assert report.counts == {"message": 4, "reaction": 2, "call": 1}


def test_an_encrypted_chat_is_read_with_its_clean_letters() -> None:
    data = json.dumps(ENCRYPTED, ensure_ascii=False).encode()
    (first, reaction, second), report = read_file(READER, data)
    assert (first.text, first.is_deleted, first.conversation) == ("Ã© é क", False, "Ravi_7")
    assert first.recipients == (Party("Meera", role="to"),)
    assert reaction.parent == 1
    assert (second.is_deleted, second.attachments[0].status) == (True, "missing")
    assert report.is_whole


def test_all_threads_of_a_zip_with_their_folders_and_files() -> None:
    messages, report = read_file(ZIP_READER, ZIP)
    assert report.counts == {"message": 8, "reaction": 2, "call": 1}
    assert list(dict.fromkeys(one.conversation for one in messages)) == [
        "Ravi क (inbox/anu_2)",
        "Ravi क (message_requests/ravi_1)",
        "Ravi क (archived_threads/x_3)",
    ]
    assert {one.text for one in messages if one.number in {1, 9, 11}} == {"नमस्ते café"}
    for message in messages:
        data = FILES[message.place.member]
        piece = data[message.place.start : message.place.end]
        assert sha256(piece).hexdigest() == message.place.sha256
    photo = next(one for one in messages if one.attachments).attachments[0]
    assert (photo.status, photo.size_bytes, photo.place.member) == ("present", 3, PHOTO)
    assert report.facts["files with messages"] == "4"
    assert "files_that_no_message_names" not in report.facts
    beside = {PHOTO.replace("7.jpg", "8.jpg"): b"x", "media/9.jpg": b"y", "profile/me.jpg": b"z"}
    _messages, report_beside = read_file(ZIP_READER, _zip({**FILES, **beside}))
    assert report_beside.facts["files_that_no_message_names"] == "2"
    assert report.facts["letters"] == "UTF-8 written as Latin-1 in 3 files"
    assert report.is_whole
    assert find_reader(ZIP, "x.zip") is not None


def test_an_export_inside_a_folder_finds_its_files() -> None:
    data = _zip({f"instagram-meera/{name}": content for name, content in FILES.items()})
    messages, _report = read_file(ZIP_READER, data)
    photo = next(one for one in messages if one.attachments).attachments[0]
    assert (photo.status, photo.place.member) == ("present", f"instagram-meera/{PHOTO}")


def test_the_zip_of_encrypted_chats() -> None:
    data = _zip(
        {"Ravi_7.json": json.dumps(ENCRYPTED).encode(), "media/a.jpg": b"x", "other_1.json": b"{}"}
    )
    messages, report = read_file(ZIP_READER, data)
    assert len(messages) == 3
    assert messages[2].attachments[0].status == "present"
    assert [unread.detail for unread in report.unread] == ["1 file without messages"]


def test_a_damaged_thread_costs_no_other_one() -> None:
    many = _bytes(_thread(*[{**PLAIN, "content": f"number {number}"} for number in range(3000)]))
    stored = _zip({**FILES, f"{FOLDER}/inbox/long_4/message_1.json": many}, zipfile.ZIP_STORED)
    at = stored.index(b"number 1500")
    messages, report = read_file(ZIP_READER, stored[:at] + b"Number" + stored[at + 6 :])
    assert len(messages) == 11 + 3000
    assert [unread.detail for unread in report.unread] == ["checksum"]
    packed = _zip({f"{FOLDER}/inbox/long_4/message_1.json": many, **FILES})
    half = packed.index(FOLDER.encode()) + 6_000
    messages, report = read_file(ZIP_READER, packed[:half] + b"\xff" * 40 + packed[half + 40 :])
    assert {one.place.member for one in messages} >= set(FILES) - {PHOTO}
    assert not report.is_whole
    assert len(messages) > 11


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"content": 5, "photos": 3, "reactions": [1, {}], "share": []},
        {"timestamp_ms": None},
        {"timestamp_ms": "x", "sender_name": [], "sticker": {"uri": 1}},
    ],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _bytes(_thread({**PLAIN, **wrong}, PLAIN)))
    assert sum(one.kind == "message" for one in messages) == 2
    assert report.is_whole


def test_pages_without_messages_and_other_files_are_named() -> None:
    data = _zip({f"{FOLDER}/inbox/a_1/message_1.html": b"</html>", f"{FOLDER}/../../x.json": b"{}"})
    messages, report = read_file(ZIP_READER, data)
    assert not messages
    assert [unread.reason for unread in report.unread] == ["not-understood", "not-read"]
    assert report.facts["names_leading_out"] == "yes"


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (EXPORT, SURE),
        (b"\xef\xbb\xbf" + EXPORT, SURE),
        (json.dumps(ENCRYPTED).encode(), SURE),
        (b'{"messages": [{"sender_name": "x"}]}', NO),
        (b"Ravi: " + EXPORT, NO),
    ],
)
def test_a_file_is_known_by_its_keys(data: bytes, sureness: int) -> None:
    assert READER.match(data, "message_1.json") == sureness


@pytest.mark.parametrize(
    ("files", "sureness"),
    [
        (FILES, SURE),
        ({PHOTO: b"x"}, LIKELY),
        ({"Ravi_7.json": b"{}", "media/a.jpg": b"x"}, MAYBE),
        ({"package.json": b"{}"}, NO),
        ({"messages/message_1.json": b"{}"}, NO),
    ],
)
def test_a_zip_is_known_by_its_folders(files: dict[str, bytes], sureness: int) -> None:
    assert ZIP_READER.match(_zip(files), "x.zip") == sureness


def test_cut_off_at_every_byte() -> None:
    for data, found in cut_off(READER, EXPORT):
        assert found.reasons or not data
    zip_cut_off_ends_in_time(ZIP_READER, ZIP)


@given(at=st.integers(0, len(EXPORT) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    read_in_good_order(READER, changed(EXPORT, at, piece, size))

"""Signal: its own export, the zip of it, and the text of signal-export."""

from __future__ import annotations

import base64
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
    same_in_blocks,
    zip_cut_off_ends_in_time,
)
from tests.readers.files import read_file

from stalklog.readers import lines, pieces, signal_record, window
from stalklog.readers.base import LIKELY, MAYBE, NO, SURE, Reading
from stalklog.readers.signal import SignalReader
from stalklog.readers.signal_text import SignalTextReader
from stalklog.readers.signal_zip import SignalZipReader
from stalklog.records.message import Party, Said

READER = SignalReader()
ZIP_READER = SignalZipReader()
TEXT_READER = SignalTextReader()
PICTURE = b"\xff\xd8\xff not really a picture"
HASH = sha256(PICTURE)
RAVI = Party("Ravi", "+15550100001")
BOOK: tuple[dict[str, Any], ...] = (
    {"version": "1", "backupTimeMs": "1709700000000"},
    {"account": {"givenName": "Meera"}},
    {"recipient": {"id": "1", "self": {}}},
    {"recipient": {"id": "2", "contact": {"e164": "15550100001", "profileGivenName": "Ravi"}}},
    {"recipient": {"id": "3", "group": {"snapshot": {"title": {"title": "House"}}}}},
    {"chat": {"id": "7", "recipientId": "2"}},
    {"chat": {"id": "8", "recipientId": "3"}},
)


def _item(author: str = "2", chat: str = "7", **more: object) -> dict[str, Any]:
    item = {"chatId": chat, "authorId": author, "dateSent": "1709654409123", **more}
    return {"chatItem": item}


def _text(body: str, **more: object) -> dict[str, Any]:
    return {"standardMessage": {"text": {"body": body}, **more}}


CAME = _item(incoming={"dateReceived": "1709654410000", "read": True}, **_text("I see you क"))
SENT = _item(
    "1",
    outgoing={"sendStatus": []},
    **_text("Stop", quote={"targetSentTimestamp": "1709654409123"}),
)
EDITED = _item(
    revisions=[_item(**_text("I will hurt you"))["chatItem"]],
    **_text(
        "Hello", reactions=[{"emoji": "👍", "authorId": "1", "sentTimestamp": "1709654500000"}]
    ),
)
PHOTO = _item(
    **_text(
        "",
        attachments=[
            {
                "wasDownloaded": True,
                "pointer": {
                    "contentType": "image/jpeg",
                    "locatorInfo": {"plaintextHash": base64.b64encode(HASH.digest()).decode()},
                },
            },
            {"wasDownloaded": False, "pointer": {"contentType": "video/mp4", "fileName": "v.mp4"}},
        ],
    )
)
CALL = _item(updateMessage={"individualCall": {"type": "AUDIO_CALL", "state": "MISSED"}})
GONE = _item("2", "8", remoteDeletedMessage={})
JOINED = _item("2", "8", updateMessage={"groupChange": {"updates": []}})
ITEMS = (CAME, SENT, EDITED, PHOTO, CALL, GONE, JOINED)


def _bytes(*values: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


EXPORT = _bytes(*BOOK, *ITEMS)


def _zip(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


NAME = f"files/{HASH.hexdigest()[:2]}/{HASH.hexdigest()}.jpg"
ZIP = _zip({"signal/main.jsonl": EXPORT, "signal/metadata.json": b"{}", f"signal/{NAME}": PICTURE})


def test_people_and_chats_are_named_by_the_lines_before() -> None:
    messages, report = read_file(READER, EXPORT)
    came, sent = messages[:2]
    assert (came.sender, came.recipients) == (RAVI, (Party(role="owner"),))
    assert (sent.sender, sent.recipients) == (Party(role="owner"), (Party("Ravi", RAVI.id, "to"),))
    assert (came.text, came.conversation, sent.reply_to) == (
        "I see you क", "Ravi (+15550100001)", came.native_id,
    )  # fmt: skip
    assert came.sent is not None
    assert came.received is not None
    assert came.sent.instant == datetime(2024, 3, 5, 16, 0, 9, 123000, UTC)
    assert came.received.instant == datetime(2024, 3, 5, 16, 0, 10, tzinfo=UTC)
    piece = EXPORT[came.place.start : came.place.end]
    assert json.loads(piece) == CAME
    assert came.place.sha256 == sha256(piece).hexdigest()
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)


def test_what_it_said_before_it_was_edited_is_kept() -> None:
    edited, before, reaction = read_file(READER, EXPORT)[0][2:5]
    assert (edited.text, edited.is_edited) == ("Hello", True)
    assert (before.text, before.parent) == ("I will hurt you", edited.number)
    assert (reaction.kind, reaction.text, reaction.parent) == ("reaction", "👍", edited.number)
    assert reaction.sender.role == "owner"


def test_calls_events_and_what_was_taken_back() -> None:
    call, gone, joined = read_file(READER, EXPORT)[0][-3:]
    assert (call.kind, call.flags) == ("call", ("missed-call",))
    assert "AUDIO_CALL" in call.text
    assert (gone.is_deleted, gone.conversation, gone.recipients) == (True, "House", ())
    assert joined.kind == "system"


def test_files_are_found_by_their_hash_and_checked() -> None:
    photo = read_file(READER, EXPORT)[0][5]
    assert [one.status for one in photo.attachments] == ["missing", "omitted"]
    messages, report = read_file(ZIP_READER, ZIP)
    (picture, left_out), flags = messages[5].attachments, messages[5].flags
    assert (picture.status, picture.sha256, picture.size_bytes) == (
        "present",
        HASH.hexdigest(),
        len(PICTURE),
    )
    assert (picture.place.member, left_out.status, flags) == (f"signal/{NAME}", "omitted", ())
    assert {one.place.member for one in messages} == {"signal/main.jsonl"}
    assert report.is_whole
    assert "files_that_no_message_names" not in report.facts
    beside = _zip({"main.jsonl": EXPORT, NAME: PICTURE, f"files/00/{'00' * 32}": b"x"})
    assert read_file(ZIP_READER, beside)[1].facts["files_that_no_message_names"] == "1"
    changed = _zip({"main.jsonl": EXPORT, NAME: b"another picture"})
    assert read_file(ZIP_READER, changed)[0][5].flags == ("digest-mismatch",)
    assert read_file(ZIP_READER, _zip({NAME: b""}))[1].unread[0].detail == "no main.jsonl"


@pytest.mark.parametrize("field", ["localKey", "key"])
def test_a_file_called_by_its_hash_and_a_key_is_found_and_checked(field: str) -> None:
    key = bytes(range(64))
    name = sha256(HASH.digest() + key).hexdigest()
    located = {
        "plaintextHash": base64.b64encode(HASH.digest()).decode(),
        field: base64.b64encode(key).decode(),
    }
    item = _item(**_text("", attachments=[{"pointer": {"locatorInfo": located}}]))
    for data, flags in ((PICTURE, ()), (b"another picture", ("digest-mismatch",))):
        made = _zip({"main.jsonl": _bytes(*BOOK, item), f"files/{name[:2]}/{name}.jpg": data})
        (message,), report = read_file(ZIP_READER, made)
        assert [one.status for one in message.attachments] == ["present"]
        assert (message.flags, report.is_whole) == (flags, True)
    item = _item(**_text("", attachments=[{"pointer": {"locatorInfo": {**located, field: "?"}}}]))
    made = _zip({"main.jsonl": _bytes(*BOOK, item), f"files/{name[:2]}/{name}.jpg": PICTURE})
    assert [one.status for one in read_file(ZIP_READER, made)[0][0].attachments] == ["missing"]


def test_lines_that_are_none_cost_no_other() -> None:
    data = _bytes(*BOOK) + b'{"chatItem": \n[]\n\n' + _bytes(CAME)
    messages, report = read_file(READER, data)
    assert len(messages) == 1
    assert [unread.reason for unread in report.unread] == ["not-understood"] * 2
    deep = _bytes(*BOOK) + b"[" * 50_000 + b"\n" + _bytes(CAME)
    assert len(read_file(READER, deep)[0]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"dateSent": "x"},
        {"dateSent": None, "standardMessage": 3},
        {"revisions": {}, "authorId": []},
    ],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _bytes({"chatItem": {**CAME["chatItem"], **wrong}}))
    assert len(messages) == 1
    assert report.is_whole


def test_limits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal_record, "MAX_NAMES", 2)
    monkeypatch.setattr(signal_record, "MAX_PARTS", 1)
    messages, report = read_file(READER, EXPORT)
    assert [(unread.reason, unread.detail) for unread in report.unread] == [("over-limit", "names")]
    assert next(one.flags for one in messages if one.flags) == ("parts-cut",)
    monkeypatch.setattr(lines, "MAX_RECORD_BYTES", 3000)
    monkeypatch.setattr(window, "BLOCK_BYTES", 300)
    long = _bytes(CAME, _item(**_text("a" * 9000)), SENT)
    messages, report = read_file(READER, long)
    assert [one.text for one in messages] == ["I see you क", "Stop"]
    (unread,) = report.unread
    assert (unread.reason, unread.detail) == ("over-limit", "line")
    assert b"aaa" in long[unread.place.start : unread.place.end]


@pytest.mark.parametrize("block", [1, 7, 64])
def test_however_it_is_cut_into_blocks_it_reads_the_same(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_in_blocks(READER, EXPORT, block, monkeypatch)
    same_in_blocks(TEXT_READER, TEXT, block, monkeypatch)


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (EXPORT, SURE),
        (_bytes(*BOOK), LIKELY),
        (b"\xef\xbb\xbf" + EXPORT, SURE),
        (b'{"a": 1}\n', NO),
        (b"x", NO),
    ],
)
def test_it_is_known_by_its_lines(data: bytes, sureness: int) -> None:
    assert READER.match(data, "main.jsonl") == sureness


def test_a_zip_is_known_by_its_names() -> None:
    assert ZIP_READER.match(ZIP, "x.zip") == SURE
    assert ZIP_READER.match(_zip({"main.jsonl": b"{}"}), "x.zip") == MAYBE
    assert ZIP_READER.match(_zip({"a.txt": b"{}"}), "x.zip") == NO


TEXT = (
    "[2024-03-05, 21:30] Ravi: I see you\n[not a time] क: x\n"
    "[2024-03-05, 21:31] Me: Stop \n\n![a.jpg](./media/a.jpg)\n[2024-13-05, 21:31] Ravi: x\n"
).encode()


def test_a_chat_as_text() -> None:
    (first, second, third), report = read_file(TEXT_READER, TEXT)
    assert (first.text, first.sender) == ("I see you\n[not a time] क: x", Party("Ravi"))
    assert first.sent is not None
    assert (first.sent.wall, first.sent.precision) == ("2024-03-05T21:30:00", "minute")
    assert (first.sent.instant, first.flags) == (None, ("no-zone",))
    assert (second.sender, second.attachments[0].name) == (
        Party("Me", role="owner"),
        "./media/a.jpg",
    )
    assert third.flags == ("bad-date",)
    assert b"".join(TEXT[one.place.start : one.place.end] for one in (first, second, third)) == TEXT
    assert (report.bytes_covered, report.is_whole) == (len(TEXT), True)
    said = Said(zone="Asia/Kolkata")
    first, *_more = Reading(TEXT_READER, BytesIO(TEXT), "", size_bytes=len(TEXT), said=said)
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, tzinfo=UTC)
    (first, *_rest), report = read_file(TEXT_READER, b"\xef\xbb\xbf" + TEXT)
    assert first.sender == Party("Ravi")
    assert report.is_whole


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (TEXT, LIKELY),
        (b"\xef\xbb\xbf" + TEXT, LIKELY),
        (TEXT[:30], MAYBE),
        (b"[2024-03-05, 21:30:15] Ravi: x\n", NO),
        (b"[2024-03-05 21:30] Ravi: x\n", NO),
        (b"He wrote: " + TEXT, NO),
    ],
)
def test_a_text_is_known_by_its_times(data: bytes, sureness: int) -> None:
    assert TEXT_READER.match(data, "chat.txt") == sureness


def test_a_forged_line_in_a_text_is_told_to_be_possible() -> None:
    words = "[2024-03-05, 21:31] Ravi: a\n[2024-03-04, 08:00] Me: I love you\n"
    data = f"[2024-03-05, 21:30] Me: Stop\n{words}[2024-03-05, 21:32] Me: no\n".encode()
    messages, report = read_file(TEXT_READER, data)
    odd = [one.text for one in messages if "time-backwards" in one.flags]
    assert odd == ["I love you"]
    assert "borders" in report.facts


def test_a_text_over_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MAX_RECORD_BYTES", 2000)
    monkeypatch.setattr(window, "BLOCK_BYTES", 600)
    data = b"[2024-03-05, 21:30] Ravi: " + b"a" * 9000 + b"\n" + TEXT
    messages, report = read_file(TEXT_READER, data)
    assert [one.text[:9] for one in messages] == ["aaaaaaaaa", "I see you", "Stop \n\n![", "x"]
    assert [unread.reason for unread in report.unread] == ["over-limit"]
    assert report.bytes_covered == len(data)


def test_cut_off_at_every_byte() -> None:
    for data, reader in ((EXPORT, READER), (TEXT, TEXT_READER)):
        assert list(cut_off(reader, data, 1 if len(data) < 1000 else 3))
    zip_cut_off_ends_in_time(ZIP_READER, ZIP)


@given(at=st.integers(0, len(EXPORT) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    for data, reader in ((EXPORT, READER), (TEXT, TEXT_READER)):
        read_in_good_order(reader, changed(data, at, piece, size))


@given(data=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_end_in_good_order(data: bytes) -> None:
    for reader in (READER, TEXT_READER):
        read_in_good_order(reader, data)

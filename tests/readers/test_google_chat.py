"""Google Chat: a conversation, the zip of Takeout, dates in words, what was deleted or changed."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

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

from stalklog.readers import google_chat_record, google_chat_zip, zip_records
from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.google_chat import GoogleChatReader
from stalklog.readers.google_chat_date import told_google
from stalklog.readers.google_chat_zip import GoogleChatZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

if TYPE_CHECKING:
    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member, ZipMembers

READER, ZIP_READER = GoogleChatReader(), GoogleChatZipReader()
RAVI = {"name": "Ravi", "email": "ravi@example.org", "user_type": "Human"}
MEERA = {"name": "Meera", "email": "Meera@example.net", "user_type": "Human"}
WHEN = "Tuesday, March 5, 2024 at 4:00:09\N{NARROW NO-BREAK SPACE}PM UTC"
MOMENT = datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)


def _message(**more: object) -> dict[str, Any]:
    return {
        "creator": RAVI, "created_date": WHEN, "text": "I see you क", "topic_id": "t1",
        "message_id": "g1/t1/t1", **more,
    }  # fmt: skip


FIRST = _message()
ANSWER = _message(creator=MEERA, text="stop", message_id="g1/t1/m2")
FILES = _message(
    text="", message_id="g1/t2/t2", topic_id="t2",
    attached_files=[
        {"original_name": "4926?account_id=3.png", "export_name": "File-4926?account_id=3.png"},
        {"original_name": "gone.png", "export_name": "File-gone.png"},
    ],
    annotations=[{"start_index": 0, "length": 0, "drive_metadata": {"id": "1u3", "title": "plan"}}],
)  # fmt: skip
CHANGED = _message(
    text="Hello", updated_date=WHEN.replace("4:00:09", "4:05:00"),
    previous_message_versions=[{"created_date": WHEN, "text": "I will hurt you"}],
    reactions=[{"emoji": {"unicode": "👍"}, "reactor_emails": ["meera@example.net"]}],
    quoted_message_metadata={"message_id": "g1/t9/t9", "text": "x"},
)  # fmt: skip
DELETED = {
    "creator": RAVI, "created_date": WHEN, "topic_id": "t3", "message_id": "g1/t3/t3",
    "message_state": "DELETED", "deletion_metadata": {"deletion_type": "CREATOR"},
}  # fmt: skip
HINDI = _message(created_date="मंगलवार, 5 मार्च 2024 को 4:00:09 pm बजे UTC")
MEETING = _message(text="", annotations=[{"video_call_metadata": {"meeting_space": {"id": "x"}}}])
MESSAGES = (FIRST, ANSWER, FILES, CHANGED, DELETED, HINDI, MEETING)


def _export(*messages: dict[str, Any]) -> bytes:
    text = json.dumps({"messages": list(messages)}, ensure_ascii=False, indent=2)
    return text.replace("account_id=", "account_id\\u003d").encode()


EXPORT = _export(*MESSAGES)
PICTURE = b"\x89PNG not really"
DM, SPACE = "Takeout/Google Chat/Groups/DM k6ox", "Takeout/Google Chat/Groups/Space AAAA"
INFO = json.dumps({"members": [RAVI, MEERA]}).encode()
FILES_IN_ZIP = {
    "Takeout/archive_browser.html": b"<html>",
    f"{DM}/messages.json": EXPORT,
    f"{DM}/group_info.json": INFO,
    f"{DM}/File-4926_account_id=3.png": PICTURE,
    f"{SPACE}/group_info.json": json.dumps({"name": "Work", "members": [RAVI] * 3}).encode(),
    f"{SPACE}/messages.json": _export(FIRST),
    "Takeout/Google Chat/Users/User 11/user_info.json": json.dumps({"user": MEERA}).encode(),
}
ZIP = zipped(FILES_IN_ZIP)


def test_messages_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, EXPORT)
    assert_places(messages, {"": EXPORT})
    first, answer = messages[:2]
    assert (first.sender, first.text) == (Party("Ravi", "ravi@example.org"), "I see you क")
    assert first.sent is not None
    assert (first.sent.instant, first.sent.written) == (MOMENT, WHEN)
    assert (first.reply_to, answer.reply_to) == ("", "g1/t1/t1")
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)


@pytest.mark.parametrize(
    ("written", "wall", "has_instant"),
    [
        ("Thursday, November 3, 2016 at 11:59:50 AM UTC", "2016-11-03T11:59:50", True),
        ("Thursday, November 3, 2016 at 12:00:00 AM UTC", "2016-11-03T00:00:00", True),
        ("Thursday, November 3, 2016 at 12:00:00 PM UTC", "2016-11-03T12:00:00", True),
        ("Thursday, 3 November 2016 at 23:59:50 UTC", "2016-11-03T23:59:50", True),
        ("Thursday, 3 November 2016, 11:59:50 pm GMT", "2016-11-03T23:59:50", True),
        ("Thursday, November 3, 2016 at 11:59:50 AM", "2016-11-03T11:59:50", False),
        ("Friday, November 3, 2016 at 11:59:50 AM UTC", None, False),
        ("Thursday, November 31, 2016 at 11:59:50 AM UTC", None, False),
        ("Thursday, November 3, 2016 at 13:59:50 PM UTC", None, False),
        ("Thursday, November 3, 2016 at 0:59:50 PM UTC", None, False),
        ("Thursday, November 3, 2016 at 11:59:50 AM IST", None, False),
        ("thursday, november 3, 2016 at 11:59:50 am UTC", None, False),
        ("Thursday, Novembre 3, 2016 at 11:59:50 AM UTC", None, False),
        ("Donnerstag, 3. November 2016 um 11:59:50 UTC", None, False),
        ("jeudi 3 novembre 2016 à 11:59:50 UTC", None, False),
        ("03/02/2024, 11:59:50 UTC", None, False),
        ("Unknown Date", None, False),
    ],
)
def test_only_english_dates_are_read_and_their_weekday_must_fit(
    written: str, wall: str | None, *, has_instant: bool
) -> None:
    told = told_google(written)
    assert (told.written, told.wall, told.instant is not None) == (written, wall, has_instant)


@pytest.mark.parametrize("mark", ["message_state", "deletion_metadata"])
def test_either_mark_says_that_it_was_deleted(mark: str) -> None:
    message = {**FIRST, mark: DELETED[mark]}
    assert read_file(READER, _export(message))[0][0].is_deleted is True


def test_a_date_in_another_language_is_kept_and_marked() -> None:
    hindi = read_file(READER, EXPORT)[0][-2]
    assert hindi.sent is not None
    assert hindi.sent.written == "मंगलवार, 5 मार्च 2024 को 4:00:09 pm बजे UTC"
    assert (hindi.sent.instant, hindi.flags) == (None, ("bad-date",))


def test_what_was_changed_and_what_was_deleted() -> None:
    changed, before, reaction, deleted = read_file(READER, EXPORT)[0][3:7]
    assert (changed.text, changed.is_edited, changed.reply_to) == ("Hello", True, "g1/t9/t9")
    assert (before.text, before.parent) == ("I will hurt you", changed.number)
    assert before.sender == changed.sender
    assert (reaction.kind, reaction.text, reaction.sender.id) == (
        "reaction", "👍", "meera@example.net",
    )  # fmt: skip
    assert (deleted.is_deleted, changed.is_deleted, deleted.text) == (True, False, "")


def test_a_message_without_a_date_takes_that_of_its_first_form_and_no_later_one() -> None:
    undated = {key: one for key, one in CHANGED.items() if key != "created_date"}
    outer, before, *_more = read_file(READER, _export(undated))[0]
    assert outer.sent == before.sent
    assert outer.sent is not None
    assert outer.sent.instant == MOMENT
    undated["previous_message_versions"] = [{"updated_date": WHEN}]
    outer, before, *_more = read_file(READER, _export(undated))[0]
    assert (outer.sent, outer.flags) == (None, ("no-date",))
    assert before.sent is not None


def test_a_message_that_is_only_a_meeting_says_so() -> None:
    assert "video_call_metadata" in read_file(READER, EXPORT)[0][-1].text


def test_the_zip_names_owner_people_and_files() -> None:
    messages, report = read_file(ZIP_READER, ZIP)
    assert_places(messages, FILES_IN_ZIP)
    first, answer, files = messages[:3]
    assert answer.sender == Party("Meera", "Meera@example.net", "owner")
    assert first.recipients == (answer.sender,)
    assert answer.recipients == (Party("Ravi", "ravi@example.org", "to"),)
    assert (first.conversation, messages[-1].conversation) == ("DM k6ox", "Work (Space AAAA)")
    assert messages[-1].recipients == ()
    found, missing, drive = files.attachments
    assert (found.name, found.status) == ("4926?account_id=3.png", "present")
    assert found.place.member == f"{DM}/File-4926_account_id=3.png"
    assert found.sha256 == found.place.sha256 == sha256(PICTURE).hexdigest()
    assert (missing.status, drive.status, drive.name) == ("missing", "remote", "plan")
    assert report.facts["conversations"] == "2"
    assert [one.detail for one in report.unread] == ["1 file without messages"]
    assert messages[5].sender.role == "owner"  # the reaction, by its address


def test_a_damaged_file_is_told_and_no_other_is_lost() -> None:
    stored = zipped(FILES_IN_ZIP, 0)
    changed = stored.replace(PICTURE, PICTURE[:-1] + b"x").replace(INFO, b"x" * len(INFO))
    messages, report = read_file(ZIP_READER, changed)
    assert len(messages) == 10
    assert "not-understood" in {one.reason for one in report.unread}
    assert messages[0].conversation == "DM k6ox"


def test_who_takes_part_is_read_once_however_often_a_name_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def member_json(members: ZipMembers, member: Member, notes: Notes) -> object:
        read.append(member.name)
        return zip_records.member_json(members, member, notes)

    monkeypatch.setattr(google_chat_zip, "member_json", member_json)
    again = [(f"{DM}/messages.json", FIRST)] * 5
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _named(again, {f"{DM}/group_info.json": INFO})
    messages = read_file(ZIP_READER, data)[0]
    assert [one.conversation for one in messages] == ["DM k6ox"] * 5
    assert read == [f"{DM}/group_info.json"]


def test_a_list_of_members_that_is_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_records, "MAX_VALUE_BYTES", len(INFO) - 1)
    messages, report = read_file(ZIP_READER, ZIP)
    assert "over-limit" in {one.reason for one in report.unread}
    assert messages[0].recipients == ()


def test_twice_the_same_name_and_names_that_lead_out() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _named(
            [
                (f"{DM}/messages.json", FIRST),
                (f"{DM}/messages.json", ANSWER),
                ("../DM x/messages.json", FIRST),
            ]
        )
    messages, report = read_file(ZIP_READER, data)
    assert [one.text for one in messages] == ["I see you क", "stop", "I see you क"]
    assert report.facts["names_twice"] == report.facts["names_leading_out"] == "yes"


def _named(
    messages: list[tuple[str, dict[str, Any]]], files: dict[str, bytes] | None = None
) -> bytes:
    """A zip in which a name may come more than once."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in (files or {}).items():
            archive.writestr(name, data)
        for name, message in messages:
            archive.writestr(name, _export(message))
    return stream.getvalue()


def test_it_is_known_by_its_fields_and_names() -> None:
    assert READER.match(EXPORT, "x") == SURE
    assert READER.match(b"\xef\xbb\xbf" + EXPORT, "x") == SURE
    assert READER.match(b'{"messages": [{"creator": 1}]}', "messages.json") == NO
    assert ZIP_READER.match(ZIP, "x") == SURE
    assert ZIP_READER.match(zipped({"Google Chat/x": b""}), "x") == LIKELY
    assert ZIP_READER.match(zipped({"Takeout/Mail/x": b""}), "Takeout.zip") == NO
    assert ZIP_READER.match(zipped({"messages.json": b""}), "Takeout.zip") == NO
    found = find_reader(ZIP, "x")
    assert found is not None
    assert found.name == "google-chat-zip"


def test_what_is_over_a_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_chat_record, "MAX_PARTS", 1)
    monkeypatch.setattr(google_chat_record, "MAX_TEXT_CHARS", 3)
    messages = read_file(READER, EXPORT)[0]
    assert [one.flags for one in messages[:4]] == [
        ("text-cut",), ("text-cut",), ("parts-cut",), ("text-cut", "parts-cut"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"creator": 3, "created_date": None, "attached_files": {}},
        {"text": 7, "annotations": [1, {"drive_metadata": []}], "reactions": [{"emoji": 1}]},
        {"previous_message_versions": [3, {}], "message_id": [], "quoted_message_metadata": "x"},
        {"created_date": 12, "attached_files": [{"export_name": None}]},
    ],
)
def test_fields_of_any_kind_are_taken(wrong: dict[str, Any]) -> None:
    messages, report = read_file(READER, _export(_message(**wrong)))
    assert messages[0].number == 1
    assert report.is_whole


def test_cut_off_at_every_byte() -> None:
    assert_cut_anywhere(READER, EXPORT, 2)
    assert_cut_anywhere(ZIP_READER, ZIP, 11)


def test_in_blocks_and_again_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (READER, EXPORT), (ZIP_READER, ZIP))


@given(at=st.integers(0, len(ZIP) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    for reader, data in ((READER, EXPORT), (ZIP_READER, ZIP)):
        spot = at % len(data)
        changed = data[:spot] + piece + data[spot + size :]
        assert_changed_in_good_order(reader, changed)
        if reader is READER:
            assert_places(read_file(reader, changed)[0], {"": changed})

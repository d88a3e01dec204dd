"""A zipped export of Telegram: its chats and the files with them; and broken ones."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256

import pytest
from tests.readers.drained import drain
from tests.readers.files import read_file
from tests.readers.test_telegram import EXPORT, FIRST, FORMED
from tests.readers.test_telegram_html import FIRST as PAGE_FIRST
from tests.readers.test_telegram_html import HEAD, JOINED
from tests.readers.zips import assert_places, zipped

from stalklog.readers.base import LIKELY, MAYBE, NO, ReadingError
from stalklog.readers.table import find_reader
from stalklog.readers.telegram_zip import TelegramZipReader

READER = TelegramZipReader()
PHOTO = b"\xff\xd8 a photo"
FOLDER = "ChatExport_2024-03-06/"
TOLD = {
    f"{FOLDER}photos/photo_1@05-03-2024.jpg": PHOTO,
    f"{FOLDER}photos/photo_2@05-03-2024.jpg": b"no message names it",
    f"{FOLDER}result.json": EXPORT,
}
PAGE = HEAD + PAGE_FIRST + JOINED + b"</div></div></div></body></html>"
SHOWN = {
    f"{FOLDER}messages2.html": PAGE, f"{FOLDER}messages10.html": PAGE,
    f"{FOLDER}messages.html": PAGE, f"{FOLDER}photos/photo_1.jpg": PHOTO,
}  # fmt: skip


def test_messages_lie_in_the_result_and_files_beside_it() -> None:
    messages, report = read_file(READER, zipped(TOLD))
    assert [message.number for message in messages] == [1, 2, 3, 4, 5]
    assert_places(messages, TOLD)
    (photo,) = messages[1].attachments
    assert (photo.name, photo.status) == ("photos/photo_1@05-03-2024.jpg", "present")
    assert (photo.size_bytes, photo.sha256) == (len(PHOTO), sha256(PHOTO).hexdigest())
    assert messages[2].attachments[0].status == "omitted"
    assert report.facts["files with messages"] == "1"
    assert report.facts["chat.name"] == "Ravi"
    assert report.is_whole


def test_pages_are_read_in_their_order_with_the_files_beside_them() -> None:
    messages, report = read_file(READER, zipped(SHOWN))
    assert_places(messages, SHOWN)
    assert [message.place.member for message in messages[::2]] == [
        f"{FOLDER}messages.html", f"{FOLDER}messages2.html", f"{FOLDER}messages10.html",
    ]  # fmt: skip
    assert [message.number for message in messages] == [1, 2, 3, 4, 5, 6]
    assert {one.status for message in messages for one in message.attachments} == {"present"}
    assert report.is_whole


def test_the_same_chat_as_pages_is_not_read_twice() -> None:
    files = {**SHOWN, **TOLD, "other/messages.html": PAGE}
    messages, report = read_file(READER, zipped(files))
    assert {message.place.member for message in messages} == {
        f"{FOLDER}result.json", "other/messages.html",
    }  # fmt: skip
    assert report.facts["pages that say the same as result.json"] == "3"


def test_other_files_are_counted_but_those_that_were_sent_are_not() -> None:
    files = {
        **TOLD, f"{FOLDER}files/list.html": b"sent", f"{FOLDER}messages.html": PAGE,
        f"{FOLDER}export_results.html": b"<html>", f"{FOLDER}lists/sessions.html": b"<html>",
        f"{FOLDER}css/style.css": b"x",
    }  # fmt: skip
    report = read_file(READER, zipped(files))[1]
    assert [(one.reason, one.detail) for one in report.unread] == [
        ("not-read", "2 files without messages")
    ]


def test_pages_of_another_chat_are_read_even_below_the_result() -> None:
    files = {"result.json": EXPORT, "chats/chat_1/messages.html": PAGE, "old/messages.html": PAGE}
    messages, report = read_file(READER, zipped(files))
    assert {message.place.member for message in messages} == {"result.json", "old/messages.html"}
    assert report.facts["pages that say the same as result.json"] == "1"


def test_a_file_that_is_not_there_is_told_and_one_outside_is_none() -> None:
    outside = json.dumps({
        "name": "R", "type": "personal_chat", "id": 1,
        "messages": [FORMED, {**FIRST, "photo": "../../photo.jpg"}],
    }).encode()  # fmt: skip
    files = {"a/b/result.json": outside, "photo.jpg": PHOTO}
    messages = read_file(READER, zipped(files))[0]
    assert [message.attachments[0].status for message in messages] == ["missing", "missing"]


@pytest.mark.parametrize(
    ("files", "sureness"),
    [
        (TOLD, LIKELY), (SHOWN, LIKELY), ({"result.json": EXPORT}, MAYBE),
        ({"messages3.html": PAGE}, MAYBE), ({"results.json": EXPORT}, NO), ({"a.txt": b""}, NO),
        ({"photos/photo_1@05-03-2024_21-30-09.jpg": PHOTO}, LIKELY),
    ],
)  # fmt: skip
def test_it_is_known_by_what_only_telegram_writes(files: dict[str, bytes], sureness: int) -> None:
    data = zipped(files, zipfile.ZIP_STORED)
    assert READER.match(data, "any.zip") == sureness
    if sureness:
        found = find_reader(data, "any.zip")
        assert found is not None
        assert found.name == READER.name


def test_names_alone_are_no_chat() -> None:
    found = drain(READER, zipped({f"{FOLDER}result.json": b"{}", f"{FOLDER}messages.html": b"x"}))
    assert isinstance(found.error, ReadingError)
    assert found.error.reason == "not-understood"


def test_a_damaged_file_is_named_and_what_came_before_holds() -> None:
    data = zipped({"result.json": EXPORT}, zipfile.ZIP_STORED)
    broken = data.replace(b"I see you", b"I see yuo")
    messages, report = read_file(READER, broken)
    assert len(messages) == 5
    assert [(one.reason, one.detail, one.place.member) for one in report.unread] == [
        ("damaged", "checksum", "result.json")
    ]


def test_a_file_of_messages_that_cannot_be_opened_is_told_once() -> None:
    data = zipped({"result.json": EXPORT, "old/messages.html": PAGE}, zipfile.ZIP_DEFLATED)
    at = data.index(b"old/messages.html") + len("old/messages.html")
    broken = data[:at] + b"\xff" * 8 + data[at + 8 :]
    messages, report = read_file(READER, broken)
    assert len(messages) == 5
    assert [(one.reason, one.place.member) for one in report.unread] == [
        ("damaged", "old/messages.html")
    ]


def test_cut_off_at_every_byte_it_is_no_zip_any_more() -> None:
    data = zipped(TOLD)
    for end in range(0, len(data), 7):
        assert drain(READER, data[:end]).error


@pytest.mark.parametrize("at", range(0, len(zipped(TOLD)), 5))
def test_a_changed_byte_raises_nothing_else(at: int) -> None:
    data = bytearray(zipped(TOLD))
    data[at] ^= 0x55
    found = drain(READER, bytes(data))
    assert found.error or found.messages or found.reasons


def test_read_twice_it_is_the_same() -> None:
    assert read_file(READER, zipped(TOLD)) == read_file(READER, zipped(TOLD))

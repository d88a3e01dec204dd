"""Files of an archive that messages name are found, hashed once, and the others counted."""

from __future__ import annotations

import io
import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from tests.readers.zips import zipped

from stalklog.readers.base import Notes
from stalklog.readers.beside import FilesBeside
from stalklog.readers.zip_members import ZipMembers
from stalklog.records.message import Attachment

if TYPE_CHECKING:
    from stalklog.readers.zip_members import Member

FILES = {
    "chat/main.json": b"{}",
    "chat/media/1-a.jpg": b"one",
    "chat/media/2-\u00e9.jpg": b"two",
    "other/media/1-a.jpg": b"three",
    "__MACOSX/chat/media/3.jpg": b"",
}
MEDIA = re.compile("media/")


def _number(name: str) -> str:
    return name.rpartition("/")[2].partition("-")[0]


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def files(notes: Notes) -> FilesBeside[Member]:
    return FilesBeside(ZipMembers(io.BytesIO(zipped(FILES)), notes), notes, MEDIA, _number)


def test_a_whole_name_is_surer_than_what_a_file_is_known_by(files: FilesBeside[Member]) -> None:
    whole, known = files.find("other/media/1-a.jpg"), files.find("1")
    assert whole is not None
    assert known is not None
    assert (whole.sha256, known.name) == (sha256(b"three").hexdigest(), "chat/media/1-a.jpg")
    assert files.find("nowhere", "./chat/main.json") is not None
    assert files.find("3") is None


def test_letters_are_compared_as_macs_write_them_too(files: FilesBeside[Member]) -> None:
    assert files.find("chat/media/2-e\u0301.jpg") is not None


def test_what_it_is_called_and_its_kind_stay_those_of_the_message(
    files: FilesBeside[Member],
) -> None:
    told = files.named(Attachment("picture", "image/jpeg", status="missing"), "1")
    assert (told.name, told.media_type, told.status) == ("picture", "image/jpeg", "present")
    assert told.size_bytes == 3
    omitted = Attachment("picture", status="omitted")
    assert files.named(omitted, "1") is omitted
    missing = Attachment("picture", status="missing")
    assert files.named(missing, "9") is missing


def test_those_that_no_message_names_are_counted(files: FilesBeside[Member], notes: Notes) -> None:
    files.find("1")
    files.find("1")
    files.tell()
    assert notes.facts == {"files_that_no_message_names": "2"}


def test_none_is_told_where_each_is_named(files: FilesBeside[Member], notes: Notes) -> None:
    for name in FILES:
        files.find(name)
    files.tell()
    assert notes.facts == {}


def test_the_text_of_the_messages_is_no_file_of_theirs(notes: Notes) -> None:
    members = ZipMembers(io.BytesIO(zipped(FILES)), notes)
    beside = FilesBeside(members, notes, re.compile(""), but=members.members[0])
    assert beside.find("chat/main.json") is None
    beside.tell()
    assert notes.facts == {"files_that_no_message_names": "3"}


def test_a_damaged_file_is_named_and_not_read(notes: Notes) -> None:
    data = bytearray(zipped({"media/1-a.jpg": b"one " * 30}, method=0))
    data[data.index(b"one ") + 5] ^= 1
    beside = FilesBeside(ZipMembers(io.BytesIO(bytes(data)), notes), notes, MEDIA, _number)
    found = beside.find("1")
    assert found is not None
    assert (found.status, found.sha256) == ("unread", "")
    assert [one.reason for one in notes.unread] == ["damaged"]

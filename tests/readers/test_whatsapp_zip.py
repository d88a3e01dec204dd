"""A chat in a zip is read with its files, each found by its name and hashed."""

from __future__ import annotations

import unicodedata
import zipfile
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file
from tests.readers.whatsapp.chats import ANDROID, IPHONE, PHOTO, zipped

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.table import find_reader
from stalklog.readers.whatsapp_zip import WhatsAppZip
from stalklog.readers.zip_members import ZipMembers

if TYPE_CHECKING:
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

READER = WhatsAppZip()
PICTURE = "00000004-PHOTO-2024-09-29-07-15-00.jpg"
CHAT = {"_chat.txt": IPHONE, PICTURE: PHOTO, "00000009-AUDIO-2024-09-29-08-00-00.opus": b"x"}


def _files(messages: list[Message]) -> list[tuple[str, str]]:
    return [(one.name, one.status) for message in messages for one in message.attachments]


def test_an_iphones_zip_is_read_with_its_files() -> None:
    messages, report = read_file(READER, zipped(CHAT), "WhatsApp Chat - Ravi.zip")
    assert len(messages) == 10
    assert _files(messages) == [(PICTURE, "present"), ("", "omitted"), ("Plan.pdf", "omitted")]
    picture = messages[3].attachments[0]
    assert (picture.size_bytes, picture.sha256) == (len(PHOTO), sha256(PHOTO).hexdigest())
    assert (picture.place.member, picture.place.end) == (PICTURE, len(PHOTO))
    assert {message.conversation for message in messages} == {"Ravi"}
    for message in messages:
        place = message.place
        assert place.member == "_chat.txt"
        assert place.sha256 == sha256(IPHONE[place.start : place.end]).hexdigest()
    assert report.is_whole
    assert report.facts["files_that_no_message_names"] == "1"


def test_androids_zip_is_read_with_its_files() -> None:
    text = "WhatsApp Chat with Ravi.txt"
    data = zipped({"IMG-20240929-WA0001.jpg": PHOTO, text: ANDROID, "notes.txt": b"buy milk"})
    messages, report = read_file(READER, data, "WhatsApp Chat with Ravi.zip")
    assert len(messages) == 12
    assert _files(messages)[0] == ("IMG-20240929-WA0001.jpg", "present")
    assert report.is_whole


def test_a_name_is_found_however_its_letters_are_written() -> None:
    name = "Café नोट.pdf"
    chat = f"28/09/24, 9:01 pm - Ravi: \u200e{name} (in no language)\n".encode()
    data = zipped({"chat.txt": chat, f"media/{unicodedata.normalize('NFD', name)}": b"x"})
    messages, _ = read_file(READER, data)
    assert [one.status for one in messages[0].attachments] == ["present"]


def test_a_text_that_came_with_a_message_is_not_the_chat() -> None:
    data = zipped({"WhatsApp Chat with Asha.txt": ANDROID, "_chat.txt": IPHONE})
    messages, report = read_file(READER, data)
    assert len(messages) == 10
    assert [(one.reason, one.place.member) for one in report.unread] == [
        ("one-of-several", "WhatsApp Chat with Asha.txt")
    ]


@pytest.mark.parametrize(
    ("files", "sureness"),
    [
        (CHAT, LIKELY),
        ({PICTURE: PHOTO, "_chat.txt": IPHONE}, MAYBE),
        ({"_chat.txt": b"words"}, MAYBE),
        ({"notes.txt": b"words"}, NO),
        ({"notes.txt": ANDROID}, LIKELY),
        ({"a.json": b"{}"}, NO),
    ],
)
def test_it_is_known_by_what_is_in_it(files: dict[str, bytes], sureness: int) -> None:
    data = zipped(files)
    assert READER.match(data, "WhatsApp Chat - Ravi.zip") == sureness
    found = find_reader(data, "a")
    assert (found is not None and found.name == "whatsapp-zip") == (sureness > NO)


def test_a_zip_without_a_chat_is_said_to_have_none() -> None:
    found = drain(READER, zipped({"_chat.txt": b"words", PICTURE: PHOTO}))
    assert found.error
    assert found.error.reason == "not-understood"


def test_a_damaged_file_is_named_and_the_chat_read() -> None:
    data = zipped({**CHAT, PICTURE: bytes(range(256)) * 40})
    at = data.index(PICTURE.encode()) + len(PICTURE)
    messages, report = read_file(READER, data[:at] + b"\xff" * 20 + data[at + 20 :])
    assert len(messages) == 10
    assert _files(messages)[0] == (PICTURE, "unread")
    assert [one.reason for one in report.unread] == ["damaged"]


def test_one_changed_letter_in_the_text_is_told_and_all_of_it_read() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("_chat.txt", IPHONE)
    messages, report = read_file(READER, out.getvalue().replace(b"blue scarf", b"blue scars", 1))
    assert len(messages) == 10
    assert [(one.reason, one.detail) for one in report.unread] == [("damaged", "checksum")]


def test_a_file_that_many_messages_name_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = "28/09/24, 9:01 pm - Ravi: a.jpg (file attached)\n" * 50
    data = zipped({"chat.txt": chat.encode(), "a.jpg": PHOTO})
    hashed: list[Member] = []
    real = ZipMembers.sha256

    def count(self: ZipMembers, member: Member) -> str:
        hashed.append(member)
        return real(self, member)

    monkeypatch.setattr(ZipMembers, "sha256", count)
    messages, _ = read_file(READER, data)
    assert len(_files(messages)) == 50
    assert len(hashed) == 1


def test_cut_off_or_changed_it_ends_with_one_kind_of_error() -> None:
    data = zipped(CHAT)
    for at in range(len(data)):
        assert drain(READER, data[:at]).seconds < SMALL_S
        drain(READER, data[:at] + b"\xff" + data[at + 1 :])

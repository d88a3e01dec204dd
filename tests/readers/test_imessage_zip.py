"""The folder of Messages as a zip: the newest pages, and the files that messages name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.readers.drained import drain
from tests.readers.files import read_file
from tests.readers.test_imessage import TABLES, WHEN, database
from tests.readers.zips import assert_places, zipped

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.imessage_zip import IMessageZipReader
from stalklog.readers.table import find_reader

if TYPE_CHECKING:
    from pathlib import Path

READER = IMessageZipReader()
PHOTO = b"\xff\xd8 a photo"
ATTACHED = """INSERT INTO attachment VALUES
  (5, 'A', '~/Library/Messages/Attachments/aa/10/IMG_1.heic', 'image/heic', 'IMG_1.heic', 10),
  (6, 'B', '~/Library/Messages/Attachments/aa/11/IMG_1.heic', 'image/heic', 'IMG_1.heic', 10),
  (7, 'C', NULL, NULL, NULL, 10);
  INSERT INTO message_attachment_join VALUES (1, 5), (1, 6), (1, 7);"""
FILES = {
    "Messages/chat.db": database({"text": "\ufffc"}, {"text": "hello"}, more=ATTACHED),
    "Messages/Attachments/aa/10/IMG_1.heic": PHOTO,
}


def test_messages_lie_in_the_database_and_files_beside_it() -> None:
    data = zipped(FILES)
    found = find_reader(data, "any.zip")
    assert found is not None
    assert found.name == "imessage-zip"
    messages, report = read_file(READER, data)
    assert_places(messages, FILES)
    assert [message.text for message in messages] == ["\ufffc", "hello"]
    photo, absent, nameless = messages[0].attachments
    assert (photo.status, photo.size_bytes, photo.media_type) == ("present", 10, "image/heic")
    assert photo.place.member == "Messages/Attachments/aa/10/IMG_1.heic"
    assert (absent.status, nameless.status) == ("missing", "missing")
    assert report.is_whole


def test_the_newest_messages_are_taken_from_the_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(TABLES)
        connection.execute("INSERT INTO message (guid, text, date) VALUES ('a', 'old', 1)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(
            "INSERT INTO message (guid, text, date, handle_id) VALUES ('b', 'newest', ?, 1)",
            (WHEN,),
        )
        files = {
            "chat.db": path.read_bytes(), "chat.db-wal": (tmp_path / "chat.db-wal").read_bytes(),
        }  # fmt: skip
    messages, report = read_file(READER, zipped(files))
    assert [message.text for message in messages] == ["old", "newest"]
    assert_places(messages, files)
    assert messages[1].place.member == "chat.db-wal"
    assert "chat.db-wal" in report.facts["newest"]
    del files["chat.db-wal"]
    messages, report = read_file(READER, zipped(files))
    assert [message.text for message in messages] == ["old"]
    assert "-wal" in report.facts["newest"]


@pytest.mark.parametrize(
    ("names", "sureness"),
    [
        (["chat.db"], MAYBE), (["x/chat.db", "x/chat.db-wal"], LIKELY), (["my-chat.db"], NO),
        (["Messages/Attachments/a/b.jpg"], LIKELY), (["x.txt"], NO),
    ],
)  # fmt: skip
def test_it_is_known_by_its_files(names: list[str], sureness: int) -> None:
    assert READER.match(zipped(dict.fromkeys(names, b"")), "any.zip") == sureness


@pytest.mark.parametrize("files", [{"x.txt": b""}, {"chat.db": b""}, {"chat.db": b"x" * 500}])
def test_without_a_database_nothing_is_read_and_it_is_said(files: dict[str, bytes]) -> None:
    found = drain(READER, zipped(files))
    assert found.error is not None
    assert not found.messages


def test_a_second_database_is_named() -> None:
    _messages, report = read_file(READER, zipped({**FILES, "Old/chat.db": b"x"}))
    assert [(one.reason, one.place.member) for one in report.unread] == [
        ("one-of-several", "Old/chat.db")
    ]


@pytest.mark.parametrize("at", range(0, len(zipped(FILES)), 61))
def test_a_changed_byte_raises_nothing_else(at: int) -> None:
    data = bytearray(zipped(FILES))
    data[at] ^= 0x55
    found = drain(READER, bytes(data))
    assert found.error or found.messages or found.reasons

"""Apple's `chat.db`: texts, reactions, events and edits, and what an enemy may make of it."""

from __future__ import annotations

import plistlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import drain
from tests.readers.files import read_file

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.bplist import read_bplist
from stalklog.readers.imessage import IMessageReader
from stalklog.readers.table import find_reader
from stalklog.readers.typedstream import typedstream_text
from stalklog.records.message import Party

READER = IMessageReader()
TABLES = """
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL,
  service TEXT);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
  chat_identifier TEXT, service_name TEXT, display_name TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
  handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, account TEXT,
  error INTEGER DEFAULT 0, date INTEGER, date_delivered INTEGER, is_from_me INTEGER DEFAULT 0,
  item_type INTEGER DEFAULT 0, other_handle INTEGER DEFAULT 0, group_title TEXT,
  group_action_type INTEGER DEFAULT 0, share_status INTEGER DEFAULT 0,
  share_direction INTEGER DEFAULT 0, balloon_bundle_id TEXT, associated_message_guid TEXT,
  associated_message_type INTEGER DEFAULT 0, message_summary_info BLOB, destination_caller_id TEXT,
  thread_originator_guid TEXT, date_retracted INTEGER DEFAULT 0, date_edited INTEGER DEFAULT 0);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT, filename TEXT,
  mime_type TEXT, transfer_name TEXT, total_bytes INTEGER DEFAULT 0);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER,
  PRIMARY KEY (chat_id, message_id));
CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER,
  delete_date INTEGER);
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER);
INSERT INTO handle VALUES (1, '+915550100', 'iMessage'), (2, 'meera@example.org', 'iMessage');
INSERT INTO chat VALUES (1, 'iMessage;-;+915550100', '+915550100', 'iMessage', ''),
  (2, 'iMessage;+;chat77', 'chat77', 'iMessage', 'Neighbours');
INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2);
"""
WHEN = 731_345_409_123_456_000
INSTANT = datetime(2024, 3, 5, 15, 30, 9, 123456, tzinfo=UTC)


def stream(text: str) -> bytes:
    """A text as `attributedBody` has it."""
    data = text.encode()
    length = (
        bytes([len(data)]) if len(data) < 0x80
        else b"\x81" + len(data).to_bytes(2, "little") if len(data) < 1 << 15
        else b"\x82" + len(data).to_bytes(4, "little")
    )  # fmt: skip
    return (
        b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00\x84\x84"
        b"\x08NSObject\x00\x85\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+" + length + data
        + b"\x86\x84\x02iI\x01\x05\x92\x84\x84\x84\x0cNSDictionary\x00"
    )  # fmt: skip


def database(*messages: dict[str, Any], chat: int = 1, more: str = "") -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA page_size=1024")
        connection.executescript(TABLES)
        for number, message in enumerate(messages, 1):
            values = {"guid": f"G-{number}", "date": WHEN, "handle_id": 1, **message}
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            connection.execute(
                f"INSERT INTO message ({names}) VALUES ({marks})",  # noqa: S608 - our own
                list(values.values()),
            )
            connection.execute("INSERT INTO chat_message_join VALUES (?, ?)", (chat, number))
        connection.executescript(more)
        connection.commit()
        return connection.serialize()


def test_a_message_is_from_its_handle_and_to_the_owner() -> None:
    data = database({"text": "I see you", "destination_caller_id": "+915550199"})
    (message,), report = read_file(READER, data)
    assert message.sender == Party(id="+915550100")
    assert message.recipients == (Party(id="+915550199", role="owner"),)
    assert message.sent is not None
    assert (message.sent.instant, message.sent.written) == (INSTANT, str(WHEN))
    assert (message.sent.precision, message.sent.zone_source) == ("microsecond", "epoch")
    assert (message.text, message.conversation) == ("I see you", "iMessage;-;+915550100")
    assert (message.native_id, message.place.item, message.flags) == ("G-1", "message 1", ())
    assert (message.is_edited, message.is_deleted) == (False, False)
    assert sha256(data[message.place.start : message.place.end]).hexdigest() == message.place.sha256
    assert report.is_whole
    assert report.bytes_covered is None
    assert report.facts == {"last_number_given": "1"}


def test_her_own_message_in_a_group_is_hers_and_to_all() -> None:
    own = {"text": "Stop", "is_from_me": 1, "handle_id": 0, "account": "E:asha@example.net"}
    (message,), _report = read_file(READER, database({**own, "error": 22}, chat=2))
    assert message.sender == Party(id="asha@example.net", role="owner")
    assert [party.id for party in message.recipients] == ["+915550100", "meera@example.org"]
    assert message.conversation == "Neighbours (iMessage;+;chat77)"
    assert message.flags == ("failed",)


@pytest.mark.parametrize("text", ["Hi", "क" * 42, "क" * 43, "a" * 200, "b" * 40_000, "", "\ufffc"])
def test_a_text_that_stands_only_beside_its_forms_is_read(text: str) -> None:
    (message,), report = read_file(READER, database({"attributedBody": stream(text)}))
    assert message.text == text
    assert message.flags == ()
    assert report.is_whole


def test_a_text_that_was_changed_beside_its_forms_is_told() -> None:
    data = database({"text": "I love you", "attributedBody": stream("I will find you")})
    (message,), _report = read_file(READER, data)
    assert (message.text, message.flags) == ("I love you", ("other-text",))


def test_forms_that_cannot_be_read_are_told() -> None:
    (message,), _report = read_file(READER, database({"attributedBody": b"\x04\x0bstreamtyped"}))
    assert (message.text, message.flags) == ("", ("bad-encoding",))


def test_seconds_and_nanoseconds_are_told_apart() -> None:
    messages, _report = read_file(
        READER, database({"date": 300_000_000}, {"date": 0}, {"date": "soon"}, {"date": 1 << 62})
    )
    assert [message.sent and message.sent.instant for message in messages] == [
        datetime(2010, 7, 5, 5, 20, tzinfo=UTC), None, None,
        datetime(2147, 2, 20, 23, 53, 38, 427387, tzinfo=UTC),
    ]  # fmt: skip
    assert [message.flags for message in messages] == [(), ("no-date",), ("bad-date",), ()]


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [(2000, "Loved “Stop”", "Loved “Stop”"), (3001, None, "associated_message_type: 3001")],
)
def test_a_reaction_is_one_and_names_its_message(kind: int, text: str | None, shown: str) -> None:
    reaction = {"associated_message_guid": "p:0/G-1", "associated_message_type": kind, "text": text}
    messages, _report = read_file(READER, database({"text": "Stop"}, reaction))
    assert (messages[1].kind, messages[1].reply_to, messages[1].text) == ("reaction", "G-1", shown)


def test_an_answer_names_its_message() -> None:
    messages, _report = read_file(
        READER, database({"text": "a"}, {"text": "b", "thread_originator_guid": "G-1"})
    )
    assert messages[1].reply_to == "G-1"


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        (
            {"item_type": 1, "group_action_type": 1, "other_handle": 2}, "system",
            "item_type: 1, group_action_type: 1, other_handle: meera@example.org",
        ),
        (
            {"item_type": 2, "group_title": "Neighbours"}, "system",
            "item_type: 2, group_title: Neighbours, group_action_type: 0",
        ),
        (
            {"item_type": 4, "share_status": 1}, "location",
            "item_type: 4, group_action_type: 0, share_status: 1",
        ),
    ],
)  # fmt: skip
def test_an_event_is_the_service_s_in_its_own_words(
    event: dict[str, Any], kind: str, text: str
) -> None:
    (message,), _report = read_file(READER, database(event, chat=2))
    assert (message.kind, message.text) == (kind, text)


def test_what_was_said_before_an_edit_is_read() -> None:
    versions = [{"d": 731_345_409.5, "t": stream("I will find you")}, {"d": 1, "t": stream("Hi")}]
    summary = plistlib.dumps({"ec": {"0": versions}, "ep": [0]}, fmt=plistlib.FMT_BINARY)
    data = database({"text": "Hi", "message_summary_info": summary, "date_edited": WHEN})
    message, before = read_file(READER, data)[0]
    assert (message.is_edited, message.text) == (True, "Hi")
    assert (before.parent, before.text, before.native_id) == (1, "I will find you", "")
    assert before.sent is not None
    assert before.sent.instant == datetime(2024, 3, 5, 15, 30, 9, 500_000, tzinfo=UTC)


def test_a_message_that_was_taken_back_has_only_its_mark() -> None:
    summary = plistlib.dumps({"rp": [0]}, fmt=plistlib.FMT_BINARY)
    taken_back = {"message_summary_info": summary, "date_edited": WHEN}
    (message,), _report = read_file(READER, database(taken_back))
    assert (message.is_deleted, message.text) == (True, "")


def test_a_message_that_was_deleted_a_short_time_before_is_told() -> None:
    more = (
        "DELETE FROM chat_message_join; INSERT INTO chat_recoverable_message_join VALUES (2, 1, 0);"
    )
    (message,), _report = read_file(READER, database({"text": "a"}, more=more))
    assert message.flags == ("recently-deleted",)
    assert message.conversation == "Neighbours (iMessage;+;chat77)"


def test_files_are_named_and_lie_elsewhere() -> None:
    more = """INSERT INTO attachment VALUES
      (5, 'A', '~/Library/Messages/Attachments/aa/IMG_1.heic', 'image/heic', 'IMG_1.heic', 900),
      (6, 'B', NULL, NULL, 'voice.caf', 0);
      INSERT INTO message_attachment_join VALUES (2, 6), (1, 5), (1, 99);"""
    first, second = read_file(READER, database({"text": "\ufffc"}, {"text": ""}, more=more))[0]
    photo, unknown = first.attachments
    assert (photo.name, photo.media_type, photo.size_bytes, photo.status) == (
        "~/Library/Messages/Attachments/aa/IMG_1.heic", "image/heic", 900, "missing",
    )  # fmt: skip
    assert (unknown.name, unknown.place.item) == ("", "attachment 99")
    assert [(one.name, one.size_bytes) for one in second.attachments] == [("voice.caf", None)]


def test_an_app_that_says_nothing_is_named() -> None:
    (message,), _report = read_file(READER, database({"balloon_bundle_id": "com.example.game"}))
    assert message.text == "balloon_bundle_id: com.example.game"


def test_a_person_that_is_not_named_is_nobody_and_told() -> None:
    messages, _report = read_file(READER, database({"handle_id": 77}, {"handle_id": "trash"}))
    assert {message.sender for message in messages} == {Party()}
    assert {message.flags for message in messages} == {("bad-structure",)}


def test_a_file_beside_it_is_told_of() -> None:
    data = bytearray(database({"text": "a"}))
    data[18:20] = b"\x02\x02"
    assert "newest" in read_file(READER, bytes(data))[1].facts


def test_it_is_known_by_its_tables() -> None:
    data = database({"text": "a"})
    assert find_reader(data, "any") is not None
    assert READER.match(data, "any") == SURE
    assert READER.match(data[:16] + b" attributedBody ", "any") == LIKELY
    assert READER.match(data[:100], "x/chat.db") == MAYBE
    assert READER.match(data[:100], "x/other.db") == NO
    assert READER.match(b"chat_message_join", "chat.db") == NO


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE message (guid, text)",
        "CREATE TABLE x (guid, text, date, is_from_me); CREATE VIEW message AS SELECT * FROM x;",
        """CREATE TABLE message (guid PRIMARY KEY, text, date, is_from_me) WITHOUT ROWID;
        INSERT INTO message VALUES (1, 2, 3, 4);""",
    ],
)
def test_what_is_no_table_of_messages_gives_none_and_is_told(sql: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(sql)
        data = connection.serialize()
    found = drain(READER, data, "chat.db")
    assert not found.messages
    assert found.error or found.reasons


def test_an_old_database_without_later_columns_is_read() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(
            "CREATE TABLE message (guid, text, date, is_from_me, handle_id);"
            "CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id);"
            "INSERT INTO handle VALUES (3, 'ravi@example.org');"
            "INSERT INTO message VALUES ('G', 'hello', 300000000, 0, 3);"
        )
        data = connection.serialize()
    (message,), report = read_file(READER, data)
    assert (message.sender.id, message.text, message.is_edited) == (
        "ravi@example.org",
        "hello",
        None,
    )
    assert message.conversation == "ravi@example.org"
    assert report.is_whole


SMALL = database(
    {"text": "I see you"}, {"attributedBody": stream("Where are you?" * 100)},
    {"associated_message_guid": "p:0/G-1", "associated_message_type": 2000, "text": "Loved"},
)  # fmt: skip


def test_cut_off_anywhere_it_gives_what_is_there() -> None:
    whole = {message.text for message in read_file(READER, SMALL)[0]}
    for end in range(0, len(SMALL), 101):
        found = drain(READER, SMALL[:end], "chat.db")
        assert {message.text for message in found.messages} <= whole
        assert found.error or found.reasons


@given(st.lists(st.tuples(st.integers(16, len(SMALL) - 1), st.integers(0, 255)), max_size=60))
@settings(max_examples=150, deadline=None)
def test_changed_bytes_raise_nothing(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL)
    for at, byte in changes:
        data[at] = byte
    drain(READER, bytes(data), "chat.db")


def test_read_twice_it_is_the_same() -> None:
    assert read_file(READER, SMALL) == read_file(READER, SMALL)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_with_forms_or_none(data: bytes) -> None:
    typedstream_text(data)
    typedstream_text(stream("abc")[:-20] + data)


_PLAIN = st.recursive(
    st.integers(0, (1 << 63) - 1) | st.binary(max_size=40) | st.text("aक", max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=12,
)


def test_what_several_values_have_in_common_is_written_once() -> None:
    text = b"what it said first, and again in the end" * 5
    edits = [{"a long name of a value": number, "another long name": text} for number in range(9)]
    data = plistlib.dumps(edits, fmt=plistlib.FMT_BINARY)
    assert data.count(b"another long name") == data.count(text) == 1
    assert read_bplist(data) == edits


@given(_PLAIN)
def test_a_property_list_is_what_python_reads(value: Any) -> None:  # noqa: ANN401 - any of them
    assert read_bplist(plistlib.dumps(value, fmt=plistlib.FMT_BINARY)) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_a_property_list_or_none(data: bytes) -> None:
    read_bplist(b"bplist00" + data)


def test_what_a_property_list_says_twice_is_in_it_once() -> None:
    value = {"a": ["I know where you are." * 9] * 9, "b": b"x" * 400, "c": b"x" * 400}
    data = plistlib.dumps(value, fmt=plistlib.FMT_BINARY)
    assert len(data) < 900
    assert read_bplist(data) == value


def test_values_that_lie_over_one_another_are_no_property_list() -> None:
    text = b"\x5f\x12" + (4000).to_bytes(4, "big") + b"a" * 4000
    array = b"\xaf\x11" + (1000).to_bytes(2, "big") + b"\x01" * 1000
    body = b"bplist00" + array + text
    table = (8).to_bytes(2, "big") + (8 + len(array)).to_bytes(2, "big")
    trailer = (
        bytes(6) + b"\x02\x01" + b"".join(number.to_bytes(8, "big") for number in (2, 0, len(body)))
    )
    assert len(plistlib.loads(body + table + trailer)) == 1000
    assert read_bplist(body + table + trailer) is None

"""LinkedIn's and Reddit's tables of messages; and quotes that never end."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file
from tests.readers.zips import assert_places, zipped

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.csv_chat import LinkedInReader, RedditReader
from stalklog.readers.csv_rows import csv_rows
from stalklog.readers.csv_zip import CsvZipReader
from stalklog.readers.table import find_reader
from stalklog.readers.window import Window
from stalklog.records.message import Party

LINKEDIN = LinkedInReader()
REDDIT = RedditReader()
ZIP_READER = CsvZipReader()
HEAD = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,"
    "SUBJECT,CONTENT,FOLDER,ATTACHMENTS,IS MESSAGE DRAFT\n"
)
EXPORT = (
    f"{HEAD}2-A,,Ravi,https://example.org/in/ravi,Asha,https://example.org/in/asha,"
    '2024-03-05 16:00:09 UTC,,"I see you, ""Asha""\nनमस्ते",INBOX,,No\r\n'
    '2-B,"Team, all",Asha,https://example.org/in/asha,"Ravi, Meera","https://example.org/in/ravi,'
    'https://example.org/in/meera",2024-03-05 16:00:10 UTC,Hi,Stop,SENT,https://example.org/f,Yes\n'
).encode()
MAIL = (
    b"id,permalink,thread_id,date,ip,from,to,subject,body\n"
    b"t4_a,https://example.org/m/a,t4_0,2024-03-05 16:00:09 UTC,192.0.2.1,ravi,asha,Hello,"
    b"I see you\n"
)
CHAT = (
    b"message_id,created_at,updated_at,username,message,thread_parent_message_id,channel_url,"
    b"subreddit,channel_name,conversation_type\n"
    b"$a,2024-03-05 16:00:09 UTC,,ravi,I see you,$0,ch_1,,,direct\n"
)


def test_a_row_is_a_message_with_its_exact_bytes() -> None:
    messages, report = read_file(LINKEDIN, EXPORT)
    first, second = messages
    for message in messages:
        piece = EXPORT[message.place.start : message.place.end]
        assert piece.startswith(b"2-")
        assert message.place.sha256 == sha256(piece).hexdigest()
    assert first.sender == Party("Ravi", "https://example.org/in/ravi")
    assert first.recipients == (Party("Asha", "https://example.org/in/asha", "to"),)
    assert first.text == 'I see you, "Asha"\nनमस्ते'
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)
    assert (first.sent.written, first.conversation) == ("2024-03-05 16:00:09 UTC", "2-A, INBOX")
    assert (second.subject, second.conversation) == ("Hi", "Team, all (2-B, SENT)")
    assert [party.id for party in second.recipients] == [
        "https://example.org/in/ravi", "https://example.org/in/meera",
    ]  # fmt: skip
    assert (second.flags, second.attachments[0].status) == (("unsent",), "remote")
    assert (report.bytes_covered, report.is_whole) == (len(EXPORT), True)


def test_reddits_messages_and_chats_are_read() -> None:
    (mail,), (chat,) = read_file(REDDIT, MAIL)[0], read_file(REDDIT, CHAT)[0]
    assert (mail.sender.label, mail.recipients[0].label, mail.subject) == ("ravi", "asha", "Hello")
    assert (mail.native_id, mail.conversation, mail.url) == (
        "t4_a", "t4_0", "https://example.org/m/a",
    )  # fmt: skip
    assert (chat.sender.label, chat.text, chat.reply_to) == ("ravi", "I see you", "$0")
    assert (chat.conversation, chat.flags) == ("ch_1", ())


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        ("a,b,c\n", ("bad-structure", "no-date")), ("a,b,c,,,,soon,,x,,,\n", ("bad-date",)),
        ("a,b,c,,,,2024-03-05 16:00,,x,,,\n", ("no-zone",)),
    ],
)  # fmt: skip
def test_what_is_odd_about_a_row_is_told(row: str, flags: tuple[str, ...]) -> None:
    (message,) = read_file(LINKEDIN, (HEAD + row).encode())[0]
    assert message.flags == flags


def test_letters_that_are_none_are_told() -> None:
    (message,) = read_file(REDDIT, MAIL.replace(b"I see", b"I \xff see"))[0]
    assert (message.text, message.flags) == ("I \ufffd see you", ("bad-charset",))


def test_a_quote_without_an_end_costs_its_line_only() -> None:
    row = MAIL.partition(b"\n")[2]
    messages, report = read_file(REDDIT, MAIL + b'"what,is,this\n' + row)
    assert [message.text for message in messages] == ["I see you", "", "I see you"]
    assert "cut-off" in messages[1].flags
    assert messages[1].place.start == len(MAIL)
    assert report.bytes_covered == len(MAIL) + 14 + len(row)


def test_the_zip_is_read() -> None:
    files = {"Connections.csv": b"a,b\n", "messages.csv": EXPORT, "chat_history.csv": CHAT}
    data = zipped(files)
    found = find_reader(data, "any.zip")
    assert found is not None
    assert found.name == "csv-zip"
    messages, report = read_file(ZIP_READER, data)
    assert_places(messages, {**files, "": b""})
    assert [message.number for message in messages] == [1, 2, 3]
    assert [(one.reason, one.detail) for one in report.unread] == [
        ("not-read", "1 file without messages"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "linkedin", "reddit"),
    [
        (EXPORT, SURE, NO), (b"\xef\xbb\xbf" + EXPORT, SURE, NO), (MAIL, NO, SURE),
        (CHAT, NO, SURE), (EXPORT[5:], NO, NO), (b"a,b,c\n1,2,3\n", NO, NO), (b"FROM\n", NO, NO),
    ],
)  # fmt: skip
def test_they_are_known_by_their_columns(data: bytes, linkedin: int, reddit: int) -> None:
    assert (LINKEDIN.match(data, "messages.csv"), REDDIT.match(data, "x")) == (linkedin, reddit)


@pytest.mark.parametrize(
    ("name", "sureness"),
    [
        ("x/Connections.csv", LIKELY), ("chat_history.csv", LIKELY), ("messages.csv", MAYBE),
        ("messages/c1122334455/messages.csv", NO), ("other.csv", NO),
    ],
)  # fmt: skip
def test_a_zip_is_known_by_its_tables(name: str, sureness: int) -> None:
    assert ZIP_READER.match(zipped({name: b""}), "any") == sureness


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=4), max_size=8))
@settings(deadline=None)
def test_any_table_is_that_which_python_reads(rows: list[list[str]]) -> None:
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow(["one", "two", "three", "four"])
    writer.writerows(rows)
    data = target.getvalue().encode()
    found = list(csv_rows(Window(io.BytesIO(data))))
    assert [list(row.values.values()) for row in found] == rows
    for row in found:
        assert sha256(data[row.place.start : row.place.end]).hexdigest() == row.place.sha256


def test_cut_off_at_every_byte_it_gives_what_is_whole() -> None:
    for end in range(len(EXPORT)):
        assert drain(LINKEDIN, EXPORT[:end], most=7).notes.bytes_covered == end


@given(st.lists(st.sampled_from(['"', ",", "\n", "\r\n", "a", '""', "\r"]), max_size=60))
@settings(deadline=None)
def test_any_quotes_are_covered(pieces: list[str]) -> None:
    data = (HEAD + "".join(pieces)).encode()
    found = drain(LINKEDIN, data)
    assert found.notes.bytes_covered == len(data)
    spans = [message.place for message in found.messages]
    spans += [unread.place for unread in found.notes.unread]
    ordered = sorted((place.start or 0, place.end or 0) for place in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(ordered))


@pytest.mark.parametrize("piece", [b'"', b'"\n', b",", b'a"\n', b'""', b'"a\n"b\n'])
def test_quotes_without_an_end_take_no_long_time(piece: bytes) -> None:
    assert drain(LINKEDIN, HEAD.encode() + piece * 30_000).seconds < 8 * SMALL_S

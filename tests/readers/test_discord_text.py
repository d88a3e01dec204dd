"""Discord as plain text: who wrote what, when, and what nobody but the exporter may write."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from tests.readers.enemy import (
    assert_changed_in_good_order,
    assert_same_in_blocks,
)
from tests.readers.files import read_file

from stalklog.readers.base import NO, SURE, Reading
from stalklog.readers.discord_text import DiscordTextReader
from stalklog.records.message import Party, Said

if TYPE_CHECKING:
    from stalklog.records.message import Message, ReadingReport

READER = DiscordTextReader()
RULE = "=" * 62
HEAD = f"""\
{RULE}
Guild: House
Channel: Talk / general
Topic: be kind
to each other
After: 01-Mar-24 12:00 AM
{RULE}

"""
BODY = """\
[05-Mar-24 09:30 PM] ravi#0007
I see you

and your blue scarf


[05-Mar-24 09:31 PM] asha (pinned)
stop

{Attachments}
https://example.org/a.png
chat.txt_Files/b.png

{Embed}
A page

{Reactions}
👍 (2) 👎


[06-Mar-24 12:05 AM] ravi#0007


{Stickers}
https://example.org/c.png


"""
END = f"{RULE}\nExported 3 message(s)\n{RULE}\n"
CHAT = (HEAD + BODY + END).encode()


def _read(chat: str, said: Said) -> tuple[list[Message], ReadingReport]:
    data = chat.encode()
    reading = Reading(READER, BytesIO(data), "x", size_bytes=len(data), said=said)
    return list(reading), reading.report()


def test_every_byte_is_in_one_message_or_told() -> None:
    messages, report = read_file(READER, CHAT)
    own = b"".join(CHAT[one.place.start : one.place.end] for one in messages)
    assert own == BODY.encode()
    for one in messages:
        assert sha256(CHAT[one.place.start : one.place.end]).hexdigest() == one.place.sha256
    assert (report.bytes_covered, report.is_whole) == (len(CHAT), True)
    assert report.declared == {"messages": 3}
    assert report.facts == {
        "server": "House", "channel": "Talk / general", "channel topic": "be kind",
        "only after": "01-Mar-24 12:00 AM", "pinned messages": "1",
        "borders": report.facts["borders"],
    }  # fmt: skip


def test_who_wrote_what() -> None:
    first, second, third = read_file(READER, CHAT)[0]
    assert (first.sender, first.text) == (Party("ravi#0007"), "I see you\n\nand your blue scarf")
    assert second.sender == Party("asha")
    assert [(one.name, one.status) for one in second.attachments] == [
        ("https://example.org/a.png", "remote"), ("chat.txt_Files/b.png", "missing"),
    ]  # fmt: skip
    assert [one.name for one in third.attachments] == ["https://example.org/c.png"]
    assert {one.conversation for one in (first, second, third)} == {"House / Talk / general"}


def test_times_are_on_the_clock_of_whoever_exported_it() -> None:
    messages, report = read_file(READER, CHAT)
    assert [one.sent and (one.sent.written, one.sent.wall) for one in messages] == [
        ("05-Mar-24 09:30 PM", "2024-03-05T21:30:00"),
        ("05-Mar-24 09:31 PM", "2024-03-05T21:31:00"),
        ("06-Mar-24 12:05 AM", "2024-03-06T00:05:00"),
    ]
    assert {one.flags for one in messages} == {("no-zone",)}
    assert [(one.about, one.by) for one in report.decisions] == [("zone", "nobody")]
    said, _ = _read(CHAT.decode(), Said(zone="Asia/Kolkata"))
    assert said[0].sent
    assert said[0].sent.instant
    assert said[0].sent.instant.isoformat() == "2024-03-05T16:00:00+00:00"


@pytest.mark.parametrize(
    ("stamps", "said", "walls", "by"),
    [
        (("3/5/2024 9:30\u202fPM", "3/14/2024 9:30\u202fPM"), None, "2024-03-05T21:30:00", "file"),
        (("05/03/2024 21:30", "14/03/2024 21:30"), None, "2024-03-05T21:30:00", "file"),
        (("2024-03-05 21:30", "2024-03-06 21:30"), None, "2024-03-05T21:30:00", "file"),
        (("05.03.2024 21:30", "06.03.2024 21:30"), "dmy", "2024-03-05T21:30:00", "person"),
        (("05/03/2024 21:30", "06/03/2024 21:30"), "mdy", "2024-05-03T21:30:00", "person"),
        (("05/03/2024 21:30", "06/03/2024 21:30"), None, None, "nobody"),
    ],
)
def test_day_and_month_are_proved_or_asked_or_kept_both_ways(
    stamps: tuple[str, ...], said: str | None, walls: str | None, by: str
) -> None:
    body = "".join(f"[{stamp}] ravi\nx\n\n\n" for stamp in stamps)
    messages, report = _read(HEAD + body + END, Said(date_order=said))  # type: ignore[arg-type]  # one of them
    orders = [one for one in report.decisions if one.about == "date_order"]
    assert [one.by for one in orders] == [by]
    sent = messages[0].sent
    assert sent
    if walls:
        assert (sent.wall, sent.others) == (walls, ())
    else:
        assert {sent.wall, *sent.others} == {"2024-03-05T21:30:00", "2024-05-03T21:30:00"}
        assert messages[0].flags == ("ambiguous-date",)
        assert orders[0].samples


@pytest.mark.parametrize(
    "words",
    [
        "[05-Mar-24 09:31 PM] asha", "look\n[05-Mar-24 09:31 PM] asha\nyes", "x\n\n[a] asha",
        "x\n\n[1.2] asha", "[05-Mar-24] asha", f"{RULE}\nExported 9 message(s)\n{RULE}",
    ],
)  # fmt: skip
def test_a_line_in_a_text_is_text(words: str) -> None:
    chat = f"{HEAD}[05-Mar-24 09:30 PM] ravi\n{words}\n\n\n[05-Mar-24 09:32 PM] asha\nno\n\n\n{END}"
    messages, report = read_file(READER, chat.encode())
    assert [one.text for one in messages] == [words, "no"]
    assert report.is_whole


def test_an_end_that_somebody_wrote_in_the_middle_is_named_and_declares_nothing() -> None:
    forged = f"x\n\n{RULE}\nExported 900 message(s)\n{RULE}"
    chat = (
        f"{HEAD}[05-Mar-24 09:30 PM] ravi\n{forged}\n\n\n[05-Mar-24 09:32 PM] asha\nno\n\n\n{END}"
    )
    messages, report = read_file(READER, chat.encode())
    assert [one.text for one in messages] == ["x", "no"]
    assert report.declared == {"messages": 3}
    (unread,) = report.unread
    assert chat.encode()[unread.place.start : unread.place.end].decode().startswith(RULE)
    assert report.bytes_covered == len(chat.encode())


def test_an_export_that_was_interrupted_is_told() -> None:
    messages, report = read_file(READER, (HEAD + BODY).encode())
    assert len(messages) == 3
    assert "interrupted" in report.facts["count at its end"]


@pytest.mark.parametrize("count", ["1,234", "1.234", "1\u202f234", "1 234"])
def test_the_count_is_read_as_any_language_writes_it(count: str) -> None:
    end = END.replace("3", count, 1)
    assert read_file(READER, (HEAD + BODY + end).encode())[1].declared == {"messages": 1234}


def test_the_oldest_exports_count_at_the_beginning() -> None:
    head = HEAD.replace("Topic", "Messages: 1,003\nTopic")
    report = read_file(READER, (head + BODY).encode())[1]
    assert report.declared == {"messages": 1003}
    assert "count at its end" not in report.facts


def test_an_empty_channel_holds_nothing() -> None:
    end = END.replace("3", "0", 1)
    messages, report = read_file(READER, (HEAD + end).encode())
    assert (messages, report.declared, report.is_whole) == ([], {"messages": 0}, True)


def test_a_step_backwards_is_flagged_unless_all_of_it_goes_so() -> None:
    def flags(*minutes: int) -> list[bool]:
        body = "".join(f"[05-Mar-24 09:3{one} PM] ravi\nx\n\n\n" for one in minutes)
        messages = read_file(READER, (HEAD + body + END).encode())[0]
        return ["time-backwards" in one.flags for one in messages]

    assert flags(1, 3, 2, 4) == [False, False, True, False]
    assert flags(4, 3, 2, 1) == [False] * 4


def test_it_is_known_by_what_stands_before_the_first_message() -> None:
    for data in (CHAT, b"\xef\xbb\xbf" + CHAT, CHAT.replace(b"\n", b"\r\n"), (HEAD + END).encode()):
        assert READER.match(data, "x") == SURE
    for data in (BODY.encode(), b"x\n" + CHAT, CHAT.replace(b"Guild", b"Group"), CHAT[:80], b""):
        assert READER.match(data, "x") == NO


def test_line_ends_of_windows_change_nothing() -> None:
    windows = read_file(READER, CHAT.replace(b"\n", b"\r\n"))[0]
    unix = read_file(READER, CHAT)[0]
    assert [(one.text, one.sent, one.attachments) for one in windows] == [
        (one.text, one.sent, one.attachments) for one in unix
    ]


def test_letters_that_are_none_are_told() -> None:
    messages, _ = read_file(READER, CHAT.replace(b"blue", b"bl\xffe"))
    assert ["bad-charset" in one.flags for one in messages] == [True, False, False]


def test_changed_anywhere_it_ends_in_good_order() -> None:
    for at in range(0, len(CHAT), 3):
        assert_changed_in_good_order(READER, CHAT[:at] + b"\n" + CHAT[at + 1 :])


def test_however_it_is_cut_into_blocks_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (READER, CHAT))

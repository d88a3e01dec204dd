"""Discord: what DiscordChatExporter writes for people, as a page and for spreadsheets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.enemy import (
    assert_changed_in_good_order,
    assert_cut_anywhere,
    assert_same_in_blocks,
)
from tests.readers.files import read_file
from tests.readers.zips import assert_places

from stalklog.readers import csv_rows, discord_csv
from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.discord_csv import DiscordCsvReader
from stalklog.readers.discord_html import DiscordHtmlReader
from stalklog.records.message import Party

CSV_READER, HTML_READER = DiscordCsvReader(), DiscordHtmlReader()
MOMENT = datetime(2024, 3, 5, 16, 0, 9, 123000, UTC)
NUMBER = str((int(MOMENT.timestamp() * 1000) - 1_420_070_400_000) << 22)
HEADER = "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"
CSV = (
    HEADER + '"200","ravi","2024-03-05T21:30:09.1230000+05:30","I see ""you"",\r\n"\r\n'
    '"201","meera","2024-03-05T16:01:00.0000000+00:00","stop क",'
    '"chat.csv_Files\\a,b.png,chat.csv_Files\\c.png","👍 (2)"\r\n'
    '"200","ravi","05-Mar-24 09:30 PM","x","https://example.org/a,b.png,https://example.org/c",""\r\n'
).replace('\r\n"\r\n', '\r\n200,x","",""\r\n').encode()  # fmt: skip


def test_rows_with_their_exact_bytes() -> None:
    messages, report = read_file(CSV_READER, CSV)
    assert_places(messages, {"": CSV})
    first, second, reaction, third = messages
    assert first.text == 'I see "you",\r\n200,x'
    assert (first.sender, first.flags) == (Party("ravi", "200"), ())
    assert first.sent is not None
    assert (first.sent.instant, first.sent.precision) == (MOMENT, "microsecond")
    assert [one.name for one in second.attachments] == [
        "chat.csv_Files\\a,b.png",
        "chat.csv_Files\\c.png",
    ]
    assert (reaction.kind, reaction.parent, reaction.text) == ("reaction", 2, "👍 (2)")
    assert [one.name for one in third.attachments] == [
        "https://example.org/a,b.png",
        "https://example.org/c",
    ]
    assert (report.bytes_covered, report.is_whole) == (len(CSV), True)


def test_more_files_than_are_listed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord_csv, "MAX_PARTS", 1)
    second = read_file(CSV_READER, CSV)[0][1]
    assert (len(second.attachments), second.flags) == (1, ("parts-cut",))


@pytest.mark.parametrize(
    ("written", "wall", "flag"),
    [
        ("05-Mar-24 09:30 PM", "2024-03-05T21:30:00", "no-zone"),
        ("05-Mar-24 12:05 AM", "2024-03-05T00:05:00", "no-zone"),
        ("05-Mär-24 09:30 PM", None, "bad-date"), ("05-Mar-24 13:30 PM", None, "bad-date"),
        ("04/20/2023 12:00 AM", None, "bad-date"), ("31-Feb-24 09:30 PM", None, "bad-date"),
    ],
)  # fmt: skip
def test_a_date_is_read_only_where_it_can_be_read_in_one_way(
    written: str, wall: str | None, flag: str
) -> None:
    data = f'{HEADER}"200","ravi","{written}","x","",""\r\n'.encode()
    (message,), _ = read_file(CSV_READER, data)
    assert message.sent is not None
    assert (message.sent.written, message.sent.wall, message.sent.instant) == (written, wall, None)
    assert message.flags == (flag,)


@pytest.mark.parametrize(
    ("header", "row", "number"),
    [
        ("AuthorID,Author,Date,Content,Attachments", '"200","ravi",{},"x",""', ""),
        (f"MessageID,{HEADER.strip()}", '"77","200","ravi",{},"x","",""', "77"),
        (
            f"MessageID,{HEADER.strip()},Stickers,ReplyTo",
            '"77","200","ravi",{},"x","","","",""',
            "77",
        ),
    ],
)
def test_older_and_newer_columns_are_known(header: str, row: str, number: str) -> None:
    data = f"{header}\r\n{row.format('2024-03-05T16:00:09Z')}\r\n".encode()
    assert CSV_READER.match(data, "any") == SURE
    (message,), report = read_file(CSV_READER, data)
    assert (message.text, message.sender, message.native_id) == ("x", Party("ravi", "200"), number)
    assert (message.flags, report.is_whole) == ((), True)


def test_a_row_that_looks_like_one_inside_a_text_is_text() -> None:
    assert len([one for one in read_file(CSV_READER, CSV)[0] if one.kind == "message"]) == 3


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        ('"1","a","2024-03-05T16:00:09Z","x","",""', ()),
        ('"1","a","2024-03-05T16:00:09Z","x"', ("bad-structure",)),
        ('"1","a","2024-03-05T16:00:09Z","x","","","more"', ("bad-structure",)),
        ('"1","a","2024-03-05T16:00:09Z","x', ("cut-off",)),
        ('1,a,,x"y,,', ("no-date",)),
    ],
)
def test_rows_of_any_kind_are_taken(row: str, flags: tuple[str, ...]) -> None:
    data = f"\ufeff{HEADER}\r\n{row}\n".encode()
    (message,), report = read_file(CSV_READER, data)
    assert message.flags == flags
    assert message.sender.label == "a"
    assert report.bytes_covered == len(data)


def test_a_quote_that_is_never_closed_costs_its_line_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_rows, "MAX_RECORD_BYTES", 100_000)
    lines = 150_000
    data = CSV + b'"' + b"a\n" * lines
    messages, report = read_file(CSV_READER, data)
    assert len(messages) == 4 + lines
    assert messages[4].flags == ("cut-off", "no-date")
    assert report.bytes_covered == len(data)


LATER = str(int(NUMBER) + (5000 << 22))


def _begins(number: str, more: str = "") -> str:
    """A message's beginning, as the export writes it: quotes only where they are needed."""
    classes = f"chatlog__message-container{more}"
    shown = f'"{classes}"' if more else classes
    return (
        f"<div id=chatlog__message-container-{number} class={shown} data-message-id={number}>"
        "<div class=chatlog__message>"
    )


TOP = """<!DOCTYPE html><html lang=en><head><title>House - general</title><style>
.chatlog__message-container {}</style></head><body><div class=preamble>
<div class=preamble__entries-container><div class=preamble__entry>House</div>
<div class=preamble__entry>Text / general</div></div></div><div class=chatlog>
<div class=chatlog__message-group>"""
FIRST = """<div class=chatlog__message-primary><div class=chatlog__header>
<span class=chatlog__author style="color:rgb(1,2,3)" title="ravi#1234" data-user-id=200>
Ravi &amp; K</span>
<span class=chatlog__timestamp title="Tuesday, March 5, 2024 9:30 PM"><a href=#x>05/03/2024
21:30</a></span></div><div class="chatlog__content chatlog__markdown">
<span class=chatlog__markdown-preserve>I see <strong>you</strong> क
&lt;div id=chatlog__message-container-9&gt;</span>
<span class=chatlog__edited-timestamp title=later>(edited)</span></div>
<div class=chatlog__attachment><a href=general.html_Files/a-1.png>
<img class=chatlog__attachment-media src=general.html_Files/a-1.png></a></div>
<div class=chatlog__embed><div class=chatlog__embed-title>A page</div></div>
<div class=chatlog__reactions><div class=chatlog__reaction title=thumbsup>
<img class=chatlog__emoji alt=x><span class=chatlog__reaction-count>2</span></div></div>
</div></div></div>"""
SECOND = f"""<div class=chatlog__message-aside>
<div class=chatlog__short-timestamp title="05/03/2024 21:30">21:30</div></div>
<div class=chatlog__message-primary><div class=chatlog__reply>
<span class=chatlog__reply-link onclick="scrollToMessage(event, '{NUMBER}')">I</span></div>
<div class="chatlog__content chatlog__markdown">
<span class=chatlog__markdown-preserve>answer</span></div></div></div></div></div>
<div class=chatlog__message-group>"""
JOINED = """<span class=chatlog__system-notification-author title=meera
data-user-id=201>meera</span>
<span class=chatlog__system-notification-content><span>joined the server.</span></span>
<span class=chatlog__system-notification-timestamp><a href=#y>05/03/2024</a></span>
</div></div></div></div>"""
END = """<div class=postamble><div class=postamble__entry>Exported 1,003 message(s)</div>
<div class=postamble__entry>Timezone: UTC+05:30</div></div></body></html>"""
PAGE = "".join(
    (
        TOP,
        _begins(NUMBER, " chatlog__message-container--pinned"),
        FIRST,
        _begins(LATER),
        SECOND,
        _begins("77"),
        JOINED,
        END,
    )
).encode()


def test_a_page_with_the_exact_bytes_of_each_message() -> None:
    messages, report = read_file(HTML_READER, PAGE)
    assert_places(messages, {"": PAGE})
    first, embed, reaction, second, joined = messages
    assert first.sender == Party("Ravi & K (ravi#1234)", "200")
    assert first.text == "I see you क <div id=chatlog__message-container-9>"
    assert (first.is_edited, second.is_edited) == (True, False)
    assert [(one.name, one.status) for one in first.attachments] == [
        ("general.html_Files/a-1.png", "missing")
    ]
    assert (embed.kind, embed.text, embed.parent) == ("other", "A page", 1)
    assert (reaction.kind, reaction.text, reaction.parent) == ("reaction", "thumbsup (2)", 1)
    assert (second.text, second.reply_to, second.sender) == ("answer", NUMBER, first.sender)
    assert (joined.kind, joined.text) == ("system", "joined the server.")
    assert joined.sender == Party("meera", "201")
    assert {one.conversation for one in messages} == {"House / Text / general"}
    assert (report.declared, report.is_whole) == ({"messages": 1003}, True)
    assert report.bytes_covered == len(PAGE)


def _old(number: str, text: str) -> str:
    return (
        f'<div class="chatlog__message " data-message-id="{number}" id="message-{number}">\n'
        f'<div class="chatlog__content">\n<div class="markdown"><span>{text}</span></div></div>'
        "</div>"
    )


def _group(name: str, user: str, *messages: str) -> str:
    return (
        '<div class="chatlog__message-group">\n    <div class="chatlog__author-avatar-container">'
        '<img class="chatlog__author-avatar" src="a.png"></div>\n<div class="chatlog__messages">'
        f'<span class="chatlog__author-name" title="{name}#0001" data-user-id="{user}">{name}'
        "</span>"
        '<span class="chatlog__timestamp">05-Mar-24 09:30 PM</span>'
        f"{''.join(messages)}</div></div>"
    )


def test_a_page_from_before_2022_names_who_wrote_above_the_messages() -> None:
    page = (
        TOP.rpartition("<div class=chatlog__message-group>")[0]
        + _group("ravi", "200", _old(NUMBER, "I see you"), _old(LATER, "&lt;b&gt; again"))
        + _group("meera", "201", _old(str(int(LATER) + (9 << 22)), "no"))
        + END
    ).encode()
    assert HTML_READER.match(page, "x") == SURE
    messages, report = read_file(HTML_READER, page)
    assert_places(messages, {"": page})
    assert [(one.sender.id, one.text, one.native_id) for one in messages] == [
        ("200", "I see you", NUMBER), ("200", "<b> again", LATER),
        ("201", "no", str(int(LATER) + (9 << 22))),
    ]  # fmt: skip
    assert messages[0].sent is not None
    assert (messages[0].sent.instant, messages[1].flags) == (MOMENT, ())
    assert (report.declared, report.is_whole) == ({"messages": 1003}, True)
    empty = read_file(HTML_READER, page.replace(_old(NUMBER, "I see you").encode(), b""))
    assert [one.sender.id for one in empty[0]] == ["200", "201"]
    bare = page.replace(_old(str(int(LATER) + (9 << 22)), "no").encode(), b"")
    assert read_file(HTML_READER, bare)[1].unread[0].detail == "group"


def test_what_stands_behind_the_last_message_is_no_part_of_it() -> None:
    first = "".join((TOP, _begins(NUMBER), FIRST)).replace("general</title>", "Exported 7 message")
    page = f"{first}{_begins(LATER)}{SECOND}{END}".encode()
    messages, report = read_file(HTML_READER, page)
    assert messages[-1].text == "answer"
    assert report.declared == {"messages": 1003}
    cut = page.replace(b"answer", b"Exported 7 message(s)").partition(b"<div class=postamble")[0]
    assert read_file(HTML_READER, cut)[1].declared == {}


def test_its_time_is_the_one_in_its_number_and_the_shown_one_stands_beside() -> None:
    messages = read_file(HTML_READER, PAGE)[0]
    first, second, joined = (one for one in messages if one.parent is None)
    assert first.sent is not None
    assert first.sent.instant == MOMENT
    assert first.sent.written == f"{NUMBER} (Tuesday, March 5, 2024 9:30 PM)"
    assert second.sent is not None
    assert second.sent.written.endswith("(05/03/2024 21:30)")
    assert joined.sent is not None
    assert (joined.sent.instant, joined.flags) == (None, ("bad-date",))


def test_pages_are_known_by_a_message_or_by_their_style() -> None:
    assert HTML_READER.match(PAGE, "x") == SURE
    assert HTML_READER.match(PAGE[:300], "x") == LIKELY
    assert HTML_READER.match(b"<html><p>chatlog</p>", "general.html") == NO
    assert HTML_READER.match(PAGE[10:], "x") == NO
    assert CSV_READER.match(CSV, "x") == SURE
    assert CSV_READER.match(b"Author,Date\r\n", "x.csv") == NO


def test_cut_off_at_every_byte() -> None:
    assert_cut_anywhere(CSV_READER, CSV)
    for end in range(0, len(PAGE), 3):
        found, report = read_file(HTML_READER, PAGE[:end])
        assert report.bytes_covered == end
        assert report.is_whole == (b"Exported 1,003 message" in PAGE[:end])
        assert len(found) <= 5


def test_in_blocks_and_again_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_in_blocks(monkeypatch, (CSV_READER, CSV), (HTML_READER, PAGE))


@given(at=st.integers(0, len(PAGE) - 1), piece=st.binary(max_size=8), size=st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_changed_anywhere_it_ends_in_good_order(at: int, piece: bytes, size: int) -> None:
    for data, reader in ((CSV, CSV_READER), (PAGE, HTML_READER)):
        changed = data[:at] + piece + data[at + size :]
        assert_changed_in_good_order(reader, changed)
        assert_places(read_file(reader, changed)[0], {"": changed})


@pytest.mark.parametrize(
    "piece",
    [
        b"<div class=chatlog__reaction>", b'<span class="chatlog__author ', b'"', b"chatlog__",
        b"<div class=chatlog__attachment>", b"<div id=chatlog__message-container-1 class=",
        b"class=chatlog__timestamp ", b"<!--", b"<a ", b",", b'""', b"\r", b'"\n',
    ],
)  # fmt: skip
def test_much_of_the_same_takes_no_long_time(piece: bytes) -> None:
    many = piece * (200_000 // len(piece))
    assert_changed_in_good_order(HTML_READER, b"<html>" + _begins("1").encode() + many)
    assert_changed_in_good_order(CSV_READER, HEADER.encode() + many[:50_000])

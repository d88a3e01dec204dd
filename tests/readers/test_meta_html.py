"""Instagram's and Messenger's pages for people: who wrote what, and no zone that nobody told."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file
from tests.readers.zips import assert_places, zipped

from stalklog.readers.base import LIKELIER, NO, Reading
from stalklog.readers.meta_html import MetaHtmlReader
from stalklog.readers.meta_zip import MetaZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Said

READER = MetaHtmlReader()
ZIP_READER = MetaZipReader()
HEAD = (
    "<html><head><title>Ravi &amp; \N{EYES}</title><style>._a6-g{}</style></head><body><div "
    'class="_4t5n" role="main"><div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 '
    'class="_3-95 _2pim _a6-h _a6-i">Participants: Ravi and Asha</h2></div>'
)
END = "</div></body></html>"


def block(said: str, time: str = "Mar 05, 2024 9:30 pm", sender: str = "Ravi &lt;3") -> str:
    return (
        '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h '
        f'_a6-i">{sender}</h2><div class="_3-95 _a6-p"><div><div></div><div>{said}</div>'
        "<div></div></div>"
        f'</div><div class="_3-94 _a6-o">{time}</div></div>'
    )


PHOTO = (
    '<div><a href="your_instagram_activity/messages/inbox/ravi_1/photos/7.jpg"><img '
    'src="your_instagram_activity/messages/inbox/ravi_1/photos/7.jpg" class="_a6_o"/></a></div>'
)
LIKED = '<ul class="_a6-q"><li><span>\N{HEAVY BLACK HEART}Asha</span></li></ul>'
PAGE = (
    HEAD + block("I see you &lt;div class=&quot;_a6-g&quot;&gt;<br/>now") + block(PHOTO + LIKED)
    + block("Good &amp; bye", "Mar 04, 2024, 12:05:09 am") + END
).encode()  # fmt: skip


def test_messages_with_their_exact_bytes() -> None:
    messages, report = read_file(READER, PAGE)
    assert [message.kind for message in messages] == ["message", "message", "reaction", "message"]
    for message in messages:
        piece = PAGE[message.place.start : message.place.end]
        assert piece.startswith(b'<div class="pam ')
        assert message.place.sha256 == sha256(piece).hexdigest()
    first = messages[0]
    assert (first.sender.label, first.conversation) == ("Ravi <3", "Ravi & \N{EYES}")
    assert first.text == 'I see you <div class="_a6-g">\nnow'
    assert (messages[2].parent, messages[2].text) == (2, "\N{HEAVY BLACK HEART}Asha")
    assert messages[3].text == "Good & bye"
    assert report.facts == {"participants": "Participants: Ravi and Asha"}
    assert (report.bytes_covered, report.is_whole) == (len(PAGE), True)


def test_a_page_of_2018_is_read_as_one_of_today() -> None:
    page = PAGE.decode().replace("_2ph- _a6-g", "_2pi0 _2lej")
    for new, old in (
        ("_3-95 _2pim _a6-h _a6-i", "_3-96 _2pio _2lek _2lel"), ("_3-95 _a6-p", "_3-96 _2let"),
        ("_3-94 _a6-o", "_3-94 _2lem"), ("_a6-q", "_tqp"), ("<h2", "<div"), ("</h2", "</div"),
    ):  # fmt: skip
        page = page.replace(new, old)
    data = page.encode()
    assert READER.match(data, "message_1.html") == LIKELIER
    messages, report = read_file(READER, data)
    assert [(one.kind, one.sender, one.sent) for one in messages] == [
        (one.kind, one.sender, one.sent) for one in read_file(READER, PAGE)[0]
    ]
    assert [one.text for one in messages[1:]] == [
        one.text for one in read_file(READER, PAGE)[0][1:]
    ]
    assert report.facts == {"participants": "Participants: Ravi and Asha"}
    assert (report.bytes_covered, report.is_whole) == (len(data), True)


@pytest.mark.parametrize(
    ("written", "wall", "flag"),
    [
        ("Mar 05, 2024 9:30 pm", "2024-03-05T21:30:00", "no-zone"),
        ("Mar 05, 2024, 9:30\u202fPM", "2024-03-05T21:30:00", "no-zone"),
        ("Dec 31, 2023 12:00 am", "2023-12-31T00:00:00", "no-zone"),
        ("Dec 31, 2023 12:00:07 pm", "2023-12-31T12:00:07", "no-zone"),
        ("Feb 30, 2024 9:30 pm", None, "bad-date"), ("Mar 05, 2024 13:30 pm", None, "bad-date"),
        ("मार्च 05, 2024 9:30 pm", None, "bad-date"), ("ago 05, 2024 9:30 pm", None, "bad-date"),
        ("05/03/2024 21:30", None, "bad-date"), ("Ago 05, 2024 9:30 pm", None, "bad-date"),
    ],
)  # fmt: skip
def test_a_time_is_understood_only_where_it_can_be_read_in_one_way(
    written: str, wall: str | None, flag: str
) -> None:
    (message,) = read_file(READER, (HEAD + block("x", written) + END).encode())[0]
    assert message.sent is not None
    assert (message.sent.wall, message.sent.instant) == (wall, None)
    assert message.sent.written == written
    assert message.flags == (flag,)


def test_a_zone_that_a_person_says_makes_it_a_moment() -> None:
    said = Said(zone="Asia/Kolkata")
    first = next(iter(Reading(READER, BytesIO(PAGE), "", size_bytes=len(PAGE), said=said))).sent
    assert first is not None
    assert first.instant == datetime(2024, 3, 5, 16, 0, tzinfo=UTC)
    assert first.zone_source == "person"


def test_a_message_without_a_time_is_told() -> None:
    (message,) = read_file(READER, (HEAD + block("x", "") + END).encode())[0]
    assert (message.sent, message.flags) == (None, ("no-date",))


def test_files_lie_beside_and_addresses_are_remote() -> None:
    said = (
        '<a href="https://example.org/x">https://example.org/x</a>'
        '<img src="https://192.0.2.1/a.png"/><video src="messages/inbox/a_1/videos/1.mp4"></video>'
    )
    (message,) = read_file(READER, (HEAD + block(said) + END).encode())[0]
    assert [(one.name, one.status) for one in message.attachments] == [
        ("https://192.0.2.1/a.png", "remote"), ("messages/inbox/a_1/videos/1.mp4", "missing"),
    ]  # fmt: skip
    assert "https://example.org/x" in message.text


FOLDER = "your_instagram_activity/messages/message_requests/ravi_1"
FILES = {
    f"{FOLDER}/message_1.html": PAGE,
    "your_instagram_activity/messages/inbox/ravi_1/photos/7.jpg": b"a photo",
}


def test_pages_in_a_zip_are_read_with_their_files_and_their_folder() -> None:
    data = zipped(FILES)
    found = find_reader(data, "any.zip")
    assert found is not None
    assert found.name == "meta-zip"
    messages, report = read_file(ZIP_READER, data)
    assert_places(messages, FILES)
    assert {message.conversation for message in messages} == {
        "Ravi & \N{EYES} (message_requests/ravi_1)"
    }
    (photo,) = messages[1].attachments
    assert (photo.status, photo.size_bytes) == ("present", 7)
    assert report.is_whole


@pytest.mark.parametrize(
    ("data", "sureness"),
    [
        (PAGE, LIKELIER), (b"\xef\xbb\xbf\n" + PAGE, LIKELIER), (PAGE[6:], NO),
        (PAGE.replace(b"_a6-o", b"_a6-x"), NO), (PAGE.replace(b"_a6-p", b"_a6-x"), NO),
        (b"<html><body>hello</body></html>", NO),
    ],
)  # fmt: skip
def test_a_page_is_known_by_its_marks(data: bytes, sureness: int) -> None:
    assert READER.match(data, "message_1.html") == sureness


def test_a_page_without_messages_is_told() -> None:
    messages, report = read_file(READER, b"<html></html>")
    assert not messages
    assert [unread.reason for unread in report.unread] == ["not-understood"]


def test_cut_off_at_every_byte_it_gives_what_is_whole() -> None:
    for end in range(len(PAGE)):
        found = drain(READER, PAGE[:end], most=11)
        assert found.notes.bytes_covered == end
        assert found.reasons
        assert found.seconds < SMALL_S


_PIECES = st.sampled_from(
    [block("x"), PHOTO, LIKED, "<div", '<div class="', '<ul class="_a6-q">', "<li>", "</html>", '"']
)


@given(st.lists(_PIECES | st.text(max_size=8), max_size=20))
@settings(deadline=None)
def test_any_page_is_covered(pieces: list[str]) -> None:
    data = (HEAD + "".join(pieces)).encode("utf-8", "surrogatepass")
    assert drain(READER, data).notes.bytes_covered == len(data)


@pytest.mark.parametrize(
    "piece", ["<div", "<a ", '<div class="_a6-p', "<li>", '<div class="_a6-g"']
)
def test_marks_without_an_end_take_no_long_time(piece: str) -> None:
    data = (HEAD + block(LIKED + piece * (200_000 // len(piece)))).encode()
    assert drain(READER, data).seconds < 8 * SMALL_S

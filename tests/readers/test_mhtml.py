"""Pages saved in one file: what they show, and when and where they were saved."""

from __future__ import annotations

import hashlib
import plistlib
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.saved_page import FRAME, MAIN, PAGE, PARTS, PICTURE, URL, mhtml, part

from stalklog.readers.base import NO, SURE
from stalklog.readers.mhtml import MhtmlReader
from stalklog.readers.table import find_reader
from stalklog.safety import limits

if TYPE_CHECKING:
    from stalklog.records.message import Message

READER = MhtmlReader()
CHROME = mhtml()
SAFARI = plistlib.dumps(
    {"WebMainResource": {"WebResourceURL": URL, "WebResourceData": PAGE}}, fmt=plistlib.FMT_BINARY
)


def top(data: bytes = CHROME) -> Message:
    return drain(READER, data).messages[0]


def test_a_page_is_read_with_its_address_title_and_text() -> None:
    found = top()

    assert (found.kind, found.url, found.parent) == ("page", URL, None)
    assert found.subject == "Thread 7 \u2014 नमस्ते"
    assert found.text == "Thread\n\nI know where you live."
    assert found.flags == ("hidden-text",)


def test_the_moment_of_saving_is_received_and_nothing_is_said_of_when_it_was_posted() -> None:
    found = top()

    assert found.sent is None
    assert found.received is not None
    assert found.received.written == "Fri, 20 Nov 2026 16:00:00 +0000"
    assert found.received.instant == datetime(2026, 11, 20, 16, tzinfo=UTC)


def test_what_it_shows_is_hashed_and_placed() -> None:
    picture, style, *remote = top().attachments

    assert (picture.name, picture.media_type) == (f"{URL}/scarf.png", "image/png")
    assert picture.size_bytes == len(PICTURE)
    assert picture.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert picture.place.part == "2"
    raw = CHROME[picture.place.start : picture.place.end]
    assert hashlib.sha256(raw).hexdigest() == picture.place.sha256
    assert raw.startswith(b"iVBORw0KGgo")
    assert style.media_type == "text/css"
    assert [(each.name, each.status) for each in remote] == [
        ("https://tracker.example.net/pixel.gif", "remote")
    ]


def test_a_page_in_a_frame_is_a_page_with_a_parent() -> None:
    _page, frame = drain(READER, CHROME).messages

    assert (frame.parent, frame.kind, frame.subject) == (1, "page", "Comments")
    assert (frame.text, frame.url) == ("You cannot hide.", f"{URL}/comments")
    assert frame.place.part == "4"
    assert CHROME[frame.place.start : frame.place.end].startswith(FRAME[:20])


def test_a_part_that_cannot_be_decoded_is_told_where_it_is() -> None:
    frame = part(b"<html>=ZZ</html>", "text/html", encoding="7bit")
    frame = frame.replace(b"7bit", b"quoted-printable")
    page, inner = drain(READER, mhtml(MAIN, frame)).messages

    assert "bad-encoding" not in page.flags
    assert "bad-encoding" in inner.flags
    picture = part(PICTURE, "image/png").replace(b"iVBO", b"iV*O")
    assert "bad-encoding" in top(mhtml(MAIN, picture)).flags


def test_what_a_page_says_of_itself_is_told_and_not_believed() -> None:
    facts = drain(READER, CHROME).notes.facts

    assert facts == {
        "saved_by": "Saved by Blink",
        "canonical": "https://forum.example.org/thread/seven",
        "og_url": "https://forum.example.org/og",
        "published": "2026-11-19T10:00:00+05:30",
    }


def test_the_place_of_the_page_is_the_whole_file() -> None:
    messages, report = report_of(READER, CHROME)

    assert (messages[0].place.start, messages[0].place.end) == (0, len(CHROME))
    assert messages[0].place.sha256 == hashlib.sha256(CHROME).hexdigest()
    assert report.bytes_covered == len(CHROME)
    assert report.is_whole


def test_without_an_address_of_saving_it_is_that_of_the_page() -> None:
    assert top(mhtml(snapshot_content_location=None)).url == URL
    bare = part(PAGE, "text/html")
    assert top(mhtml(bare, snapshot_content_location=None, content_location=URL)).url == URL


def test_without_a_subject_it_is_the_title() -> None:
    assert top(mhtml(subject=None)).subject == "Thread 7 \u2014 नमस्ते"


def test_without_a_date_there_is_none() -> None:
    assert top(mhtml(date=None)).received is None


def test_the_page_is_the_part_that_the_file_names() -> None:
    frame = part(FRAME, "text/html", "", "x")
    kind = 'multipart/related; start="<frame-1@mhtml.blink>"; type="text/html"; boundary='
    data = mhtml(frame, MAIN)
    boundary = data.split(b'boundary="')[1].split(b'"')[0].decode()
    found = drain(READER, mhtml(frame, MAIN, content_type=f'{kind}"{boundary}"'))

    assert [message.text[:6] for message in found.messages] == ["Thread", "You ca"]


def test_a_page_saved_by_internet_explorer_is_read() -> None:
    data = mhtml(
        part(PAGE, 'text/html; charset="utf-8"', URL),
        snapshot_content_location=None,
        **{"from": '"Saved by Windows Internet Explorer 11"'},
    ).replace(b'From: "Saved', b"From: <Saved")
    found = drain(READER, data)

    assert READER.match(data, "x") == SURE
    assert found.messages[0].url == URL


def test_a_page_of_a_single_part_is_read() -> None:
    data = mhtml(content_type='text/html; charset="windows-1252"', content_location=URL)
    data = data[: data.find(b"\r\n\r\n")] + b"\r\n\r\n<html><p>caf\xe9</p></html>"
    found = top(data)

    assert (found.text, found.url) == ("café", URL)


# Which file is one


def test_it_is_known_by_what_the_browser_says() -> None:
    assert READER.match(CHROME, "x.eml") == SURE
    assert READER.match(mhtml(**{"from": None}), "x") == SURE
    assert READER.match(mhtml(snapshot_content_location=None), "x") == SURE
    reader = find_reader(CHROME, "page.eml")
    assert reader is not None
    assert reader.name == "mhtml"


def test_a_page_that_was_sent_to_nobody_is_one() -> None:
    bare = {"from": None, "snapshot_content_location": None}

    assert READER.match(mhtml(**bare), "x") == SURE
    assert READER.match(mhtml(part(PAGE, "text/html"), **bare), "x") == NO


@pytest.mark.parametrize("field", ["to", "received", "delivered_to", "return_path"])
def test_a_mail_with_pictures_is_none(field: str) -> None:
    data = mhtml(**{"from": "Someone <s@example.org>", field: "a@example.com"},
                 snapshot_content_location=None)  # fmt: skip

    assert READER.match(data, "x.mhtml") == NO


@pytest.mark.parametrize("data", [b"", b"x", b"<html>", b"bplist00 of something", b"From x"])
def test_no_other_bytes_are_taken_for_one(data: bytes) -> None:
    assert READER.match(data, "x.mhtml") == NO


def test_an_archive_of_safari_is_known_and_named_as_not_read() -> None:
    found = drain(READER, SAFARI)

    assert READER.match(SAFARI, "x") == SURE
    assert found.error is not None
    assert (found.error.reason, found.error.detail) == ("not-read", "webarchive")


# Hostile


def test_cut_off_at_every_byte_it_gives_a_page() -> None:
    for length in range(1, len(CHROME)):
        found = drain(READER, CHROME[:length])
        assert found.seconds < SMALL_S
        assert len(found.messages) >= 1


def test_changed_anywhere_it_gives_a_page() -> None:
    dice = random.Random(3)  # noqa: S311 - the same changes each time
    for _ in range(1_500):
        changed = bytearray(CHROME)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(CHROME))] = dice.choice((0, 10, 45, 255, 61))
        assert drain(READER, bytes(changed)).seconds < SMALL_S


@given(st.binary(max_size=600))
def test_any_bytes_behind_the_head_give_a_page(data: bytes) -> None:
    drain(READER, CHROME[:400] + data)


def test_ten_thousand_parts_end_at_a_limit_that_is_named() -> None:
    data = mhtml(*PARTS, *[part(b"x", "image/gif", "x")] * 10_000)
    begun = time.process_time()
    found = drain(READER, data)

    assert "parts-cut" in found.messages[0].flags
    assert found.reasons == ["over-limit"]
    assert len(found.messages[0].attachments) <= limits.MAX_PARTS
    assert time.process_time() - begun < 3


def test_a_file_without_end_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.readers.mhtml.MAX_PAGE_BYTES", len(CHROME) - 900)
    found = drain(READER, CHROME)

    assert found.messages[0].text.startswith("Thread")
    assert found.reasons[0] == "over-limit"
    assert found.messages[0].place.sha256 == hashlib.sha256(CHROME).hexdigest()


def test_a_stream_that_gives_little_at_once_is_read_the_same() -> None:
    assert drain(READER, CHROME, most=7).messages == drain(READER, CHROME).messages

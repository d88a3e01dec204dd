"""Pages saved as HTML: what they show, and what the program that saved them wrote."""

from __future__ import annotations

import hashlib
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain, report_of
from tests.readers.saved_page import PAGE, URL

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.html import HtmlReader
from stalklog.readers.table import find_reader

if TYPE_CHECKING:
    from stalklog.records.message import Message

READER = HtmlReader()
HEAD = b"<!DOCTYPE html>\n"
BROWSER = f"<!-- saved from url=({len(URL):04d}){URL} -->\n".encode()
SINGLE = (
    b"<html><!--\n Page saved with SingleFile \n url: https://forum.example.org/thread/8 \n"
    b" saved date: Fri Nov 20 2026 21:30:00 GMT+0530 (India Standard Time)\n-->"
)


def page(data: bytes) -> Message:
    (message,) = drain(READER, data).messages
    return message


def test_a_page_is_read_with_its_title_and_text() -> None:
    found = page(PAGE)

    assert (found.kind, found.subject) == ("page", "Thread 7 \u2014 नमस्ते")
    assert found.text == "Thread\n\nI know where you live."
    assert found.flags == ("hidden-text",)
    assert (found.url, found.sent, found.received) == ("", None, None)


def test_nothing_is_fetched_and_what_a_browser_would_is_told() -> None:
    assert [(each.name, each.status) for each in page(PAGE).attachments] == [
        (f"{URL}/scarf.png", "remote"),
        ("https://tracker.example.net/pixel.gif", "remote"),
    ]


def test_its_place_is_the_whole_file() -> None:
    (message,), report = report_of(READER, PAGE)

    assert (message.place.start, message.place.end) == (0, len(PAGE))
    assert message.place.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert report.bytes_covered == len(PAGE)
    assert report.is_whole


def test_a_browser_notes_the_address() -> None:
    found = drain(READER, HEAD + BROWSER + PAGE)

    assert found.messages[0].url == URL
    assert found.notes.facts["saved_by"] == "browser"


def test_an_address_of_no_site_is_none() -> None:
    assert page(HEAD + b"<!-- saved from url=(0014)about:internet -->" + PAGE).url == ""


def test_single_file_notes_the_moment_too() -> None:
    found = drain(READER, HEAD + SINGLE + PAGE)
    (message,) = found.messages

    assert message.url == "https://forum.example.org/thread/8"
    assert message.received is not None
    assert message.received.written == ("Fri Nov 20 2026 21:30:00 GMT+0530 (India Standard Time)")
    assert message.received.instant == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert (message.received.zone, message.received.zone_source) == ("+05:30", "file")
    assert found.notes.facts["saved_by"] == "SingleFile"


def test_of_two_such_notes_the_first_is_the_programs() -> None:
    assert page(HEAD + BROWSER + SINGLE + PAGE).url == URL
    assert page(HEAD + SINGLE + BROWSER + PAGE).url == "https://forum.example.org/thread/8"


def test_a_note_far_into_the_page_is_the_pages_own() -> None:
    assert page(PAGE + b"<p>x</p>" * 5_000 + BROWSER).url == ""


@pytest.mark.parametrize("date", [b"", b" saved date: long ago\n"])
def test_a_note_without_a_moment_has_none(date: bytes) -> None:
    begin, _old = SINGLE.split(b" saved date")
    found = page(HEAD + begin + date + b"-->" + PAGE)

    assert found.url == "https://forum.example.org/thread/8"
    assert found.received is None or found.received.instant is None


def test_what_a_page_says_of_itself_is_told_and_not_believed() -> None:
    assert drain(READER, PAGE).notes.facts == {
        "canonical": "https://forum.example.org/thread/seven",
        "og_url": "https://forum.example.org/og",
        "published": "2026-11-19T10:00:00+05:30",
    }


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<html><meta charset=windows-1252><p>caf\xe9", "café"),
        (b"\xef\xbb\xbf<html><p>caf\xc3\xa9", "café"),
        ("\ufeff<html><p>नमस्ते".encode("utf-16-le"), "नमस्ते"),
        ("\ufeff<html><p>नमस्ते".encode("utf-16-be"), "नमस्ते"),
        ("<html><meta charset=big5><p>測試".encode("big5"), "測試"),
    ],
)
def test_letters_are_read_by_mark_or_declaration(data: bytes, text: str) -> None:
    assert page(data).text == text
    assert READER.match(data, "x") == LIKELY


# Which file is one


@pytest.mark.parametrize(
    "data",
    [
        PAGE,
        b"<html>",
        b" \r\n<HTML lang=en>",
        b"<!doctype html>",
        HEAD + SINGLE,
        b"<!-- x --><!-- y -->\n<html>",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">',
    ],
)
def test_it_is_known_by_how_it_begins(data: bytes) -> None:
    assert READER.match(data, "x") == LIKELY
    reader = find_reader(data, "x")
    assert reader is not None
    assert reader.name == "html"


def test_a_piece_of_a_page_may_be_one() -> None:
    assert READER.match(b"<div><p>I know", "x") == MAYBE


@pytest.mark.parametrize(
    "data", [b"", b"x", b"<", b"a < b <p>", b"<?xml version='1.0'?><smses>", b"<!-- <html>", b"{}"]
)
def test_no_other_bytes_are_taken_for_one(data: bytes) -> None:
    assert READER.match(data, "x.html") == NO


# Hostile


def test_cut_off_at_every_byte_it_gives_a_page() -> None:
    data = HEAD + BROWSER + SINGLE + PAGE
    for length in range(len(data)):
        assert drain(READER, data[:length]).seconds < SMALL_S
        READER.match(data[:length], "x")


def test_changed_anywhere_it_gives_a_page() -> None:
    data = HEAD + BROWSER + SINGLE + PAGE
    dice = random.Random(3)  # noqa: S311 - the same changes each time
    for _ in range(1_500):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(data))] = dice.choice((0, 10, 60, 62, 34, 255))
        assert len(drain(READER, bytes(changed)).messages) == 1


@given(st.binary(max_size=600))
def test_any_bytes_give_a_page(data: bytes) -> None:
    READER.match(data, "x")
    assert len(drain(READER, b"<html>" + data).messages) == 1


@pytest.mark.parametrize(
    "piece",
    [
        "<meta ",
        "<meta property=",
        "<link rel=canonical ",
        "<!-- saved from url=(",
        "<!--\nPage saved with SingleFile\nurl: x",
        "<!--",
        "<p>",
        "<",
        'rel="',
        " ",
    ],
)
def test_millions_of_anything_take_linear_time(piece: str) -> None:
    data = ("<html>" + piece * (2_000_000 // len(piece))).encode()
    begun = time.process_time()
    drain(READER, data)

    assert time.process_time() - begun < 30


def test_a_page_without_end_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stalklog.readers.html.MAX_PAGE_BYTES", len(PAGE) - 200)
    found = drain(READER, PAGE)

    assert found.messages[0].text == "Thread\n\nI know where you live."
    assert found.reasons == ["over-limit"]
    assert found.messages[0].place.sha256 == hashlib.sha256(PAGE).hexdigest()


def test_a_stream_that_gives_little_at_once_is_read_the_same() -> None:
    assert drain(READER, PAGE, most=7).messages == drain(READER, PAGE).messages

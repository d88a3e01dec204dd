"""Google Voice's talks and calls, a page each, and all in a zip."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file
from tests.readers.zips import assert_places, zipped

from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.google_voice import GoogleVoiceReader
from stalklog.readers.google_voice_zip import GoogleVoiceZipReader
from stalklog.readers.table import find_reader
from stalklog.records.message import Party

READER = GoogleVoiceReader()
ZIP_READER = GoogleVoiceZipReader()
HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title>Ravi &amp; co</title></head>\n<body>"
)
RAVI = '<a class="tel" href="tel:+15550100"><span class="fn">Ravi</span></a>'
TALK = (
    f'{HEAD}<div class="hChatLog hfeed">\n<div class="message"><abbr class="dt" '
    'title="2024-03-05T21:30:09.123+05:30">Mar 5, 2024, 9:30:09&#8239;PM\nIST</abbr>:\n<cite '
    f'class="sender vcard">{RAVI}</cite>:\n<q>I&#39;m here &lt;div class=&quot;message&quot;&gt;'
    '<br>now</q>\n<div><img src="Ravi - Text - 2024-03-05T16_00_09Z-1-1" alt="Image MMS '
    'Attachment" /></div></div> <div class="message"><abbr class="dt" '
    'title="2024-03-05T21:31:00.000+05:30">Mar 5</abbr>:\n<cite class="sender vcard"><a class="tel"'
    ' href="tel:+15550199"><abbr class="fn" title="">Me</abbr></a></cite>:\n<q>Stop</q>\n</div>'
    "</div></body></html>"
).encode()


def _call(kind: str, label: str, more: str = "") -> bytes:
    return (
        f'{HEAD}<div class="haudio"><span class="album">Call Log for</span>\n<span class="fn">'
        f'{kind} Ravi</span>\n<div class="contributor vcard">{kind}\n{RAVI}</div>\n<abbr '
        f'class="published" title="2024-03-05T21:30:09.000+05:30">Mar 5</abbr>\n{more}<abbr '
        'class="duration" title="PT1M5S">(00:01:05)</abbr>\n<div class="tags">Labels:\n<a rel="tag"'
        f' href="http://www.google.com/voice#{label}">x</a></div></div></body></html>'
    ).encode()


VOICEMAIL = _call(
    "Voicemail from", "voicemail",
    '<span class="description"><span class="full-text">I know where</span></span><audio '
    'controls="controls" src="Ravi - Voicemail - 1.mp3"></audio>',
)  # fmt: skip


def test_a_talk_is_messages_with_their_exact_bytes() -> None:
    (first, own), report = read_file(READER, TALK)
    for message in (first, own):
        piece = TALK[message.place.start : message.place.end]
        assert piece.startswith(b'<div class="message">')
        assert message.place.sha256 == sha256(piece).hexdigest()
    assert (first.sender, first.recipients) == (Party("Ravi", "+15550100"), (Party(role="owner"),))
    assert first.text == 'I\'m here <div class="message">\nnow'
    assert first.sent is not None
    assert first.sent.instant == datetime(2024, 3, 5, 16, 0, 9, 123_000, tzinfo=UTC)
    assert first.sent.zone_source == "file"
    assert (first.conversation, first.flags) == ("Ravi & co", ())
    assert (own.sender, own.text) == (Party("Me", "+15550199", "owner"), "Stop")
    assert (report.bytes_covered, report.is_whole) == (len(TALK), True)


@pytest.mark.parametrize(
    ("kind", "label", "flags"),
    [
        ("Missed call from", "missed", ("missed-call",)), ("Received call from", "received", ()),
        ("Placed call to", "placed", ()),
    ],
)  # fmt: skip
def test_a_call_is_one_in_its_direction(kind: str, label: str, flags: tuple[str, ...]) -> None:
    (call,), report = read_file(READER, _call(kind, label))
    assert (call.kind, call.text, call.duration_s, call.flags) == ("call", "", 65, flags)
    other = call.recipients[0] if label == "placed" else call.sender
    assert (other.label, other.id) == ("Ravi", "+15550100")
    assert report.is_whole


def test_what_was_said_to_the_machine_is_read() -> None:
    (call,) = read_file(READER, VOICEMAIL)[0]
    assert (call.text, call.duration_s, call.flags) == ("I know where", 65, ("voicemail",))
    (call,) = read_file(READER, VOICEMAIL.replace(b"PT1M5S", b"a while"))[0]
    assert (call.text, call.duration_s) == ("duration: a while\nI know where", None)
    assert [one.name for one in call.attachments] == ["Ravi - Voicemail - 1.mp3"]


@pytest.mark.parametrize(
    ("old", "new", "flags"),
    [
        (b"2024-03-05T21:31:00.000+05:30", b"soon", ("bad-date",)),
        (b"2024-03-05T21:31:00.000+05:30", b"2024-03-05T21:31", ("no-zone",)),
        (b'title="2024-03-05T21:31:00.000+05:30"', b"", ("no-date",)),
    ],
)
def test_a_time_that_is_none_is_told(old: bytes, new: bytes, flags: tuple[str, ...]) -> None:
    assert read_file(READER, TALK.replace(old, new))[0][1].flags == flags


FILES = {
    "Takeout/Voice/Calls/Ravi - Text - 2024-03-05T16_00_09Z.html": TALK,
    "Takeout/Voice/Calls/Ravi - Text - 2024-03-05T16_00_09Z-1-1.jpg": b"a photo",
    "Takeout/Voice/Calls/Ravi - Voicemail - 1.html": VOICEMAIL,
    "Takeout/Voice/Calls/Ravi - Voicemail - 1.mp3": b"a voice",
    "Takeout/archive_browser.html": b"<html></html>",
}


def test_the_zip_is_read_with_its_files() -> None:
    data = zipped(FILES)
    found = find_reader(data, "any.zip")
    assert found is not None
    assert found.name == "google-voice-zip"
    messages, report = read_file(ZIP_READER, data)
    assert_places(messages, FILES)
    assert [message.number for message in messages] == [1, 2, 3]
    files = [one for message in messages for one in message.attachments]
    assert [(one.status, one.place.member.rpartition(".")[2]) for one in files] == [
        ("present", "jpg"), ("present", "mp3"),
    ]  # fmt: skip
    assert [(one.reason, one.detail) for one in report.unread] == [
        ("not-read", "1 file without messages"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "sureness"),
    [(TALK, SURE), (VOICEMAIL, SURE), (TALK[60:], NO), (b"<html>x</html>", NO), (b"", NO)],
)
def test_a_page_is_known_by_its_marks(data: bytes, sureness: int) -> None:
    assert READER.match(data, "x.html") == sureness


def test_a_zip_is_known_by_its_folders() -> None:
    assert ZIP_READER.match(zipped({"Takeout/Voice/Calls/x": b""}), "any") == LIKELY
    assert ZIP_READER.match(zipped({"Takeout/Mail/x": b""}), "any") == NO


def test_cut_off_at_every_byte_it_gives_what_is_there() -> None:
    for data in (TALK, VOICEMAIL):
        for end in range(len(data)):
            found = drain(READER, data[:end], most=13)
            assert found.notes.bytes_covered == end
            assert found.reasons
            assert found.seconds < SMALL_S


_PIECES = st.sampled_from(['<div class="message">', "<q>", "</q>", '<abbr class="dt" title="', "<"])


@given(st.lists(_PIECES | st.text(max_size=6), max_size=30))
@settings(deadline=None)
def test_any_page_is_covered(pieces: list[str]) -> None:
    data = (HEAD + "".join(pieces)).encode("utf-8", "surrogatepass")
    assert drain(READER, data).notes.bytes_covered == len(data)


@pytest.mark.parametrize("piece", ["<q>", "<img ", '<span class="full-text">', "<div ", '<a rel="'])
def test_marks_without_an_end_take_no_long_time(piece: str) -> None:
    data = (HEAD + '<div class="message">' + piece * (200_000 // len(piece))).encode()
    assert drain(READER, data).seconds < 8 * SMALL_S

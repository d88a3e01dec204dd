"""A mail gives itself and those inside it, each with its place in the untouched bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

import pytest
from tests.readers.mail.mails import (
    FORWARDED,
    HINDI,
    LIST,
    PLAIN,
    POST,
    SAMPLES,
    WITH_FILES,
    mail,
    read,
    read_one,
)

from stalklog.readers.base import Notes
from stalklog.readers.mail import read as module
from stalklog.readers.mail.read import read_headers, read_mail
from stalklog.records.message import FLAGS, Party

if TYPE_CHECKING:
    from stalklog.records.message import Message, Place


def test_a_mail_says_who_to_whom_when_and_what() -> None:
    found = read_one(PLAIN)
    assert found.number == 1
    assert found.kind == "message"
    assert found.sender == Party("Ravi K.", "ravi@example.org")
    assert found.recipients == (Party("Asha", "asha@example.net", "to"),)
    assert found.subject == "I know where you are"
    assert found.text == "You cannot hide.\n"
    assert found.native_id == "<one@example.org>"
    assert found.reply_to == "<zero@example.net>"
    assert found.audience == "alone"
    assert found.forwarded is None
    assert found.flags == ()


def test_the_time_as_written_stands_beside_what_was_understood() -> None:
    sent = read_one(PLAIN).sent
    assert sent is not None
    assert sent.written == "Tue, 5 Mar 2024 21:30:00 +0530"
    assert sent.instant == datetime(2024, 3, 5, 16, 0, tzinfo=UTC)
    assert (sent.wall, sent.precision) == ("2024-03-05T21:30:00", "second")
    assert (sent.zone, sent.zone_source) == ("+05:30", "file")


def test_the_topmost_received_tells_when_it_came() -> None:
    received = read_one(PLAIN).received
    assert received is not None
    assert received.instant == datetime(2024, 3, 5, 16, 0, 9, tzinfo=UTC)


def test_hindi_is_read_and_a_zone_of_three_countries_is_none() -> None:
    found = read_one(HINDI)
    assert found.sender.label == "रवि"
    assert found.subject == "मैं जान"
    assert found.text == "मैं जानता हूँ तुम कहाँ हो\n"
    assert found.sent is not None
    assert (found.sent.zone, found.sent.instant) == ("IST", None)
    assert found.flags == ("no-zone",)


def test_files_are_told_with_their_decoded_size_and_hash() -> None:
    found = read_one(WITH_FILES)
    remote, picture, text = found.attachments
    assert (remote.status, remote.name) == ("remote", "http://track.example.org/1.gif")
    assert (picture.name, picture.media_type) == ("द्वार.jpg", "image/jpeg")
    assert picture.sha256 == sha256(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01").hexdigest()
    assert picture.size_bytes == 13
    assert (text.name, text.place.part) == ("list.txt", "3")
    assert text.sha256 == sha256(b"one\r\ntwo").hexdigest()
    assert found.text == "Look at these."
    assert [party.role for party in found.recipients] == ["to", "to", "cc"]
    assert found.recipients[2].label == "K, Office"
    assert found.audience == "several"


def test_a_file_is_where_its_place_says() -> None:
    for attachment in read_one(WITH_FILES).attachments[1:]:
        _assert_slice(WITH_FILES, attachment.place)
    picture = read_one(WITH_FILES).attachments[1]
    assert WITH_FILES[picture.place.start : picture.place.end] == b"/9j/4AAQSkZJRgABAQ=="


def test_an_attached_mail_is_a_message_inside_the_other() -> None:
    (outer, inner), _notes = read(FORWARDED)
    assert (outer.forwarded, outer.text) == ("attached", "This is what he wrote.")
    assert (inner.number, inner.parent, inner.place.part) == (2, 1, "2")
    assert FORWARDED[inner.place.start : inner.place.end] == PLAIN
    assert inner.place.sha256 == sha256(PLAIN).hexdigest()
    assert inner.sender == Party("Ravi K.", "ravi@example.org")


def test_an_attached_mail_in_base64_is_read_and_has_the_place_of_its_letters() -> None:
    letters = b"RnJvbTogcmF2aUBleGFtcGxlLm9yZwpEYXRlOiA1IE1hciAyMDI0IDEwOjAwIEdNVAoKaGk="
    data = (
        b"From: asha@example.net\nDate: 6 Mar 2024 10:00 GMT\n"
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + letters
    )
    (outer, inner), _notes = read(data)
    assert outer.forwarded == "attached"
    assert inner.text == "hi"
    assert data[inner.place.start : inner.place.end] == letters
    assert inner.place.sha256 == sha256(letters).hexdigest()


def test_parts_of_inner_mails_are_numbered_as_imap_does() -> None:
    data = mail("", Content_Type="multipart/mixed; boundary=o") + (
        b"--o\n\ntext\n--o\nContent-Type: message/rfc822\n\n" + WITH_FILES + b"\n--o--\n"
    )
    (_outer, inner), _notes = read(data)
    assert inner.place.part == "2"
    assert [each.place.part for each in inner.attachments[1:]] == ["2.2", "2.3"]
    for attachment in inner.attachments[1:]:
        _assert_slice(data, attachment.place)


def test_a_post_of_a_newsgroup_is_a_post_in_its_groups() -> None:
    found = read_one(POST)
    assert (found.kind, found.conversation) == ("post", "alt.example.people,alt.example.test")
    assert found.reply_to == "<parent@example.org>"
    assert found.sent is not None
    assert found.sent.precision == "minute"
    assert found.audience is None


def test_a_page_is_the_text_that_it_shows() -> None:
    found = read_one(LIST)
    assert found.text == "Café now “open”"
    assert found.audience == "bulk"
    assert "hidden-text" in found.flags
    assert found.sent is not None
    assert found.sent.zone == "-05:00"


def test_what_the_page_says_and_the_plain_text_does_not_is_shown_too() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nHappy birthday to you.\n"
        "--b\nContent-Type: text/html\n\n<p>I will come to your house tonight.</p>\n--b--\n"
    )
    found = read_one(mail(body, Content_Type="multipart/alternative; boundary=b"))
    assert found.text == "Happy birthday to you.\nI will come to your house tonight."
    assert "other-text" in found.flags


def test_a_page_that_says_the_same_adds_nothing() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nSee you *there*\nat this<http://example.org/a>\n"
        "--b\nContent-Type: text/html\n\n<p>See you <b>there</b> at <a href=x>this</a></p>\n--b--\n"
    )
    found = read_one(mail(body, Content_Type="multipart/alternative; boundary=b"))
    assert found.text == "See you *there*\nat this<http://example.org/a>"
    assert "other-text" not in found.flags


@pytest.mark.parametrize(
    "before",
    [
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b"From ravi Tue Mar  5 2024\n",
        b">From ravi Tue Mar  5 2024\n",
        b"Microsoft Mail Internet Headers Version 2.0\r\n",
    ],
)
def test_what_stands_before_the_header_is_no_part_of_it(before: bytes) -> None:
    found = read_one(before + PLAIN)
    assert found.sender.id == "ravi@example.org"
    assert found.flags == ()
    assert (found.place.start, found.place.end) == (0, len(before) + len(PLAIN))
    assert found.place.sha256 == sha256(before + PLAIN).hexdigest()


def test_line_ends_of_old_macintoshes_are_line_ends() -> None:
    data = PLAIN.replace(b"\n", b"\r")
    found = read_one(data)
    assert found.subject == "I know where you are"
    assert found.place.sha256 == sha256(data).hexdigest()


def test_places_count_from_where_the_mail_begins_in_the_original() -> None:
    messages, _notes = read(FORWARDED, start=1000)
    original = bytes(1000) + FORWARDED
    for message in messages:
        _assert_slice(original, message.place)


def test_a_view_of_a_mapped_file_is_read_as_bytes_are() -> None:
    view = memoryview(bytes(7) + WITH_FILES + b"rest")[7 : 7 + len(WITH_FILES)]
    found = read_mail(view, start=7, numbers=count(4), notes=Notes(), member="a.zip/b", item="9")
    message = next(found)
    assert message.number == 4
    assert (message.place.member, message.place.item) == ("a.zip/b", "9")
    assert {each.place.item for each in message.attachments[1:]} == {"9"}


def test_headers_alone_say_what_they_say() -> None:
    said = read_headers(b"From: ravi@example.org\r\nSubject: =?utf-8?q?=C3=A9?=")
    assert (said.sender.id, said.subject) == ("ravi@example.org", "é")
    assert said.flags == ("no-date",)
    assert read_headers(b"").sender == Party()


def test_a_failed_delivery_and_a_lists_day_are_no_forwards() -> None:
    inner = "--b\nContent-Type: message/rfc822\n\nFrom: asha@example.net\n\nhi\n--b--\n"
    report = mail(inner, Content_Type="multipart/report; boundary=b")
    digest = mail(inner, Content_Type="multipart/digest; boundary=b")
    mixed = "multipart/mixed; boundary=b"
    returned = mail(inner, Content_Type=mixed, Auto_Submitted="auto-replied")
    for data in (report, digest, returned):
        (outer, _inner), _notes = read(data)
        assert outer.forwarded is None


def test_a_file_that_is_a_mail_is_read_and_stays_a_file() -> None:
    part = (
        '--b\nContent-Type: application/octet-stream; name="evidence.EML"\n\n'
        "From: ravi@example.org\nSubject: you\n\nhi\n--b--\n"
    )
    (outer, inner), _notes = read(mail(part, Content_Type="multipart/mixed; boundary=b"))
    assert outer.forwarded == "attached"
    assert outer.attachments[0].name == "evidence.EML"
    assert inner.subject == "you"


def test_what_is_encrypted_is_told() -> None:
    data = mail("MIAG\n", Content_Type="application/pkcs7-mime; smime-type=enveloped-data")
    _messages, notes = read(data)
    assert [unread.reason for unread in notes.unread] == ["encrypted"]


def test_attachments_that_apple_keeps_elsewhere_are_missing() -> None:
    part = "--b\nContent-Type: image/png; name=a.png\nX-Apple-Content-Length: 345\n\n\n--b--\n"
    found = read_one(mail(part, Content_Type="multipart/mixed; boundary=b"))
    assert [(each.status, each.size_bytes) for each in found.attachments] == [("missing", None)]


def test_a_header_that_breaks_off_goes_on_behind_the_broken_line() -> None:
    data = b"From: ravi@example.org\nthis is no field\nSubject: still here\n\ntext\n"
    found = read_one(data)
    assert (found.subject, found.text) == ("still here", "text\n")
    assert "bad-structure" in found.flags


def test_a_body_without_an_empty_line_before_it_is_a_body() -> None:
    data = b"From: ravi@example.org\nSubject: x\nI see you.\nFrom: here\n\nmore\n"
    found = read_one(data)
    assert found.text == "I see you.\nFrom: here\n\nmore\n"
    assert "bad-structure" in found.flags


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed; boundary=other",
        "multipart/mixed",
        "multipart/related; boundary=x\nContent-Type: multipart/mixed; boundary=by",
    ],
)
def test_parts_are_found_by_the_boundary_that_is_used(content_type: str) -> None:
    body = "--b\nContent-Type: text/plain\n\nhi\n--b\nContent-Type: image/png; name=a\n\nx\n--b--\n"
    found = read_one(mail(body.replace("--b", "--by"), Content_Type=content_type))
    assert found.text == "hi"
    assert [each.name for each in found.attachments] == ["a"]


def test_a_multipart_without_any_boundary_is_its_text() -> None:
    found = read_one(mail("hi\n-- \nRavi: me\n", Content_Type="multipart/mixed; boundary=b"))
    assert found.text == "hi\n-- \nRavi: me\n"
    assert "bad-structure" in found.flags


def test_a_field_that_stands_twice_is_told() -> None:
    found = read_one(b"From: ravi@example.org\nFrom: other@example.org\n\nhi")
    assert found.sender.id == "ravi@example.org"
    assert "repeated-header" in found.flags


def test_a_mistake_of_ours_leaves_the_mail_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> Message:
        raise KeyError

    monkeypatch.setattr(module, "understand", fail)
    messages, notes = read(PLAIN)
    assert messages[0].place.sha256 == sha256(PLAIN).hexdigest()
    assert [(each.reason, each.detail) for each in notes.unread] == [("reader-failed", "KeyError")]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_flag_has_words_for_it(name: str) -> None:
    messages, _notes = read(SAMPLES[name])
    assert {flag for message in messages for flag in message.flags} <= FLAGS.keys()


def _assert_slice(original: bytes, place: Place) -> None:
    assert place.start is not None
    assert sha256(original[place.start : place.end]).hexdigest() == place.sha256


def test_bytes_that_no_field_of_names_may_hold_become_letters() -> None:
    found = read_one(
        b"From: a@example.org\nMessage-ID: <\xe9@x>\nNewsgroups: alt.\xe9\n"
        b"In-Reply-To: <\xc3\xa9@x>\nSubject: =?utf-7?q?+2AA-?=\nDate: \xe9\n"
        b"Content-Type: application/\xe9\n\nx\n"
    )
    assert (found.native_id, found.conversation, found.reply_to) == ("<é@x>", "alt.é", "<é@x>")
    assert found.subject == "\ufffd"
    assert found.sent is not None
    assert (found.sent.written, found.attachments[0].media_type) == ("é", "application/é")


@pytest.mark.parametrize(
    ("day", "is_odd"),
    [("26 Feb", True), ("27 Feb", False), ("5 Mar", False), ("6 Mar", False), ("7 Mar", True)],
)  # fmt: skip
def test_a_date_far_from_when_it_was_received_is_odd(day: str, *, is_odd: bool) -> None:
    received = "from a by mx.example.net; Tue, 5 Mar 2024 21:30:09 +0530"
    found = read_one(mail("x", Received=received, Date=f"{day} 2024 21:30:09 +0530"))
    assert found.flags == (("date-apart",) if is_odd else ())
    assert read_one(mail("x", Date=f"{day} 2024 21:30:09 +0530")).flags == ()

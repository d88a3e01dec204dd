"""A file with one e-mail is one message, and the file's own facts are told."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import pytest
from tests.readers.drained import SMALL_S, drain
from tests.readers.files import read_file
from tests.readers.mail.mails import FORWARDED, PLAIN, POST, WITH_FILES

from stalklog.readers import eml
from stalklog.readers.base import LIKELY, MAYBE, NO, Notes
from stalklog.readers.eml import EmlReader

READER = EmlReader()


@pytest.mark.parametrize(
    ("head", "sureness"),
    [
        (PLAIN, LIKELY),
        (POST, LIKELY),
        (b"\xef\xbb\xbf" + PLAIN, LIKELY),
        (b"Microsoft Mail Internet Headers Version 2.0\r\n" + PLAIN, LIKELY),
        (b"From ravi Tue Mar  5 21:30:00 2024\n" + PLAIN, MAYBE),
        (b"Subject: only one field\n\nhi", MAYBE),
        (b"Dear Asha,\nFrom: here on\nTo: there\n", NO),
        (b"Name: x\nPrice: y\n\n", NO),
        (b"5 Mar 2024, 21:30 - Ravi: From: x\n", NO),
        (b"<html>", NO),
        (b"", NO),
    ],
)
def test_a_mail_is_known_by_its_fields(head: bytes, sureness: int) -> None:
    assert READER.match(head, "file") == sureness
    assert READER.match(head, "file.eml") == sureness


def test_it_is_read_whole() -> None:
    messages, report = read_file(READER, FORWARDED)
    assert [message.parent for message in messages] == [None, 1]
    assert report.counts == {"message": 2}
    assert (report.inner, report.is_whole) == (1, True)
    assert (report.bytes_covered, report.bytes_total) == (len(FORWARDED), len(FORWARDED))
    assert report.audiences == {"alone": 2}


@pytest.mark.parametrize(
    ("data", "line_ends"),
    [
        (PLAIN, "LF"),
        (WITH_FILES, "CRLF"),
        (WITH_FILES + b"\n", "CRLF+LF"),
        (PLAIN.replace(b"\n", b"\r"), "CR"),
        (b"From: a", "none"),
    ],
)
def test_its_line_ends_are_told(data: bytes, line_ends: str) -> None:
    assert read_file(READER, data)[1].facts == {"line_ends": line_ends}


@pytest.mark.parametrize(
    ("before", "fact"),
    [
        (b"\xef\xbb\xbf", "byte-order mark"),
        (b"From ravi Tue Mar  5 21:30:00 2024\n", "From line"),
        (b"Microsoft Mail Internet Headers Version 2.0\n",
         "Microsoft Mail Internet Headers Version 2.0"),
    ],
)  # fmt: skip
def test_what_stands_before_it_is_told(before: bytes, fact: str) -> None:
    assert read_file(READER, before + PLAIN)[1].facts["begins_with"] == fact


@pytest.mark.parametrize(
    ("name", "flags", "declared"),
    [
        ("1709654400.M1P2.host,S=141,W=148:2,RS", "RS", {"bytes": 141}),
        ("1709654400.M1P2.host;2,FS", "FS", {}),
        ("1709654400.M1P2.host:2,", "", {}),
        ("1709654400.M1P2.host", None, {}),
        ("letter.eml", None, {}),
    ],
)
def test_the_name_of_a_maildir_tells_flags_and_size(
    name: str, flags: str | None, declared: dict[str, int]
) -> None:
    report = read_file(READER, PLAIN, name)[1]
    assert report.facts.get("maildir_flags") == flags
    assert report.declared == declared


class _Slow(BytesIO):
    """A stream that gives seven bytes at a time, as one that decrypts might."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size or 0))


def test_a_stream_that_gives_little_at_a_time_is_read_whole() -> None:
    (message,) = READER.read(_Slow(PLAIN), "file", Notes())
    assert message.text == "You cannot hide.\n"
    assert message.place.sha256 == sha256(PLAIN).hexdigest()


def test_of_a_mail_over_the_limit_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eml, "MAX_MAIL_BYTES", 600)
    data = PLAIN + b"x" * 5000
    (message,), report = read_file(READER, data)
    assert message.place.sha256 == sha256(data).hexdigest()
    assert (message.place.start, message.place.end) == (0, len(data))
    assert message.sender.id == "ravi@example.org"
    assert "parts-cut" in message.flags
    assert not report.is_whole


def test_marks_without_end_on_one_letter_take_no_long_time() -> None:
    text = "a" + "\u0301\u0316" * 100_000
    field = "Content-Type: text/plain; charset=utf-8\n\n"
    found = drain(EmlReader(), f"From: a@example.org\nTo: b@example.net\n{field}{text}".encode())
    assert found.seconds < SMALL_S
    assert found.messages[0].text == text

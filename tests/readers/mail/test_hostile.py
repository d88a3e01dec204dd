"""Nothing that a stranger writes makes it raise or hang, and each limit is named."""

from __future__ import annotations

import random
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.mail.mails import FORWARDED, PLAIN, SAMPLES, WITH_FILES, mail, read

from stalklog.records.message import FLAGS, REASONS
from stalklog.safety.limits import (
    MAX_DEPTH,
    MAX_PARTS,
    MAX_RECIPIENTS,
    MAX_REMOTE,
    MAX_TEXT_CHARS,
)

if TYPE_CHECKING:
    from stalklog.records.message import Message

SMALL_S = 0.3


def _read(data: bytes) -> tuple[list[Message], set[str]]:
    """Read it, and hold what must hold for any bytes."""
    messages, notes = read(data)
    assert messages[0].place.sha256 == sha256(data).hexdigest()
    assert [message.number for message in messages] == list(range(1, len(messages) + 1))
    for message in messages:
        assert set(message.flags) <= FLAGS.keys()
        assert len(message.text) <= MAX_TEXT_CHARS + MAX_PARTS
        for place in (message.place, *(each.place for each in message.attachments)):
            if place.start is not None and place.end is not None:
                assert 0 <= place.start <= place.end <= len(data)
                assert sha256(data[place.start : place.end]).hexdigest() == place.sha256
    reasons = {unread.reason for unread in notes.unread}
    assert reasons <= REASONS.keys() - {"reader-failed"}
    return messages, reasons


@pytest.mark.parametrize("name", SAMPLES)
def test_cut_off_at_every_byte(name: str) -> None:
    data = SAMPLES[name]
    for end in range(len(data)):
        _read(data[:end])


@pytest.mark.parametrize("name", SAMPLES)
def test_with_any_byte_changed(name: str) -> None:
    draw = random.Random(name)  # noqa: S311 - no secret
    for position in range(len(SAMPLES[name])):
        data = bytearray(SAMPLES[name])
        data[position] = draw.choice(b'\0\r\n:;="-<>(\xff\x80A ')
        _read(bytes(data))


@given(st.binary(max_size=500))
def test_any_bytes(data: bytes) -> None:
    _read(data)


_PIECES = st.sampled_from(
    [b"From: a@example.org\n", b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"--b--\n",
     b"Content-Type: message/rfc822\n", b"Content-Transfer-Encoding: base64\n", b"\n", b"\r\n",
     b"Content-Type: text/html; charset=utf-16\n", b"=?utf-8?b?", b"?=", b"Date: ", b"x" * 80,
     b"Content-Type: multipart/alternative; boundary=c\n", b"--c\n", b"Subject: Fwd: x\n", b" ",
     b"Content-Disposition: attachment; filename*0*=x.eml\n", b"<p hidden>", b"\xff",
     b"To: b, c <d>\n", b"\0"],
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=30))
def test_any_pieces_of_mails(pieces: list[bytes]) -> None:
    _read(b"".join(pieces))


def _nested_parts(depth: int) -> bytes:
    body = b"hello"
    for level in range(depth):
        mark = b"b%d" % level
        body = b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n%s\n--%s--\n" % (
            mark, mark, body, mark,
        )  # fmt: skip
    return b"From: ravi@example.org\n" + body


def _nested_mails(depth: int) -> bytes:
    head = b"From: ravi@example.org\nContent-Type: message/rfc822\n\n"
    return head * depth + b"From: ravi@example.org\n\nhello"


@pytest.mark.parametrize("depth", [MAX_DEPTH + 5, 5_000])
def test_parts_nested_without_end_stop_at_the_depth(depth: int) -> None:
    messages, reasons = _read(_nested_parts(depth))
    assert "too-deep" in messages[0].flags
    assert reasons == {"over-limit"}


@pytest.mark.parametrize("depth", [MAX_DEPTH + 5, 5_000])
def test_mails_nested_without_end_stop_at_the_depth(depth: int) -> None:
    messages, reasons = _read(_nested_mails(depth))
    assert len(messages) <= MAX_DEPTH + 1
    assert "too-deep" in messages[-1].flags
    assert reasons == {"over-limit"}


def test_one_boundary_for_all_levels_stops_at_a_limit() -> None:
    level = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    messages, reasons = _read(b"From: ravi@example.org\n" + level * 20_000)
    assert {"parts-cut", "too-deep"} & set(messages[0].flags)
    assert reasons == {"over-limit"}


def test_ten_thousand_parts_stop_at_the_parts() -> None:
    part = b"--b\nContent-Disposition: attachment; filename=a\n\nx\n"
    head = mail("", Content_Type="multipart/mixed; boundary=b")
    messages, reasons = _read(head + part * 10_000 + b"--b--\n")
    assert len(messages[0].attachments) == MAX_PARTS
    assert "parts-cut" in messages[0].flags
    assert reasons == {"over-limit"}


def test_ten_thousand_mails_in_one_stop_at_the_parts() -> None:
    part = b"--b\nContent-Type: message/rfc822\n\nFrom: a@example.org\n\nx\n"
    head = mail("", Content_Type="multipart/mixed; boundary=b")
    messages, reasons = _read(head + part * 10_000 + b"--b--\n")
    assert len(messages) == MAX_PARTS + 1
    assert "parts-cut" in messages[0].flags
    assert reasons == {"over-limit"}


@pytest.mark.parametrize(
    "header",
    [b"X: " + b"y" * 5_000_000, b"X: " + b"y\n " * 1_700_000, b"X: y\n" * 1_000_000],
    ids=["one-line", "folded", "fields"],
)
def test_a_header_of_five_megabytes_is_cut(header: bytes) -> None:
    messages, reasons = _read(b"From: ravi@example.org\n" + header.rstrip() + b"\n\nhi")
    assert "header-cut" in messages[0].flags
    assert messages[0].sender.id == "ravi@example.org"
    assert messages[0].text == "hi"
    assert reasons == {"over-limit"}


def test_a_hundred_thousand_recipients_are_cut() -> None:
    everybody = ",\n ".join(f"p{number}@example.org" for number in range(100_000))
    messages, reasons = _read(mail("hi", To=everybody))
    assert len(messages[0].recipients) == MAX_RECIPIENTS
    assert {"recipients-cut", "header-cut"} <= set(messages[0].flags)
    assert messages[0].audience == "bulk"
    assert reasons == {"over-limit"}


def test_a_text_over_the_limit_is_cut() -> None:
    messages, reasons = _read(mail("x" * (MAX_TEXT_CHARS + 1)))
    assert len(messages[0].text) == MAX_TEXT_CHARS
    assert "text-cut" in messages[0].flags
    assert reasons == {"over-limit"}


def test_the_texts_of_all_parts_share_one_limit() -> None:
    part = "--b\n\n" + "x" * (MAX_TEXT_CHARS * 2 // 3) + "\n"
    data = mail(part * 3 + "--b--\n", Content_Type="multipart/mixed; boundary=b")
    messages, reasons = _read(data)
    assert messages[0].text.count("x") == MAX_TEXT_CHARS
    assert "text-cut" in messages[0].flags
    assert reasons == {"over-limit"}


def test_a_page_full_of_remote_pictures_is_cut() -> None:
    page = "".join(f"<img src=http://example.org/{number}>" for number in range(MAX_REMOTE * 2))
    messages, reasons = _read(mail(page, Content_Type="text/html"))
    assert len(messages[0].attachments) == MAX_REMOTE
    assert "text-cut" in messages[0].flags
    assert reasons == {"over-limit"}


_LONG = 400_000


@pytest.mark.parametrize("piece", ['"', '"a', "(", "<", ",", ":", ";", "\\", "@", "a @ ", " ",
    "=?a?q?", "=?utf-8?b?YQ==?= ", ";a=b", ';a="', ";a*0*=", "1 ", "a: ", "<a@b>"])  # fmt: skip
@pytest.mark.parametrize(
    "field", ["To", "Subject", "Content-Type", "Date", "Received", "References"]
)
def test_no_field_takes_time_by_the_square(field: str, piece: str) -> None:
    value = piece * (_LONG // len(piece))
    began = time.process_time()
    _read(mail("hi", **{field.replace("-", "_"): value}))
    assert time.process_time() - began < 2


@pytest.mark.parametrize("piece", ["=", "= ", "=YQ", "--b\n", "--bx\n", "----- x -----\n",
    "From: \n", "Begin forwarded message:\n", "> ", "a: b: ", "begin 644 a\n", "M\n"])  # fmt: skip
@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable", "x-uuencode"])
def test_no_body_takes_time_by_the_square(encoding: str, piece: str) -> None:
    text = piece * (_LONG // len(piece))
    began = time.process_time()
    _read(
        mail(text, Content_Transfer_Encoding=encoding, Subject="Fwd: x",
             Content_Type="multipart/mixed; boundary=b")
    )  # fmt: skip
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "data", [PLAIN, WITH_FILES, FORWARDED, _nested_mails(300), _nested_parts(300)]
)
def test_a_small_mail_takes_no_time(data: bytes) -> None:
    began = time.process_time()
    _read(data)
    assert time.process_time() - began < SMALL_S

"""Media types are told from the first bytes, whatever the name says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core.media import kind_of, media_type_of


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", "application/x-empty"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "image/heic"),
        (b"\0\0\0\x18ftyp3gp4", "video/3gpp"),
        (b"RIFF....WAVE", "audio/wav"),
        (b"....    WAVE", "text/plain"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"Return-Path: <a@example.org>\r\nReceived: from x\r\n by y\r\n", "message/rfc822"),
        (b"Received: from x\n by y\nFrom: a@example.org\n", "message/rfc822"),
        (b"From a@example.org Mon Oct 12 10:00:00 2026\nFrom: a\n", "application/mbox"),
        (b"Received: from x\n\tby y\nFrom: a@example.org\n", "message/rfc822"),
        (b"Dear: a\n b\nFrom: a@example.org\n", "message/rfc822"),
        (b"From: a@example.org\nDear: a\n", "message/rfc822"),
        (b"X-Priority: 1\nDear: a\n", "message/rfc822"),
        (b"From: a@example.org\nTo: b@example.org\nSubject: c\n", "message/rfc822"),
        (b"Dear: you\nand: me\n", "text/plain"),
        (b"From: me\nwith love\n", "text/plain"),
        (b"Received: from x\n by", "text/plain"),
        (b"[11/10/2026, 22:05:52] Ms A: hello\r\n", "text/plain"),
        (b'[{"a": 1}]', "application/json"),
        (b'{ "a": 1}', "application/json"),
        (b'\x0c{"a": 1}', "text/plain"),
        (b"<!DOCTYPE html>", "text/html"),
        (b"<?xml version=", "application/xml"),
        (b"\xef\xbb\xbf<?xml version=", "application/xml"),
        ("नमस्ते".encode(), "text/plain"),
        ("hello".encode("utf-16"), "text/plain"),
        (b"\0\1\2\3", "application/octet-stream"),
        (b"BM is how I call him\n", "text/plain"),
        (b"BM", "text/plain"),
        (b"BM: hello\nTo: a@example.org\n", "message/rfc822"),
        *(
            (b"BM......\0\0" + start + size.to_bytes(4, "little") + b"\x10\0", "image/bmp")
            for start in (b"6\0\0\0", b"\x1a\0\0\0")
            for size in (12, 40, 56, 124)
        ),
        (b"BM......\0\0\0\0\0\0" + (41).to_bytes(4, "little"), "application/octet-stream"),
        *(
            (bytes((0xFF, second, 0x90, 0x64)), "audio/mpeg")
            for second in (0xFA, 0xFB, 0xFC, 0xFD, 0xF2, 0xF3, 0xF4, 0xF5, 0xE2, 0xE3)
        ),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\xff\xfb\x90\x04", "audio/mpeg"),
        (b"\xff\xfb\x98\x64", "audio/mpeg"),
        (b"\xff\x1b\x90\x64", "text/plain"),
        (b"A\xfb\x90\x64", "text/plain"),
        *(
            (bytes((0xFF, *rest)), "application/octet-stream")
            for rest in (
                (0xFB, 0xF0, 0),
                (0xFB, 0x00, 0),
                (0xFB, 0x9C, 0),
                (0xEB, 0x90, 0),
                (0xF9, 0x90, 0),
            )
        ),
        (b"\xff\xfb", "text/plain"),
        ("hello".encode("utf-16-le").join((b"\xff\xfe", b"")), "text/plain"),
    ],
)
def test_the_first_bytes_tell(head: bytes, expected: str) -> None:
    assert media_type_of(head) == expected


@pytest.mark.parametrize(
    ("media_type", "name", "expected"),
    [
        ("image/png", "Screenshot_20261013.png", "screenshot"),
        ("image/jpeg", "IMG_0001.jpg", "photo"),
        ("message/rfc822", "x.eml", "email"),
        ("application/mbox", "Inbox", "mailbox"),
        ("text/plain", "_chat.txt", "document"),
        ("application/zip", "WhatsApp Chat - x.zip", "other"),
        ("audio/wav", "a.wav", "recording"),
        ("application/octet-stream", "chat.bin", "other"),
        ("application/x-empty", "chat.txt", "other"),
        ("text/plain", "notes.txt", "document"),
    ],
)
def test_the_kind_is_a_first_guess(media_type: str, name: str, expected: str) -> None:
    assert kind_of(media_type, name) == expected


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(head: bytes) -> None:
    assert "/" in media_type_of(head)

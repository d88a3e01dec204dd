"""What kind of file it is, told from its first bytes: a label to sort by, never a judgement.

A table of our own: libmagic is a C library that Windows lacks, `filetype` has had no release since
2022, and `puremagic` costs more for a file than copying and hashing it does.
"""

from __future__ import annotations

import re

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
)
_RIFF = {8}
_FIRST_BYTES = frozenset(
    {*b"RB\xff", *(sig[0] for offset, sig, _name in _SIGNATURES if not offset)}
)
"""With which bytes a file begins that has a signature; those inside RIFF begin with an R, and what
has a rule below with a B or 0xFF."""
_BITMAPS = frozenset(size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124))
"""How long the second header of a bitmap is, in its versions."""
_RESERVED_VERSION, _LAYERS, _RESERVED_RATE, _SPEEDS = 1, {1, 2}, 3, range(1, 15)
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"3gp": "video/3gpp",
}
_MBOX = re.compile(rb"From [^\r\n]{3,200} [0-9]{1,2} [0-9:]{4,8}[^\r\n]*[0-9]{4}\r?\n")
_HEADER = re.compile(rb"[!-9;-~]{2,60}:[ \t]?[^\r\n]*\r?\n")
_MAIL_NAMES = (
    b"received:", b"return-path:", b"delivered-to:", b"from:", b"to:", b"subject:", b"date:",
    b"message-id:", b"mime-version:", b"x-",
)  # fmt: skip
_MARKUP = (
    (b"<?xml", "application/xml"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
)
_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[\[{\"\]]")
"""An object, or an array of anything but numbers: a chat export begins with `[11/10/2026, `."""
_UTF16 = {b"\xff\xfe", b"\xfe\xff"}
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")

_KINDS = {
    "message/rfc822": "email",
    "application/mbox": "mailbox",
    "application/vnd.ms-outlook-pst": "mailbox",
    "text/html": "web-page",
    "multipart/related": "web-page",
    "application/pdf": "document",
    "application/rtf": "document",
    "application/x-ole-storage": "document",
}
_KIND_OF_FAMILY = {"image": "photo", "audio": "recording", "video": "video"}
_SCREENSHOT = re.compile(r"screen[-_ ]?shot|screen[-_ ]?capture|स्क्रीनशॉट", re.IGNORECASE)
MAX_SIGNATURE_BYTES = 4096
"""So much of the beginning tells the type."""


def media_type_of(head: bytes) -> str:
    """The media type that the first bytes of a file tell; `application/octet-stream` for none."""
    if not head:
        return "application/x-empty"
    if head[4:8] == b"ftyp":
        return _brand(head[8:12])
    for offset, signature, name in _SIGNATURES if head[0] in _FIRST_BYTES else ():
        if head.startswith(signature, offset) and (offset not in _RIFF or head[:4] == b"RIFF"):
            return name
    if is_bitmap(head):
        return "image/bmp"
    return "audio/mpeg" if _is_frame(head) else _text_type(head)


def is_bitmap(head: bytes) -> bool:
    """Whether it begins as a Windows bitmap does: its two letters alone are a text too."""
    return head[:2] == b"BM" and head[14:18] in _BITMAPS


def _is_frame(head: bytes) -> bool:
    """Whether it begins with the head of an MPEG audio frame (ISO/IEC 11172-3, section 2.4.1.3).

    Of the layers I to III nobody has the first, which begins like a text in UTF-16.
    """
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - eleven bits
        return False
    version, layer, speed, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return (
        version != _RESERVED_VERSION
        and layer in _LAYERS
        and speed in _SPEEDS
        and rate != _RESERVED_RATE
    )


def kind_of(media_type: str, name: str) -> str:
    """The kind of evidence that a file of this type most likely is.

    Args:
        media_type: As `media_type_of` tells it.
        name: Tells a screenshot from another picture, and nothing else.
    """
    if media_type.startswith("image/") and _SCREENSHOT.search(name):
        return "screenshot"
    family = media_type.partition("/")[0]
    if media_type in _KINDS or family in _KIND_OF_FAMILY:
        return _KINDS.get(media_type) or _KIND_OF_FAMILY[family]
    return "document" if family == "text" else "other"


def _brand(brand: bytes) -> str:
    return _BRANDS.get(brand) or _BRANDS.get(brand[:3]) or "video/mp4"


def _text_type(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    for begin, name in _MARKUP if start[:1] == b"<" else ():
        if start[: len(begin)].lower() == begin:
            return name
    if _MBOX.match(head):
        return "application/mbox"
    return "message/rfc822" if _is_mail(start) else _plain_type(head, start)


def _plain_type(head: bytes, start: bytes) -> str:
    if _CONTROL.search(head) and head[:2] not in _UTF16:
        return "application/octet-stream"
    return "application/json" if _JSON.match(start) else "text/plain"


def _is_mail(start: bytes) -> bool:
    """Whether it begins with two header fields, one of them of a mail."""
    names: list[bytes] = []
    position = 0
    while len(names) < 2 and (found := _HEADER.match(start, position)):  # noqa: PLR2004 - two fields
        names.append(found[0].lower())
        position = found.end()
        while (follow := start.find(b"\n", position)) != -1 and start[position : position + 1] in {
            b" ",
            b"\t",
        }:
            position = follow + 1
    return len(names) == 2 and any(name.startswith(_MAIL_NAMES) for name in names)  # noqa: PLR2004

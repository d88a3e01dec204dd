"""The bytes of a part, decoded: its transfer encoding taken off, and whether that went well."""

from __future__ import annotations

import binascii
import re
from hashlib import sha256
from typing import Final

_BLANKS: Final = b" \t\r\n\v\f"
_BLOCK_BYTES: Final = 1 << 20
_PLAIN: Final = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit"})
_BROKEN_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r*(?:\n|\Z))")
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin [0-7]{3,4} [^\n]*\n")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def encoding_of(written: str) -> str:
    """The name of a transfer encoding, from what its field says."""
    words = written.replace(";", " ").split()
    return words[0].strip("\"'").lower() if words else ""


def decode_body(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """The decoded bytes of a part, and whether its encoding is whole; never raises.

    Args:
        data: The body as it stands in the mail.
        encoding: What `encoding_of` gave.
    """
    if encoding in _PLAIN:
        return data, True
    if encoding == "base64":
        return _decode_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data), not _BROKEN_QP.search(data)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _decode_uu(data)
    return data, False


def digest_body(data: memoryview, encoding: str) -> tuple[int, str, bool]:
    """The size and SHA-256 of a part when decoded, and whether its encoding is whole.

    Args:
        data: The body as it stands in the mail; it may be hundreds of megabytes.
        encoding: What `encoding_of` gave.
    """
    if encoding in _PLAIN:
        return len(data), sha256(data).hexdigest(), True
    if encoding == "base64" and len(data) > _BLOCK_BYTES:
        found = _digest_base64(data)
        if found:
            return *found, True
    decoded, is_whole = decode_body(bytes(data), encoding)
    return len(decoded), sha256(decoded).hexdigest(), is_whole


def _digest_base64(data: memoryview) -> tuple[int, str] | None:
    """Block by block; None unless all of it is right."""
    digest = sha256()
    size_bytes = 0
    left = b""
    for start in range(0, len(data), _BLOCK_BYTES):
        packed = left + bytes(data[start : start + _BLOCK_BYTES]).translate(None, _BLANKS)
        whole = len(packed) // 4 * 4
        left = packed[whole:]
        try:
            decoded = binascii.a2b_base64(packed[:whole], strict_mode=True)
        except binascii.Error:
            return None
        is_last = start + _BLOCK_BYTES >= len(data)
        if packed[:whole].endswith(b"=") and not is_last:
            return None
        digest.update(decoded)
        size_bytes += len(decoded)
    return None if left else (size_bytes, digest.hexdigest())


def _decode_base64(data: bytes) -> tuple[bytes, bool]:
    packed = data.translate(None, _BLANKS)
    try:
        return binascii.a2b_base64(packed, strict_mode=True), True
    except binascii.Error:
        pass
    for tail in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(packed + tail), False
        except binascii.Error:
            continue
    try:  # one letter too many: it holds no whole byte
        return binascii.a2b_base64(_NO_BASE64.sub(b"", packed)[:-1]), False
    except binascii.Error:
        return b"", False


def _decode_uu(data: bytes) -> tuple[bytes, bool]:
    found = _UU_BEGIN.search(data)
    if not found:
        return data, False
    decoded: list[bytes] = []
    for line in data[found.end() :].splitlines():
        if line.strip() == b"end":
            return b"".join(decoded), True
        decoded_line = _decode_uu_line(line)
        if decoded_line is None:
            break
        decoded.append(decoded_line)
    return b"".join(decoded), False


def _decode_uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    try:  # many encoders put a letter too much at the end
        return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
    except binascii.Error:
        return None

"""The bytes of a part, decoded: its transfer encoding taken off, and whether that went well."""

from __future__ import annotations

import binascii
import re
from typing import Final

_BLANKS: Final = b" \t\r\n\v\f"
_BROKEN_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r*(?:\n|\Z))")
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin [0-7]{3,4} [^\n]*\n")


def decode_body(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """The decoded bytes of a part, and whether its encoding is whole; never raises.

    Args:
        data: The body as it stands in the mail.
        encoding: The value of Content-Transfer-Encoding.
    """
    name = encoding.strip().partition(";")[0].partition(" ")[0].lower()
    if name in {"", "7bit", "8bit", "binary", "7-bit", "8-bit"}:
        return data, True
    if name == "base64":
        return _decode_base64(data)
    if name == "quoted-printable":
        return binascii.a2b_qp(data), not _BROKEN_QP.search(data)
    if name in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _decode_uu(data)
    return data, False


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
        return binascii.a2b_base64(re.sub(rb"[^A-Za-z0-9+/]", b"", packed)[:-1] + b"=="), False
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
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            return b"".join(decoded), False
    return b"".join(decoded), False

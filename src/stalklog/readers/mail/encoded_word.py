"""The text of a header field: unfolded, its encoded words decoded (RFC 2047), raw bytes guessed.

Encoded words are decoded wherever they stand, inside quotes too, as mail programs do. Neighbours
of one charset are joined before they are decoded: many senders cut a letter in two.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from stalklog.readers.charset import codec_of, decode

_FOLD = re.compile(r"\r*\n[ \t]*|\r")
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?=")
"""Charset, encoding and text. The text may hold a few question marks, which it should not."""
_8BIT = re.compile("[\udc80-\udcff]")


def unfold(value: str) -> str:
    """The value on one line (RFC 5322 section 2.2.3)."""
    return _FOLD.sub(" ", value).strip(" \t") if "\n" in value or "\r" in value else value.strip()


def as_text(value: str) -> str:
    """A value in which only ASCII may stand, and in which somebody may have put other bytes."""
    return value if value.isascii() else _decode_raw(value, "")[0]


def decode_field(value: str, declared: str = "") -> tuple[str, bool]:
    """What an unfolded field says, and whether all of it could be decoded as declared.

    Args:
        value: As `Header` has it: 8-bit bytes as surrogates.
        declared: The charset of the mail's text, for bytes that are not UTF-8.
    """
    is_sure = True
    if not value.isascii():
        value, is_sure = _decode_raw(value, declared)
    if "=?" not in value:
        return value, is_sure
    said: list[str] = []
    words: list[bytes] = []
    charset = ""
    end = 0

    def flush() -> None:
        nonlocal is_sure
        if words:
            text, is_right = decode(b"".join(words), charset)
            said.append(text)
            is_sure = is_sure and is_right
            words.clear()

    for found in _WORD.finditer(value):
        between = value[end : found.start()]
        end = found.end()
        if between.strip() or (between and not words):
            flush()
            said.append(between)
        name = codec_of(found[1]) or found[1].lower()
        if words and name != charset:
            flush()
        data = _bytes_of(found[2], found[3])
        if data is None:
            flush()
            said.append(found[0])
            is_sure = False
            continue
        charset = name
        words.append(data)
    flush()
    said.append(value[end:])
    return "".join(said), is_sure


def _bytes_of(encoding: str, text: str) -> bytes | None:
    raw = text.encode("ascii", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b"_", b" "), header=True)
    raw = raw.rstrip(b"= \t")
    try:
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return None


def _decode_raw(value: str, declared: str) -> tuple[str, bool]:
    """Bytes that stand in a header as they are: UTF-8, else as the text is, else Latin-1."""
    raw = value.encode("ascii", "surrogateescape") if _8BIT.search(value) else value.encode()
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        pass
    codec = codec_of(declared)
    if codec and codec not in _GUESSES:
        try:
            return raw.decode(codec), True
        except (UnicodeError, ValueError, LookupError):
            pass
    return decode(raw)[0], codec in {"iso8859-1", "cp1252"}


_GUESSES: Final = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252", "utf-7"})

"""What letters bytes stand for: as declared, and never more than a marked guess where that fails.

A sender writes the declaration, so it may be missing, wrong or hostile. Where it is wrong the
text comes back marked, and the bytes in the original remain what counts.
"""

from __future__ import annotations

import codecs
from functools import lru_cache
from typing import Final

MAX_NAME_CHARS: Final = 40
"""The longest registered name of a charset (IANA character sets: 40 by rule, RFC 2978)."""

_ALIASES: Final = {
    "ansi_x3.4-1968": "us-ascii",
    "default": "",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "x-unknown": "",
    "unknown-8bit": "",
    "x-user-defined": "",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
"""Names that Python lacks, and those for which everybody means the larger set (WHATWG Encoding)."""
_WESTERN: Final = frozenset({"iso8859-1", "cp1252", "ascii"})
"""What everybody decodes as Windows-1252, whose letters stand where Latin-1 has control codes."""
_HALVES: Final = "utf-7"
"""The one charset that Python decodes into halves of a pair."""
_REFUSED: Final = frozenset(
    {"charmap", "idna", "mbcs", "oem", "palmos", "punycode", "raw-unicode-escape", "undefined"}
    | {"unicode-escape"}
)
"""Python's codecs that are no charset of a text; two of them take time by the square."""


def decode(data: bytes, declared: str = "") -> tuple[str, bool]:
    """The text that bytes stand for, and whether that is certain.

    Args:
        data: Any bytes at all.
        declared: The charset that a stranger names; empty where none is named.

    Returns:
        The text, and False if the declaration is unknown or does not fit: then it was guessed,
        or letters that could not be decoded stand as U+FFFD.
    """
    codec = codec_of(declared)
    if codec and codec not in _WESTERN:
        try:
            text = data.decode(codec)
        except (UnicodeError, ValueError, LookupError):
            return _decode_broken(data, codec), False
        return _without_halves(text) if codec == _HALVES else (text, True)
    if data.isascii():
        return data.decode("ascii"), not declared or bool(codec)
    if codec in {"iso8859-1", "cp1252"}:
        return _decode_western(data), True
    try:
        return data.decode("utf-8"), not declared
    except UnicodeDecodeError:
        return _decode_western(data), False


@lru_cache(maxsize=256)
def codec_of(declared: str) -> str:
    """Python's name for a charset, or nothing if it is unknown, unsafe or not a text's."""
    name = declared.strip("'\" \t\r\n").partition("*")[0].lower()
    name = _ALIASES.get(name, name)
    if not name or len(name) > MAX_NAME_CHARS or not name.isascii() or not name.isprintable():
        return ""
    try:
        found = codecs.lookup(name).name
        b"aa".decode(found, "replace")
    except (LookupError, ValueError, TypeError, ImportError):
        return ""
    return "" if found.replace("_", "-") in _REFUSED else found


def _without_halves(text: str) -> tuple[str, bool]:
    """Half of a pair of UTF-16 alone is no letter, and could be written nowhere."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole, whole == text


def _decode_broken(data: bytes, codec: str) -> str:
    """The text of bytes that do not fit their charset: UTF-8 if it is, else with U+FFFD in it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError):
        return _decode_western(data)


def _decode_western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")

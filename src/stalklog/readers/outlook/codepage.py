"""Windows code pages by their number, as charsets (MS-UCODEREF section 2.2.1)."""

from __future__ import annotations

from typing import Final

UTF8: Final = 65001
_NAMES: Final = {
    936: "gbk",
    1200: "utf-16-le",
    1201: "utf-16-be",
    10000: "mac_roman",
    10006: "mac_greek",
    10007: "mac_cyrillic",
    10029: "mac_latin2",
    10081: "mac_turkish",
    12000: "utf-32-le",
    12001: "utf-32-be",
    20127: "ascii",
    20866: "koi8_r",
    20932: "euc_jp",
    20936: "gb2312",
    21866: "koi8_u",
    50220: "iso2022_jp",
    50221: "iso2022_jp",
    50222: "iso2022_jp",
    50225: "iso2022_kr",
    51932: "euc_jp",
    51936: "gb2312",
    51949: "euc_kr",
    52936: "hz",
    54936: "gb18030",
    65000: "utf-7",
    UTF8: "utf-8",
}
_ISO_FIRST: Final = 28590
"""28591 is ISO 8859-1, and so on."""
_ISO_LAST: Final = 28606


def charset_of(codepage: int) -> str:
    """The charset of a code page, by a name that `readers.charset` knows; "" for 0."""
    if _ISO_FIRST < codepage < _ISO_LAST:
        return f"iso-8859-{codepage - _ISO_FIRST}"
    return _NAMES.get(codepage) or (f"cp{codepage}" if codepage else "")

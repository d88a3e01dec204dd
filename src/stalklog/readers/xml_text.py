"""The text of an XML attribute, as phones write it: emoji in halves, and letters XML forbids.

No entity is ever expanded but the five that XML itself has, so that no file can grow by them.
"""

from __future__ import annotations

import re
from typing import Final

_REFERENCE: Final = re.compile(r"&(?:#([0-9]{1,9})|#[xX]([0-9A-Fa-f]{1,8})|(lt|gt|amp|quot|apos));")
_FOREIGN: Final = re.compile(r"&(?!#[0-9]{1,9};|#[xX][0-9A-Fa-f]{1,8};|lt;|gt;|amp;|quot;|apos;)")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_HALF: Final = re.compile("[\ud800-\udfff]")
_LAST: Final = 0x10FFFF
_LOST: Final = "\ufffd"


def unescape(value: str) -> tuple[str, tuple[str, ...]]:
    """The text of an attribute, and what is odd about it: names of `records.message.FLAGS`.

    Two halves of a letter (`&#55357;&#56832;`) become one. A half alone and `&#0;` become U+FFFD;
    an entity that only a DTD could tell stays as it is written.

    Args:
        value: What stands between the quotes, with an `&` in it.
    """
    flags: tuple[str, ...] = ()
    text = _REFERENCE.sub(_letter, value)
    if _HALF.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if _LOST in text and text.count(_LOST) > value.count(_LOST):
        flags = ("bad-charset",)
    if _FOREIGN.search(value):
        flags = (*flags, "bad-structure")
    return text, flags


def _letter(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= _LAST else _LOST

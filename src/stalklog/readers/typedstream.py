"""The text of a message as Apple's programs keep it beside its forms: an `attributedBody`.

It is a `typedstream` of NeXTSTEP's, a format that nobody specified: behind the name of the class
`NSString` stand `+`, a length and the text. The text comes before anything that a sender may
choose, so that no text can look like another one.
"""

from __future__ import annotations

import re
from typing import Final

_BEGINS: Final = b"\x04\x0bstreamtyped"
_TEXT: Final = re.compile(
    rb"NS(?:Mutable)?String\x01(?:\x84\x84\x08NSString\x01)?[\x84-\xff]\x84\x01\+"
)
_HEAD_BYTES: Final = 300
"""The names of all classes before the text."""
_LENGTH_BYTES: Final = {0x81: 2, 0x82: 4}
"""How long the length is behind such a mark."""
_FIRST_MARK: Final = 0x80
"""From it on a byte is no length."""


def typedstream_text(data: bytes) -> str | None:
    """The text, decoded; None where there is none that can be understood."""
    found = _TEXT.search(data, 0, _HEAD_BYTES) if data.startswith(_BEGINS) else None
    if not found:
        return None
    at = found.end()
    if at == len(data):
        return None
    length, start = data[at], at + 1
    if size := _LENGTH_BYTES.get(length, 0):
        start += size
        length = int.from_bytes(data[at + 1 : start], "little")
    elif length >= _FIRST_MARK:
        return None
    if start + length > len(data):
        return None
    return data[start : start + length].decode("utf-8", "replace")

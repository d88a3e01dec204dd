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
_SHORT, _LONG = 0x81, 0x82
"""Before a length of two bytes and of four."""


def typedstream_text(data: bytes) -> str | None:
    """The text, decoded; None where there is none that can be understood."""
    found = _TEXT.search(data, 0, _HEAD_BYTES) if data.startswith(_BEGINS) else None
    if not found:
        return None
    at = found.end()
    mark = data[at : at + 1]
    size = {bytes([_SHORT]): 2, bytes([_LONG]): 4}.get(mark, 0)
    length = int.from_bytes(data[at + 1 : at + 1 + size] if size else mark, "little")
    start = at + 1 + size
    if not mark or (not size and mark[0] >= _SHORT - 1) or start + length > len(data):
        return None
    return data[start : start + length].decode("utf-8", "replace")

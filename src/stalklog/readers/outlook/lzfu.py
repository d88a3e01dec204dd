"""RTF as Outlook packs it (MS-OXRTFCP): a window of 4096 bytes that begins with common words."""

from __future__ import annotations

import struct
from typing import Final

MAX_RTF_BYTES: Final = 4 << 20
"""RTF that is unpacked; its text is a fraction of it."""
_HEAD: Final = struct.Struct("<IIII")
"""Packed size from the second field on, size when unpacked, which packing, CRC-32."""
_PACKED: Final = 0x75465A4C
"""`LZFu`."""
_PLAIN: Final = 0x414C454D
"""`MELA`: not packed at all."""
_WINDOW: Final = 4096
_BEGINNING: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the window holds at first (MS-OXRTFCP section 2.1.2.1), 207 bytes."""


class NotPackedRtfError(ValueError):
    """These bytes are no packed RTF."""


def unpack_rtf(data: bytes) -> tuple[bytes, bool]:
    """The RTF, and whether all of it came out.

    Raises:
        NotPackedRtfError: It does not begin as packed RTF does.
    """
    if len(data) < _HEAD.size:
        raise NotPackedRtfError
    packed_bytes, size_bytes, packing, _crc = _HEAD.unpack_from(data)
    body = data[_HEAD.size : packed_bytes + 4]
    if packing == _PLAIN:
        return body[:size_bytes], len(body) >= size_bytes
    if packing != _PACKED:
        raise NotPackedRtfError
    found = _unpack(body, min(size_bytes, MAX_RTF_BYTES))
    return found, len(found) >= size_bytes


def _unpack(body: bytes, size_bytes: int) -> bytes:
    out = bytearray(_BEGINNING)
    start = len(_BEGINNING)
    end = start + size_bytes
    place, length = 0, len(body)
    while place < length and len(out) < end:
        control = body[place]
        place += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += body[place : place + 1]
                place += 1
                continue
            pair = body[place : place + 2]
            place += 2
            if len(pair) < 2 or not _repeat(out, pair):  # noqa: PLR2004 - a pair
                return bytes(out[start:end])
    return bytes(out[start:end])


def _repeat(out: bytearray, pair: bytes) -> bool:
    """Write once more what the window holds there; whether it was not the mark of the end."""
    head = len(out) % _WINDOW
    offset, count = pair[0] << 4 | pair[1] >> 4, (pair[1] & 0xF) + 2
    if offset == head:
        return False
    distance = (head - offset) % _WINDOW
    for _ in range(count):
        at = len(out) - distance
        out.append(out[at] if at >= 0 else 0)
    return True

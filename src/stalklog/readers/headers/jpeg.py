"""The segments of a JPEG (ITU-T T.81 annex B)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.exif import PREFIX, holds_place

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_BEGIN, _END, _SCAN, _APP1, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE1, 0xFE
_ALONE: Final = {0x01, *range(0xD0, 0xD8)}
"""Markers without a segment."""
_FRAMES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What ends the coded picture: no stuffed byte, no fill, no restart."""


def read_jpeg(walk: Walk, header: Header) -> None:
    """Walk over all segments to the end of the picture.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "JPEG"
    while (marker := _next_marker(walk)) != _END:
        walk.count()
        if marker in _ALONE or marker == _BEGIN:
            continue
        length = int.from_bytes(walk.take(2)) - 2
        if length < 0:
            walk.stop("damaged")
        start = walk.position
        _read_segment(marker, walk.take(length), start, header)
        if marker == _SCAN:
            walk.skip_to(_MARKER)
    end = walk.position
    header.trailing_bytes = walk.finish() - end


def _next_marker(walk: Walk) -> int:
    if walk.take(1) != b"\xff":
        walk.stop("damaged")
    while (byte := walk.take(1)) == b"\xff":
        walk.count()
    return byte[0]


def _read_segment(marker: int, data: bytes, start: int, header: Header) -> None:
    if marker in _FRAMES and header.width_px is None:
        header.height_px, header.width_px = int.from_bytes(data[1:3]), int.from_bytes(data[3:5])
    elif marker == _APP1 and data.startswith(PREFIX) and not header.exif:
        header.exif, header.exif_start = data[len(PREFIX) :], start + len(PREFIX)
    elif marker == _APP1 and data.startswith(_XMP):
        header.has_place |= holds_place(data)
    elif marker == _COMMENT and "comment" not in header.text_chunks:
        header.text_chunks.append("comment")

"""The chunks of a WebP picture (RFC 9649)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.exif import PREFIX, holds_place
from stalklog.safety.limits import MAX_FRAMES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_LOSSY_START: Final = b"\x9d\x01\x2a"
_LOSSLESS_START: Final = b"\x2f"


def read_webp(walk: Walk, header: Header) -> None:
    """Walk over all chunks to the end of the picture.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "WebP"
    end = 8 + int.from_bytes(walk.take(12)[4:8], "little")
    frames = 0
    while walk.position + 8 <= end:
        walk.count()
        head = walk.take(8)
        kind, start = head[:4], walk.position
        length = int.from_bytes(head[4:], "little")
        frames += kind == b"ANMF"
        if frames > MAX_FRAMES:
            walk.stop("over-limit", "frames")
        _read_chunk(kind, walk, length, header)
        walk.skip(start + length + length % 2 - walk.position)
    header.frames = frames or None
    walk.skip(max(0, end - walk.position))
    header.trailing_bytes = walk.finish() - end


def _read_chunk(kind: bytes, walk: Walk, length: int, header: Header) -> None:
    if kind == b"VP8X" and length >= 10:  # noqa: PLR2004 - flags and the canvas
        data = walk.take(10)
        header.width_px = int.from_bytes(data[4:7], "little") + 1
        header.height_px = int.from_bytes(data[7:10], "little") + 1
    elif kind in {b"VP8 ", b"VP8L"} and header.width_px is None:
        _read_size(walk.peek(min(length, 10)), header)
    elif kind == b"EXIF":
        data = walk.take(length)
        header.exif = data.removeprefix(PREFIX)
        header.exif_start = walk.position - len(header.exif)
    elif kind == b"XMP ":
        header.has_place |= holds_place(walk.take(length))


def _read_size(data: bytes, header: Header) -> None:
    if data[3:6] == _LOSSY_START:
        header.width_px = int.from_bytes(data[6:8], "little") & 0x3FFF
        header.height_px = int.from_bytes(data[8:10], "little") & 0x3FFF
    elif data[:1] == _LOSSLESS_START:
        bits = int.from_bytes(data[1:5], "little")
        header.width_px, header.height_px = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1

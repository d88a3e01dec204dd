"""The chunks of a PNG (W3C PNG, third edition)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.exif import holds_place
from stalklog.readers.headers.header import add_name
from stalklog.safety.limits import MAX_BLOCK_BYTES, MAX_FRAMES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_TEXTS: Final = {b"tEXt", b"zTXt", b"iTXt"}
_SIGNATURE_BYTES: Final = 8
_CRC_BYTES: Final = 4
_XMP_NAME: Final = "XML:com.adobe.xmp"


def read_png(walk: Walk, header: Header) -> None:
    """Walk over all chunks to the end of the picture.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "PNG"
    walk.skip(_SIGNATURE_BYTES)
    frames = 0
    while True:
        walk.count()
        head = walk.take(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        start = walk.position
        if kind == b"IEND":
            break
        if kind == b"fcTL":
            frames += 1
            header.frames = frames
            if frames > MAX_FRAMES:
                header.frames = None
                walk.stop("over-limit", "frames")
        elif kind in _READERS:
            _READERS[kind](walk.take(length), header)
        elif kind in _TEXTS:
            _read_text(walk.peek(min(length, MAX_BLOCK_BYTES)), kind, header)
        if kind == b"eXIf":
            header.exif_start = start
        walk.skip(start + length + _CRC_BYTES - walk.position)
    walk.skip(length + _CRC_BYTES)
    header.trailing_bytes = walk.finish() - start - length - _CRC_BYTES


def _read_size(data: bytes, header: Header) -> None:
    header.width_px, header.height_px = int.from_bytes(data[:4]), int.from_bytes(data[4:8])


def _read_exif(data: bytes, header: Header) -> None:
    header.exif = data


def _read_changed(data: bytes, header: Header) -> None:
    """The time of the last change, which is in UTC."""
    if len(data) == 7:  # noqa: PLR2004 - a year of two bytes, and five parts
        parts = (int.from_bytes(data[:2]), *data[2:])
        header.changed = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parts)


_READERS: Final = {b"IHDR": _read_size, b"eXIf": _read_exif, b"tIME": _read_changed}


def _read_text(data: bytes, kind: bytes, header: Header) -> None:
    raw, _nul, rest = data.partition(b"\0")
    name = raw.decode("latin-1")
    if kind == b"iTXt" and name == _XMP_NAME and name not in header.text_chunks:
        header.has_place |= holds_place(_unpacked(rest))
    add_name(header.text_chunks, name)


def _unpacked(rest: bytes) -> bytes:
    """The text of an international text chunk, as much as is read of one."""
    is_packed, text = rest[:1] == b"\x01", rest[2:].split(b"\0", 2)[-1]
    if not is_packed:
        return text
    try:
        return zlib.decompressobj().decompress(text, MAX_BLOCK_BYTES)
    except zlib.error:
        return b""

"""What a camera or phone wrote into the EXIF block of a picture (CIPA DC-008)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.capture_time import told_exif
from stalklog.readers.headers.ifd import Directories
from stalklog.readers.headers.walk import Walk

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.ifd import Tag

PREFIX: Final = b"Exif\0\0"
"""What stands before the block in a JPEG, and before some in a WebP."""
_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _CHANGED = 0x010F, 0x0110, 0x0112, 0x0131, 0x0132
_EXIF_AT, _GPS_AT = 0x8769, 0x8825
_TAKEN = ((0x9003, 0x9011), (0x9004, 0x9012))
"""When it was taken, or made digital; each with the tag of its offset."""
_PLACES = (0x0002, 0x0004, 0x0014, 0x0016, 0x001B, 0x001C)
"""Latitude and longitude, of the camera and of what it points at; names of a method and an area."""
_XMP_PLACES = (b"GPSLatitude", b"GPSLongitude", b"GPSCoordinates")
_MAX_ORIENTATION: Final = 8


def read_exif(block: bytes, header: Header) -> None:
    """Fill in what an EXIF block tells; it may have its prefix.

    Raises:
        ReadingError: It is damaged; what was found before is filled in.
    """
    directories = Directories(Walk(BytesIO(block.removeprefix(PREFIX))))
    tags, _next = directories.read(directories.first)
    read_tags(directories, tags, header)


def read_tags(directories: Directories, tags: dict[int, Tag], header: Header) -> None:
    """Fill in what the first directory and those that it points to tell.

    Raises:
        ReadingError: They are damaged; what was found before is filled in.
    """
    header.make = directories.text(tags.get(_MAKE))
    header.model = directories.text(tags.get(_MODEL))
    header.software = directories.text(tags.get(_SOFTWARE))
    header.changed = directories.text(tags.get(_CHANGED)) or header.changed
    turned = directories.number(tags.get(_ORIENTATION))
    if 1 <= turned <= _MAX_ORIENTATION and header.orientation is None:
        header.orientation = turned
    if position := directories.number(tags.get(_GPS_AT)):
        places, _next = directories.read(position)
        header.has_place |= any(any(directories.raw(places.get(tag))) for tag in _PLACES)
    if position := directories.number(tags.get(_EXIF_AT)):
        inner, _next = directories.read(position)
        for time, offset in _TAKEN:
            written = directories.text(inner.get(time))
            header.taken = header.taken or told_exif(written, directories.text(inner.get(offset)))


def holds_place(xmp: bytes) -> bool:
    """Whether an XMP packet has coordinates in it."""
    return any(name in xmp for name in _XMP_PLACES)

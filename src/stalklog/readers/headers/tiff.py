"""The pages of a TIFF (TIFF 6.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.exif import read_tags
from stalklog.readers.headers.ifd import Directories
from stalklog.safety.limits import MAX_FRAMES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.ifd import Tag
    from stalklog.readers.headers.walk import Walk

_WIDTH, _HEIGHT = 0x0100, 0x0101
_DATA: Final = ((0x0111, 0x0117), (0x0144, 0x0145))
"""Where strips and tiles are, and how long each is."""


def read_tiff(walk: Walk, header: Header) -> None:
    """Walk over all pages, and see that the strips or tiles of each are inside the file.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "TIFF"
    directories = Directories(walk)
    position, seen = directories.first, set[int]()
    while position:
        if position in seen:
            walk.stop("damaged")
        seen.add(position)
        if len(seen) > MAX_FRAMES:
            header.frames = None
            walk.stop("over-limit", "frames")
        tags, following = directories.read(position)
        if header.frames is None:
            header.width_px = directories.number(tags.get(_WIDTH))
            header.height_px = directories.number(tags.get(_HEIGHT))
            read_tags(directories, tags, header)
        header.frames = len(seen)
        _require_data(walk, directories, tags)
        position = following


def _require_data(walk: Walk, directories: Directories, tags: dict[int, Tag]) -> None:
    for starts, lengths in _DATA:
        pairs = zip(
            directories.numbers(tags.get(starts)),
            directories.numbers(tags.get(lengths)),
            strict=False,
        )
        for start, length in pairs:
            walk.jump(start)
            walk.skip(length)

"""The blocks of a GIF (GIF89a specification)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.header import add_name
from stalklog.safety.limits import MAX_FRAMES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_PICTURE, _EXTENSION, _END = b"\x2c", b"\x21", b"\x3b"
_COMMENT: Final = b"\xfe"


def read_gif(walk: Walk, header: Header) -> None:
    """Walk over all blocks to the end of the file.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "GIF"
    walk.skip(6)
    screen = walk.take(7)
    header.width_px = int.from_bytes(screen[:2], "little")
    header.height_px = int.from_bytes(screen[2:4], "little")
    _skip_colours(walk, screen[4])
    frames = 0
    while (kind := walk.take(1)) != _END:
        if kind == _PICTURE:
            frames += 1
            header.frames = frames
            if frames > MAX_FRAMES:
                header.frames = None
                walk.stop("over-limit", "frames")
            _skip_colours(walk, walk.take(9)[8])
            walk.skip(1)
        elif kind == _EXTENSION:
            if walk.take(1) == _COMMENT:
                add_name(header.text_chunks, "comment")
        else:
            walk.stop("damaged")
        _skip_blocks(walk)
    end = walk.position
    header.trailing_bytes = walk.finish() - end


def _skip_colours(walk: Walk, flags: int) -> None:
    if flags & 0x80:
        walk.skip(3 << ((flags & 7) + 1))


def _skip_blocks(walk: Walk) -> None:
    while length := walk.take(1)[0]:
        walk.count()
        walk.skip(length)

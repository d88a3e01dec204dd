"""The header of a Windows bitmap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_OLD_BYTES: Final = 12
_PLAIN: Final = 0
_WITH_COMPRESSION: Final = 40


def read_bmp(walk: Walk, header: Header) -> None:
    """Read the header, and see that the rows of a picture that is not packed are all there.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "BMP"
    start = int.from_bytes(walk.take(14)[10:14], "little")
    size = int.from_bytes(walk.peek(4), "little")
    data = walk.take(size)
    side = 2 if size == _OLD_BYTES else 4
    width, height = (
        int.from_bytes(data[at : at + side], "little", signed=side > 2)  # noqa: PLR2004
        for at in (4, 4 + side)
    )
    header.width_px, header.height_px = abs(width), abs(height)
    packed = int.from_bytes(data[16:20], "little") if size >= _WITH_COMPRESSION else _PLAIN
    bits = int.from_bytes(data[6 + 2 * side : 8 + 2 * side], "little")
    row = (abs(width) * bits + 31) // 32 * 4
    rows = row * abs(height) if packed == _PLAIN else 0
    walk.skip(max(0, start - walk.position))
    walk.skip(rows)

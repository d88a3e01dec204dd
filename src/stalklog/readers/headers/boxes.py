"""The boxes that MP4, QuickTime and HEIF are put together of (ISO/IEC 14496-12 section 4)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.headers.walk import Walk

_HEAD_BYTES: Final = 8
_LONG: Final = 1
_TO_THE_END: Final = 0


@dataclass(frozen=True, slots=True)
class Box:
    """One box, whose content begins where the walk stands."""

    kind: bytes
    end: int
    """One past its last byte."""


def each_box(walk: Walk, end: int | None = None) -> Iterator[Box]:
    """The boxes from here on, one after another; whatever is not read of one is skipped.

    Args:
        walk: Standing at the first box.
        end: One past the last byte of the box that they are in; None at the outermost.

    Raises:
        ReadingError: A box is cut off, or says that it goes on behind the one that it is in.
    """
    while walk.peek(1) if end is None else walk.position + _HEAD_BYTES <= end:
        walk.count()
        start = walk.position
        head = walk.take(_HEAD_BYTES)
        length = int.from_bytes(head[:4])
        if length == _LONG:
            length = int.from_bytes(walk.take(8))
        elif length == _TO_THE_END:
            length = (end or walk.size_bytes or sys.maxsize) - start
        box = Box(head[4:], start + length)
        if box.end < walk.position or (end is not None and box.end > end):
            walk.stop("damaged")
        yield box
        if walk.position > box.end:
            walk.stop("damaged")
        if box.end == sys.maxsize:
            walk.finish()
        else:
            walk.skip(box.end - walk.position)


def number(walk: Walk, size_bytes: int) -> int:
    """The next number, its highest byte first."""
    return int.from_bytes(walk.take(size_bytes))

"""The directories of tags that TIFF and EXIF are made of (TIFF 6.0 section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from stalklog.readers.headers.header import text_of

if TYPE_CHECKING:
    from stalklog.readers.headers.walk import Walk

_ORDERS: Final[dict[bytes, Literal["little", "big"]]] = {b"II*\0": "little", b"MM\0*": "big"}
_ENTRY_BYTES: Final = 12
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one value, for each type."""
_INTEGERS: Final = {1, 3, 4, 13}
_MAX_VALUE_BYTES: Final = 4_000
"""Of one value that is read: names and times are short, and a page has few strips."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One entry of a directory: a value, or where it stands."""

    type: int
    count: int
    field: bytes
    """Four bytes: the value itself if it fits, else its position."""


class Directories:
    """A file of directories, which is a whole TIFF or the EXIF block inside another format.

    Every method that reads raises `ReadingError` where the file is damaged.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        head = walk.take(8)
        order = _ORDERS.get(head[:4])
        if order is None:
            walk.stop("damaged")
        self._order: Literal["little", "big"] = order
        self.first = self._int(head[4:])
        """Where the first directory is."""
        self._entries = 0

    def read(self, position: int) -> tuple[dict[int, Tag], int]:
        """The tags of the directory there, and where the next one is, or 0."""
        self._walk.jump(position)
        tags: dict[int, Tag] = {}
        count = self._int(self._walk.take(2))
        self._entries += count
        if self._entries * _ENTRY_BYTES > (self._walk.size_bytes or 0):
            self._walk.stop("damaged", "directories lie over one another")
        for _number in range(count):
            self._walk.count()
            entry = self._walk.take(_ENTRY_BYTES)
            found = Tag(self._int(entry[2:4]), self._int(entry[4:8]), entry[8:])
            tags.setdefault(self._int(entry[:2]), found)
        following = self._walk.peek(4)  # some leave it out behind the last directory
        return tags, self._int(following) if len(following) == 4 else 0  # noqa: PLR2004

    def raw(self, tag: Tag | None) -> bytes:
        """The bytes of a value, at most `_MAX_VALUE_BYTES` of them; none for none."""
        if tag is None:
            return b""
        length = _SIZES.get(tag.type, 0) * tag.count
        if length <= len(tag.field):
            return tag.field[:length]
        self._walk.jump(self._int(tag.field))
        return self._walk.take(min(length, _MAX_VALUE_BYTES))

    def numbers(self, tag: Tag | None) -> list[int]:
        """The whole numbers of a value; none if it is of another type."""
        if tag is None or tag.type not in _INTEGERS:
            return []
        size = _SIZES[tag.type]
        raw = self.raw(tag)
        return [self._int(raw[at : at + size]) for at in range(0, len(raw) - size + 1, size)]

    def number(self, tag: Tag | None) -> int:
        """The first of them; 0 for none."""
        return next(iter(self.numbers(tag)), 0)

    def text(self, tag: Tag | None) -> str:
        """A value as text."""
        return text_of(self.raw(tag))

    def _int(self, raw: bytes) -> int:
        return int.from_bytes(raw, self._order)

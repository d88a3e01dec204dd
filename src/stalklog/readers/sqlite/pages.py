"""The pages of an SQLite database, read where they lie, in little memory.

The form is that of https://www.sqlite.org/fileformat2.html. Nothing in the file is run: there are
no views, triggers or queries here, only pages and the numbers on them.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import ReadingError
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place

if TYPE_CHECKING:
    from typing import BinaryIO

    from stalklog.readers.sqlite.log import Log

MAGIC: Final = b"SQLite format 3\0"
HEADER_BYTES: Final = 100
_ENCODINGS: Final = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_SMALLEST, _LARGEST = 512, 65_536
_ONE: Final = 1
"""How the largest page is written: its size does not fit into two bytes."""
_MIN_USABLE: Final = 480
_WAL: Final = 2
_KEPT_PAGES: Final = 32


class PageError(Exception):
    """A page is not there, or is not what it should be."""


class Pages:
    """A database as its pages, numbered from 1.

    Args:
        stream: The database; it must be able to seek.
        name: The file inside a zip that this is.

    Raises:
        ReadingError: It is no SQLite database.
    """

    def __init__(self, stream: BinaryIO, name: str = "") -> None:
        self.size_bytes = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        head = read_up_to(stream, HEADER_BYTES)
        if len(head) < HEADER_BYTES or not head.startswith(MAGIC):
            end = min(self.size_bytes, HEADER_BYTES)
            raise ReadingError("not-understood", Place(0, end, member=name))
        size = int.from_bytes(head[16:18], "big")
        self.page_bytes = _LARGEST if size == _ONE else size
        """How long a page is."""
        self.usable_bytes = self.page_bytes - head[20]
        """How much of each page is used."""
        is_power = self.page_bytes & (self.page_bytes - 1) == 0
        if not (_SMALLEST <= self.page_bytes <= _LARGEST and is_power):
            raise ReadingError("damaged", Place(0, HEADER_BYTES, member=name), "page size")
        if self.usable_bytes < _MIN_USABLE:
            raise ReadingError("damaged", Place(0, HEADER_BYTES, member=name), "page size")
        self.encoding = _ENCODINGS.get(int.from_bytes(head[56:60], "big"), "utf-8")
        """How its texts are written."""
        self.has_log = _WAL in head[18:20]
        """Whether a program writes first into a file beside it (`-wal`), and here later."""
        self.declared_pages = int.from_bytes(head[28:32], "big")
        """How many pages it says that it has; 0 where it does not say."""
        self.count = -(-self.size_bytes // self.page_bytes)
        """How many there are; the last one may be cut off."""
        self._name = name
        self._log: Log | None = None
        self._stream = stream
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def add(self, log: Log) -> None:
        """From now on, take the pages that are in its `-wal` file from there.

        Args:
            log: It.
        """
        if log.count:
            self._log = log
            self.count = log.count
            self._kept.clear()

    def page(self, number: int) -> bytes:
        """The bytes of a page.

        Raises:
            PageError: There is none of this number, or its end is missing.
        """
        page = self._kept.get(number)
        if page is None:
            if not 0 < number <= self.count:
                raise PageError("no such page")
            if self._log and number in self._log.starts:
                return self._log.page(number)
            self._stream.seek((number - 1) * self.page_bytes)
            page = read_up_to(self._stream, self.page_bytes)
            if len(page) < self.page_bytes:
                raise PageError("cut off")
            self._kept[number] = page
            if len(self._kept) > _KEPT_PAGES:
                self._kept.popitem(last=False)
        return page

    def origin(self, number: int) -> tuple[str, int]:
        """In which file a page lies, and where in it."""
        if self._log and number in self._log.starts:
            return self._log.name, self._log.starts[number]
        return self._name, (number - 1) * self.page_bytes

    def place(self, number: int) -> Place:
        """Where a page lies, as far as it is there."""
        name, start = self.origin(max(1, number))
        if name == self._name:
            start = min(start, self.size_bytes)
            return Place(start, min(start + self.page_bytes, self.size_bytes), member=name)
        return Place(start, start + self.page_bytes, member=name)

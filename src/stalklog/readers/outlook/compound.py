"""The compound file, a file system in a file that .msg is kept in (MS-CFB).

It is read here and not by olefile, whose time goes by the square of the entries and whose depth by
their order: a stranger's file of a few megabytes would hold it for minutes.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import ReadingError
from stalklog.safety.limits import MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD: Final = struct.Struct("<30xHH6xIII4xIIIII")
"""Shifts of sector and mini sector; directory, FAT and mini FAT; cut-off; DIFAT."""
_HEAD_BYTES: Final = 512
_FAT_IN_HEAD: Final = 109
_ENTRY: Final = struct.Struct("<64sHBxIII36xIQ")
"""Name, its length, type, left and right sibling, first child, first sector, size."""
_ENTRY_BYTES: Final = 128
_LAST_REGULAR: Final = 0xFFFFFFFA
"""Numbers above it are no sectors, but marks such as the end of a chain."""
_NO_ENTRY: Final = 0xFFFFFFFF
_SHIFTS: Final = {9, 12}
_STORAGE: Final = 1
_STREAM: Final = 2
_READ_AGAIN: Final = 3
"""How many times the file's own length is read at most, however its streams overlap."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Where the bytes of one stream are said to be."""

    path: str
    """The names of its folders and its own, with `/` between them."""
    size_bytes: int
    """How long it says that it is."""
    first: int
    """Its first sector."""


@dataclass(slots=True)
class Storage:
    """A folder of streams and of further storages, each by its name in lower case."""

    path: str = ""
    """The names from the outermost folder on, with `/` between them."""
    streams: dict[str, Stream] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The bytes of a stream."""

    data: bytes
    start: int | None
    """Where they begin in the file; None if they do not lie in one piece."""
    is_whole: bool
    """Whether they are as many as they should be."""


class Compound:
    """A compound file in memory.

    `is_whole` tells whether each name in its directory was found.

    Args:
        data: All of it.

    Raises:
        ReadingError: It is none, or so damaged that its directory cannot be found.
    """

    def __init__(self, data: bytes) -> None:
        if not data.startswith(SIGNATURE):
            raise ReadingError("not-understood")
        if len(data) < _HEAD_BYTES:
            raise ReadingError("damaged")
        head = _HEAD.unpack_from(data)
        shift, mini_shift, _directories, fats, directory, cutoff, mini, _minis, difat, _difats = (
            head
        )
        if shift not in _SHIFTS or not mini_shift < shift:
            raise ReadingError("damaged")
        self._data = data
        self._sector_bytes = 1 << shift
        self._mini_bytes = 1 << mini_shift
        self._cutoff = cutoff
        self._budget = max(len(data), _HEAD_BYTES) * _READ_AGAIN
        self._fat = self._read_fat(fats, difat)
        self._mini_fat = _numbers(self._chain_bytes(mini))
        entries = self._chain_bytes(directory)
        if len(entries) < _ENTRY_BYTES:
            raise ReadingError("damaged", detail="no directory")
        if len(entries) > MAX_MEMBERS * _ENTRY_BYTES:
            raise ReadingError("over-limit", detail="directory")
        self.root, container, self.is_whole = _tree(entries)
        self._mini_offsets = list(self._offsets(container.first, container.size_bytes))

    def read(self, stream: Stream) -> Found:
        """The bytes of a stream; fewer where the file is damaged.

        Raises:
            ReadingError: So much was read of this file that its streams must lie over each other.
        """
        is_mini = stream.size_bytes < self._cutoff
        unit = self._mini_bytes if is_mini else self._sector_bytes
        find = self._mini_parts if is_mini else self._offsets
        left = min(stream.size_bytes, len(self._data))
        parts: list[bytes] = []
        start = end = None
        is_one = True
        for offset in find(stream.first, left):
            part = self._data[offset : offset + min(unit, left)]
            start, is_one = (offset, True) if start is None else (start, is_one and offset == end)
            end = offset + unit
            left -= len(part)
            parts.append(part)
            if len(part) < unit:
                break
        data = b"".join(parts)
        self._budget -= len(data)
        if self._budget < 0:
            raise ReadingError("over-limit", detail="overlap")
        return Found(data, start if is_one else None, is_whole=len(data) == stream.size_bytes)

    def _read_fat(self, count: int, difat: int) -> array[int]:
        """The table that chains the sectors, whose own sectors stand in a list of their own."""
        count = min(count, len(self._data) * 4 // self._sector_bytes**2 + 1)
        sectors = _numbers(self._data[_HEAD_BYTES - 4 * _FAT_IN_HEAD : _HEAD_BYTES])
        per_sector = self._sector_bytes // 4 - 1
        seen: set[int] = set()
        while difat < _LAST_REGULAR and difat not in seen and len(sectors) < count:
            seen.add(difat)
            more = _numbers(self._sector(difat))
            if len(more) <= per_sector:
                break
            sectors.extend(more[:per_sector])
            difat = more[per_sector]
        return _numbers(
            b"".join(self._sector(sector) for sector in sectors[:count] if sector < _LAST_REGULAR)
        )

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._data[start : start + self._sector_bytes]

    def _chain_bytes(self, first: int) -> bytes:
        """Everything in a chain whose length nothing tells."""
        return b"".join(
            self._data[offset : offset + self._sector_bytes]
            for offset in self._offsets(first, len(self._data))
        )

    def _offsets(self, first: int, size_bytes: int) -> Iterator[int]:
        """Where in the file the sectors of a chain begin, as many as that many bytes need."""
        for sector in _chain(self._fat, first, -(-size_bytes // self._sector_bytes)):
            yield (sector + 1) * self._sector_bytes

    def _mini_parts(self, first: int, size_bytes: int) -> Iterator[int]:
        per_sector = self._sector_bytes // self._mini_bytes
        for mini in _chain(self._mini_fat, first, -(-size_bytes // self._mini_bytes)):
            sector, within = divmod(mini, per_sector)
            if sector >= len(self._mini_offsets):
                return
            yield self._mini_offsets[sector] + within * self._mini_bytes


def _numbers(data: bytes) -> array[int]:
    found = array("I")
    found.frombytes(data[: len(data) // 4 * 4])
    if struct.pack("=I", 1) != struct.pack("<I", 1):
        found.byteswap()
    return found


def _chain(table: array[int], first: int, count: int) -> Iterator[int]:
    """The numbers of a chain, at most so many; it ends where it would run in a circle."""
    number = first
    seen: set[int] = set()
    while len(seen) < count and number < len(table) and number not in seen:
        seen.add(number)
        yield number
        number = table[number]


def _tree(entries: bytes) -> tuple[Storage, Stream, bool]:
    """The folders and streams, the stream in which all short ones lie, and if all were found."""
    table = [
        _ENTRY.unpack_from(entries, at)
        for at in range(0, len(entries) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
    ]
    root, is_whole = Storage(), True
    seen = {0}
    waiting = [(root, table[0][5])]
    while waiting:
        storage, number = waiting.pop()
        if number == _NO_ENTRY:
            continue
        if number >= len(table) or number in seen:
            is_whole = False
            continue
        seen.add(number)
        raw, name_bytes, kind, left, right, child, first, size_bytes = table[number]
        waiting += ((storage, right), (storage, left))
        name = raw[: max(0, min(name_bytes, 64) - 2)].decode("utf-16-le", "replace")
        path = f"{storage.path}/{name}".lstrip("/")
        if kind == _STREAM:
            storage.streams.setdefault(name.lower(), Stream(path, size_bytes & 0xFFFFFFFF, first))
        elif kind == _STORAGE and name.lower() not in storage.storages:
            inner = storage.storages[name.lower()] = Storage(path)
            waiting.append((inner, child))
    return root, Stream("", table[0][7] & 0xFFFFFFFF, table[0][6]), is_whole

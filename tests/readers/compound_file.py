"""Compound files made for the tests (MS-CFB): sectors of 512 bytes, and a mini stream."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TypeAlias

Folder: TypeAlias = "dict[str, bytes | Folder]"
"""Names, with the bytes of a stream or a further folder."""

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@dataclass
class _Built:
    sectors: list[bytes] = field(default_factory=list)
    fat: list[int] = field(default_factory=list)
    minis: bytearray = field(default_factory=bytearray)
    mini_fat: list[int] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)

    def store(self, data: bytes) -> int:
        """Write a stream in whole sectors; its first."""
        if not data:
            return _END
        first = len(self.sectors)
        for at in range(0, len(data), _SECTOR):
            self.sectors.append(data[at : at + _SECTOR].ljust(_SECTOR, b"\0"))
            self.fat.append(len(self.sectors))
        self.fat[-1] = _END
        return first

    def store_short(self, data: bytes) -> int:
        """Write a stream into the mini stream; its first mini sector."""
        if not data:
            return _END
        first = len(self.mini_fat)
        for at in range(0, len(data), _MINI):
            self.minis += data[at : at + _MINI].ljust(_MINI, b"\0")
            self.mini_fat.append(len(self.mini_fat) + 1)
        self.mini_fat[-1] = _END
        return first


def compound(root: Folder) -> bytes:
    """A compound file with these folders and streams."""
    built = _Built()
    built.entries.append(b"")
    child = _add(built, root)
    mini_bytes = len(built.minis)
    container = built.store(bytes(built.minis))
    built.entries[0] = _entry("Root Entry", 5, child, container, mini_bytes)
    mini_fat = built.store(_numbers(built.mini_fat, _SECTOR // 4))
    while len(built.entries) % 4:
        built.entries.append(bytes(128))
    directory = built.store(b"".join(built.entries))
    fat_sectors = 1
    while fat_sectors * (_SECTOR // 4) < len(built.fat) + fat_sectors:
        fat_sectors += 1
    assert fat_sectors <= 109, "more than the head can list"
    first_fat = len(built.sectors)
    fat = _numbers([*built.fat, *[_FAT] * fat_sectors], _SECTOR // 4)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fat_sectors,
        directory,
        0,
        _CUTOFF,
        mini_fat,
        len(built.mini_fat) * 4 // _SECTOR + 1,
        _END,
        0,
    )
    head += _numbers([first_fat + number for number in range(fat_sectors)], 109)
    return head + b"".join(built.sectors) + fat


def _add(built: _Built, folder: Folder) -> int:
    """Write a folder's entries, each the right sibling of the one before; the first one."""
    previous = first = _FREE
    for name, content in folder.items():
        number = len(built.entries)
        built.entries.append(b"")
        if isinstance(content, bytes):
            is_short = len(content) < _CUTOFF
            start = built.store_short(content) if is_short else built.store(content)
            built.entries[number] = _entry(name, 2, _FREE, start, len(content))
        else:
            built.entries[number] = _entry(name, 1, _add(built, content), 0, 0)
        if previous == _FREE:
            first = number
        else:
            entry = built.entries[previous]
            built.entries[previous] = entry[:72] + struct.pack("<I", number) + entry[76:]
        previous = number
    return first


def _entry(name: str, kind: int, child: int, start: int, size_bytes: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    siblings = struct.pack("<BBIII", kind, 1, _FREE, _FREE, child)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<H", len(raw))
        + siblings
        + bytes(36)
        + struct.pack("<IQ", start, size_bytes)
    )


def _numbers(numbers: list[int], multiple: int) -> bytes:
    while not numbers or len(numbers) % multiple:
        numbers = [*numbers, _FREE]
    return struct.pack(f"<{len(numbers)}I", *numbers)

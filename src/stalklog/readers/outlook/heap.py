"""An item inside an item of a mailbox, from its raw bytes: a heap with a table of properties.

libpff gives of an attached item no more than these bytes (MS-PST sections 2.3.1 to 2.3.3). Values
that are longer than about 3,500 bytes lie elsewhere in the mailbox, where it does not lead.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from stalklog.readers.outlook.bag import Bag, Value
from stalklog.readers.outlook.tag import WANTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCKS: Final = (8176, 8180, 65512)
"""How long a full block is: of a mailbox since 2003, of one before, of an OST since 2013."""
_HEAP: Final = struct.Struct("<HBBI")
_SIGNATURE: Final = 0xEC
_PROPERTIES: Final = 0xBC
_TREE: Final = struct.Struct("<BBBBI")
_TREE_SIGNATURE: Final = 0xB5
_PROPERTY: Final = struct.Struct("<HHI")
_BRANCH: Final = struct.Struct("<HI")
_PAGE_MAP: Final = struct.Struct("<HH")
_MAX_LEVELS: Final = 8
_INLINE: Final = frozenset({0x0002, 0x0003, 0x0004, 0x000A, 0x000B})
"""Types whose value stands where others have the address of theirs."""


class HeapError(ValueError):
    """These bytes are no heap with properties."""


def read_heap(data: bytes) -> tuple[Bag, frozenset[int]]:
    """The properties of an item, and the numbers of those that lie elsewhere.

    Args:
        data: Its raw bytes, of all its blocks.

    Raises:
        HeapError: They are no heap with properties.
    """
    for block_bytes in _BLOCKS:
        try:
            return _Heap(data, block_bytes).bag()
        except (HeapError, struct.error, IndexError):
            continue
    raise HeapError


class _Heap:
    def __init__(self, data: bytes, block_bytes: int) -> None:
        self._blocks = [data[at : at + block_bytes] for at in range(0, len(data), block_bytes)]
        if not self._blocks:
            raise HeapError
        _map, signature, kind, self._root = _HEAP.unpack_from(self._blocks[0])
        if signature != _SIGNATURE or kind != _PROPERTIES:
            raise HeapError
        self._maps: Sequence[tuple[int, ...]] = [_page_map(block) for block in self._blocks]

    def bag(self) -> tuple[Bag, frozenset[int]]:
        signature, key_bytes, value_bytes, levels, root = _TREE.unpack_from(self._at(self._root))
        if (signature, key_bytes, value_bytes) != (_TREE_SIGNATURE, 2, 6) or levels > _MAX_LEVELS:
            raise HeapError
        values: dict[int, Value] = {}
        elsewhere: set[int] = set()
        for number, kind, address in self._rows(root, levels):
            if number not in WANTED:
                continue
            if kind in _INLINE:
                values[number] = Value(kind, address.to_bytes(4, "little"))
            elif not address:
                values[number] = Value(kind, b"")
            elif address & 0x1F:
                elsewhere.add(number)
            else:
                values[number] = Value(kind, self._at(address))
        return Bag(values), frozenset(elsewhere)

    def _rows(self, root: int, levels: int) -> Iterator[tuple[int, int, int]]:
        waiting, seen = [(root, levels)], set[int]()
        while waiting:
            address, level = waiting.pop()
            if not address or address in seen:
                continue
            seen.add(address)
            data = self._at(address)
            if level:
                branches = _BRANCH.iter_unpack(data[: len(data) // 6 * 6])
                waiting += [(child, level - 1) for _key, child in branches]
            else:
                yield from _PROPERTY.iter_unpack(data[: len(data) // 8 * 8])

    def _at(self, address: int) -> bytes:
        """The bytes of a heap address (MS-PST section 2.3.1.1)."""
        index, block = (address >> 5) & 0x7FF, address >> 16
        if address & 0x1F or not index or block >= len(self._blocks):
            raise HeapError
        found = self._maps[block]
        return self._blocks[block][found[index - 1] : found[index]]


def _page_map(block: bytes) -> tuple[int, ...]:
    """Where the pieces of a block begin and end (MS-PST section 2.3.1.5)."""
    at = int.from_bytes(block[:2], "little")
    count, _free = _PAGE_MAP.unpack_from(block, at)
    found = struct.unpack_from(f"<{count + 1}H", block, at + _PAGE_MAP.size)
    if any(one > other for one, other in pairwise(found)):
        raise HeapError
    if found[-1] > len(block):
        raise HeapError
    return found

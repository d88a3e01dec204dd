"""The boxes of a HEIF or AVIF picture (ISO/IEC 23008-12), such as an iPhone takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.boxes import each_box, number
from stalklog.readers.headers.exif import holds_place
from stalklog.safety.limits import MAX_BLOCK_BYTES

if TYPE_CHECKING:
    from stalklog.readers.headers.boxes import Box
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_TURNED: Final = (1, 8, 3, 6)
"""Quarter turns against the clock, as EXIF counts orientations."""
_IN_FILE, _IN_BOX = 0, 1
_TEXTS: Final = {b"Exif", b"mime"}
_MAX_TEXTS: Final = 8
"""Items of these kinds that are read; a phone writes two."""


@dataclass(slots=True)
class _Items:
    """The items of a file, and what is known of each."""

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    extents: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Where the first piece of an item is: counted from what, how far, how long."""
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    """The kind and the first bytes of each property, which are counted from 1."""
    has: dict[int, list[int]] = field(default_factory=dict)
    """The numbers of the properties of an item."""
    box_start: int = 0
    """Where the box that holds small items has its content."""


def read_heif(walk: Walk, header: Header) -> None:
    """Walk over all boxes, then look at the items that they describe.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    items = _Items()
    for box in each_box(walk):
        if box.kind == b"ftyp":
            header.format = "AVIF" if walk.take(4).startswith(b"avi") else "HEIF"
        elif box.kind == b"meta":
            _read_meta(walk, box, items)
            _tell_primary(items, header)
    texts = [item for item, kind in items.kinds.items() if kind in _TEXTS and item in items.extents]
    for item in texts[:_MAX_TEXTS]:
        _read_item(walk, items, item, header)


def _read_meta(walk: Walk, meta: Box, items: _Items) -> None:
    walk.skip(4)
    for box in each_box(walk, meta.end):
        if box.kind == b"idat":
            items.box_start = walk.position
        elif box.kind == b"iprp":
            for inner in each_box(walk, box.end):
                if inner.kind == b"ipco":
                    _read_properties(walk, inner, items)
                elif inner.kind == b"ipma":
                    _read_owners(walk, items)
        elif box.kind in _PARTS:
            _PARTS[box.kind](walk, box, items)


def _read_primary(walk: Walk, _box: Box, items: _Items) -> None:
    items.primary = number(walk, 4 if number(walk, 4) >> 24 else 2)


def _read_kinds(walk: Walk, box: Box, items: _Items) -> None:
    walk.skip(4 if number(walk, 4) >> 24 else 2)
    for entry in each_box(walk, box.end):
        version = number(walk, 4) >> 24
        if entry.kind != b"infe" or version < 2:  # noqa: PLR2004 - older ones have no kind
            continue
        item = number(walk, 2 if version == 2 else 4)  # noqa: PLR2004
        walk.skip(2)
        items.kinds.setdefault(item, walk.take(4))


def _read_extents(walk: Walk, _box: Box, items: _Items) -> None:
    version = number(walk, 4) >> 24
    offset_size, length_size = divmod(number(walk, 1), 16)
    base_size, index_size = divmod(number(walk, 1), 16)
    id_size = 4 if version >= 2 else 2  # noqa: PLR2004
    for _number in range(number(walk, id_size)):
        walk.count()
        item = number(walk, id_size)
        counted_from = number(walk, 2) & 15 if version else _IN_FILE
        walk.skip(2)
        base = number(walk, base_size)
        for _extent in range(number(walk, 2)):
            walk.count()
            walk.skip(index_size if version else 0)
            start, length = base + number(walk, offset_size), number(walk, length_size)
            items.extents.setdefault(item, (counted_from, start, length))


def _read_properties(walk: Walk, box: Box, items: _Items) -> None:
    for entry in each_box(walk, box.end):
        start = walk.peek(min(12, entry.end - walk.position))
        items.properties.append((entry.kind, start))


def _read_owners(walk: Walk, items: _Items) -> None:
    head = number(walk, 4)
    for _entry in range(number(walk, 4)):
        walk.count()
        item = number(walk, 4 if head >> 24 else 2)
        owned = items.has.setdefault(item, [])
        for _property in range(number(walk, 1)):
            owned.append(number(walk, 2) & 0x7FFF if head & 1 else number(walk, 1) & 0x7F)


_PARTS: Final = {b"pitm": _read_primary, b"iinf": _read_kinds, b"iloc": _read_extents}


def _tell_primary(items: _Items, header: Header) -> None:
    """The size of the picture that is shown, and how it is turned."""
    for place in items.has.get(items.primary, []):
        if not 0 < place <= len(items.properties):
            continue
        kind, data = items.properties[place - 1]
        if kind == b"ispe":
            header.width_px, header.height_px = (
                int.from_bytes(data[4:8]),
                int.from_bytes(data[8:12]),
            )
        elif kind == b"irot" and data:
            header.orientation = _TURNED[data[0] & 3]
    header.orientation = header.orientation or 1  # EXIF's own is for other formats: section A.3.1


def _read_item(walk: Walk, items: _Items, item: int, header: Header) -> None:
    counted_from, start, length = items.extents[item]
    if counted_from not in {_IN_FILE, _IN_BOX}:
        return
    walk.jump(start + (items.box_start if counted_from == _IN_BOX else 0))
    data = walk.take(min(length, MAX_BLOCK_BYTES))
    if items.kinds[item] == b"mime":
        header.has_place |= holds_place(data)
        return
    skipped = 4 + int.from_bytes(data[:4])
    header.exif, header.exif_start = data[skipped:], walk.position - len(data) + skipped

"""The rows of one table of an SQLite database, in the order of their numbers.

The pages of a table are a tree. Each page is visited once, and each byte of one belongs to one row:
a file in which pages lead in circles, or rows lie over one another, costs no more time than it is
long. A page that is broken is named, and the rest is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.readers.sqlite.pages import HEADER_BYTES, PageError
from stalklog.readers.sqlite.record import RecordError, read_varint
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.sqlite.pages import Pages

_INNER: Final = 5
_LEAF: Final = 13
_INNER_BYTES, _LEAF_BYTES = 12, 8
_NUMBER_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it lies in the file."""

    number: int
    """Its number: SQLite calls it the rowid."""
    payload: bytes
    """Its values."""
    place: Place
    """Where it lies, if in one piece; a long one goes on in pages of its own."""


def rows(pages: Pages, root: int, name: str, notes: Notes) -> Iterator[Row]:
    """Every row of a table that can be read.

    Args:
        pages: The database.
        root: The page that the table begins with.
        name: What the table is called.
        notes: Told which pages and rows are broken.
    """
    spilled: set[int] = set()
    for number, page, cells in _leaves(pages, root, name, notes):
        left = len(page)
        for at in cells:
            try:
                row, size = _row(pages, page, (number, at), name, spilled)
            except RecordError as error:
                notes.leave("damaged", pages.place(number), f"{name}: {error}")
                continue
            except _TooLongError:
                notes.leave("over-limit", pages.place(number), name)
                continue
            left -= size
            if left < 0:
                notes.leave("damaged", pages.place(number), f"{name}: rows lie over one another")
                break
            yield row


def _leaves(
    pages: Pages, root: int, name: str, notes: Notes
) -> Iterator[tuple[int, bytes, list[int]]]:
    """The pages that rows lie in: their numbers, their bytes, and where on them rows begin."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        number = waiting.pop()
        try:
            page, kind = _page(pages, number, seen)
            if kind == _INNER:
                waiting += reversed(_children(page, number))
            else:
                yield number, page, _cells(page, number, _LEAF_BYTES)
        except PageError as error:
            notes.leave("damaged", pages.place(number), f"{name}: {error}")


def _page(pages: Pages, number: int, seen: set[int]) -> tuple[bytes, int]:
    """A page of a table that was not visited yet, and what kind it is.

    Raises:
        PageError: It was, or is none.
    """
    if number in seen:
        raise PageError("page twice")
    seen.add(number)
    page = pages.page(number)
    kind = page[_header_at(number)]
    if kind not in {_INNER, _LEAF}:
        raise PageError("not a page of a table")
    return page, kind


class _TooLongError(Exception):
    """A row is longer than any that is read."""


def _header_at(number: int) -> int:
    return HEADER_BYTES if number == 1 else 0


def _children(page: bytes, number: int) -> list[int]:
    """The pages below a page, in their order."""
    found = [
        int.from_bytes(page[at : at + _NUMBER_BYTES], "big")
        for at in _cells(page, number, _INNER_BYTES)
    ]
    last = _header_at(number) + 8
    return [*found, int.from_bytes(page[last : last + _NUMBER_BYTES], "big")]


def _cells(page: bytes, number: int, header_bytes: int) -> list[int]:
    """Where the cells of a page begin.

    Raises:
        PageError: It says that there are more than fit.
    """
    header = _header_at(number)
    count = int.from_bytes(page[header + 3 : header + 5], "big")
    first = header + header_bytes
    if first + 2 * count > len(page):
        raise PageError("too many cells")
    found = [int.from_bytes(page[at : at + 2], "big") for at in range(first, first + 2 * count, 2)]
    if any(at < first or at + _NUMBER_BYTES > len(page) for at in found):
        raise PageError("a cell outside")
    return found


def _row(
    pages: Pages, page: bytes, where: tuple[int, int], name: str, spilled: set[int]
) -> tuple[Row, int]:
    """The row that begins at a place of a page, and how much of the page it takes.

    Args:
        pages: The database.
        page: The page.
        where: The number of the page, and the place on it.
        name: What the table is called.
        spilled: The pages that long rows go on in, so far.

    Raises:
        RecordError: It is broken, or goes on where nothing is.
        _TooLongError: It is longer than `MAX_RECORD_BYTES`.
    """
    number, at = where
    size, start = read_varint(page, at)
    rowid, start = read_varint(page, start)
    rowid -= (rowid >> 63) << 64
    local = _local_bytes(size, pages.usable_bytes)
    end = start + local
    if end > pages.usable_bytes:
        raise RecordError("a row leaves its page")
    if local == size:
        member, base = pages.origin(number)
        digest = sha256(page[at:end]).hexdigest()
        place = Place(base + at, base + end, "", member, f"{name} {rowid}", digest)
        return Row(rowid, page[start:end], place), end - at
    if size > MAX_RECORD_BYTES:
        raise _TooLongError
    following = int.from_bytes(page[end : end + _NUMBER_BYTES], "big")
    payload = page[start:end] + _spilled(pages, following, size - local, spilled)
    return Row(rowid, payload, Place(item=f"{name} {rowid}")), end + _NUMBER_BYTES - at


def _local_bytes(size: int, usable: int) -> int:
    """How much of a row lies in its page: section 1.6, "Cell Payload Overflow Pages"."""
    if size <= usable - 35:
        return size
    least = (usable - 12) * 32 // 255 - 23
    fits = least + (size - least) % (usable - 4)
    return fits if fits <= usable - 35 else least


def _spilled(pages: Pages, number: int, size: int, spilled: set[int]) -> bytes:
    """The rest of a long row, from a chain of pages that belong to no other one."""
    blocks: list[bytes] = []
    while size:
        if number in spilled:
            raise RecordError("a page of two rows")
        try:
            page = pages.page(number)
        except PageError as error:
            raise RecordError(str(error)) from None
        spilled.add(number)
        block = page[_NUMBER_BYTES : pages.usable_bytes][:size]
        blocks.append(block)
        size -= len(block)
        number = int.from_bytes(page[:_NUMBER_BYTES], "big")
    return b"".join(blocks)

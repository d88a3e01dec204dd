"""A file in pieces, each from one beginning to the next, in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.records.message import Place
from stalklog.safety.limits import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

    from stalklog.readers.base import Notes
    from stalklog.readers.window import Window


def pieces(
    window: Window, begins: Pattern[bytes], at: int, *, overlap: int, notes: Notes
) -> Iterator[tuple[int, bytes]]:
    """Where each piece begins in the file, and its bytes; what is over the limit is named.

    Args:
        window: The file.
        begins: How a piece begins.
        at: Where the first one begins in the window.
        overlap: The longest that such a beginning can be.
        notes: Told what was too long.
    """
    while at < len(window.data):
        at, end = _end(window, begins, at, overlap)
        yield window.start + at, window.data[at:end]
        at = end
        if at < len(window.data) and not begins.match(window.data, at):
            start = window.start + at
            found = window.seek(begins, at, overlap)
            at = found.start() if found else len(window.data)
            notes.leave("over-limit", Place(start, window.start + at), "text")


def _end(window: Window, begins: Pattern[bytes], at: int, overlap: int) -> tuple[int, int]:
    """Where a piece begins and ends in the window: at the next one, or at the limit."""
    search_from = at + 1
    while not (found := begins.search(window.data, search_from)):
        if window.is_ended or len(window.data) - at > MAX_RECORD_BYTES:
            return at, min(len(window.data), at + MAX_RECORD_BYTES)
        search_from = max(1, len(window.data) - at - overlap)
        window.more(at)
        at = 0
    return at, found.start()

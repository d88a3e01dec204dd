"""The labels of Ogg and FLAC: lines of `NAME=value` (Xiph, Vorbis comment)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.readers.headers.header import add_name, text_of

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header


def read_comments(data: bytes, header: Header) -> None:
    """Fill in the names of all labels that are whole, and what title and artist say.

    Args:
        data: From the length of the maker's name on; it may be cut off.
        header: To fill.
    """
    at = 4 + int.from_bytes(data[:4], "little")
    left = int.from_bytes(data[at : at + 4], "little")
    at += 4
    while left and at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        name, equals, value = data[at + 4 : at + 4 + length].partition(b"=")
        at += 4 + length
        left -= 1
        if not equals or at > len(data):
            continue
        label = text_of(name).upper()
        add_name(header.tags, label)
        if label == "TITLE":
            header.title = header.title or text_of(value)
        elif label == "ARTIST":
            header.artist = header.artist or text_of(value)

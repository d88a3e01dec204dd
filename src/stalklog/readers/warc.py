"""Web archives: WARC files of crawlers and of browsers' add-ons, plain or packed (ISO 28500).

Each record of something that a server sent is a message: a page with what it shows, everything
else as a file with its type and size. The moment of the record is when it was captured, so it is
`received`; when something was posted only the page itself can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from stalklog.readers.base import NO, SURE
from stalklog.readers.web.capture import Capturing
from stalklog.readers.web.piece import GZIP_MAGIC
from stalklog.readers.web.record import FIRST_LINE, begins_packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message


class WarcReader:
    """A web archive in one file, `.warc` or `.warc.gz`."""

    name = "warc"
    version = 1
    media_types: tuple[str, ...] = ("text/plain", "application/gzip")
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - the bytes suffice
        """Sure of the line with which every record begins."""
        if head.startswith(GZIP_MAGIC):
            return SURE if begins_packed(head) else NO
        return SURE if FIRST_LINE.match(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """What was captured, in the order of the file."""
        capturing = Capturing(notes)
        yield from capturing.read(stream)
        capturing.tell()

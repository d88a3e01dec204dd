"""The lines of a file one after another, each with its exact bytes, in little memory."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.records.message import Place
from stalklog.records.value import value
from stalklog.safety.limits import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.window import Window

_END: Final = re.compile(rb"\n")
_BOM: Final = b"\xef\xbb\xbf"


@value(frozen=True, slots=True)
class Line:
    """One line that is not empty."""

    data: bytes
    """It, without its end."""
    start: int
    """Its first byte."""
    end: int
    """One past its last byte; its end is not part of it."""

    @property
    def sha256(self) -> str:
        """SHA-256 of it, in lower-case hex."""
        return sha256(self.data).hexdigest()


def lines_of(window: Window, notes: Notes, member: str = "") -> Iterator[Line]:
    """Every line that is not empty; one over `MAX_RECORD_BYTES` is named and passed over.

    Args:
        window: The file.
        notes: Told of lines that are too long.
        member: The file inside a zip that this is.
    """
    at = 0
    window.more(0)
    if window.data.startswith(_BOM):
        at = len(_BOM)
    while True:
        end = window.data.find(b"\n", at)
        if end < 0 and not window.is_ended and len(window.data) - at <= MAX_RECORD_BYTES:
            window.more(at)
            at = 0
            continue
        if end < 0 and len(window.data) - at > MAX_RECORD_BYTES:
            start = window.start + at
            found = window.seek(_END, at, 0)
            at = found.start() if found else len(window.data)
            notes.leave("over-limit", Place(start, window.start + at, member=member), "line")
            continue
        data = window.data[at : end if end >= 0 else len(window.data)].rstrip(b"\r")
        if data and not data.isspace():
            yield Line(data, window.start + at, window.start + at + len(data))
        if end < 0:
            return
        at = end + 1

"""Read bytes as the table of readers would, and take the report."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from stalklog.readers.base import Reading
from stalklog.readers.table import find_reader
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from stalklog.records.message import ReadingReport


class OneWay(BytesIO):
    """A stream that only goes on, as that of a sealed original does."""

    def seekable(self) -> bool:
        return False

    def seek(self, _offset: int, _whence: int = 0) -> int:
        raise AssertionError("it jumped")

    def tell(self) -> int:
        raise AssertionError("it asked where it is")


def report_of(data: bytes, *, one_way: bool = False) -> ReadingReport:
    """What the surest reader comes to; it must hold no message."""
    reader = find_reader(data[:MAX_HEAD_BYTES], "a name says nothing")
    assert reader is not None
    stream = OneWay(data) if one_way else BytesIO(data)
    reading = Reading(reader, stream, "", size_bytes=len(data))
    assert list(reading) == []
    return reading.report()

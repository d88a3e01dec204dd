"""One call to read a file with one reader."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from stalklog.readers.base import Reading

if TYPE_CHECKING:
    from stalklog.readers.base import Reader
    from stalklog.records.message import Message, ReadingReport


def read_file(
    reader: Reader, data: bytes, name: str = "file"
) -> tuple[list[Message], ReadingReport]:
    """Its messages and its report."""
    reading = Reading(reader, BytesIO(data), name, size_bytes=len(data))
    return list(reading), reading.report()

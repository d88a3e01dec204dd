"""The bytes of an export, some at a time: whole lines, unless one is very long."""

from __future__ import annotations

from typing import BinaryIO, Final

from stalklog.readers.stream import read_up_to
from stalklog.safety.limits import MAX_CHAT_SURVEY_BYTES

_BLOCK_BYTES: Final = 1 << 20
_MAX_LINE_BYTES: Final = 1 << 16
"""A line without an end is no longer waited for: its header, if it has one, is in this."""
_CONTINUES: Final = range(0x80, 0xC0)
"""Bytes inside a letter of UTF-8."""
_LETTER_BYTES: Final = 4


class Blocks:
    """Block after block of a stream, none of which reaches over `MAX_CHAT_SURVEY_BYTES`.

    Args:
        stream: At its beginning.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting = b""
        self.read_bytes = 0
        """How many were read of the stream."""

    @property
    def is_early(self) -> bool:
        """Whether what is to be looked over first goes on."""
        return self.read_bytes < MAX_CHAT_SURVEY_BYTES

    @property
    def given_bytes(self) -> int:
        """How many of them were given on."""
        return self.read_bytes - len(self._waiting)

    def next(self) -> bytes:
        """The next block; none at the end."""
        data = self._waiting
        while block := read_up_to(self._stream, self._room()):
            self.read_bytes += len(block)
            data += block
            end = _cut_at(data)
            if end:
                self._waiting = data[end:]
                return data[:end]
        self._waiting = b""
        return data

    def _room(self) -> int:
        """How many bytes to read: what is looked over ends where a block does."""
        left = MAX_CHAT_SURVEY_BYTES - self.read_bytes
        return min(_BLOCK_BYTES, left) if left > 0 else _BLOCK_BYTES


def _cut_at(data: bytes) -> int:
    """Where to cut: behind a line, or inside a very long one between two letters."""
    end = data.rfind(b"\n") + 1
    if len(data) - end <= _MAX_LINE_BYTES:
        return end
    end = len(data)
    for back in range(1, min(_LETTER_BYTES, len(data)) + 1):
        if data[-back] not in _CONTINUES:
            return end - back
    return end

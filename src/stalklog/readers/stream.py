"""Read from a stream that may give less at a time than it is asked for."""

from __future__ import annotations

from typing import BinaryIO


def read_up_to(stream: BinaryIO, size_bytes: int) -> bytes:
    """The next bytes of a stream: fewer than asked for only where it ends."""
    data = stream.read(size_bytes)
    if len(data) == size_bytes:
        return data
    blocks = [data]
    left = size_bytes - len(data)
    while left and (block := stream.read(left)):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)

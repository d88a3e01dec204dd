"""The first blocks of a FLAC recording (RFC 9639)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.comments import read_comments
from stalklog.safety.limits import MAX_BLOCK_BYTES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

SIGNATURE: Final = b"fLaC"
_STREAM, _COMMENTS = 0, 4
_LAST: Final = 0x80
_STREAM_BYTES: Final = 34


def read_flac(walk: Walk, header: Header) -> None:
    """Walk over the blocks that stand before the sound.

    Raises:
        ReadingError: It is damaged, or over a limit.
    """
    header.format = "FLAC"
    walk.skip(4)
    is_last = False
    while not is_last:
        walk.count()
        head = walk.take(4)
        kind, length = head[0] & ~_LAST, int.from_bytes(head[1:])
        start, is_last = walk.position, bool(head[0] & _LAST)
        if kind == _STREAM and length >= _STREAM_BYTES:
            read_stream(walk.take(_STREAM_BYTES), header)
        elif kind == _COMMENTS:
            read_comments(walk.peek(min(length, MAX_BLOCK_BYTES)), header)
        walk.skip(start + length - walk.position)
    if header.duration_s and not walk.peek(1):
        walk.stop("damaged")


def read_stream(data: bytes, header: Header) -> None:
    """What the first block says: 20 bits of rate, 3 of channels, 5 of depth, 36 of samples."""
    bits = int.from_bytes(data[10:18])
    rate, samples = bits >> 44, bits & ((1 << 36) - 1)
    header.sample_rate_hz, header.channels = rate, (bits >> 41 & 7) + 1
    if rate and samples:
        header.duration_s = samples / rate

"""The pages of an Ogg file (RFC 3533): Opus, such as voice messages are in, Vorbis, Speex, FLAC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.comments import read_comments
from stalklog.readers.headers.flac import read_stream
from stalklog.safety.limits import MAX_BLOCK_BYTES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_HEAD_BYTES: Final = 27
_OPUS_RATE_HZ: Final = 48_000
"""In which Opus counts, whatever it was recorded in (RFC 7845 section 4)."""
_NO_POSITION: Final = (1 << 64) - 1
_COMMENTS_AT: Final = {"Ogg Opus": 8, "Ogg Vorbis": 7, "Ogg Speex": 0, "Ogg FLAC": 4}
"""Where in the second packet of a stream the labels begin."""


@dataclass(slots=True)
class _Stream:
    """The stream of sound in the file."""

    number: bytes = b""
    rate_hz: int = 0
    skipped: int = 0
    """Samples at the beginning that are not played."""
    position: int = 0
    second: bytes = b""
    """Its second packet, as much as was seen of it."""
    packets: int = 0
    """How many of its first packets are whole; no more than 2 are counted."""


def read_ogg(walk: Walk, header: Header) -> None:
    """Walk over all pages.

    Raises:
        ReadingError: It is damaged, or over a limit; then the length is that of what is there.
    """
    header.format = "Ogg"
    stream = _Stream()
    try:
        while walk.peek(1):
            walk.count()
            _read_page(walk, stream, header)
    finally:
        if stream.rate_hz:
            header.duration_s = max(0, stream.position - stream.skipped) / stream.rate_hz
        if header.format in _COMMENTS_AT:
            read_comments(stream.second[_COMMENTS_AT[header.format] :], header)


def _read_page(walk: Walk, stream: _Stream, header: Header) -> None:
    head = walk.take(_HEAD_BYTES)
    if head[:4] != b"OggS":
        walk.stop("damaged")
    lengths = walk.take(head[26])
    start, length = walk.position, sum(lengths)
    number = head[14:18]
    if not stream.number:
        _begin(walk.peek(min(length, 100)), number, stream, header)
    if number == stream.number:
        if stream.packets < 2:  # noqa: PLR2004 - who speaks, and the labels
            _gather(walk, lengths, stream)
        position = int.from_bytes(head[6:14], "little")
        walk.skip(start + length - walk.position)
        if position != _NO_POSITION:
            stream.position = position
    else:
        walk.skip(length)


def _begin(data: bytes, number: bytes, stream: _Stream, header: Header) -> None:
    """The first packet of a stream: whether it is sound, and in what form."""
    if data.startswith(b"OpusHead"):
        header.format, header.channels = "Ogg Opus", int.from_bytes(data[9:10])
        stream.rate_hz, stream.skipped = _OPUS_RATE_HZ, int.from_bytes(data[10:12], "little")
    elif data.startswith(b"\x01vorbis"):
        header.format, header.channels = "Ogg Vorbis", int.from_bytes(data[11:12])
        stream.rate_hz = int.from_bytes(data[12:16], "little")
    elif data.startswith(b"Speex   "):
        header.format, header.channels = "Ogg Speex", int.from_bytes(data[48:52], "little")
        stream.rate_hz = int.from_bytes(data[36:40], "little")
    elif data.startswith(b"\x7fFLAC"):
        read_stream(data[17:51], header)
        header.format, stream.rate_hz = "Ogg FLAC", header.sample_rate_hz or 0
    else:
        return
    stream.number, header.sample_rate_hz = number, stream.rate_hz


def _gather(walk: Walk, lengths: bytes, stream: _Stream) -> None:
    """Keep the second packet, which may begin on the first page and go on over several."""
    for length in lengths:
        data = walk.take(length)
        if stream.packets == 1 and len(stream.second) < MAX_BLOCK_BYTES:
            stream.second += data
        if length < 255:  # noqa: PLR2004 - a packet ends with a shorter piece
            stream.packets += 1

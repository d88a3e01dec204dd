"""The chunks of a WAV recording (Microsoft, Multimedia Programming Interface 1.0, 1991)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.headers.header import add_name, text_of
from stalklog.safety.limits import MAX_BLOCK_BYTES

if TYPE_CHECKING:
    from stalklog.readers.headers.header import Header
    from stalklog.readers.headers.walk import Walk

_UNKNOWN_LENGTHS: Final = {0, 0xFFFFFFFF}
"""What stands as the length of the sound where it was recorded into a pipe."""
_PLAIN: Final = {1, 3, 6, 7}
"""Forms with as many bytes for each sample: PCM, in whole numbers or not, A-law and mu-law."""
_EXTENSIBLE: Final = b"\xfe\xff"
"""The form that stands further behind."""
_ROLES: Final = {b"INAM": "title", b"IART": "artist", b"ISFT": "software"}


@dataclass(slots=True)
class _Form:
    """How the sound is written, as far as it has been read."""

    tag: int = 0
    bytes_per_s: int = 0
    samples: int = 0
    """As the file counts them, which only packed forms need."""
    size_bytes: int = 0
    """Of the sound that is there."""


def read_wav(walk: Walk, header: Header) -> None:
    """Walk over all chunks.

    Raises:
        ReadingError: It is damaged, or over a limit; then the length is that of what is there.
    """
    header.format = "WAV"
    walk.skip(12)
    form = _Form()
    try:
        while walk.peek(1):
            walk.count()
            _read_chunk(walk, form, header)
    finally:
        if form.tag in _PLAIN and form.bytes_per_s:
            header.duration_s = form.size_bytes / form.bytes_per_s
        elif form.samples and header.sample_rate_hz:
            header.duration_s = form.samples / header.sample_rate_hz


def _read_chunk(walk: Walk, form: _Form, header: Header) -> None:
    head = walk.take(8)
    kind, length = head[:4], int.from_bytes(head[4:], "little")
    start = walk.position
    if kind == b"data" and length in _UNKNOWN_LENGTHS:
        form.size_bytes = walk.finish() - start
        return
    if kind == b"fmt ":
        data = walk.take(min(length, 26))
        header.channels = int.from_bytes(data[2:4], "little")
        header.sample_rate_hz = int.from_bytes(data[4:8], "little")
        form.bytes_per_s = int.from_bytes(data[8:12], "little")
        tag = data[24:26] if data[:2] == _EXTENSIBLE else data[:2]
        form.tag = int.from_bytes(tag, "little")
    elif kind == b"fact":
        form.samples = int.from_bytes(walk.take(min(length, 4)), "little")
    elif kind == b"LIST":
        _read_labels(walk.peek(min(length, MAX_BLOCK_BYTES)), header)
    try:
        walk.skip(start + length - walk.position)
    finally:
        if kind == b"data":
            form.size_bytes = min(length, (walk.size_bytes or walk.position) - start)
    walk.skip(min(length % 2, len(walk.peek(1))))


def _read_labels(data: bytes, header: Header) -> None:
    if data[:4] != b"INFO":
        return
    at = 4
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        add_name(header.tags, text_of(kind, "latin-1"))
        if (role := _ROLES.get(kind)) and not getattr(header, role):
            setattr(header, role, text_of(data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2

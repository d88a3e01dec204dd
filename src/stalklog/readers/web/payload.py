"""What a server sent, freed of the way in which it was sent: chunks and compression (RFC 9112).

Browsers and crawlers keep the header as it came and the body often as it was understood, so what a
header announces is taken off only where it is there.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final, Protocol

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.safety.limits import MAX_RATIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MAX_SIZE_BYTES: Final = 256
_SMALL_BYTES: Final = 1 << 20
"""Up to this size nothing is a bomb, however well it is packed."""
_IN_FRONT: Final = re.compile(rb"[\xef\xbb\xbf\s]*<")
_GZIP: Final = b"\x1f\x8b"
_NOTHING: Final = frozenset({"", "identity", "none"})
_DEFLATED: Final = frozenset({"gzip", "x-gzip", "deflate"})


class Layer(Protocol):
    """One way of sending that is taken off again."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out for these bytes."""
        ...


class Chunks:
    """The chunked transfer coding; what is not chunked passes through."""

    def __init__(self) -> None:
        self._waiting = b""
        self._left = 0
        self._is_first = True
        self._is_plain = False
        self._is_ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out for these bytes."""
        if self._is_plain:
            yield data
            return
        data = self._waiting + data
        at = 0
        while at < len(data) and not self._is_ended:
            if self._left:
                block = data[at : at + self._left]
                at += len(block)
                self._left -= len(block)
                yield block
                continue
            start = at if self._is_first else _behind_line_end(data, at)
            size = _SIZE.match(data, start) if start >= 0 else None
            if size is None:
                if len(data) - at < _MAX_SIZE_BYTES:
                    break
                self._is_plain = True
                yield data[at:]
                at = len(data)
                break
            self._is_first = False
            self._left = int(size[1], 16)
            self._is_ended = not self._left
            at = size.end()
        self._waiting = data[at:] if not self._is_ended else b""

    def end(self) -> bytes:
        """What is left over that was no chunk."""
        return self._waiting if self._is_first and not self._is_ended else b""


class Inflated:
    """The content codings gzip and deflate; what is not packed passes through."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(32 + zlib.MAX_WBITS)
        self._is_first = True
        self._packed_bytes = 0
        self._unpacked_bytes = 0
        self._is_plain = False
        self.is_whole = True
        """Whether everything could be unpacked."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out for these bytes."""
        if self._is_first and data:
            self._begin(data)
        if self._is_plain:
            yield data
            return
        while data and self.is_whole and not self._inflater.eof:
            try:
                block = self._inflater.decompress(data, BLOCK_BYTES)
            except zlib.error:
                self.is_whole = False
                return
            self._packed_bytes += len(data) - len(self._inflater.unconsumed_tail)
            data = self._inflater.unconsumed_tail
            self._unpacked_bytes += len(block)
            if self._unpacked_bytes > max(_SMALL_BYTES, self._packed_bytes * MAX_RATIO):
                self.is_whole = False
                return
            if block:
                yield block

    def _begin(self, data: bytes) -> None:
        """Choose by its first bytes: packed with a header, without one, or not at all."""
        self._is_first = False
        if data.startswith(_GZIP):
            return
        for window_bits in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
            try:
                zlib.decompressobj(window_bits).decompress(data, 1)
            except zlib.error:
                continue
            self._inflater = zlib.decompressobj(window_bits)
            self._is_plain = window_bits < 0 and bool(_IN_FRONT.match(data))
            return
        self._is_plain = True


def is_unknown_coding(coding: str, beginning: bytes) -> bool:
    """Whether a body is packed in a way that is not read, such as Brotli.

    Args:
        coding: What the header says.
        beginning: How the body begins: of a page that was kept as it was understood, with a tag.
    """
    names = {name.strip() for name in coding.lower().split(",")}
    return not names <= (_NOTHING | _DEFLATED) and not _IN_FRONT.match(beginning)


def is_deflated(coding: str) -> bool:
    """Whether a header says that the body is packed by gzip or deflate."""
    return coding.strip().lower() in _DEFLATED


def _behind_line_end(data: bytes, at: int) -> int:
    """Where a chunk's size begins behind the end of the chunk before; -1 if that is not there."""
    if data.startswith(b"\r\n", at):
        return at + 2
    return at + 1 if data.startswith(b"\n", at) else -1

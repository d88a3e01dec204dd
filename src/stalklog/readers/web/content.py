"""What a record of a web archive holds: the server's header, and the content freed of its wrapping.

A record is read once and not kept: its content is hashed on the way, and only of text the
beginning stays in memory.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.parameter import parse_value
from stalklog.readers.web.digest import Digest
from stalklog.readers.web.payload import Chunks, Inflated, is_deflated, is_unknown_coding
from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.mail.header import Header
    from stalklog.readers.web.record import Record

HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
TEXT: Final = "text/plain"
_STATUS: Final = re.compile(rb"HTTP/[0-9.]{1,8}[ \t]+([0-9]{3})\b")
_SNIFFED_BYTES: Final = 512
_BEGINS_HTML: Final = re.compile(rb"[\xef\xbb\xbf\s]*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_FAILED_FROM: Final = 400
_MOVED_FROM: Final = 300


@dataclass(slots=True)
class Content:
    """What a record holds."""

    media_type: str = ""
    charset: str = ""
    size_bytes: int = 0
    sha256: str = ""
    kept: bytes = b""
    """Of a page or a plain text its bytes, up to a limit; of everything else nothing."""
    is_readable: bool = True
    """Whether all of its wrapping could be taken off."""
    coding: str = ""
    """How it is still packed where it is not readable."""
    flags: set[str] = field(default_factory=set)


def read_content(record: Record) -> Content:
    """The content of a record, read to its end.

    Args:
        record: A record of which nothing was read yet.
    """
    return _Reading(record).run()


class _Reading:
    def __init__(self, record: Record) -> None:
        self._record = record
        self._block = Digest(record.fields.get("warc-block-digest", ""))
        written = record.fields.get("warc-payload-digest", "")
        self._payload = Digest(written)
        self._unchunked = Digest(written)
        self._hash = hashlib.sha256()
        self._kept = bytearray()
        self._is_kept = True
        self._content = Content()

    def run(self) -> Content:
        content = self._content
        written = self._record.fields.get("content-type", "")
        coding = transfer = ""
        beginning = b""
        if written.lower().startswith("application/http"):
            header, beginning = self._header()
            written = header.first("content-type") if header else ""
            coding = header.first("content-encoding") if header else ""
            transfer = header.first("transfer-encoding") if header else ""
        content.media_type, parameters = parse_value(written)
        content.charset = parameters.get("charset", "")
        self._is_kept = not content.media_type or content.media_type in {*HTML, TEXT}
        for block in self._unwrapped(self._raw(beginning), coding, transfer):
            self._hash.update(block)
            content.size_bytes += len(block)
            if self._is_kept:
                self._keep(block)
        return self._judged()

    def _header(self) -> tuple[Header | None, bytes]:
        """What the server sent before the content; else the bytes that are no such header."""
        first = self._record.line()
        status = _STATUS.match(first)
        if status is None:
            self._content.flags.add("bad-structure")
            return None, first
        self._block.update(first)
        lines: list[bytes] = []
        left = MAX_HEADER_BYTES
        while left > 0 and (line := self._record.line()):
            self._block.update(line)
            left -= len(line)
            if not line.strip(b"\r\n"):
                break
            lines.append(line)
        if int(status[1]) >= _MOVED_FROM:
            is_failed = int(status[1]) >= _FAILED_FROM
            self._content.flags.add("error-page" if is_failed else "moved")
        data = b"".join(lines)
        return parse_header(data, 0, len(data)), b""

    def _raw(self, beginning: bytes) -> Iterator[bytes]:
        block = beginning or self._record.read(BLOCK_BYTES)
        while block:
            self._block.update(block)
            self._payload.update(block)
            yield block
            block = self._record.read(BLOCK_BYTES)

    def _unwrapped(self, raw: Iterator[bytes], coding: str, transfer: str) -> Iterator[bytes]:
        chunks = Chunks() if "chunked" in transfer.lower() else None
        inflated = Inflated() if is_deflated(coding) else None
        is_first = True
        for block in _unchunked(raw, chunks):
            self._unchunked.update(block)
            if is_first and is_unknown_coding(coding, block):
                self._content.is_readable = False
                self._content.coding = coding
            is_first = False
            yield from (block,) if inflated is None else inflated.feed(block)
        if inflated is not None and not inflated.is_whole:
            self._content.is_readable = False
            self._content.coding = coding

    def _keep(self, block: bytes) -> None:
        content, room = self._content, MAX_PAGE_BYTES - len(self._kept)
        if not content.media_type and not self._kept:
            if _BEGINS_HTML.match(block[:_SNIFFED_BYTES]):
                content.media_type = "text/html"
            else:
                self._is_kept = False
                return
        if len(block) > room:
            content.flags.add("text-cut")
        self._kept += block[:room]

    def _judged(self) -> Content:
        content = self._content
        content.sha256 = self._hash.hexdigest()
        content.kept = bytes(self._kept)
        if self._record.is_cut or "warc-truncated" in self._record.fields:
            content.flags.add("cut-off")
            return content
        is_right = (not self._block.is_known or self._block.fits()) and (
            not self._payload.is_known or self._payload.fits() or self._unchunked.fits()
        )
        if not is_right:
            content.flags.add("digest-mismatch")
        return content


def _unchunked(raw: Iterator[bytes], chunks: Chunks | None) -> Iterator[bytes]:
    if chunks is None:
        yield from raw
        return
    for block in raw:
        yield from chunks.feed(block)
    if rest := chunks.end():
        yield rest

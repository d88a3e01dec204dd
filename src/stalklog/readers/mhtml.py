"""A page of the web that was saved in one file with what it shows: MHTML (RFC 2557).

Chrome and Edge write it, and Internet Explorer did. The address and the moment that it notes are
those of saving, so the moment is `received`; when something was posted only the page can tell.
Safari's `.webarchive` is known, and named as not read.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.base import NO, SURE, ReadingError
from stalklog.readers.mail.beginning import mail_start
from stalklog.readers.mail.body import decode_body, digest_body, encoding_of
from stalklog.readers.mail.date import told
from stalklog.readers.mail.encoded_word import as_text, decode_field, unfold
from stalklog.readers.mail.extent import Extent
from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.parameter import parse_value
from stalklog.readers.mail.part import Budget, leaves, parse_parts
from stalklog.readers.stream import read_up_to
from stalklog.readers.web.content import HTML
from stalklog.readers.web.page import read_page
from stalklog.records.message import Attachment, Message, Place
from stalklog.safety.limits import MAX_PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.mail.header import Header
    from stalklog.readers.mail.part import Part
    from stalklog.readers.web.page import Page
    from stalklog.records.message import Told

_SAFARI: Final = b"bplist00"
_SAFARIS_KEY: Final = b"WebMainResource"
_SAVED_BY: Final = re.compile(r"\s*<?(Saved by [^>\n]{1,100})", re.IGNORECASE)
_OF_MAIL: Final = ("received", "to", "delivered-to", "return-path")
_LOCATED: Final = re.compile(rb"\nContent-Location:[ \t]*\S", re.IGNORECASE)


class MhtmlReader:
    """One page with its pictures in one file."""

    name = "mhtml"
    version = 1
    media_types: tuple[str, ...] = ("multipart/related", "message/rfc822")
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure of what a browser says that it saved, or what is a page and was sent to nobody."""
        if head.startswith(_SAFARI):
            return SURE if _SAFARIS_KEY in head else NO
        start = mail_start(head)
        if b":" not in head[start : start + 100]:
            return NO
        header = parse_header(head, start, len(head))
        if header.first("snapshot-content-location") or _SAVED_BY.match(header.first("from")):
            return SURE
        media_type, parameters = parse_value(header.first("content-type"))
        is_page = media_type == "multipart/related" and parameters.get("type", "") in HTML
        is_sent = any(header.first(field) for field in _OF_MAIL)
        return SURE if is_page and not is_sent and _LOCATED.search(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The page, then each page that it shows in a frame, with `parent`."""
        data = read_up_to(stream, MAX_PAGE_BYTES)
        if data.startswith(_SAFARI):
            raise ReadingError("not-read", Place(start=0), "webarchive")
        digest, size_bytes = hashlib.sha256(data), len(data)
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
        notes.cover(size_bytes)
        if size_bytes > len(data):
            notes.leave("over-limit", Place(start=len(data), end=size_bytes))
        whole = Place(0, size_bytes, sha256=digest.hexdigest())
        start = mail_start(data)
        extent = Extent(data, 0, start, len(data), whole, is_cut=size_bytes > len(data))
        yield from _Saved(extent, parse_header(data, start, len(data)), notes).read()


@dataclass(slots=True)
class _Saved:
    """One saved page with its parts."""

    extent: Extent
    header: Header
    notes: Notes
    flags: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def read(self) -> Iterator[Message]:
        """The page, then the pages in its frames."""
        top, odd = parse_parts(self.extent, self.header, Budget())
        self.flags |= odd
        if "parts-cut" in odd:
            self.notes.leave("over-limit", self.extent.place, "parts-cut")
        parts = list(leaves(top))
        root = _root(top, parts)
        frames = [part for part in parts if part is not root and part.media_type in HTML]
        page = self._page(root)
        self._tell(page)
        here = {_address(part) for part in parts} | {_content_id(part) for part in parts}
        files = [self._file(part) for part in parts if part is not root and part not in frames]
        files += (file for file in page.remote if file.name not in here)
        yield self._message(root, page, self.extent.place, files=files)
        for frame in frames:
            place = self.extent.place_of(frame)
            yield self._message(frame, self._page(frame), place, parent=1)

    def _message(
        self,
        part: Part,
        page: Page,
        place: Place,
        *,
        files: list[Attachment] | None = None,
        parent: int | None = None,
    ) -> Message:
        subject, is_right = decode_field(unfold(self.header.first("subject")))
        flags = page.flags | (set() if is_right else {"bad-charset"})
        if parent is None:
            flags |= self.flags
        return Message(
            number=next(self.numbers),
            place=place,
            kind="page",
            parent=parent,
            received=_moment(self.header),
            subject=page.title if parent else subject or page.title,
            text=page.text,
            url=_address(part) if parent else self._url(part),
            attachments=page.remote if files is None else tuple(files),
            flags=tuple(sorted(flags)),
        )

    def _url(self, root: Part) -> str:
        snapshot = _field(self.header, "snapshot-content-location")
        return snapshot or _address(root) or _field(self.header, "content-location")

    def _tell(self, page: Page) -> None:
        program = _SAVED_BY.match(self.header.first("from"))
        if program:
            self.notes.tell("saved_by", program[1].strip())
        for what, value in page.words.items():
            self.notes.tell(what, value)

    def _page(self, part: Part) -> Page:
        data, is_whole = decode_body(self.extent.data[part.start : part.end], _encoding(part))
        page = read_page(data, part.parameters.get("charset", ""))
        return page if is_whole else replace(page, flags=page.flags | {"bad-encoding"})

    def _file(self, part: Part) -> Attachment:
        raw = memoryview(self.extent.data)[part.start : part.end]
        size_bytes, digest, is_whole = digest_body(raw, _encoding(part))
        if not is_whole:
            self.flags.add("bad-encoding")
        return Attachment(
            name=_address(part) or _content_id(part),
            media_type=part.media_type,
            size_bytes=size_bytes,
            sha256=digest,
            place=self.extent.place_of(part),
        )


def _root(top: Part, parts: list[Part]) -> Part:
    """The page itself: as the file says, else the first page in it, else its first part."""
    start = top.parameters.get("start", "").strip("<> ")
    named = (part for part in parts if start and _content_id(part) == f"cid:{start}")
    pages = (part for part in parts if part.media_type in HTML)
    return next(named, None) or next(pages, None) or parts[0]


def _address(part: Part) -> str:
    return _field(part.header, "content-location")


def _field(header: Header, name: str) -> str:
    return as_text(unfold(header.first(name)))


def _content_id(part: Part) -> str:
    """A part's name as the page calls it: `cid:frame-1@mhtml.blink`."""
    written = _field(part.header, "content-id").strip("<> ")
    return f"cid:{written}" if written else ""


def _encoding(part: Part) -> str:
    return encoding_of(part.header.first("content-transfer-encoding"))


def _moment(header: Header) -> Told | None:
    written = header.first("date")
    return told(written) if written.strip() else None

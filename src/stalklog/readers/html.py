"""A page of the web that was saved as HTML: what it shows, and what the file says of its origin.

It is shown as text, never rendered, run or fetched. A browser notes the address in it, SingleFile
the moment too; what the page itself says of its address is its author's word, and only told.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.core.hashing import BLOCK_BYTES
from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.mail.date import told
from stalklog.readers.stream import read_up_to
from stalklog.readers.web.page import read_page
from stalklog.records.message import Message, Place
from stalklog.safety.limits import MAX_PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Told

_BOMS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
_SEEN_BYTES: Final = 4096
"""How much of a file decides whether it is a page."""
_BEGINS: Final = re.compile(r"(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<(?:head|body|meta|title|script|div|table|p|h1|br)\b", re.IGNORECASE)
_HEAD_CHARS: Final = 1 << 14
"""How far into a page a program that saves it writes about that."""
_SAVED_FROM: Final = re.compile(r"<!-- saved from url=\((\d{4})\)")
_SINGLE_FILE: Final = re.compile(
    r"<!--\s{1,4}Page saved with SingleFile\s{1,4}url: ([^\n]{1,8000})\n"
    r"(?:\s{0,4}saved date: ([^\n]{1,200})\n)?"
)
_CLOCK: Final = re.compile(
    r"[A-Za-z]{3} (?P<month>[A-Za-z]{3}) (?P<day>\d{2}) (?P<year>\d{4}) (?P<time>[\d:]{8}) "
    r"GMT(?P<zone>[+-]\d{4})"
)
"""A moment as JavaScript writes it: `Fri Nov 20 2026 21:30:00 GMT+0530 (India Standard Time)`."""
_NO_SITES: Final = ("about:", "file:")


class HtmlReader:
    """One page in one file."""

    name = "html"
    version = 1
    media_types: tuple[str, ...] = ("text/html",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely of what begins as a page, behind comments too; perhaps of what has its tags."""
        start = _skip_comments(_letters(head[:_SEEN_BYTES]))
        if _BEGINS.match(start):
            return LIKELY
        return MAYBE if start.startswith("<") and _TAG.search(start) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The page."""
        data = read_up_to(stream, MAX_PAGE_BYTES)
        digest, size_bytes = hashlib.sha256(data), len(data)
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
        notes.cover(size_bytes)
        if size_bytes > len(data):
            notes.leave("over-limit", Place(start=len(data), end=size_bytes))
        page = read_page(data)
        url, received, program = saved_from(page.source)
        if program:
            notes.tell("saved_by", program)
        for what, value in page.words.items():
            notes.tell(what, value)
        yield Message(
            number=1,
            place=Place(0, size_bytes, sha256=digest.hexdigest()),
            kind="page",
            received=received,
            subject=page.title,
            text=page.text,
            url=url,
            attachments=page.remote,
            flags=tuple(sorted(page.flags)),
        )


def saved_from(source: str) -> tuple[str, Told | None, str]:
    """Where a saved page is from, when that was, and which program says so; empty where none does.

    Args:
        source: The HTML. A page may hold such a comment of its own; the program's stands first.
    """
    head = source[:_HEAD_CHARS]
    comment = _SAVED_FROM.search(head)
    single = _SINGLE_FILE.search(head)
    if single and not (comment and comment.start() < single.start()):
        return single[1].strip(), _moment(single[2]), "SingleFile"
    if comment:
        url = source[comment.end() : comment.end() + int(comment[1])]
        return ("" if url.startswith(_NO_SITES) else url), None, "browser"
    return "", None, ""


def _moment(written: str | None) -> Told | None:
    if not written:
        return None
    found = _CLOCK.match(written)
    if found is None:
        return told(written)
    rearranged = "{day} {month} {year} {time} {zone}".format(**found.groupdict())
    return replace(told(rearranged), written=written.strip())


def _letters(head: bytes) -> str:
    """The beginning of a file as letters; of UTF-16 only with its mark."""
    for mark, charset in _BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(charset, "replace")
    return head.decode("latin-1")


def _skip_comments(text: str) -> str:
    text = text.lstrip()
    while text.startswith("<!--") and (end := text.find("-->")) > 0:
        text = text[end + 3 :].lstrip()
    return text

"""SMS, MMS and calls of an Android phone, as the app SMS Backup & Restore writes them.

Its files are often no right XML: halves of emoji, letters that XML forbids, a count that is wrong.
What can be read is read, and what cannot is named. The fields are those of
https://www.synctech.com.au/sms-backup-restore/fields-in-xml-backup-files/.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE
from stalklog.readers.epoch import told_epoch
from stalklog.readers.sms_record import SmsRecord
from stalklog.readers.window import Window
from stalklog.readers.xml_tags import XmlTags
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_FACT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.xml_tags import Tag
    from stalklog.records.message import Message

_ROOT: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s++|<\?[^>]*+>|<!--.*?-->)*+"
    rb"<(smses|calls)(?=[\s/>])([^<>]*+)>(?:\s++|<!--.*?-->)*+(<(?:sms|mms|call)\b)?",
    re.DOTALL,
)
_DTD: Final = re.compile(rb"<(?:smses|calls)[\s>][^<>]{0,1000}>\s*<(?:sms|mms|call)\s")
_COUNT: Final = re.compile(r"[0-9]{1,12}\Z")
_ROOTS: Final = frozenset({b"smses", b"calls"})
_RECORDS: Final = frozenset({b"sms", b"mms", b"call"})
_ENDS: Final = frozenset({"empty", "close"})
_DATE: Final = "backup_date"
_FACTS: Final = ("backup_set", _DATE, "type")


class SmsReader:
    """A backup of messages or of calls."""

    name = "sms-backup"
    version = 4
    media_types: tuple[str, ...] = ("application/xml",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by its first element with a count or a message behind it."""
        found = _ROOT.match(head)
        if found:
            return SURE if found[3] or b"count" in found[2] else LIKELY
        has_dtd = b"<!DOCTYPE" in head[:1000]
        return LIKELY if has_dtd and _DTD.search(head) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message and call in the order of the file."""
        window = Window(stream)
        tags = XmlTags(window, notes)
        yield from _records(window, tags, notes)
        notes.cover(window.start + len(window.data))


def _records(window: Window, tags: XmlTags, notes: Notes) -> Iterator[Message]:
    """The messages; one whose end is missing ends where the next begins."""
    numbers = count(1)
    record: SmsRecord | None = None
    open_roots = 0
    for tag in tags:
        is_first = tag.name in _RECORDS and tag.kind != "close"
        if record is not None and (tag.name in _ROOTS or (is_first and tag.start != record.start)):
            yield _cut_off(record, tag.start, next(numbers), window)
            record = None
        if not is_first:
            open_roots += _other(tag, record, notes)
        elif record is not None:
            record.begin(tag)
        else:
            record = SmsRecord(tag)
            window.hold(tag.start - window.start)
        if record is not None and tag.name == record.name and tag.kind in _ENDS:
            digest = window.release(tag.end - window.start)
            yield record.message(next(numbers), tag.end, digest, is_whole=True)
            record = None
    end = window.start + len(window.data)
    if record is not None:
        yield _cut_off(record, end, next(numbers), window)
    if open_roots > 0 or record is not None:
        notes.leave("damaged", Place(end, end), "end")


def _cut_off(record: SmsRecord, end: int, number: int, window: Window) -> Message:
    """A message whose end is missing."""
    return record.message(number, end, window.release(end - window.start), is_whole=False)


def _other(tag: Tag, record: SmsRecord | None, notes: Notes) -> int:
    """A tag that begins no message: 1 where the file begins, -1 where it ends."""
    if tag.name in _ROOTS:
        return _root(tag, notes)
    if record is not None:
        record.add(tag)
    else:
        notes.leave("not-read", Place(tag.start, tag.end), "tag")
    return 0


def _root(tag: Tag, notes: Notes) -> int:
    """What the file says of itself; 1 where it begins, -1 where it ends."""
    if tag.kind == "close":
        return -1
    declared = tag.values.get("count", "")
    if _COUNT.match(declared):
        what = "messages" if tag.name == b"smses" else "calls"
        notes.declare(what, notes.declared.get(what, 0) + int(declared))
    for name in _FACTS:
        value = tag.values.get(name)
        if value:
            value = value[:MAX_FACT_CHARS]
            notes.tell(name, _dated(value) if name == _DATE else value)
    return int(tag.kind == "open")


def _dated(written: str) -> str:
    """A count of milliseconds, and beside it what it means."""
    told = told_epoch(written)
    return f"{written} ({told.wall.replace('T', ' ')} UTC)" if told.wall else written

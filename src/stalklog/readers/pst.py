"""Outlook's mailboxes: PST and OST files, read by libpff in a process of its own.

An item does not lie in one piece of the mailbox, so that its place is a number, its descriptor.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import NO, SURE
from stalklog.readers.outlook.bag import Bag, Value
from stalklog.readers.outlook.heap import HeapError, read_heap
from stalklog.readers.outlook.item import File, Item, has_headers, to_message
from stalklog.readers.outlook.pst_process import read_lines
from stalklog.readers.outlook.tag import EMBEDDED, Tag
from stalklog.readers.stream import read_up_to
from stalklog.records.message import REASONS, Place
from stalklog.safety.limits import MAX_PARTS, MAX_RECIPIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.readers.base import Notes
    from stalklog.records.message import AttachmentStatus, Message

_SIGNATURE: Final = b"!BDN"
_CLIENT: Final = 8
_CLIENTS: Final = {b"SM": "PST", b"SO": "OST", b"AB": "PAB"}
"""What kind of mailbox it is (MS-PST section 2.2.2.6)."""
_ATTACHMENTS: Final = 0x10
"""The message flag of an item that has attachments."""


class PstReader:
    """A mailbox of Outlook."""

    name = "pst"
    version = 2
    media_types: tuple[str, ...] = ("application/vnd.ms-outlook-pst",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - the bytes suffice
        """Sure of its signature, and of which program keeps such a mailbox."""
        kind = head[_CLIENT : _CLIENT + 2]
        return SURE if head.startswith(_SIGNATURE) and kind in _CLIENTS else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002 - any name
        """The items folder by folder, each with those attached to it behind it."""
        size_bytes = stream.seek(0, io.SEEK_END)
        stream.seek(_CLIENT)
        notes.tell("mailbox_kind", _CLIENTS.get(read_up_to(stream, 2), ""))
        mailbox = _Mailbox(notes)
        for what, value in read_lines(stream, size_bytes, notes):
            yield from mailbox.take(what, value)
        mailbox.tell()


@dataclass(slots=True)
class _Mailbox:
    """What was told of a mailbox so far; each value is looked at before it is believed."""

    notes: Notes
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    declared: int = 0
    with_headers: int = 0
    in_no_folder: int = 0

    def take(self, what: str, value: object) -> Iterator[Message]:
        """Go on with what was told; the messages that it is."""
        if what == "item" and isinstance(value, dict):
            yield from self._item(value)
        elif what == "store":
            bag = _bag(value)
            if name := bag.text(Tag.DISPLAY_NAME):
                self.notes.tell("mailbox_name", name)
            if bag.number(Tag.PASSWORD):
                self.notes.tell("password", "yes")
        elif what == "declared":
            self.declared += _bag(value).number(Tag.CONTENT_COUNT) or 0
        elif what == "failed":
            match value:
                case [str(reason), str(folder)] if reason in REASONS:
                    self.notes.leave(reason, Place(), folder)

    def tell(self) -> None:
        """What the mailbox came to."""
        self.notes.declare("items", self.declared)
        self.notes.tell("items_with_internet_headers", str(self.with_headers))
        if self.in_no_folder:
            self.notes.tell("items_in_no_folder", str(self.in_no_folder))

    def _item(self, told: Mapping[str, object]) -> Iterator[Message]:
        bag = _bag(told.get("values"))
        codepage = bag.strings_codepage()
        folder = told.get("folder")
        place = _place(told.get("id"))
        people = [_bag(each, codepage) for each in _list(told.get("recipients"))]
        parts = _list(told.get("files"))
        flags = {"recipients-cut"} if len(people) > MAX_RECIPIENTS else set[str]()
        flags |= {"parts-cut"} if len(parts) > MAX_PARTS else set()
        if told.get("failures"):
            self.notes.leave("damaged", place)
        found = [self._file(each, codepage) for each in parts[:MAX_PARTS]]
        files = tuple(file for file, _inner in found)
        item = Item(bag, tuple(people[:MAX_RECIPIENTS]), files, place, tuple(flags))
        self.with_headers += has_headers(bag)
        self.in_no_folder += not isinstance(folder, str)
        number = next(self.numbers)
        yield to_message(item, number, self.notes, folder=folder if isinstance(folder, str) else "")
        for file, inner in found:
            if inner:
                yield from self._inner(inner, file.place, number)

    def _file(self, told: object, codepage: int) -> tuple[File, bytes]:
        """An attachment, and the raw bytes of the item that it is."""
        fields = told if isinstance(told, dict) else {}
        bag = _bag(fields.get("values"), codepage)
        place = _place(fields.get("id"))
        size, declared, digest = fields.get("size"), fields.get("declared"), fields.get("sha256")
        size_bytes = size if isinstance(size, int) else None
        status: AttachmentStatus = "present"
        if fields.get("is_damaged") or size_bytes is None or size_bytes != declared:
            status = "unread"
            self.notes.leave("damaged", place)
        if bag.number(Tag.ATTACH_METHOD) == EMBEDDED:
            return File(bag, None, "", status, place), _bytes(fields.get("inner"))
        return File(bag, size_bytes, digest if isinstance(digest, str) else "", status, place), b""

    def _inner(self, data: bytes, place: Place, parent: int) -> Iterator[Message]:
        """An item that is attached to another one, as far as libpff gives it."""
        try:
            bag, elsewhere = read_heap(data)
        except HeapError:
            self.notes.leave("not-read", place)
            return
        has_more = (bag.number(Tag.MESSAGE_FLAGS) or 0) & _ATTACHMENTS
        for tag in sorted(elsewhere):
            self.notes.leave("not-read", place, Tag(tag).name)
        if has_more:
            self.notes.leave("not-read", place, "attachments")
        flags = ("cut-off",) if elsewhere or has_more else ()
        item = Item(bag, (), (), place, flags)
        self.with_headers += has_headers(bag)
        yield to_message(item, next(self.numbers), self.notes, parent=parent)


def _bag(told: object, codepage: int = 0) -> Bag:
    values: dict[int, Value] = {}
    for number, value in told.items() if isinstance(told, dict) else ():
        match value:
            case [int(kind), str()] if str(number).isdecimal() and len(number) < 6:  # noqa: PLR2004 - 16 bits
                values[int(number)] = Value(kind, _bytes(value[1]))
    return Bag(values, codepage)


def _bytes(told: object) -> bytes:
    try:
        return base64.b64decode(told) if isinstance(told, str) else b""
    except ValueError:
        return b""


def _list(told: object) -> list[object]:
    return told if isinstance(told, list) else []


def _place(told: object) -> Place:
    return Place(item=f"descriptor:{told}" if isinstance(told, int) else "")

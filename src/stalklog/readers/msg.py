"""E-mail as Outlook saves it: .msg, which holds a mail's parts and not the mail itself.

The bytes that came over the internet are not in it, so a DKIM signature cannot be checked by it.
Only its internet headers are kept, and not always: what Outlook itself sent or made has none.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE, ReadingError
from stalklog.readers.outlook.bag import Bag, Value
from stalklog.readers.outlook.compound import SIGNATURE, Compound
from stalklog.readers.outlook.item import File, Item, has_headers, item_class, to_message
from stalklog.readers.outlook.tag import EMBEDDED, WANTED, Tag
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_DEPTH, MAX_MAIL_BYTES, MAX_PARTS, MAX_RECIPIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.outlook.compound import Storage, Stream
    from stalklog.records.message import Message

_PROPERTIES: Final = "__properties_version1.0"
_SIGN: Final = _PROPERTIES.encode("utf-16-le")
_VALUE: Final = re.compile(r"__substg1\.0_([0-9a-f]{4})([0-9a-f]{4})", re.IGNORECASE)
_ROW: Final = struct.Struct("<HH4x8s")
"""Of the fixed properties: type, number, value (MS-OXMSG section 2.4.2)."""
_TOP_BYTES: Final = 32
_EMBEDDED_BYTES: Final = 24
_OTHER_BYTES: Final = 8
"""How much stands before the rows: of the message, of one inside it, of what belongs to one."""
_RECIPIENT: Final = "__recip_version1.0_"
_ATTACHMENT: Final = "__attach_version1.0_"
_DATA: Final = "__substg1.0_37010102"
_INNER: Final = "__substg1.0_3701000d"
_DIRECTORY: Final = struct.Struct("<30xH16xI")
"""Of the compound file's head: the sector's shift, and the directory's first sector."""
_WANTED: Final = WANTED - {Tag.ATTACH_DATA}
_FIXED: Final = frozenset({0x0003, 0x000B, 0x0014, 0x0040})
"""Types whose value stands in its row: numbers, a truth and a time."""


class MsgReader:
    """One item of Outlook in one file."""

    name = "msg"
    version = 2
    media_types: tuple[str, ...] = ("application/x-ole-storage",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:
        """Sure of a compound file whose directory begins with Outlook's names.

        Where the directory lies further behind, the name decides: other programs' documents are
        compound files too.
        """
        if not head.startswith(SIGNATURE) or len(head) < _DIRECTORY.size:
            return NO
        if _SIGN in head:
            return SURE
        shift, directory = _DIRECTORY.unpack_from(head)
        if shift < 32 and (directory + 2) << shift <= len(head):  # noqa: PLR2004 - a sane shift
            return NO
        return LIKELY if name.lower().endswith(".msg") else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002 - any name
        """The item, then each item attached to it."""
        data = read_up_to(stream, MAX_MAIL_BYTES + 1)
        if len(data) > MAX_MAIL_BYTES:
            raise ReadingError("over-limit", Place(start=0, end=len(data)))
        compound = Compound(data)
        if _PROPERTIES not in compound.root.streams:
            raise ReadingError("not-read", detail="another program's document")
        whole = Place(0, len(data), sha256=hashlib.sha256(data).hexdigest())
        if not compound.is_whole:
            notes.leave("damaged", whole, "directory")
        notes.cover(len(data))
        yield from _Msg(compound, notes, count(1)).read(compound.root, whole)


@dataclass(slots=True)
class _Msg:
    """The items of one file."""

    compound: Compound
    notes: Notes
    numbers: count[int]
    files_left: int = MAX_PARTS

    def read(
        self, storage: Storage, place: Place, *, parent: int | None = None, depth: int = 0
    ) -> Iterator[Message]:
        """An item and those attached to it.

        Raises:
            ReadingError: The file's streams lie over each other.
        """
        flags: set[str] = set()
        bag = self._bag(storage, _TOP_BYTES if parent is None else _EMBEDDED_BYTES, flags)
        people = _named(storage, _RECIPIENT)
        if len(people) > MAX_RECIPIENTS:
            flags.add("recipients-cut")
        recipients = [self._bag(each, _OTHER_BYTES, flags, bag) for each in people[:MAX_RECIPIENTS]]
        files, inner = self._files(storage, bag, flags)
        number = next(self.numbers)
        if parent is None:
            self.notes.tell("item_class", item_class(bag))
            self.notes.tell("internet_headers", "yes" if has_headers(bag) else "no")
        item = Item(bag, tuple(recipients), tuple(files), place, tuple(flags))
        yield to_message(item, number, self.notes, parent=parent)
        for each in inner:
            within = Place(item=each.path)
            if depth == MAX_DEPTH:
                self.notes.leave("over-limit", within)
            else:
                yield from self.read(each, within, parent=number, depth=depth + 1)

    def _bag(
        self, storage: Storage, before_bytes: int, flags: set[str], owner: Bag | None = None
    ) -> Bag:
        """The properties in a folder: the short ones in rows, each long one in its stream."""
        values: dict[int, Value] = {}
        rows = storage.streams.get(_PROPERTIES)
        for kind, number, raw in _rows(self._bytes(rows, flags), before_bytes) if rows else ():
            if kind in _FIXED and number in _WANTED:
                values[number] = Value(kind, raw)
        for name, stream in storage.streams.items():
            found = _VALUE.fullmatch(name)
            number = int(found[1], 16) if found else 0
            if found and number in _WANTED:
                values[number] = Value(int(found[2], 16), self._bytes(stream, flags))
        return Bag(values, owner.strings_codepage() if owner else 0)

    def _files(
        self, storage: Storage, owner: Bag, flags: set[str]
    ) -> tuple[list[File], list[Storage]]:
        """The attachments, and of those that are items themselves the folders."""
        files: list[File] = []
        inner: list[Storage] = []
        for each in _named(storage, _ATTACHMENT):
            if not self.files_left:
                flags.add("parts-cut")
                break
            self.files_left -= 1
            bag = self._bag(each, _OTHER_BYTES, flags, owner)
            files.append(self._file(each, bag))
            if _INNER in each.storages:
                if bag.number(Tag.ATTACH_METHOD) == EMBEDDED:
                    inner.append(each.storages[_INNER])
                else:
                    self.notes.leave("not-read", files[-1].place, "OLE")
        return files, inner

    def _file(self, storage: Storage, bag: Bag) -> File:
        stream = storage.streams.get(_DATA)
        if stream is None:
            is_there = _INNER in storage.storages
            return File(
                bag, None, "", "present" if is_there else "missing", Place(item=storage.path)
            )
        found = self.compound.read(stream)
        digest = hashlib.sha256(found.data).hexdigest()
        start = found.start
        place = (
            Place(item=stream.path)
            if start is None
            else Place(start, start + len(found.data), item=stream.path, sha256=digest)
        )
        if not found.is_whole:
            self.notes.leave("damaged", place)
        return File(bag, len(found.data), digest, "present" if found.is_whole else "unread", place)

    def _bytes(self, stream: Stream, flags: set[str]) -> bytes:
        found = self.compound.read(stream)
        if not found.is_whole:
            flags.add("cut-off")
            self.notes.leave("damaged", Place(item=stream.path))
        return found.data


def _named(storage: Storage, begin: str) -> list[Storage]:
    """The folders whose name begins so, in the order of their numbers."""
    found = sorted(name for name in storage.storages if name.startswith(begin))
    return [storage.storages[name] for name in found]


def _rows(data: bytes, before_bytes: int) -> Iterator[tuple[int, int, bytes]]:
    for at in range(before_bytes, len(data) - _ROW.size + 1, _ROW.size):
        yield _ROW.unpack_from(data, at)

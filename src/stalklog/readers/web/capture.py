"""What a web archive holds, record by record, as messages: pages, and everything else as files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Final

from stalklog.readers.charset import decode
from stalklog.readers.mail.date import told
from stalklog.readers.web.content import HTML, TEXT, read_content
from stalklog.readers.web.page import read_page
from stalklog.readers.web.record import read_records
from stalklog.records.message import Attachment, Message
from stalklog.safety.limits import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from stalklog.readers.base import Notes
    from stalklog.readers.web.content import Content
    from stalklog.readers.web.record import Record

_CAPTURED: Final = frozenset({"response", "resource"})
_KNOWN: Final = frozenset(
    {"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion"}
    | {"continuation"}
)
_UNREAD: Final = frozenset({"conversion", "continuation"})
_BYTES_A_CHAR: Final = 4
"""How many bytes a letter takes at most."""


@dataclass(slots=True)
class Capturing:
    """The reading of one web archive, or of several in one."""

    notes: Notes
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    kinds: dict[str, int] = field(default_factory=dict)
    """How many records of each type."""

    def read(self, stream: BinaryIO, member: str = "") -> Iterator[Message]:
        """What was captured, in the order of the archive.

        Args:
            stream: Open at its beginning; it is only read on.
            member: The file's name inside a zip.

        Raises:
            ReadingError: There is more damage than anybody would look through.
        """
        for record in read_records(stream, self.notes, member):
            named = record.fields.get("warc-type", "").strip().lower()
            kind = named if named in _KNOWN else "unknown"
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if kind in _CAPTURED:
                yield self._captured(record)
            elif kind == "revisit":
                yield self._revisited(record)
            else:
                self._pass(record, kind)

    def tell(self) -> None:
        """Tell how many records of each type there were."""
        for kind, number in sorted(self.kinds.items()):
            self.notes.tell(f"records_{kind}", str(number))

    def _captured(self, record: Record) -> Message:
        """What a server sent."""
        content = read_content(record)
        framed = self._framed(record, content.flags)
        if not content.is_readable:
            self.notes.leave("not-read", framed.place, content.coding)
        if content.media_type not in HTML:
            return replace(
                framed,
                text=_plain(content),
                attachments=(_file(framed, content),),
                flags=tuple(sorted({*framed.flags, *content.flags})),
            )
        page = read_page(content.kept, content.charset)
        return replace(
            framed,
            kind="page",
            subject=page.title,
            text=page.text if content.is_readable else "",
            flags=tuple(sorted({*framed.flags, *content.flags, *page.flags})),
        )

    def _revisited(self, record: Record) -> Message:
        """A note that a page was the same as when it was captured before."""
        framed = self._framed(record, {"revisit"})
        return replace(framed, reply_to=record.fields.get("warc-refers-to", ""))

    def _framed(self, record: Record, flags: set[str]) -> Message:
        """A message with what every record has; the record is finished by it."""
        place = record.finish()
        written = record.fields.get("warc-date", "").strip()
        received = told(written) if written else None
        odd = {"no-date"} if received is None else set[str]()
        if received is not None and received.wall is None:
            odd = {"bad-date"}
        return Message(
            number=next(self.numbers),
            place=place,
            kind="other",
            received=received,
            native_id=record.fields.get("warc-record-id", ""),
            url=record.fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">"),
            flags=tuple(sorted(flags | odd)),
        )

    def _pass(self, record: Record, kind: str) -> None:
        """Go on behind a record that nobody sent; of the first one take which program wrote it."""
        while kind == "warcinfo" and (line := record.line()):
            name, _colon, value = line.decode("utf-8", "replace").partition(":")
            if name.strip().lower() == "software" and value.strip():
                self.notes.facts.setdefault("software", value.strip())
        place = record.finish()
        if kind in _UNREAD:
            self.notes.leave("not-read", place, kind)


def _plain(content: Content) -> str:
    """A plain text; what of it is too long is left out."""
    if content.media_type != TEXT or not content.is_readable:
        return ""
    text, is_right = decode(content.kept[: MAX_TEXT_CHARS * _BYTES_A_CHAR], content.charset)
    content.flags |= set() if is_right else {"bad-charset"}
    content.flags |= {"text-cut"} if len(text) > MAX_TEXT_CHARS else set()
    return text[:MAX_TEXT_CHARS].replace("\r\n", "\n")


def _file(framed: Message, content: Content) -> Attachment:
    address = framed.url.partition("?")[0].partition("#")[0]
    return Attachment(
        name=address.rstrip("/").rpartition("/")[2],
        media_type=content.media_type,
        size_bytes=content.size_bytes,
        sha256=content.sha256,
        status="present" if content.is_readable else "unread",
        place=framed.place,
    )

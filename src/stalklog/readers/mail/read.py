"""One mail, from its bytes to messages: itself first, then each mail that is attached to it.

Nothing in the bytes makes it raise, fetch or hang, and nothing is written anew: whatever it gives
points into the bytes that it was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.audience import audience_of
from stalklog.readers.mail.beginning import mail_start
from stalklog.readers.mail.content import read_content
from stalklog.readers.mail.extent import Extent
from stalklog.readers.mail.forward import is_inline_forward
from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.heading import understand
from stalklog.readers.mail.part import Budget, parse_parts
from stalklog.records.message import Message, Place
from stalklog.safety.limits import MAX_DEPTH, MAX_MAIL_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.mail.content import Content
    from stalklog.readers.mail.header import Header
    from stalklog.readers.mail.heading import Heading
    from stalklog.records.message import Forwarded

_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LIMITS: Final = frozenset({"header-cut", "parts-cut", "recipients-cut", "text-cut", "too-deep"})
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster)(?:@|\Z)", re.IGNORECASE)


def read_mail(  # noqa: PLR0913 - where it is, in all that can hold it
    data: bytes | memoryview,
    *,
    start: int,
    numbers: Iterator[int],
    notes: Notes,
    member: str = "",
    item: str = "",
    parent: int | None = None,
) -> Iterator[Message]:
    """The mail, then each mail attached to it, with `parent`; never raises.

    Args:
        data: The mail, as it lies in the original; a `From ` line, a byte-order mark or a banner
            may stand before it.
        start: Where it begins in the original, or in `member`.
        numbers: Where its number comes from, and those of the mails inside it.
        notes: Told what could not be read.
        member: The file inside a zip or archive that it is in.
        item: What the format calls it.
        parent: The number of the message that it is inside of.
    """
    digest = sha256(data).hexdigest()
    place = Place(start, start + len(data), member=member, item=item, sha256=digest)
    return read_mail_at(
        bytes(data[:MAX_MAIL_BYTES]), place, numbers=numbers, notes=notes, parent=parent
    )


def read_mail_at(
    data: bytes,
    place: Place,
    *,
    numbers: Iterator[int],
    notes: Notes,
    parent: int | None = None,
) -> Iterator[Message]:
    """The same for a mail whose place and hash are known; of one over the limit, its beginning.

    Args:
        data: The mail, or what is read of it.
        place: Where all of it is.
        numbers: Where its number comes from, and those of the mails inside it.
        notes: Told what could not be read.
        parent: The number of the message that it is inside of.
    """
    base = place.start or 0
    is_cut = place.end is not None and place.end > base + len(data)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # line ends of old Macintoshes, which are as long
    mail = Extent(data, base, 0, len(data), place, is_cut=is_cut)
    yield from _Reading(numbers, notes, Budget()).read(mail, parent)


def read_headers(data: bytes) -> Heading:
    """What a header alone says, for formats that keep nothing else of a mail; never raises.

    Args:
        data: The header, with or without what stands before it.
    """
    return understand(parse_header(data, mail_start(data), len(data)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a mail shares with those inside it."""

    numbers: Iterator[int]
    notes: Notes
    budget: Budget

    def read(self, mail: Extent, parent: int | None) -> Iterator[Message]:
        """The mail, and those in it."""
        number = next(self.numbers)
        inner: list[Extent] = []
        try:
            message, inner = self._message(number, mail, parent)
        except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - evidence outlives a reader's mistake
            self.notes.leave("reader-failed", mail.place, type(error).__name__)
            message = Message(number, mail.place, parent=parent, flags=("bad-structure",))
        yield message
        for each in inner:
            if each.depth > MAX_DEPTH:
                self.notes.leave("over-limit", each.place, "too-deep")
            else:
                yield from self.read(each, number)

    def _message(
        self, number: int, mail: Extent, parent: int | None
    ) -> tuple[Message, list[Extent]]:
        header = parse_header(mail.data, mail_start(mail.data, mail.start), mail.end)
        top, flags = parse_parts(mail, header, self.budget)
        content = read_content(mail, top, self.notes)
        said = understand(header, content.charset)
        flags |= {*said.flags, *content.flags, *({"parts-cut"} if mail.is_cut else ())}
        for limit in sorted(flags & _LIMITS):
            self.notes.leave("over-limit", mail.place, limit)
        if any(each.depth > MAX_DEPTH for each in content.inner):
            flags.add("too-deep")
        if not header.is_cut and _has_more_received(mail, header):
            flags.add("bad-structure")
        message = Message(
            number,
            mail.place,
            kind="post" if said.newsgroups else "message",
            parent=parent,
            sender=said.sender,
            recipients=said.recipients,
            sent=said.sent,
            received=said.received,
            subject=said.subject,
            text=content.text,
            conversation=said.newsgroups,
            native_id=said.native_id,
            reply_to=said.reply_to,
            attachments=tuple(content.files),
            audience=audience_of(header, said.recipients),
            forwarded=_forwarded(said, content),
            flags=tuple(sorted(flags)),
        )
        return message, content.inner


def _forwarded(said: Heading, content: Content) -> Forwarded | None:
    if content.is_forward and not _is_returned(said):
        return "attached"
    return "inline" if is_inline_forward(said.header, said.subject, content.text) else None


def _is_returned(said: Heading) -> bool:
    """Whether a machine sends it back (RFC 3834): what is attached is no forward then."""
    automatic = said.header.first("auto-submitted").strip().lower()
    return automatic not in {"", "no"} or bool(_MACHINES.match(said.sender.id))


def _has_more_received(mail: Extent, header: Header) -> bool:
    """Whether a plain look finds other Received lines than those that were understood."""
    found = _RECEIVED.findall(mail.data, mail.start, header.body)
    return len(found) != len(header.all("received"))

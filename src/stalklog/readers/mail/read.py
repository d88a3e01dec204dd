"""One mail, from its bytes to messages: itself first, then each mail that is attached to it.

Nothing in the bytes makes it raise, fetch or hang, and nothing is written anew: whatever it gives
points into the bytes that it was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from stalklog.readers.mail.audience import audience_of
from stalklog.readers.mail.content import read_content
from stalklog.readers.mail.forward import inline_forward
from stalklog.readers.mail.header import parse_header
from stalklog.readers.mail.heading import understand
from stalklog.readers.mail.part import Budget, parse_parts
from stalklog.records.message import Message, Place
from stalklog.safety.limits import MAX_DEPTH, MAX_MAIL_BYTES, MAX_RECIPIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.mail.content import Inner
    from stalklog.readers.mail.heading import Heading

_BEFORE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r*\n)*"
    rb"(?:>?From [^\n]*(?:\n|\Z)|Microsoft Mail Internet Headers Version 2\.0[^\n]*(?:\n|\Z))*"
)
"""What stands before the header of a saved mail, and is no part of it."""
_RECEIVED = re.compile(rb"(?:^|\n)received[ \t]*:", re.IGNORECASE)


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
    place = Place(
        start, start + len(data), member=member, item=item, sha256=sha256(data).hexdigest()
    )
    budget = Budget()
    if len(data) > MAX_MAIL_BYTES:
        budget.flags.add("parts-cut")
        rest = Place(start + MAX_MAIL_BYTES, place.end, member=member, item=item)
        notes.leave("over-limit", rest)
    raw = bytes(data[:MAX_MAIL_BYTES])
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")  # an old Macintosh's line ends: of one length
    yield from _Mail(raw, start, numbers, notes, budget).read(place, parent)


def read_headers(data: bytes, *, limit: int = MAX_RECIPIENTS) -> Heading:
    """What a header alone says, for formats that keep nothing else of a mail; never raises.

    Args:
        data: The header, with or without what stands before it.
        limit: How many recipients are listed.
    """
    header = parse_header(data, mail_start(data), len(data))
    return understand(header, limit=limit)


def mail_start(data: bytes) -> int:
    """Where the header begins, behind what saving or a mailbox put before it."""
    found = _BEFORE.match(data)
    return found.end() if found else 0


@dataclass(frozen=True, slots=True)
class _Mail:
    """Bytes in which a mail is, and where they are in the original."""

    data: bytes
    base: int | None
    """Where `data` begins in the original; None if it had to be decoded first."""
    numbers: Iterator[int]
    notes: Notes
    budget: Budget

    def read(
        self,
        place: Place,
        parent: int | None,
        *,
        start: int = 0,
        end: int | None = None,
        depth: int = 0,
    ) -> Iterator[Message]:
        end = len(self.data) if end is None else end
        number = next(self.numbers)
        inner: list[Inner] = []
        try:
            message = self._message(number, place, parent, start, end, depth, inner)
        except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - evidence outlives a reader's mistake
            self.notes.leave("reader-failed", place, type(error).__name__)
            message = Message(number, place, parent=parent, flags=("bad-structure",))
        yield message
        for each in inner:
            deeper = Place(
                None if each.place is None else each.place[0],
                None if each.place is None else each.place[1],
                part=each.number,
                member=place.member,
                item=place.item,
                sha256=each.sha256,
            )
            if depth + each.depth > MAX_DEPTH:
                self.notes.leave("over-limit", deeper)
                continue
            mail = _Mail(each.data, each.base, self.numbers, self.notes, self.budget)
            yield from mail.read(
                deeper, number, start=each.start, end=each.end, depth=depth + each.depth
            )

    def _message(  # noqa: PLR0913, PLR0917 - the plain facts of one mail
        self,
        number: int,
        place: Place,
        parent: int | None,
        start: int,
        end: int,
        depth: int,
        inner: list[Inner],
    ) -> Message:
        data, budget = self.data, self.budget
        before = _BEFORE.match(data, start, end)
        header = parse_header(data, before.end() if before else start, end)
        top = parse_parts(data, header, end, budget, number=place.part, depth=depth)
        content = read_content(data, top, self.base, place, budget, self.notes)
        inner += content.inner
        said = understand(header, content.charset)
        flags = {*said.flags, *content.flags, *budget.flags}
        budget.flags.clear()
        if len(header.all("received")) != len(_RECEIVED.findall(data, start, header.body)):
            flags.add("bad-structure")
        forwarded = "attached" if content.is_forward else inline_forward(said.subject, content.text)
        return Message(
            number,
            place,
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
            attachments=content.attachments,
            audience=audience_of(header, said.recipients),
            forwarded=forwarded,
            flags=tuple(sorted(flags)),
        )

"""What goes into the index: a text, with where it comes from, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED: Final = datetime.min.replace(tzinfo=UTC)
"""Where what has no time that is known stands: before all else, so that it is found last."""
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = timedelta(days=1)
_FIRST_MS: Final = (datetime.min.replace(tzinfo=UTC) + _DAY - _EPOCH) // _MILLISECOND
_LAST_MS: Final = (datetime.max.replace(tzinfo=UTC) - _DAY - _EPOCH) // _MILLISECOND
"""So that there is a day of the calendar in every zone."""
RECORD_KINDS: Final = ("evidence", "threat", "contact", "demand")
"""Kinds of what is no message; those of messages are `records.message.MessageKind`."""
PICTURE_TEXT: Final = "picture-text"
"""The kind of a text that a program read out of a picture, unverified."""


OWNER: Final = "owner"
"""It is by the owner of the phone or account, whom the original does not name."""
DELETED: Final = "deleted"
"""Only its mark is left."""


@dataclass(frozen=True, slots=True)
class Source:
    """What documents come from: one reading of one entry, or the entry's own record."""

    key: str
    """What it is known by. Where anything in it may be otherwise, it has to be another: such as
    the SHA-256 of the line, with the reader's name and version."""
    seq: int
    """The entry's place in the chain."""
    id: str
    """The entry's id."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text that can be found: a message, or a record."""

    text: str
    """What is searched and shown, exactly: of a message subject, text, names of attachments and
    conversation; of a record its long texts. Pieces stand on lines of their own."""
    sorted_at: datetime
    """Where it stands in time, in any zone; of what has no instant, the best that is known;
    where nothing is, `UNDATED`."""
    instant: datetime | None = None
    """When it was; None where that is not known."""
    message: int | None = None
    """The number of the message in its source; None for a record itself."""
    sender: str = ""
    """The label of who sent, said or did it."""
    sender_id: str = ""
    """Their address, number or account."""
    kind: str = "message"
    """`records.message.MessageKind`, one of `RECORD_KINDS`, or `PICTURE_TEXT`."""
    has_wall: bool = False
    """Whether, where there is no instant, `sorted_at` is what a clock on the wall showed: its zone
    is only taken to be so."""
    remarks: tuple[str, ...] = ()
    """What is said beside it, and not searched: `OWNER`, `DELETED`, names of
    `records.message.FLAGS`."""
    readings: tuple[str, ...] = ()
    """Where day and month can be read two ways, what a clock on the wall showed by each."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a text around what was found; it can be marked, and is safe to cut there."""

    text: str
    """Exactly as it stands in the document: a stranger's text."""
    spans: tuple[tuple[int, int], ...] = ()
    """What was found, as offsets in this text, in order and apart from one another."""
    is_cut_before: bool = False
    """Whether the document has more text before."""
    is_cut_after: bool = False
    """Whether it has more text after."""

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is to be marked: so each can be made safe."""
        done = 0
        for start, end in self.spans:
            if done < start:
                yield self.text[done:start], False
            yield self.text[start:end], True
            done = end
        if done < len(self.text):
            yield self.text[done:], False


@dataclass(frozen=True, slots=True)
class Hit:
    """One document that was found."""

    seq: int
    """The entry's place in the chain."""
    id: str
    """The entry's id."""
    message: int | None
    """The number of the message in its source; None for a record itself."""
    instant: datetime | None
    """When it was, in UTC and to the millisecond."""
    sorted_at: datetime
    """Where it stands in time, in UTC and to the millisecond."""
    has_wall: bool
    """Whether that is what a clock on the wall showed, in a zone that is only taken to be so."""
    sender: str
    """The label of who sent, said or did it."""
    sender_id: str
    """Their address, number or account."""
    kind: str
    """What it is."""
    text: str
    """The whole text as it was given."""
    snippet: Snippet
    """The part around what was found, or its beginning."""
    remarks: tuple[str, ...]
    """What is said beside it, as `Document` has it."""
    readings: tuple[str, ...]
    """Where day and month can be read two ways, what a clock on the wall showed by each."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a search came to, and whether it is all."""

    hits: tuple[Hit, ...]
    """In the order that was asked for; at most the limit."""
    total: int
    """How many there are in all, or that were counted before counting ended."""
    is_total_exact: bool = True
    """False where there are more than `total`."""

    @property
    def is_part(self) -> bool:
        """Whether there is more than `hits` shows."""
        return len(self.hits) < self.total or not self.is_total_exact


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC, rounded down.

    Raises:
        TypeError: The moment has no zone: a fault of the program.
    """
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(count: int) -> datetime:
    """The moment, in UTC; at either end of the calendar, what every zone can show."""
    return _EPOCH + min(max(count, _FIRST_MS), _LAST_MS) * _MILLISECOND

"""What every reader of a format is, and what a reading of it comes to.

A reader gets an open binary stream and yields messages; it knows no vault, no screen and no other
reader. Whatever it cannot read it names in its `Notes` and goes on. It may give up with a
`ReadingError`, which keeps what was read before; nothing that a stranger wrote may make it raise
anything else, run, fetch or hang.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from stalklog.core.stream import StreamError
from stalklog.records.message import (
    Decision,
    Participant,
    Place,
    ReadingReport,
    Said,
    Unread,
    is_open_order,
)
from stalklog.safety.limits import (
    MAX_DOUBTS,
    MAX_PARTICIPANTS,
    MAX_SENDERS,
    MAX_SENDERS_CHARS,
    MAX_UNREAD,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from stalklog.records.message import Doubt, Message, Told

SURE: Final = 100
"""A signature that nothing else has."""
LIKELIER: Final = 70
"""As likely, of a special form of what another reader reads too: the web page of one service."""
LIKELY: Final = 60
"""It looks like it, and could be something else."""
MAYBE: Final = 20
"""Better this than nothing: text that could be a page."""
NO: Final = 0
EVERY: Final = 0
"""Instead of a message's number: of every message the header is kept until the next one comes."""


class ReadingError(Exception):
    """A reader can read no further; what it yielded before holds.

    Args:
        reason: A name of `records.message.REASONS`.
        place: Where it stopped.
        detail: What the format calls it.
    """

    def __init__(self, reason: str, place: Place = Place(), detail: str = "") -> None:  # noqa: B008 - frozen
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.detail = detail


class Notes:
    """What a reader tells besides the messages; the report is made from it."""

    def __init__(self, said: Said = Said()) -> None:  # noqa: B008 - frozen
        self.said = said
        """What a person said of the original: to be read, not written."""
        self.takes_zone = False
        """Whether the format has times whose zone a person can say."""
        self.decisions: list[Decision] = []
        self.declared: dict[str, int] = {}
        self.facts: dict[str, str] = {}
        self.unread: list[Unread] = []
        self.unread_count = 0
        self.bytes_covered: int | None = None
        self.taken: Told | None = None
        """When it was made, as a picture or a recording tells it."""
        self.doubts: list[Doubt] = []
        self.doubted: Counter[str] = Counter()

        self.wanted_header: int | None = None
        """Of which message the header is kept, where no range of the original holds it."""
        self.header = ""
        self.header_number: int | None = None
        """Of which message it is."""

    def zone(self) -> str | None:
        """The zone in which times without one are, as a person said; None where nobody did.

        For formats with such times: what becomes of it is told beside the messages.
        """
        self.takes_zone = True
        return self.said.zone

    def keep_header(self, number: int, header: str) -> None:
        """A message has this header, which the format keeps apart; kept if it is wanted."""
        if self.wanted_header in {number, EVERY}:
            self.header, self.header_number = header, number

    def declare(self, what: str, count: int) -> None:
        """The original itself says that it holds so many."""
        self.declared[what] = count

    def tell(self, what: str, value: str) -> None:
        """The format says this of itself."""
        self.facts[what] = value

    def decide(self, decision: Decision) -> None:
        """What can be read two ways was read so."""
        self.decisions.append(decision)

    def cover(self, size_bytes: int) -> None:
        """So many further bytes are inside a message or another range that has a name."""
        self.bytes_covered = (self.bytes_covered or 0) + size_bytes

    def leave(self, reason: str, place: Place = Place(), detail: str = "") -> None:  # noqa: B008 - frozen
        """Something was not understood; the reading goes on behind it."""
        self.unread_count += 1
        if len(self.unread) < MAX_UNREAD:
            self.unread.append(Unread(reason, place, detail))

    def doubt(self, doubts: Iterable[Doubt], doubted: Mapping[str, int]) -> None:
        """What belongs together could be otherwise there; it is read all the same.

        Args:
            doubts: The places, or the first of them.
            doubted: How many there are for each reason.
        """
        before = self.doubted.copy()
        for doubt in doubts:
            before[doubt.reason] += 1
            if before[doubt.reason] <= MAX_DOUBTS:
                self.doubts.append(doubt)
        self.doubted.update(doubted)


class Reader(Protocol):
    """The shape of every reader: a module's one class, with a row in `readers.table`."""

    name: str
    """What it reads: `mbox`."""
    version: int
    """Counted up whenever it reads anything otherwise: what was read before is then read anew."""
    media_types: tuple[str, ...]
    """What `core.media` calls such a file: only for the table in the docs and for tests."""
    must_seek: bool
    """Whether it jumps in the file; else it reads on and on, however long the file is.

    What it need not see it may skip with `seek` even then, if the stream says it is seekable.
    """

    def match(self, head: bytes, name: str) -> int:
        """How sure it is that it reads this, from `NO` to `SURE`; cheap, and never raises.

        Args:
            head: The first `MAX_HEAD_BYTES` of the file, or all of it.
            name: The file's name, as a stranger may have chosen it: never enough by itself.
        """
        ...

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The messages in the order of the file, numbered from 1.

        Args:
            stream: Open at its beginning; only a `must_seek` reader may jump in it.
            name: The file's name.
            notes: Told what the messages do not say.

        Raises:
            ReadingError: It can read no further; no other error ever leaves a reader.
        """
        ...


class Reading:
    """One reading of one original: its messages, then `report`."""

    def __init__(
        self,
        reader: Reader,
        stream: BinaryIO,
        name: str,
        *,
        size_bytes: int,
        said: Said = Said(),  # noqa: B008 - frozen
        decisions: Iterable[Decision] = (),
    ) -> None:
        self._reader = reader
        self._stream = stream
        self._name = name
        self.size_bytes = size_bytes
        self._notes = Notes(said)
        self._notes.decisions.extend(decisions)
        self._counts: dict[str, int] = {}
        self._audiences: dict[str, int] = {}
        self._attachments: dict[str, int] = {}
        self._senders: dict[tuple[str, str], int] = {}
        self._senders_chars = 0
        self._uncounted = 0
        self._odd: dict[str, int] = {}
        self._inner = 0
        self._copies = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._first_wall = self._last_wall = ""
        self._is_zone_said = False
        self._is_ended = False

    def keep_header_of(self, number: int | None) -> None:
        """Keep the header of this message, in formats that keep it apart; None for none.

        With `EVERY` it is kept of each, until the next one comes.
        """
        self._notes.wanted_header = number

    def __iter__(self) -> Iterator[Message]:
        """Read; a reader that fails ends the reading, and what came before holds.

        Raises:
            core.stream.StreamError: The original itself cannot be read.
        """
        count = self._count
        try:
            for message in self._reader.read(self._stream, self._name, self._notes):
                count(message)
                yield message
            self._is_ended = True
        except StreamError:
            raise
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
        except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - evidence outlives a reader's mistake
            self._notes.leave("reader-failed", Place(), type(error).__name__)

    @property
    def header(self) -> str:
        """The header of the message that it was wanted of; empty until there, or for none."""
        return self._notes.header

    def header_of(self, number: int) -> str:
        """The same, if it is of that message; else empty."""
        return self._notes.header if self._notes.header_number == number else ""

    def report(self) -> ReadingReport:
        """What the reading came to, so far."""
        notes = self._notes
        ranked = sorted(self._senders.items(), key=lambda item: (-item[1], item[0]))
        return ReadingReport(
            reader=self._reader.name,
            version=self._reader.version,
            counts=self._counts,
            inner=self._inner,
            first=self._first,
            last=self._last,
            participants=tuple(
                Participant(label, id_, count) for (label, id_), count in ranked[:MAX_PARTICIPANTS]
            ),
            audiences=self._audiences,
            declared=notes.declared,
            attachments=self._attachments,
            bytes_total=self.size_bytes,
            bytes_covered=notes.bytes_covered,
            unread=tuple(notes.unread),
            facts=notes.facts,
            is_whole=self._is_ended and not notes.unread_count,
            decisions=(*notes.decisions, *self._zone()),
            taken=notes.taken,
            doubts=tuple(notes.doubts),
            doubted=dict(notes.doubted),
            copies=self._copies,
            unlisted=self._uncounted + sum(count for _sender, count in ranked[MAX_PARTICIPANTS:]),
            first_wall=self._first_wall,
            last_wall=self._last_wall,
            odd=self._odd,
        )

    def _zone(self) -> Iterator[Decision]:
        """Who said in which zone its times are, or that nobody did."""
        if self._is_zone_said:
            yield Decision("zone", self._notes.said.zone or "", "person")
        elif self._notes.takes_zone and (self._first_wall or self._is_order_open()):
            yield Decision("zone", "", "nobody")

    def _is_order_open(self) -> bool:
        return any(is_open_order(one) for one in self._notes.decisions)

    def _count(self, message: Message) -> None:  # noqa: C901 - calls are what takes time
        counts, kind = self._counts, message.kind
        counts[kind] = counts.get(kind, 0) + 1
        if (
            message.parent is not None
            or message.attachments
            or message.flags
            or message.audience
            or message.forwarded
        ):
            self._count_rare(message)
        sender = message.sender
        if sender.label or sender.id or sender.role == "owner":
            known = (sender.label, sender.id)
            count = self._senders.get(known)
            if count:
                self._senders[known] = count + 1
            else:
                self._count_new(known)
        told = message.sent
        if told is None or (told.instant is None and told.wall is None):
            told = message.time
        instant = told.instant if told else None
        if told is not None and told.zone_source == "person":
            self._is_zone_said = True
        if instant is not None:
            if self._first is None or self._last is None:
                self._first = self._last = instant
            elif instant < self._first:
                self._first = instant
            elif instant > self._last:
                self._last = instant
        elif (
            told is not None
            and told.wall
            and not told.others
            and not self._first_wall <= told.wall <= self._last_wall
        ):
            self._widen(told.wall)

    def _widen(self, wall: str) -> None:
        self._last_wall = max(self._last_wall, wall)
        if not self._first_wall or wall < self._first_wall:
            self._first_wall = wall

    def _count_rare(self, message: Message) -> None:
        """What most messages have nothing of."""
        self._inner += message.parent is not None
        self._copies += message.forwarded == "inline"
        if audience := message.audience:
            self._audiences[audience] = self._audiences.get(audience, 0) + 1
        for attachment in message.attachments:
            status = attachment.status
            self._attachments[status] = self._attachments.get(status, 0) + 1
        for flag in message.flags:
            self._odd[flag] = self._odd.get(flag, 0) + 1

    def _count_new(self, sender: tuple[str, str]) -> None:
        """A message of somebody who is not listed so far."""
        chars = self._senders_chars + len(sender[0]) + len(sender[1])
        if len(self._senders) == MAX_SENDERS or chars > MAX_SENDERS_CHARS:
            self._uncounted += 1
            return
        self._senders[sender] = 1
        self._senders_chars = chars

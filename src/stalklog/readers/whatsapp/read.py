"""The messages of one export as text: what each record says, by whom, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.i18n import gettext
from stalklog.readers.base import ReadingError
from stalklog.readers.whatsapp.day import parse_days
from stalklog.readers.whatsapp.label import bare_label, is_service, split_label
from stalklog.readers.whatsapp.media import attachments
from stalklog.readers.whatsapp.order import Dates, decide
from stalklog.readers.whatsapp.record import Records
from stalklog.readers.whatsapp.service import is_deleted, is_edited, is_plain, kind_of
from stalklog.readers.whatsapp.swift import message_of, place_of
from stalklog.readers.whatsapp.when import When, zone_of
from stalklog.records.message import Decision, Party, Place
from stalklog.safety.limits import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.whatsapp.media import Files
    from stalklog.readers.whatsapp.order import Order
    from stalklog.readers.whatsapp.record import Record
    from stalklog.records.message import Message, Told

MOST_MESSAGES: Final = 40_000
"""WhatsApp exports no more without media."""
MOST_WITH_MEDIA: Final = 10_000
_NEARLY: Final = 10
"""Lines that the service wrote may count or not: so near to the most, it is told."""
_LAST_DAY: Final = "2199-12-31"
_LINE_CHARS: Final = 200
_MAX_PARTIES: Final = 50_000
_HOUR: Final = timedelta(hours=1)


class Chat:
    """One export as text.

    Args:
        stream: At its beginning.
        notes: Told what the messages do not say.
        conversation: What the chat is called.
        member: The name of the text inside a zip.
        files: The files that came with it; None where only the text did.
    """

    def __init__(
        self,
        stream: BinaryIO,
        notes: Notes,
        *,
        conversation: str = "",
        member: str = "",
        files: Files | None = None,
    ) -> None:
        self._notes = notes
        self._conversation = conversation
        self._member = member
        self._files = files
        self._records = Records(stream)
        self._parties: dict[str, Party | None] = {}
        self._has_files = False
        self._count = 0
        self._end = 0
        self._is_iphone = any(header[1] for header in self._records.survey.headers[:1])

    def messages(self) -> Iterator[Message]:
        """The messages, in the order of the text.

        Raises:
            ReadingError: It holds none.
        """
        notes = self._notes
        said = notes.said
        last_day = (
            (said.looked_at + timedelta(days=1)).date().isoformat() if said.looked_at else _LAST_DAY
        )
        when = When(self._decide(last_day), last_day, said.zone)
        if zone_of(said.zone) and said.zone:
            notes.decide(Decision("zone", said.zone, "person"))
        try:
            yield from self._read(when)
        finally:
            notes.cover(self._end)
        self._close()

    def _read(  # noqa: C901, PLR0912 - one loop: calls are what takes time in it
        self, when: When
    ) -> Iterator[Message]:
        """Each message; it is held until the next one is seen, which may be a part of it."""
        told, is_certain = when.told, self._records.survey.is_certain
        last: Told | None = None
        earlier: Message | None = None
        held: Message | None = None
        last_wall = earlier_wall = held_wall = ""
        parties, member, conversation = self._parties, self._member, self._conversation
        for record in self._records:
            start, size, sha256, stamp, date, clock, label, rest, is_holder, is_doubtful = record
            self._count += 1
            self._end = start + size
            if label is None:
                label, begin = split_label(rest)
            else:
                begin = len(label) + 2
            party = None
            if label:
                party = parties[label] if label in parties else self._party(label)
                if party is None:
                    begin = 0
            text = rest[begin:-1] if rest.endswith("\n") else rest[begin:]
            text = text.removesuffix("\r")
            sent = told(stamp, date, clock)
            wall = sent.wall or ""
            if sent.others or is_holder or not wall or wall < last_wall:
                flags = _flags(record, sent, last)
            else:
                flags = ()
            if not rest.isascii() and _letters(rest)[1]:
                text, party = _letters(text)[0], Party(_letters(label)[0]) if party else None
                flags = (*flags, "bad-charset")
            if len(text) > MAX_TEXT_CHARS:
                text, flags = text[:MAX_TEXT_CHARS], (*flags, "text-cut")
            place = place_of(start, self._end, member, sha256)
            if party and is_plain(text):
                made = message_of(
                    self._count, place, "message", party, sent, text, conversation, flags
                )
            else:
                made = self._special(place, party, sent, text, flags)
            if held is not None:
                if is_doubtful or not (is_certain or earlier_wall <= held_wall <= wall):
                    yield _doubted(earlier, held, made, is_doubtful=is_doubtful)
                else:
                    yield held
            if is_doubtful:
                made = _with_flag(made)
            earlier, held = held, made
            earlier_wall, held_wall = held_wall, wall
            if wall:
                last, last_wall = sent, wall
        if held is not None:
            yield held

    def _special(
        self, place: Place, party: Party | None, sent: Told, text: str, flags: tuple[str, ...]
    ) -> Message:
        """A message that may be of another kind than words, or come with a file."""
        found = attachments(text, self._files)
        if found:
            self._has_files = self._has_files or any(one.status != "omitted" for one in found)
        kind = kind_of(
            text,
            has_sender=party is not None,
            is_iphone=self._is_iphone,
            has_files=bool(found),
        )
        return message_of(
            self._count, place, kind, party, sent, text, self._conversation, flags, found,
            True if is_edited(text) else None, True if is_deleted(text) else None,
        )  # fmt: skip

    def _party(self, label: str) -> Party | None:
        """Who is meant by what stands before the colon; None where nobody is."""
        if len(self._parties) >= _MAX_PARTIES:
            self._parties.clear()
        found = None if is_service(label) else Party(bare_label(label))
        self._parties[label] = found
        return found

    def _decide(self, last_day: str) -> Order:
        """In which order day and month stand; it is noted who decided."""
        records, said = self._records, self._notes.said
        survey, text = records.survey, records.text
        dates, lines = Dates(), dict[str, str]()
        first: dict[str, int] = {}
        for number, date in enumerate(survey.dates):
            if date not in first and number not in survey.doubtful:
                first[date] = number
        for date, number in first.items():
            dates.days[date] = parse_days(date, last_day)
            header = survey.headers[number]
            end = text.find("\n", header.end())
            line = text[header.start() + 1 : end if end > 0 else len(text)]
            lines[date] = _shown(line[:_LINE_CHARS])
        for number, day in survey.named_days(text):
            dates.named.add((survey.dates[number], day))
        order, decision = decide(dates, said.date_order, lines)
        if decision:
            self._notes.decide(decision)
        return order

    def _close(self) -> None:
        """What is told of the whole of it.

        Raises:
            ReadingError: There was no message in it.
        """
        notes, records, count = self._notes, self._records, self._count
        before = Place(0, records.preamble_bytes, member=self._member)
        if records.has_bom:
            notes.tell("begins_with", "byte-order mark")
        if records.line_ends:
            notes.tell("line_ends", "+".join(sorted(records.line_ends)))
        if not count:
            notes.cover(records.preamble_bytes)
            raise ReadingError("not-understood", before)
        if records.has_text_before:
            notes.leave("not-understood", before)
        if not records.survey.is_certain:
            told = gettext("a line that looks like a message, inside one, cannot be told from it")
            notes.tell("borders", told)
        if not records.is_surveyed_whole:
            told = gettext("day and month: only the first {count} bytes were looked over")
            notes.tell("looked_over", told.format(count=records.surveyed_bytes))
        for most, is_so in ((MOST_WITH_MEDIA, self._has_files), (MOST_MESSAGES, True)):
            if is_so and count >= most - _NEARLY:
                told = gettext(
                    "{count} messages: WhatsApp exports about {most} at most, so older ones may be"
                    " missing"
                )
                notes.tell("may_be_cut", told.format(count=count, most=most))


def _flags(record: Record, sent: Told, last: Told | None) -> tuple[str, ...]:
    """What is odd about a record by itself."""
    found: list[str] = []
    if record.is_holder:
        found.append("header-in-body")
    if sent.wall is None:
        found.append("bad-date")
    elif last is not None and _is_before(sent, last):
        found.append("time-backwards")
    if sent.others:
        found.append("ambiguous-date")
    return tuple(found)


def _letters(text: str) -> tuple[str, bool]:
    """A text without the bytes that are no letters, and whether there were any."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), True
    return text, False


def _is_before(one: Told, other: Told) -> bool:
    """Whether one is earlier than the other in every reading of both."""
    if one.wall is None or other.wall is None or (not one.others and one.wall >= other.wall):
        return False
    if len(one.others) == len(other.others):
        pairs = zip((one.wall, *one.others), (other.wall, *other.others), strict=True)
        return all(mine < theirs for mine, theirs in pairs)
    return max(one.wall, *one.others) < min(other.wall, *other.others)


def _doubted(
    earlier: Message | None, held: Message, later: Message, *, is_doubtful: bool
) -> Message:
    """A message, flagged if what follows may be a part of it, or it a part of what is before."""
    is_odd = is_doubtful or (
        earlier is not None and _sticks_out(earlier.sent, held.sent, later.sent)
    )
    return _with_flag(held) if is_odd else held


def _sticks_out(earlier: Told | None, one: Told | None, later: Told | None) -> bool:
    """Whether a time lies far outside those around it, which follow one another."""
    if earlier is None or one is None or later is None:
        return False
    if earlier.wall is None or one.wall is None or later.wall is None:
        return False
    if _is_before(later, earlier):
        return False
    if not (_is_before(one, earlier) or _is_before(later, one)):
        return False
    own, first, last = (datetime.fromisoformat(each.wall or "") for each in (one, earlier, later))
    return min(abs(own - first), abs(own - last)) > _HOUR


def _with_flag(message: Message) -> Message:
    if "header-in-body" in message.flags:
        return message
    return replace(message, flags=("header-in-body", *message.flags))


def _shown(line: str) -> str:
    """A line as written, as far as it is letters."""
    return _letters(line.rstrip("\r"))[0]

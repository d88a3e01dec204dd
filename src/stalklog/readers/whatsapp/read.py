"""The messages of one export as text: what each record says, by whom, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.i18n import gettext
from stalklog.readers.base import ReadingError
from stalklog.readers.borders import tell_borders
from stalklog.readers.whatsapp.day import is_without_year, parse_days
from stalklog.readers.whatsapp.kept import Kept
from stalklog.readers.whatsapp.label import bare_label, is_service, split_label
from stalklog.readers.whatsapp.media import attachments
from stalklog.readers.whatsapp.order import Dates, decide
from stalklog.readers.whatsapp.record import MAX_RECORD_CHARS, Records
from stalklog.readers.whatsapp.service import is_deleted, is_edited, is_plain, kind_of
from stalklog.readers.whatsapp.when import When
from stalklog.records.message import Message, Party, Place, Told
from stalklog.safety.limits import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.readers.base import Notes
    from stalklog.readers.whatsapp.day import Days
    from stalklog.readers.whatsapp.media import Files
    from stalklog.readers.whatsapp.order import Order

MOST_MESSAGES: Final = 40_000
"""WhatsApp exports no more without media."""
MOST_WITH_MEDIA: Final = 10_000
_NEARLY: Final = 10
"""Lines that the service wrote may count or not: so near to the most, it is told."""
_LAST_DAY: Final = "2199-12-31"
_LINE_CHARS: Final = 200
_HOUR: Final = timedelta(hours=1)
_NOBODY: Final = Party()
_PLAIN: Final[tuple[str, ...]] = ()
"""Nothing is odd."""


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
        times = Counter(self._records.survey.rows.labels)
        self._parties = Kept(lambda label: _party(label, times[label]))
        self._has_files = False
        self._is_iphone = any(self._records.survey.rows.brackets[:1])

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
        meanings = Kept(lambda date: parse_days(date, last_day))
        return self._read(When(self._decide(meanings), meanings, notes.zone()))

    def _read(  # noqa: C901, PLR0912 - one loop: calls are what takes time in it
        self, when: When
    ) -> Iterator[Message]:
        """Each message; it is held until the next one is seen, which may be a part of it."""
        records, is_certain = self._records, self._records.survey.is_certain
        days, clocks, told = when.sure_days, when.clocks, when.told
        last: Told | None = None
        earlier: Message | None = None
        held: Message | None = None
        last_wall = earlier_wall = held_wall = ""
        parties, member, conversation = self._parties, self._member, self._conversation
        number = end = 0
        columns = enumerate(chain.from_iterable(records.parts()), 1)
        try:
            for number, (
                start, end, sha256, stamp, date, clock, label, rest, is_holder, is_doubtful,
            ) in columns:  # fmt: skip
                name, begin = split_label(rest) if label is None else (label, len(label) + 2)
                party = parties[name]
                text = rest[begin:] if party else rest
                if text and text[-1] == "\r":
                    text = text[:-1]
                day, time, flags = days[date], clocks[clock], _PLAIN
                if day and time:
                    wall = day + time[0]
                    sent = Told(stamp, None, wall, time[1])
                else:
                    sent = told(stamp, date, clock)
                    wall = sent.wall or ""
                if is_holder or not wall or wall < last_wall or sent.others:
                    flags = _flags(sent, last, is_holder=is_holder)
                if len(text) > MAX_TEXT_CHARS or records.has_foreign:
                    text, party, flags = _readable(text, rest, party, flags)
                place = Place(start, end, "", member, "", sha256)
                if party and is_plain(text):
                    made = Message(
                        number,
                        place,
                        "message",
                        None,
                        party,
                        (),
                        sent,
                        None,
                        "",
                        text,
                        conversation,
                        "",
                        "",
                        "",
                        (),
                        None,
                        None,
                        None,
                        None,
                        flags,
                    )  # fmt: skip - by place: each keyword takes as long as setting the field
                else:
                    made = self._special(number, place, party, sent, text, flags)
                if held is not None:
                    if is_doubtful or not (is_certain or earlier_wall <= held_wall <= wall):
                        yield _doubted(earlier, held, made, is_doubtful=is_doubtful)
                    else:
                        yield held
                if is_doubtful:
                    made = self._in_doubt(made)
                earlier, held = held, made
                earlier_wall, held_wall = held_wall, wall
                if wall:
                    last, last_wall = sent, wall
            if held is not None:
                yield held
        finally:
            self._notes.cover(end)
        self._close(number)

    def _in_doubt(self, message: Message) -> Message:
        """A message that may be a line of the one above it."""
        message = _with_flag(message)
        if message.number - 1 in self._records.survey.strangers:
            message = replace(message, flags=(*message.flags, "writes-once"))
        return message

    def _special(
        self,
        number: int,
        place: Place,
        party: Party | None,
        sent: Told,
        text: str,
        flags: tuple[str, ...],
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
        return Message(
            number,
            place,
            kind,
            sender=party or _NOBODY,
            sent=sent,
            text=text,
            conversation=self._conversation,
            attachments=found,
            is_edited=True if is_edited(text) else None,
            is_deleted=True if is_deleted(text) else None,
            flags=flags,
        )

    def _decide(self, meanings: Mapping[str, Days]) -> Order:
        """In which order day and month stand; it is noted who decided."""
        survey, said = self._records.survey, self._notes.said
        rows, dates, lines = survey.rows, Dates(), dict[str, str]()
        first: dict[str, int] = {}
        for number, date in enumerate(rows.dates):
            if date not in first and number not in survey.doubtful:
                first[date] = number
        for date, number in first.items():
            dates.days[date] = meanings[date]
            line = rows.heads[number] + rows.rests[number].partition("\n")[0]
            lines[date] = _shown(line[:_LINE_CHARS])
        dates.named = ((rows.dates[number], day) for number, day in survey.named_days())
        order, decision = decide(dates, said.date_order, lines)
        if decision:
            self._notes.decide(decision)
        return order

    def _close(self, count: int) -> None:
        """What is told of the whole of it.

        Raises:
            ReadingError: There was no message in it.
        """
        notes, records = self._notes, self._records
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
            tell_borders(notes)
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


def _readable(
    text: str, rest: str, party: Party | None, flags: tuple[str, ...]
) -> tuple[str, Party | None, tuple[str, ...]]:
    """Text and sender without bytes that are no letters, and not too long; and what was odd."""
    if _letters(rest[:MAX_RECORD_CHARS])[1]:
        text, flags = _letters(text)[0], (*flags, "bad-charset")
        party = replace(party, label=_letters(party.label)[0]) if party else None
    if len(text) > MAX_TEXT_CHARS:
        text, flags = text[:MAX_TEXT_CHARS], (*flags, "text-cut")
    return text, party, flags


def _party(label: str, times: int) -> Party | None:
    """Who is meant by what stands before the colon of so many records; None where nobody is."""
    return Party(bare_label(label)) if label and not is_service(label, times) else None


def _flags(sent: Told, last: Told | None, *, is_holder: bool) -> tuple[str, ...]:
    """What is odd about a record by itself."""
    found: list[str] = []
    if is_holder:
        found.append("header-in-body")
    if sent.wall is None:
        found.append("no-year" if is_without_year(sent.written) else "bad-date")
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

"""A message that was found inside a piece of evidence: one shape for every format.

It is derived: the original is the evidence, and a message says where in it to look. What a format
does not tell is None or empty, never inferred. A sender's label is what the export or the header
shows, which the sender chose or the owner of the phone typed; it proves nobody's identity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stalklog.i18n import mark
from stalklog.records.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MessageKind: TypeAlias = Literal[
    "message",  # somebody wrote it
    "system",  # the service wrote it: a member was added, a number changed
    "call",
    "post",  # public, on a site, a forum or a newsgroup
    "page",  # a web page as it was saved
    "contact",
    "poll",
    "location",
    "reaction",
    "appointment",
    "other",
]
Precision: TypeAlias = Literal["day", "minute", "second", "millisecond", "microsecond"]
ZoneSource: TypeAlias = Literal[
    "file",  # an offset or a zone stands beside the time
    "epoch",  # a count of seconds, which is in UTC
    "person",  # she said which zone the export is in
    "none",
]
AttachmentStatus: TypeAlias = Literal[
    "present",  # its bytes are in the original
    "missing",  # named, and not there
    "omitted",  # the export was made without it
    "remote",  # only an address: it is never fetched
    "unread",  # there, and over a limit or damaged
]
Audience: TypeAlias = Literal["alone", "several", "bulk"]
Forwarded: TypeAlias = Literal["inline", "attached"]


@value(frozen=True, slots=True)
class Place:
    """Where in the untouched original something is."""

    start: int | None = None
    """Its first byte in the original, or in `member` where that is named."""
    end: int | None = None
    """One past its last byte."""
    part: str = ""
    """Of an e-mail: the MIME part, counted as IMAP does (RFC 9051 section 6.4.5): `2.1`."""
    member: str = ""
    """The file inside a zip, or the record inside an archive."""
    item: str = ""
    """What the format itself calls it: a PST descriptor, a row, a JSON pointer."""
    sha256: str = ""
    """SHA-256 of exactly these bytes, lower-case hex; empty where they are not in one piece."""


@value(frozen=True, slots=True)
class Party:
    """Somebody who sends or receives, as the original shows it."""

    label: str = ""
    """The name as shown: chosen by the sender, or typed by whoever owns the phone."""
    id: str = ""
    """The address, number or account, where the format has one apart from the label."""
    role: str = ""
    """Of a recipient: `to`, `cc`, `bcc`, or what the format says; `owner` of whoever's phone or
    account the original was made from, where it says so."""


@value(frozen=True, slots=True)
class Told:
    """A time as the original tells it, beside what was understood."""

    written: str
    """As it stands there, unchanged."""
    instant: datetime | None = None
    """In UTC; None where there is no zone, or it cannot be understood."""
    wall: str | None = None
    """What a clock on the wall showed: `2024-03-03T21:30:00`; None if it cannot be understood."""
    precision: Precision | None = None
    """How exact it is; beside no `wall`, that it was understood and is no whole date."""
    zone: str | None = None
    """The offset or zone: `+05:30`, `Asia/Kolkata`; None where the original has none."""
    zone_source: ZoneSource = "none"
    """Where the zone comes from."""
    others: tuple[str, ...] = ()
    """Further ways to read it, as `wall`, where day and month can be taken either way."""

    @property
    def is_understood(self) -> bool:
        """Whether it is a moment, or what a clock on the wall showed."""
        return self.instant is not None or self.wall is not None


@value(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, or should have."""

    name: str = ""
    """As written; it is never used as a path."""
    media_type: str = ""
    """As the original says: not checked against its bytes."""
    size_bytes: int | None = None
    """Size when decoded; None if that is not known."""
    sha256: str = ""
    """SHA-256 when decoded; empty if it was not read."""
    status: AttachmentStatus = "present"
    """Whether it is there."""
    place: Place = Place()
    """Where it is in the original."""


@value(frozen=True, slots=True)
class Message:
    """One message, call, post or event inside an original."""

    number: int
    """Its place in the reading, from 1: the order of the original, never sorted by time."""
    place: Place
    """Where it is in the original."""
    kind: MessageKind = "message"
    """What it is."""
    parent: int | None = None
    """The number of the message that this one is inside of or attached to."""
    sender: Party = Party()
    """Who it is said to be from."""
    recipients: tuple[Party, ...] = ()
    """To whom; empty where the original does not say."""
    sent: Told | None = None
    """When it was sent, as the sender's side tells it."""
    received: Told | None = None
    """When the receiving side took it, where the original tells that apart."""
    subject: str = ""
    """Its subject or title."""
    text: str = ""
    """What it says, decoded and otherwise unchanged; of HTML the text that it shows."""
    conversation: str = ""
    """The chat, group, thread, newsgroup or folder that it is in."""
    native_id: str = ""
    """The id that the service gave it, such as a Message-ID."""
    reply_to: str = ""
    """The `native_id` of the message that it answers."""
    url: str = ""
    """The address of a page or post, from the file; it is never fetched."""
    attachments: tuple[Attachment, ...] = ()
    """Files with it."""
    is_edited: bool | None = None
    """Whether it was changed after it was sent; None where the format cannot tell."""
    is_deleted: bool | None = None
    """Whether only its mark is left; None where the format cannot tell."""
    audience: Audience | None = None
    """Whether it went to one person, to several, or in bulk; None where nothing tells."""
    forwarded: Forwarded | None = None
    """Whether it is somebody's copy of another message: then its headers are the forwarder's."""
    flags: tuple[str, ...] = ()
    """What is odd about it: names of `FLAGS`."""
    duration_s: int | None = None
    """Of a call: how many seconds it was; None where the original does not say."""

    @property
    def time(self) -> Told | None:
        """When it was: as the sender's side tells it, else as the receiving side does.

        What cannot be understood is passed over: a bad date takes no message off the axis of time.
        """
        for told in (self.sent, self.received):
            if told is not None and told.is_understood:
                return told
        return self.sent or self.received


def make_message(  # noqa: PLR0913 - those of a message
    number: int,
    place: Place,
    kind: MessageKind = "message",
    *,
    parent: int | None = None,
    sender: Party = Party(),  # noqa: B008 - frozen
    recipients: tuple[Party, ...] = (),
    sent: Told | None = None,
    received: Told | None = None,
    subject: str = "",
    text: str = "",
    conversation: str = "",
    native_id: str = "",
    reply_to: str = "",
    url: str = "",
    attachments: tuple[Attachment, ...] = (),
    is_edited: bool | None = None,
    is_deleted: bool | None = None,
    audience: Audience | None = None,
    forwarded: Forwarded | None = None,
    flags: tuple[str, ...] = (),
    duration_s: int | None = None,
) -> Message:
    """As `Message`, in two thirds of the time, for readers that make one after another.

    To a class Python passes keywords in a dictionary that it makes for each call; to a function
    it does not, and from here on each goes by its place.
    """
    made = object.__new__(Message)
    Message.__init__(
        made,
        number,
        place,
        kind,
        parent,
        sender,
        recipients,
        sent,
        received,
        subject,
        text,
        conversation,
        native_id,
        reply_to,
        url,
        attachments,
        is_edited,
        is_deleted,
        audience,
        forwarded,
        flags,
        duration_s,
    )  # fmt: skip - as many on a line as fit
    return made


FLAGS: Final[Mapping[str, str]] = {
    "text-cut": mark("the text was too long and is shown in part"),
    "parts-cut": mark("it has more parts than are read"),
    "recipients-cut": mark("it has more recipients than are listed"),
    "repeated-header": mark("a field that may stand once in a header stands there twice"),
    "repeated-field": mark("a field that may stand there once stands there twice"),
    "other-text": mark("its formatted text says something else than its plain text"),
    "hidden-text": mark("it holds text that is not shown"),
    "too-deep": mark("it is nested deeper than is read"),
    "header-cut": mark("its header is longer than is read"),
    "bad-charset": mark("some letters could not be decoded"),
    "bad-encoding": mark("a part could not be decoded"),
    "bad-structure": mark("it is not put together as it should be"),
    "bad-date": mark("its date could not be understood"),
    "date-apart": mark("its date and the time when it was received are far apart"),
    "no-date": mark("it has no date"),
    "no-zone": mark("its time has no zone"),
    "no-year": mark("its date has no year"),
    "no-day": mark("the day of its time is not told"),
    "time-backwards": mark("it is dated before the one above it"),
    "ambiguous-date": mark("day and month can be read two ways"),
    "cut-off": mark("its end is missing"),
    "unsent": mark("it is a draft that had not been sent"),
    "id-time": mark("the number that the service gave it holds another time than is written"),
    "digest-mismatch": mark("it does not fit the checksum that is kept beside it"),
    "error-page": mark("the site answered with an error"),
    "moved": mark("the site sent on to another address"),
    "revisit": mark("the site answered as it did before, where its content is kept"),
    "from-quoted": mark("a > before From in its text was left out: the mailbox may have put it"),
    "header-in-body": mark("a line of a text looks, or may look, like a message of its own here"),
    "writes-once": mark(
        "nobody of this name writes anywhere else in it: it may be a line of the message above"
    ),
    "waiting": mark("it was waiting to be sent"),
    "failed": mark("its sending had failed"),
    "missed-call": mark("a call that was not answered"),
    "rejected-call": mark("a call that was declined"),
    "blocked-call": mark("a call that was blocked"),
    "voicemail": mark("a call that left a recording"),
    "recently-deleted": mark("it lay among the messages that were deleted a short time before"),
}
"""What can be odd about a message, with what a person is told."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the original that was not understood."""

    reason: str
    """Why: a name of `REASONS`."""
    place: Place = Place()  # noqa: RUF009 - frozen
    """Where."""
    detail: str = ""
    """What the format calls it; a stranger's text, made safe where it is shown."""


REASONS: Final[Mapping[str, str]] = {
    "not-understood": mark("could not be understood"),
    "damaged": mark("is damaged or cut off"),
    "over-limit": mark("is over a limit of what is read"),
    "encrypted": mark("is encrypted"),
    "no-library": mark("needs a part of stalklog that is not installed"),
    "not-read": mark("of a kind that is not read"),
    "one-of-several": mark("is not read here: add it by itself"),
    "reader-failed": mark("could not be read because of a mistake in stalklog"),
}
"""Why something was not read, with what a person is told."""


DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of an original that it does not say itself."""

    date_order: DateOrder | None = None
    """In which order day, month and year stand in its dates."""
    zone: str | None = None
    """The zone in which its times are, an IANA name."""
    looked_at: datetime | None = None
    """When it came into the vault: a time in it that is later is not read so."""
    read_as: str | None = None
    """As which format it is to be read: the name of a reader."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How something that can be read two ways was read, and by whom that was decided."""

    about: str
    """`date_order`, `zone` or `read_as`."""
    value: str
    """What was decided: `dmy`, `Asia/Kolkata`; empty where nobody did: both readings stand, or
    times as written. Of `read_as` the reader that was taken, also where nobody decided."""
    by: Literal["file", "person", "nobody"]
    """`file`: something in it proves it."""
    reason: str = ""
    """What proves it, or what would have to be asked, for people."""
    samples: tuple[tuple[str, ...], ...] = ()
    """Lines that can be read two ways: as written, then as each reading has it; three at most. Of
    `read_as` the names of all readers that fit."""
    orders: tuple[DateOrder, ...] = ()
    """Of a `date_order`: which order each of these readings is in."""


def is_open_order(decision: Decision) -> bool:
    """Whether it says that day and month can be read two ways, and nobody has said which."""
    return decision.about == "date_order" and decision.by == "nobody"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place where the reader had to decide what belongs together, and could be wrong."""

    reason: str
    """What it saw there: a name of `DOUBTS`."""
    place: Place
    """Where."""


DOUBTS: Final[Mapping[str, str]] = {
    "no-date": mark("begins like a line between two mails, and has no date: read as text"),
    "no-header": mark("looks like a line between two mails, and no mail follows: read as text"),
    "no-blank-line": mark("looks like a new mail, without a blank line above: read as text"),
    "inside-part": mark("looks like a new mail, inside a part of a mail: read as that part"),
    "inside-included": mark("looks like a new mail, marked as included: read as text"),
    "inside-length": mark("looks like a new mail, inside another one by its length: read as text"),
    "patch": mark("looks like a new mail, and is how a program's patch begins: read as text"),
    "unclosed": mark("was read as a new mail, although the one above it was not closed"),
}
"""What a reader can be in doubt about, with what a person is told."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who sends in an original, and how often."""

    label: str
    id: str
    """Neither name nor number: the owner of the phone or account, whom an export need not name."""
    messages: int


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What a reading came to: what was found, and what was not understood."""

    reader: str
    """Which reader made it: `mbox`."""
    version: int
    """Which version of that reader: another may read more, or otherwise."""
    counts: Mapping[str, int]
    """How many of each kind, `parent`s' inner messages among them."""
    inner: int
    """How many of these are inside another one."""
    first: datetime | None
    """The earliest instant that was understood, in UTC."""
    last: datetime | None
    """The latest."""
    participants: tuple[Participant, ...]
    """Who sends, most messages first; at most `MAX_PARTICIPANTS`."""
    audiences: Mapping[str, int]
    """How many went to one person, to several, in bulk."""
    declared: Mapping[str, int]
    """What the original itself says that it holds: `{"messages": 58}`."""
    attachments: Mapping[str, int]
    """How many of each status."""
    bytes_total: int
    """How long the original is."""
    bytes_covered: int | None
    """How many of them are inside a message or another range that has a name; None where the
    format does not lie in ranges."""
    unread: tuple[Unread, ...]
    """What was not understood, and where; at most `MAX_UNREAD`."""
    facts: Mapping[str, str]
    """What the format says of itself: an export's version, a picture's size. Strangers' text; of
    pictures and recordings the names are those of `records.facts`."""
    is_whole: bool
    """Whether the reading came to the end of the original, and nothing in it was left unread."""
    decisions: tuple[Decision, ...] = ()
    """How what can be read two ways was read."""
    taken: Told | None = None
    """When a picture or a recording says that it was made."""
    doubts: tuple[Doubt, ...] = ()
    """Where what belongs together could be otherwise; at most `MAX_DOUBTS` for each reason."""
    doubted: Mapping[str, int] = field(default_factory=dict)
    """How many such places there are for each reason."""
    unlisted: int = 0
    """How many messages are by senders that `participants` does not list, as these are too many."""
    copies: int = 0
    """How many messages are somebody's copy of another one, whose header tells of the copying."""
    first_wall: str = ""
    """The earliest time that has no zone, as `Told.wall`; empty where none can be read one way.
    Those that can be read two ways are not counted."""
    last_wall: str = ""
    """The latest."""
    odd: Mapping[str, int] = field(default_factory=dict)
    """How many messages have each of `FLAGS`."""

    @property
    def is_order_open(self) -> bool:
        """Whether day and month can be read two ways, and nobody has said which is right."""
        return any(is_open_order(one) for one in self.decisions)

    @property
    def lacks_library(self) -> bool:
        """Whether something in it needs an extra that is not installed."""
        return any(one.reason == "no-library" for one in self.unread)

    @property
    def total(self) -> int:
        """How many messages of all kinds."""
        return sum(self.counts.values())

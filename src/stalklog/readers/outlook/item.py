"""An Outlook item and the message that it is, whether it lies in a .msg file or in a mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stalklog.readers.html_text import html_text
from stalklog.readers.mail.audience import audience_of
from stalklog.readers.mail.date import are_apart
from stalklog.readers.mail.forward import is_inline_forward
from stalklog.readers.mail.header import Header
from stalklog.readers.mail.read import read_headers
from stalklog.readers.outlook.lzfu import NotPackedRtfError, unpack_rtf
from stalklog.readers.outlook.rtf import rtf_text
from stalklog.readers.outlook.tag import EMBEDDED, LINKED, Tag
from stalklog.records.message import Attachment, Message, Party
from stalklog.safety.limits import MAX_RECIPIENTS, MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.readers.base import Notes
    from stalklog.readers.outlook.bag import Bag
    from stalklog.records.message import AttachmentStatus, Forwarded, MessageKind, Place

_ROLES: Final = {1: "to", 2: "cc", 3: "bcc"}
_ROLE_BITS: Final = 0xF
"""Above them stands whether it was sent to already (MS-OXOMSG section 2.2.3.1)."""
_KINDS: Final[tuple[tuple[str, MessageKind], ...]] = (
    ("ipm.note", "message"),
    ("ipm.post", "post"),
    ("ipm.appointment", "appointment"),
    ("ipm.schedule", "appointment"),
    ("ipm.contact", "contact"),
    ("ipm.distlist", "contact"),
    ("ipm.document", "other"),
    ("ipm.activity", "other"),
    ("ipm.stickynote", "other"),
    ("ipm.task", "other"),
    ("ipm.", "message"),
    ("report.", "system"),
)
"""By how the item's class begins (MS-OXCMSG section 2.2.1.3)."""
_NO_HEADER: Final = Header((), {}, 0)
_SECRET: Final = re.compile(r"ipm\.note\.(?:smime$|secure$|rpmsg)", re.IGNORECASE)
_UNSENT: Final = 0x8
"""It was never sent: a draft (MS-OXCMSG section 2.2.1.6)."""
_PREFIX: Final = "\x01"
"""In a mailbox a subject begins with it and the length of its prefix (MS-PST section 2.5.3.1.1)."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of an item, whose bytes were read and let go of."""

    bag: Bag
    size_bytes: int | None
    sha256: str
    status: AttachmentStatus
    place: Place


@dataclass(frozen=True, slots=True)
class Item:
    """An item with what belongs to it, as it was found."""

    bag: Bag
    recipients: tuple[Bag, ...]
    files: tuple[File, ...]
    place: Place
    flags: tuple[str, ...] = ()


def item_class(bag: Bag) -> str:
    """What kind of item it says that it is: `IPM.Note`."""
    return bag.text(Tag.MESSAGE_CLASS)


def has_headers(bag: Bag) -> bool:
    """Whether the headers stand in it with which it came over the internet."""
    return bool(bag.text(Tag.TRANSPORT_HEADERS).strip())


def to_message(
    item: Item, number: int, notes: Notes, *, parent: int | None = None, folder: str = ""
) -> Message:
    """The message that an item is: by its internet headers where it has them.

    Args:
        item: What was found.
        number: Its place in the reading.
        notes: Told what could not be read.
        parent: The number of the message that it is attached to.
        folder: Where in a mailbox it lies.
    """
    bag = item.bag
    message, header = _by_properties(item, number), _NO_HEADER
    if has_headers(bag):
        message, header = _by_headers(bag.text(Tag.TRANSPORT_HEADERS), message)
        notes.keep_header(number, bag.text(Tag.TRANSPORT_HEADERS))
    if _SECRET.match(item_class(bag)):
        notes.leave("encrypted", item.place)
    text, flags = _text(bag, item.place, notes)
    flags |= {*message.flags, *item.flags, *_flags_of(item)} - {"no-date"}
    received = bag.time(Tag.DELIVERED)
    if are_apart(message.sent, received):
        flags.add("date-apart")
    if (bag.number(Tag.MESSAGE_FLAGS) or 0) & _UNSENT:
        flags.add("unsent")
    elif message.sent is None:
        flags.add("no-date")
    return replace(
        message,
        parent=parent,
        received=received,
        text=text,
        conversation=folder,
        attachments=tuple(map(_attachment, item.files)),
        forwarded=_forwarded(item, header, message.subject, text),
        flags=tuple(sorted(flags)),
    )


def _by_properties(item: Item, number: int) -> Message:
    bag = item.bag
    recipients = _recipients(item)
    return Message(
        number=number,
        place=item.place,
        kind=_kind(item_class(bag)),
        sender=_sender(bag),
        recipients=recipients,
        sent=bag.time(Tag.SUBMITTED),
        subject=_subject(bag),
        native_id=bag.text(Tag.MESSAGE_ID),
        reply_to=bag.text(Tag.IN_REPLY_TO),
        audience=None if not recipients else audience_of(_NO_HEADER, recipients),
    )


def _by_headers(headers: str, message: Message) -> tuple[Message, Header]:
    """What the headers say, and where they say nothing what the properties do."""
    said = read_headers(headers.encode("utf-8", "surrogatepass"))
    hidden = tuple(party for party in message.recipients if party.role == "bcc")
    recipients = (*said.recipients, *hidden) if said.recipients else message.recipients
    has_sender = said.sender.label or said.sender.id
    found = replace(
        message,
        kind="post" if said.newsgroups else message.kind,
        sender=said.sender if has_sender else message.sender,
        recipients=recipients[:MAX_RECIPIENTS],
        sent=said.sent or message.sent,
        subject=said.subject or message.subject,
        native_id=said.native_id or message.native_id,
        reply_to=said.reply_to or message.reply_to,
        audience=audience_of(said.header, recipients),
        flags=said.flags,
    )
    return found, said.header


def _kind(name: str) -> MessageKind:
    lowered = name.lower()
    return next((kind for begin, kind in _KINDS if lowered.startswith(begin)), "message")


def _subject(bag: Bag) -> str:
    subject = bag.text(Tag.SUBJECT)
    return subject[2:] if subject.startswith(_PREFIX) else subject


def _sender(bag: Bag) -> Party:
    """In whose name it was sent; where nobody's is written, who sent it."""
    represented = Party(
        bag.text(Tag.REPRESENTED_NAME),
        bag.text(Tag.REPRESENTED_SMTP, Tag.REPRESENTED_ADDRESS),
    )
    sender = Party(bag.text(Tag.SENDER_NAME), bag.text(Tag.SENDER_SMTP, Tag.SENDER_ADDRESS))
    if represented.id or (represented.label and represented.label != sender.label):
        return represented
    return sender


def _recipients(item: Item) -> tuple[Party, ...]:
    if item.recipients:
        return tuple(map(_recipient, item.recipients[:MAX_RECIPIENTS]))
    shown = ((Tag.DISPLAY_TO, "to"), (Tag.DISPLAY_CC, "cc"), (Tag.DISPLAY_BCC, "bcc"))
    return tuple(
        Party(label=name.strip(), role=role)
        for tag, role in shown
        for name in item.bag.text(tag).split(";")
        if name.strip()
    )[:MAX_RECIPIENTS]


def _recipient(bag: Bag) -> Party:
    role = (bag.number(Tag.RECIPIENT_TYPE) or 0) & _ROLE_BITS
    return Party(
        label=bag.text(Tag.DISPLAY_NAME),
        id=bag.text(Tag.SMTP_ADDRESS, Tag.ADDRESS),
        role=_ROLES.get(role, ""),
    )


def _text(bag: Bag, place: Place, notes: Notes) -> tuple[str, set[str]]:
    """What it says: its plain text, else what its HTML shows, else what its RTF shows."""
    text, flags = bag.text(Tag.BODY), set[str]()
    if not text and (source := bag.html()):
        shown = html_text(source)
        text = shown.text
        flags |= {"hidden-text"} if shown.hidden.strip() else set()
        flags |= {"text-cut"} if shown.is_cut else set()
    if not text and (packed := bag.binary(Tag.RTF)):
        text, flags = _rtf(packed, place, notes)
    text = text.replace("\r\n", "\n")
    if len(text) > MAX_TEXT_CHARS:
        text = text[:MAX_TEXT_CHARS]
        flags.add("text-cut")
    return text, flags


def _rtf(packed: bytes, place: Place, notes: Notes) -> tuple[str, set[str]]:
    try:
        rtf, is_whole = unpack_rtf(packed)
    except NotPackedRtfError:
        notes.leave("damaged", place, "RTF")
        return "", set()
    text, is_known = rtf_text(rtf)
    odd = {"text-cut": not is_whole, "bad-charset": not is_known}
    return text.strip("\n"), {flag for flag, is_so in odd.items() if is_so}


def _attachment(file: File) -> Attachment:
    bag = file.bag
    method = bag.number(Tag.ATTACH_METHOD)
    if method in LINKED and not file.size_bytes:
        name = bag.text(Tag.ATTACH_PATH, Tag.ATTACH_SHORT_PATH, Tag.ATTACH_NAME)
        return Attachment(name=name, status="remote", place=file.place)
    return Attachment(
        name=bag.text(Tag.ATTACH_NAME, Tag.ATTACH_SHORT_NAME, Tag.DISPLAY_NAME),
        media_type=bag.text(Tag.ATTACH_MIME),
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        status=file.status,
        place=file.place,
    )


def _forwarded(item: Item, header: Header, subject: str, text: str) -> Forwarded | None:
    if any(file.bag.number(Tag.ATTACH_METHOD) == EMBEDDED for file in item.files):
        return "attached"
    return "inline" if is_inline_forward(header, subject, text) else None


def _flags_of(item: Item) -> Iterable[str]:
    bags = (item.bag, *item.recipients, *(file.bag for file in item.files))
    return {flag for bag in bags for flag in bag.flags}

"""What the header of a mail says: from whom, to whom, when, about what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.readers.mail.address import ROLES, parse_parties
from stalklog.readers.mail.date import are_apart, received, told
from stalklog.readers.mail.encoded_word import as_text, decode_field, unfold
from stalklog.records.message import Party
from stalklog.safety.limits import MAX_RECIPIENTS

if TYPE_CHECKING:
    from stalklog.readers.mail.header import Header
    from stalklog.records.message import Told

_ONCE = ("from", "sender", "date", "subject", "message-id", "content-type")
"""Fields that RFC 5322 section 3.6 and RFC 2045 allow once: which of two is shown differs."""
_IDS = re.compile(r"<[^<>\s]+>")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the header of a mail says."""

    header: Header
    """Its fields."""
    sender: Party
    """Whom From names first; else Sender."""
    recipients: tuple[Party, ...]
    """Whom To, Cc and Bcc name."""
    sent: Told | None
    """Date."""
    received: Told | None
    """The time of the topmost Received: when the receiving side took it."""
    subject: str
    native_id: str
    """Message-ID."""
    reply_to: str
    """The Message-ID that it answers."""
    newsgroups: str
    """Where a post stands."""
    flags: tuple[str, ...]
    """What is odd: names of `records.message.FLAGS`."""


def understand(header: Header, declared: str = "", *, limit: int = MAX_RECIPIENTS) -> Heading:
    """What the fields of a header say.

    Args:
        header: The header.
        declared: The charset of the mail's text, for bytes that are not UTF-8.
        limit: How many recipients are listed.
    """
    flags: set[str] = set()
    sender = Party()
    for name in ("from", "sender", "apparently-from"):
        found = parse_parties(header.first(name), "", declared, limit=1)
        flags |= set() if found.is_sure else {"bad-charset"}
        if found.parties:
            sender = found.parties[0]
            break
    recipients: list[Party] = []
    for role, value in ((name, each) for name in ROLES for each in header.all(name)):
        found = parse_parties(value, role, declared, limit=limit - len(recipients))
        recipients += found.parties
        flags |= set() if found.is_sure else {"bad-charset"}
        flags |= {"recipients-cut"} if found.is_cut else set()
    subject, is_right = decode_field(unfold(header.first("subject")), declared)
    flags |= set() if is_right else {"bad-charset"}
    sent = told(header.first("date")) if header.first("date").strip() else None
    flags |= _flags_of(sent)
    top = header.first("received")
    taken = received(top) if top else None
    flags |= {"date-apart"} if are_apart(sent, taken) else set()
    answered = _IDS.findall(header.first("in-reply-to")[:10_000])
    if not answered:
        answered = _IDS.findall(header.first("references")[:100_000])[-1:]
    if header.is_cut:
        flags.add("header-cut")
    if any(len(header.all(name)) > 1 for name in _ONCE):
        flags.add("repeated-header")
    return Heading(
        header,
        sender=sender,
        recipients=tuple(recipients),
        sent=sent,
        received=taken,
        subject=subject,
        native_id=as_text(unfold(header.first("message-id"))),
        reply_to=as_text(answered[0]) if answered else "",
        newsgroups=as_text(unfold(header.first("newsgroups"))),
        flags=tuple(sorted(flags)),
    )


def _flags_of(sent: Told | None) -> set[str]:
    if sent is None:
        return {"no-date"}
    if sent.wall is None:
        return {"bad-date"}
    return set() if sent.instant else {"no-zone"}

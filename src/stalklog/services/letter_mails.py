"""By what a provider finds an e-mail: its Message-ID and the date in its header.

Both are what the mail says. Of a mail that somebody forwarded they would be the forwarder's, so
they are left out there. A mail inside a mailbox is told where its connection is. What cannot be
read is left out too: a letter is no check of the vault.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.errors import StalklogError
from stalklog.letters.words import utc_words
from stalklog.report.pattern.sender import Senders
from stalklog.safety.limits import MAX_LETTER_MAILS
from stalklog.services.letter_material import text
from stalklog.services.mail_header import SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from stalklog.core.entry import JsonValue
    from stalklog.letters.render import Thing
    from stalklog.records.message import Message
    from stalklog.records.view import Shown
    from stalklog.vault.vault import Vault

_MAIL: Final = frozenset({"message/rfc822", "application/x-ole-storage"})


@dataclass(frozen=True, slots=True)
class Mails:
    """What the single e-mails among some exhibits say of themselves, each by the exhibit's id."""

    told: Mapping[str, Thing]
    """What a letter names them by."""
    times: Mapping[str, datetime]
    """When each was sent, in UTC, by its header; where that is far from when it was received, when
    it was received. Only of those that tell a time."""


def read_mails(vault: Vault, entries: Iterable[Shown], identifiers: JsonValue = None) -> Mails:
    """What the single e-mails among these exhibits say of themselves, by id.

    Nothing is said of a mail that went to the other person: it may be hers, and its Message-ID
    would show at which provider she writes.

    Args:
        vault: Where they are.
        entries: The exhibits.
        identifiers: The accounts of the other person, as the case notes them.
    """
    mails = [entry for entry in entries if text(entry, "media_type") in _MAIL]
    found = {entry.id: _first(vault, entry) for entry in mails[-MAX_LETTER_MAILS:]}
    theirs = Senders(identifiers)
    own = {
        name: message
        for name, message in found.items()
        if message is not None and message.forwarded is None and not _is_to(theirs, message)
    }
    times = {name: _time(message) for name, message in own.items()}
    return Mails(
        told={name: _told(own.get(name)) for name, message in found.items() if message is not None},
        times={name: moment for name, moment in times.items() if moment is not None},
    )


def _first(vault: Vault, entry: Shown) -> Message | None:
    from stalklog.services.contents import Contents  # noqa: PLC0415 - 60 ms, where there are mails

    with suppress(StalklogError), closing(Contents(vault, entry)) as contents:
        if contents.reader is not None and contents.reader.name in SINGLE:
            with closing(iter(contents)) as messages:
                return next(messages, None)
    return None


def _is_to(theirs: Senders, message: Message) -> bool:
    """Whether somebody else sent it to them."""
    return not theirs.of(message.sender) and any(map(theirs.of, message.recipients))


def _told(message: Message | None) -> Thing:
    if message is None:
        return {}
    sent = message.sent.instant if message.sent else None
    return {"message_id": message.native_id, "header_date": utc_words(sent) if sent else ""}


def _time(message: Message) -> datetime | None:
    """The sender's date is the sender's word: the receiver's counts where they do not agree."""
    is_doubtful = "date-apart" in message.flags
    told = message.received if is_doubtful else message.sent or message.received
    return told.instant if told else None

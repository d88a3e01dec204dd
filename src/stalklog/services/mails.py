"""The mails of an exhibit with their headers, wherever each stands: alone, in a mailbox, attached.

A mail that is attached to another one has a header of its own. What it says is worth as much as
whoever attached it is believed: all of it came with the mail that it is attached to.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from stalklog.readers.base import EVERY
from stalklog.safety.limits import MAX_HEADER_BYTES
from stalklog.services.contents import Contents
from stalklog.services.mail_header import ITEMS, MAIL, SINGLE, header_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stalklog.records.message import Message
    from stalklog.records.view import Shown
    from stalklog.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of an exhibit."""

    message: Message
    fields: Sequence[tuple[str, str]]
    """Its header: names in lower case, values as written; empty where there is none."""


def open_mails(vault: Vault, entry: Shown) -> Contents:
    """What is inside an exhibit, read so that each mail's header is at hand.

    Raises:
        PassphraseError, ReadOnlyVaultError, OverLimitError: As `Contents`.
    """
    return Contents(vault, entry, wanted_header=EVERY)


def has_mails(contents: Contents) -> bool:
    """Whether mails are what is inside."""
    return contents.reader is not None and contents.reader.name in MAIL | ITEMS


def is_box(contents: Contents) -> bool:
    """Whether it holds more than one mail, besides those attached to it.

    A single mail that was saved with the line of a mailbox above it is a mailbox of one.

    Raises:
        PassphraseError, ReadOnlyVaultError, OverLimitError: As `Contents`.
    """
    if contents.reader is None or contents.reader.name in SINGLE:
        return False
    with closing(iter(contents)) as messages:
        own = (message for message in messages if message.parent is None)
        return len(list(islice(own, 2))) > 1


def read_mails_in(contents: Contents, chosen: Callable[[Message], bool]) -> Iterator[Mail]:
    """The chosen ones among all mails inside, in the order of the original.

    Args:
        contents: As `open_mails` gives them.
        chosen: Asked of each message, in the order of the original, one before those inside it.

    Raises:
        PassphraseError, ReadOnlyVaultError, OverLimitError: As `Contents`.
    """
    if contents.reader is None or not has_mails(contents):
        return
    reader = contents.reader.name
    with closing(iter(contents)) as messages:
        found = [
            (message, contents.header_beside(message)) for message in messages if chosen(message)
        ]
    # Only now the original is jumped in: the reader is at its end.
    for message, beside in found:
        raw = contents.slice_of(message, MAX_HEADER_BYTES)[0] if reader in MAIL else b""
        yield Mail(message, header_of(reader, raw, beside).fields)

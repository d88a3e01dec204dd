"""The header of a message in the vault, as fields: from its exact bytes, or as Outlook keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.readers.mail.beginning import mail_start
from stalklog.readers.mail.header import parse_header

if TYPE_CHECKING:
    from collections.abc import Sequence

MAIL: Final = frozenset({"eml", "emlx", "mbox"})
"""Readers whose messages are mails, byte for byte."""
ITEMS: Final = frozenset({"msg", "pst"})
"""Readers whose messages may have a header beside them."""
SINGLE: Final = frozenset({"eml", "emlx", "msg"})
"""Readers of one message, and those inside it."""


@dataclass(frozen=True, slots=True)
class MailHeader:
    """A header, and the mail that it belongs to where that is there."""

    fields: Sequence[tuple[str, str]]
    """Names in lower case, values as written: folded, in letters."""
    mail: bytes
    """The mail from its header on; empty where only the header is kept."""
    is_there: bool
    """Whether there is a header at all."""


def header_of(reader: str, raw: bytes, beside: str) -> MailHeader:
    """The header of one message.

    Args:
        reader: Who read it.
        raw: Its exact bytes, or their beginning.
        beside: The header that the format keeps apart from them.
    """
    data = raw if reader in MAIL else beside.encode("utf-8", "surrogateescape")
    start = mail_start(data)
    fields = [
        (name, _readable(value)) for name, value in parse_header(data, start, len(data)).fields
    ]
    return MailHeader(fields, data[start:] if reader in MAIL else b"", bool(data))


def is_redirected(fields: Sequence[tuple[str, str]]) -> bool:
    """Whether somebody put the mail into the post again as it was (RFC 5322 section 3.6.6).

    Then it still names its author, and the connection that was recorded last is that of whoever
    redirected it: of the person herself, perhaps.
    """
    return any(name.startswith("resent-") for name, _value in fields)


def _readable(value: str) -> str:
    """The value of a field in letters: bytes beyond ASCII are UTF-8 (RFC 6532), or are shown."""
    if value.isascii():
        return value
    return value.encode("ascii", "surrogateescape").decode("utf-8", "backslashreplace")

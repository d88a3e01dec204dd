"""Mail of Apple's program: a count of bytes, the mail, then what the program knows of it."""

from __future__ import annotations

import plistlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, ReadingError
from stalklog.readers.mail.beginning import count_fields, mail_start
from stalklog.readers.mail.read import read_mail
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place, Told
from stalklog.safety.limits import MAX_MAIL_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_COUNT = re.compile(rb"[ \t]{0,20}([0-9]{1,12})[ \t]{0,20}\r?\n")
_PLIST: Final = b"<?xml "
_MAX_COUNT_BYTES: Final = 64
_MAX_PLIST_BYTES: Final = 1 << 20
"""What Mail keeps beside a message has about 1 kB."""
_MAX_FACTS: Final = 50
_MAX_FACT_CHARS: Final = 300


class EmlxReader:
    """One e-mail as Apple Mail keeps it."""

    name = "emlx"
    version = 2
    media_types: tuple[str, ...] = ("message/rfc822",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely where a line with a number stands before a mail."""
        found = _COUNT.match(head)
        if not found:
            return NO
        return LIKELY if count_fields(head, mail_start(head, found.end()), enough=1) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The mail, and those attached to it.

        Raises:
            ReadingError: It does not begin with a count of bytes, or is larger than any mail.
        """
        first = read_up_to(stream, _MAX_COUNT_BYTES)
        found = _COUNT.match(first)
        if not found:
            raise ReadingError("not-understood", Place(0, len(first)))
        data = first + read_up_to(stream, MAX_MAIL_BYTES + _MAX_PLIST_BYTES)
        start, declared = found.end(), int(found[1])
        notes.declare("bytes", declared)
        end = _mail_end(data, start, declared)
        if stream.read(1) or end - start > MAX_MAIL_BYTES:
            raise ReadingError("over-limit", Place(0, len(data)))
        if ".partial." in name or start + declared > len(data):
            notes.tell("partial", "attachments are kept in files beside it")
        notes.cover(len(data))
        came = _tell_plist(data[end:], Place(end, len(data)), notes)
        for message in read_mail(
            memoryview(data)[start:end], start=start, numbers=count(1), notes=notes
        ):
            yield message if message.received or message.parent else replace(message, received=came)


def _mail_end(data: bytes, start: int, declared: int) -> int:
    """Where the mail ends: of a message without its attachments, Mail may count these too."""
    if start + declared <= len(data):
        return start + declared
    plist = data.rfind(_PLIST, start)
    return plist if plist >= 0 and data.rstrip().endswith(b"</plist>") else len(data)


def _tell_plist(data: bytes, place: Place, notes: Notes) -> Told | None:
    """What Mail itself noted of the message, and when it says that it came."""
    if not data.strip():
        return None
    try:
        found = plistlib.loads(data.strip(), fmt=plistlib.FMT_XML)
    except Exception:  # noqa: BLE001 - a parser of XML: what it raises is no part of its promise
        found = None
    if not isinstance(found, dict):
        notes.leave("not-understood", place, "plist")
        return None
    for key, value in list(found.items())[:_MAX_FACTS]:
        if isinstance(value, str | int | float | bool | datetime):
            notes.tell(f"plist.{key}"[:_MAX_FACT_CHARS], str(value)[:_MAX_FACT_CHARS])
    return _came(found.get("date-received"))


def _came(seconds: object) -> Told | None:
    """A count of seconds since 1970, as a time."""
    if not isinstance(seconds, int | float):
        return None
    try:
        instant = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    wall = instant.replace(tzinfo=None, microsecond=0).isoformat()
    return Told(str(seconds), instant, wall, "second", "+00:00", "epoch")

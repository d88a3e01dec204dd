"""Mail of Apple's program: a count of bytes, the mail, then what the program knows of it."""

from __future__ import annotations

import plistlib
import re
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, ReadingError
from stalklog.readers.mail.beginning import count_fields, mail_start
from stalklog.readers.mail.read import read_mail
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_MAIL_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_COUNT = re.compile(rb"[ \t]{0,20}([0-9]{1,12})[ \t]{0,20}\r?\n")
_MAX_COUNT_BYTES: Final = 64
_MAX_PLIST_BYTES: Final = 1 << 20
"""What Mail keeps beside a message has about 1 kB."""
_MAX_FACTS: Final = 50
_MAX_FACT_CHARS: Final = 300


class EmlxReader:
    """One e-mail as Apple Mail keeps it."""

    name = "emlx"
    version = 1
    media_types = ("message/rfc822",)
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
        first = stream.read(_MAX_COUNT_BYTES)
        found = _COUNT.match(first)
        if not found:
            raise ReadingError("not-understood", Place(0, len(first)))
        data = first + stream.read(MAX_MAIL_BYTES + _MAX_PLIST_BYTES)
        start, declared = found.end(), int(found[1])
        end = min(start + declared, len(data))
        notes.declare("bytes", declared)
        if stream.read(1) or end - start > MAX_MAIL_BYTES:
            raise ReadingError("over-limit", Place(0, len(data)))
        if ".partial." in name or start + declared > len(data):
            # Mail keeps the attachments of such a message in a folder of their own, and may count
            # them: the mail is then all there is of the file.
            notes.tell("partial", "attachments are kept in files beside it")
        notes.cover(len(data))
        yield from read_mail(
            memoryview(data)[start:end], start=start, numbers=count(1), notes=notes
        )
        _tell_plist(data[end:], Place(end, len(data)), notes)


def _tell_plist(data: bytes, place: Place, notes: Notes) -> None:
    """What Mail itself noted of the message: flags, when it came, which mailbox."""
    if not data.strip():
        return
    try:
        found = plistlib.loads(data.strip(), fmt=plistlib.FMT_XML)
    except Exception:  # noqa: BLE001 - a parser of XML: what it raises is no part of its promise
        notes.leave("not-understood", place, "plist")
        return
    if not isinstance(found, dict):
        notes.leave("not-understood", place, "plist")
        return
    for key, value in list(found.items())[:_MAX_FACTS]:
        if isinstance(value, str | int | float | bool | datetime):
            notes.tell(str(key)[:_MAX_FACT_CHARS], str(value)[:_MAX_FACT_CHARS])

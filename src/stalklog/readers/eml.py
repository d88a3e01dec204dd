"""E-mail as one file: saved from a mail program, a file of a Maildir, or a newsgroup post."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, BinaryIO

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.mail.read import mail_start, read_mail
from stalklog.safety.limits import MAX_MAIL_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_FIELD = re.compile(rb"([!-9;-~]{1,76})[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
_OF_MAIL = re.compile(
    rb"received|return-path|delivered-to|from|to|subject|date|message-id|mime-version|x-.*"
    rb"|content-type|newsgroups|path|sender|reply-to|cc|dkim-signature|authentication-results",
    re.IGNORECASE,
)


class EmlReader:
    """One e-mail in one file."""

    name = "eml"
    version = 1
    media_types = ("message/rfc822",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:
        """Sure of three fields of a mail at its beginning, less so of one or behind `From `."""
        start = mail_start(head)
        names: set[bytes] = set()
        position = start
        while len(names) < 3 and (found := _FIELD.match(head, position)):  # noqa: PLR2004 - enough
            position = found.end()
            if _OF_MAIL.fullmatch(found[1]):
                names.add(found[1].lower())
        if not names:
            return MAYBE // 2 if name.lower().endswith((".eml", ".email")) else NO
        if b"From " in head[:start]:
            return MAYBE
        return LIKELY if len(names) < 3 else SURE - 10  # noqa: PLR2004 - as above

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002 - the name tells nothing
        """The mail, and those attached to it."""
        data = stream.read(MAX_MAIL_BYTES + 1)
        notes.cover(len(data))
        yield from read_mail(data, start=0, numbers=count(1), notes=notes)

"""E-mail as one file: saved from a mail program, a file of a Maildir, or a newsgroup post."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.mail.beginning import count_fields, mail_start
from stalklog.readers.mail.read import read_mail_at
from stalklog.readers.stream import read_up_to
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_MAIL_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_SURE: Final = 2
"""So many different fields of a mail are no accident."""
_BOM: Final = b"\xef\xbb\xbf"
_MAILDIR_FLAGS = re.compile(r"[:;!]2,([A-Za-z]{0,60})\Z")
_MAILDIR_SIZE = re.compile(r",S=([0-9]{1,12})(?=[,:;!]|\Z)")
_BLOCK_BYTES: Final = 1 << 20


class EmlReader:
    """One e-mail in one file."""

    name = "eml"
    version = 2
    media_types: tuple[str, ...] = ("message/rfc822",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely with two fields of a mail at its beginning; perhaps with one, or after `From `."""
        start = mail_start(head)
        fields = count_fields(head, start, enough=_SURE)
        if fields == _SURE and b"From " not in head[:start]:
            return LIKELY
        return MAYBE if fields else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:
        """The mail, and those attached to it."""
        data = read_up_to(stream, MAX_MAIL_BYTES)
        digest = sha256(data)
        size_bytes = len(data)
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
        notes.cover(size_bytes)
        _tell(data, name, notes)
        place = Place(0, size_bytes, sha256=digest.hexdigest())
        yield from read_mail_at(data, place, numbers=count(1), notes=notes)


def _tell(data: bytes, name: str, notes: Notes) -> None:
    """Facts of the file: its line ends, what stands before the mail, what its name says."""
    notes.tell("line_ends", _line_ends(data))
    before = data[: mail_start(data)]
    if before.startswith(_BOM):
        notes.tell("begins_with", "byte-order mark")
    elif b"From " in before:
        notes.tell("begins_with", "From line")
    elif before.startswith(b"Microsoft"):
        notes.tell("begins_with", before.decode("ascii", "replace").strip()[:200])
    flags = _MAILDIR_FLAGS.search(name)
    if flags:
        notes.tell("maildir_flags", flags[1])
    declared = _MAILDIR_SIZE.search(name)
    if declared:
        notes.declare("bytes", int(declared[1]))


def _line_ends(data: bytes) -> str:
    both = data.count(b"\r\n")
    lf, cr = data.count(b"\n") - both, data.count(b"\r") - both
    found = [kind for kind, times in (("CRLF", both), ("LF", lf), ("CR", cr)) if times]
    return "+".join(found) or "none"

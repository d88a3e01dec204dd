"""The zip of LinkedIn or of Reddit: the tables of messages in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.archive import NOT_OURS
from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.csv_chat import LinkedInReader, RedditReader
from stalklog.readers.inside import as_it_is, is_read_by, read_inside
from stalklog.readers.zip_members import ZipMembers, first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes, Reader
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_OWN: Final = re.compile(
    r"(?:^|/)(?:Connections|Invitations|SearchQueries|Endorsement_Received_Info"
    r"|chat_history|messages_archive|message_headers|messages_archive_headers)\.csv\Z"
)
"""Tables that nobody else gives."""
_MESSAGES: Final = re.compile(r"(?:^|/)messages\.csv\Z")
_OTHERS: Final = re.compile(r"(?:^|/)c[0-9]{5,}/messages\.csv\Z")
"""How Discord calls its own."""
_CSV: Final = ".csv"


class CsvZipReader:
    """What LinkedIn or Reddit gives of an account."""

    name = "csv-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the names of tables of its own, perhaps by one of messages."""
        names = first_names(head)
        if any(map(_OWN.search, names)):
            return LIKELY
        is_maybe = any(_MESSAGES.search(one) and not _OTHERS.search(one) for one in names)
        return MAYBE if is_maybe else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages of each table that is one of messages.

        Raises:
            ReadingError: There is none, or the zip is damaged.
        """
        members = ZipMembers(stream, notes)
        yield from read_inside(_chosen(members), members, notes, as_it_is)


def _chosen(members: ZipMembers) -> Iterator[tuple[Reader, Member]]:
    known: tuple[Reader, ...] = (LinkedInReader(), RedditReader())
    for member in members:
        if member.name.lower().endswith(_CSV) and not member.name.startswith(NOT_OURS):
            for reader in known:
                if is_read_by(reader, members, member):
                    yield reader, member

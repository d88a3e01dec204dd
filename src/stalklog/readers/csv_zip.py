"""The zip of LinkedIn or of Reddit: the tables of messages in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO
from stalklog.readers.csv_chat import LinkedInReader, RedditReader
from stalklog.readers.inside import NOT_OURS, FilesBeside, is_read_by, read_inside
from stalklog.readers.zip_members import ZipMembers, first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes, Reader
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_TABLE: Final = re.compile(
    r"(?:^|/)(?:(?:guide_)?messages(?:_archive)?|message_headers|chat_history|learning_role_play"
    r"|Connections|Invitations)\.csv\Z"
)
_CSV: Final = ".csv"


class CsvZipReader:
    """What LinkedIn or Reddit gives of an account."""

    name = "csv-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the names of its tables."""
        return LIKELY if any(map(_TABLE.search, first_names(head))) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages of each table that is one of messages.

        Raises:
            ReadingError: There is none, or the zip is damaged.
        """
        members = ZipMembers(stream, notes)
        yield from read_inside(_chosen(members), members, notes, FilesBeside(members, notes))


def _chosen(members: ZipMembers) -> Iterator[tuple[Reader, Member]]:
    known: tuple[Reader, ...] = (LinkedInReader(), RedditReader())
    for member in members:
        if member.name.lower().endswith(_CSV) and not member.name.startswith(NOT_OURS):
            for reader in known:
                if is_read_by(reader, members, member):
                    yield reader, member

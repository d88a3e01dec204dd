"""The zip of LinkedIn or of Reddit: the tables of messages in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import LIKELY, MAYBE
from stalklog.readers.csv_chat import LinkedInReader, RedditReader
from stalklog.readers.export import ZipReader
from stalklog.readers.inside import ReadInside, as_it_is
from stalklog.readers.zip_members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_OWN: Final = re.compile(
    r"(?:^|/)(?:Connections|Invitations|SearchQueries|Endorsement_Received_Info"
    r"|chat_history|messages_archive|message_headers|messages_archive_headers)\.csv\Z"
)
"""Tables that nobody else gives."""
_MESSAGES: Final = re.compile(
    r"\A(?!(?:.*/)?c[0-9]{5,}/messages\.csv\Z)(?:.*/)?messages\.csv\Z", re.DOTALL
)
"""A table of messages, but not one of Discord's, whose folder is `c` and a number."""
_TABLE: Final = re.compile(r"\.[Cc][Ss][Vv]\Z")


class CsvZipReader(ZipReader):
    """What LinkedIn or Reddit gives of an account."""

    name = "csv-zip"
    version = 3
    signs = ((LIKELY, _OWN), (MAYBE, _MESSAGES))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages of each table that is one of messages."""
        known = ((_TABLE, LinkedInReader()), (_TABLE, RedditReader()))
        return _Export(members, notes, known, find=as_it_is).messages()


class _Export(ReadInside[Member]):
    """The zip, most of whose tables are of other things."""

    words = (".csv", ".CSV", ".json", ".txt", ".html")

"""The zip of Snapchat's *My Data*: its chats, and the files that were kept with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import LIKELY, MAYBE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import ZipReader
from stalklog.readers.inside import ReadInside
from stalklog.readers.snapchat import SnapchatReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_HISTORY: Final = re.compile(r"(?:^|/)json/(?:chat|snap)_history[^/]{0,40}\.json\Z")
_OTHER: Final = re.compile(
    r"(?:^|/)(?:chat_media/[0-9]{4}-[0-9]{2}-[0-9]{2}_|html/(?:chat|snap|snap_map|account)_history)"
)
_MEDIA: Final = re.compile(
    r"(?:^|/)chat_media/[0-9]{4}-[0-9]{2}-[0-9]{2}_([^/]{1,300}?)(?:\.[A-Za-z0-9]{1,5})?\Z"
)
"""Its name without the date and the ending is the id by which a message names it."""


class SnapchatZipReader(ZipReader):
    """All chats of an account, with their files."""

    name = "snapchat-zip"
    version = 2
    signs = ((LIKELY, _HISTORY), (MAYBE, _OTHER))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages of its chats, then the list of its snaps."""
        files = FilesBeside(members, notes, _MEDIA)
        known = ((_HISTORY, SnapchatReader()),)
        return ReadInside(members, notes, known, files, files.by_word).messages()

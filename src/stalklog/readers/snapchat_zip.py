"""The zip of Snapchat's *My Data*: its chats, and the files that were kept with them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import LIKELY, MAYBE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import ZipReader
from stalklog.readers.inside import ReadInside
from stalklog.readers.snapchat import SnapchatReader
from stalklog.readers.zip_members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_HISTORY: Final = re.compile(r"(?:^|/)json/((?:chat|snap)_history[^/]{0,40})\.json\Z")
_HISTORY_PAGE: Final = re.compile(
    r"(?:^|/)html/((?:chat|snap)_history[^/]{0,40}?)(?:/[^/]{1,300})?(?:\.html)?\Z"
)
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
    version = 3
    signs = ((LIKELY, _HISTORY), (MAYBE, _OTHER))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages of its chats, then the list of its snaps."""
        files = FilesBeside(members, notes, _MEDIA)
        known = ((_HISTORY, SnapchatReader()),)
        return _Export(members, notes, known, files, files.by_word).messages()


class _Export(ReadInside[Member]):
    """The zip, in which pages say for people what the files beside them say."""

    words = (".json", ".html")

    def is_known(self, member: Member) -> bool:
        """A page beside the file that was read, too."""
        page = _HISTORY_PAGE.search(member.name)
        return bool(page and page[1] in self._told) or super().is_known(member)

    @cached_property
    def _told(self) -> set[str]:
        return {found[1] for one in self.own if (found := _HISTORY.search(one.name))}

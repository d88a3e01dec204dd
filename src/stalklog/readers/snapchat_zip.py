"""The zip of Snapchat's *My Data*: its chats, and the files that were kept with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.archive import NOT_OURS
from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.beside import FilesBeside
from stalklog.readers.inside import is_read_by, read_inside
from stalklog.readers.snapchat import SnapchatReader
from stalklog.readers.zip_members import ZipMembers, first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Attachment, Message

_HISTORY: Final = re.compile(r"(?:^|/)json/(?:chat|snap)_history[^/]{0,40}\.json\Z")
_OTHER: Final = re.compile(
    r"(?:^|/)(?:chat_media/[0-9]{4}-[0-9]{2}-[0-9]{2}_|html/(?:chat|snap|snap_map|account)_history)"
)
_MEDIA: Final = re.compile(
    r"(?:^|.*/)chat_media/[0-9]{4}-[0-9]{2}-[0-9]{2}_(.{1,300}?)(?:\.[A-Za-z0-9]{1,5})?\Z"
)


class SnapchatZipReader:
    """All chats of an account, with their files."""

    name = "snapchat-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the file of its chats, perhaps by others that only Snapchat writes."""
        names = first_names(head)
        if any(map(_HISTORY.search, names)):
            return LIKELY
        return MAYBE if any(map(_OTHER.search, names)) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages of its chats, then the list of its snaps.

        Raises:
            ReadingError: There is neither, or the zip is damaged.
        """
        members = ZipMembers(stream, notes)
        reader = SnapchatReader()
        chosen = [
            (reader, member)
            for member in members
            if _HISTORY.search(member.name)
            and not member.name.startswith(NOT_OURS)
            and is_read_by(reader, members, member)
        ]
        files = FilesBeside(members, notes, _MEDIA, _media_id)

        def find(attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
            return files.named(attachment, attachment.name)

        yield from read_inside(chosen, members, notes, find)
        files.tell()


def _media_id(name: str) -> str:
    """The id by which a message names a file: the file's name without its date and ending."""
    found = _MEDIA.match(name)
    return found[1] if found else name

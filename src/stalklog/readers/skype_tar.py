"""An export of Skype as Microsoft gave it, a tar: `messages.json` and the files in `media/`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.beside import FilesBeside
from stalklog.readers.inside import is_read_by, read_inside
from stalklog.readers.skype import SkypeReader
from stalklog.readers.tar_members import TarMembers, first_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Attachment, Message

_MESSAGES: Final = re.compile(r"(?:^|/)messages\.json\Z")
_OTHER: Final = re.compile(r"(?:^|/)(?:endpoints\.json\Z|media/[^/]{1,200}\.(?:json|[0-9]\.))")
_MEDIA: Final = re.compile(
    r"(?:^|.*/)media/([^/]{1,200}?)(?:\.[0-9]{1,3})?\.(?!json\Z)[A-Za-z0-9]{1,5}\Z"
)


class SkypeTarReader:
    """All chats of an account, with their files."""

    name = "skype-tar"
    version = 2
    media_types: tuple[str, ...] = ("application/x-tar", "application/octet-stream")
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the beginning of its chats, perhaps by other files that Skype wrote."""
        reader = SkypeReader()
        best = NO
        for inner, content in first_headers(head):
            if _MESSAGES.search(inner):
                return LIKELY if reader.match(content, inner) else NO
            best = MAYBE if _OTHER.search(inner) else best
        return best

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages of its `messages.json`.

        Raises:
            ReadingError: There is none.
        """
        members = TarMembers(stream, notes)
        reader = SkypeReader()
        chosen = [
            (reader, member)
            for member in members.members
            if _MESSAGES.search(member.name) and is_read_by(reader, members, member)
        ]
        files = FilesBeside(members, notes, _MEDIA, _id)

        def find(attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
            return files.named(attachment, attachment.place.item)

        yield from read_inside(chosen, members, notes, find)
        files.tell()


def _id(name: str) -> str:
    """The id of a file: its name without what stands behind the first point."""
    found = _MEDIA.match(name)
    return found[1] if found else name

"""An export of Skype as Microsoft gave it, a tar: `messages.json` and the files in `media/`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.beside import FilesBeside
from stalklog.readers.inside import ReadInside
from stalklog.readers.skype import SkypeReader
from stalklog.readers.tar_members import TarMember, TarMembers, first_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Attachment, Message

_MESSAGES: Final = re.compile(r"(?:^|/)messages\.json\Z")
_OTHER: Final = re.compile(r"(?:^|/)(?:endpoints\.json\Z|media/[^/]{1,200}\.(?:json|[0-9]\.))")
_OF_MEDIA: Final = re.compile(r"(?:^|/)media/[^/]{1,200}\.json\Z")
_MEDIA: Final = re.compile(
    r"(?:^|/)media/([^/]{1,200}?)(?:\.[0-9]{1,3})?\.(?!json\Z)[A-Za-z0-9]{1,5}\Z"
)
"""Its name up to the first point behind the id is the id by which a message names it."""


class SkypeTarReader:
    """All chats of an account, with their files."""

    name = "skype-tar"
    version = 3
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
        files = FilesBeside(members, notes, _MEDIA)

        def find(attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
            return files.named(attachment, attachment.place.item)

        known = ((_MESSAGES, SkypeReader()),)
        yield from _Export(members, notes, known, files, find).messages()


class _Export(ReadInside[TarMember]):
    """The tar."""

    words = (".json",)

    def is_known(self, member: TarMember) -> bool:
        """What describes a file that came with a message, too."""
        return bool(_OF_MEDIA.search(member.name)) or super().is_known(member)

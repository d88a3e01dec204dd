"""Google's Takeout with Google Voice in it: every talk and call, and the files with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.archive import NOT_OURS
from stalklog.readers.base import LIKELY, NO
from stalklog.readers.beside import FilesBeside
from stalklog.readers.google_voice import GoogleVoiceReader
from stalklog.readers.inside import is_read_by, read_inside
from stalklog.readers.zip_members import ZipMembers, first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes, Reader
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_PAGE: Final = re.compile(r"(?:^|/)Voice/Calls/[^/]{1,500}\.html\Z")
_OWN: Final = re.compile(r"(?:^|/)Voice/(?:Calls|Greetings|Spam)/")
_MEDIA: Final = re.compile(r"(?:^|/)Voice/Calls/[^/]{1,500}\.(?!html\Z)[A-Za-z0-9]{2,4}\Z")
_ENDING: Final = re.compile(r"\.(?!html\Z)[A-Za-z0-9]{2,4}\Z")


class GoogleVoiceZipReader:
    """All talks and calls of an account."""

    name = "google-voice-zip"
    version = 2
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the folders of Google Voice."""
        return LIKELY if any(map(_OWN.search, first_names(head))) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages and calls, page after page in the order of the zip.

        Raises:
            ReadingError: There are none, or the zip is damaged.
        """
        members = ZipMembers(stream, notes)
        files = FilesBeside(members, notes, _MEDIA, _stem)
        yield from read_inside(_chosen(members), members, notes, files)
        files.tell()


def _chosen(members: ZipMembers) -> Iterator[tuple[Reader, Member]]:
    reader = GoogleVoiceReader()
    for member in members:
        is_ours = _PAGE.search(member.name) and not member.name.startswith(NOT_OURS)
        if is_ours and is_read_by(reader, members, member):
            yield reader, member


def _stem(name: str) -> str:
    """A file's name without its ending: a page names pictures without theirs."""
    return _ENDING.sub("", name)

"""Google's Takeout with Google Voice in it: every talk and call, and the files with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import LIKELY
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import ZipReader
from stalklog.readers.google_voice import GoogleVoiceReader
from stalklog.readers.inside import ReadInside
from stalklog.readers.zip_members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_PAGE: Final = re.compile(r"(?:^|/)Voice/Calls/[^/]{1,500}\.html\Z")
_OWN: Final = re.compile(r"(?:^|/)Voice/(?:Calls|Greetings|Spam)/")
_MEDIA: Final = re.compile(r"(?:^|/)Voice/Calls/[^/]{1,500}\.(?!html\Z)[A-Za-z0-9]{2,4}\Z")
_ENDING: Final = re.compile(r"\.(?!html\Z)[A-Za-z0-9]{2,4}\Z")


class GoogleVoiceZipReader(ZipReader):
    """All talks and calls of an account."""

    name = "google-voice-zip"
    version = 3
    signs = ((LIKELY, _OWN),)

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages and calls, page after page in the order of the zip."""
        files = FilesBeside(members, notes, _MEDIA, _stem)
        return _Export(members, notes, ((_PAGE, GoogleVoiceReader()),), files).messages()


class _Export(ReadInside[Member]):
    """The zip, in which other services of Google may have files too."""

    words = (".html", ".json", ".csv", ".txt", ".vcf", ".mbox")


def _stem(name: str) -> str:
    """A file's name without its ending: a page names pictures without theirs."""
    return _ENDING.sub("", name)

"""An export of Telegram Desktop, its whole folder as one zip: the chats and the files with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.archive import NOT_OURS
from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.beside import FilesBeside
from stalklog.readers.inside import folder_of, is_read_by, read_inside
from stalklog.readers.telegram import TelegramReader
from stalklog.readers.telegram_html import TelegramHtmlReader
from stalklog.readers.zip_members import ZipMembers, first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes, Reader
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_RESULT: Final = re.compile(r"(?:^|/)result\.json\Z")
_PAGE: Final = re.compile(r"(?:^|/)messages([0-9]{0,6})\.html\Z")
_CHATS: Final = "chats/"
"""Where the pages of each chat lie in the export of a whole account."""
_OWN: Final = re.compile(
    r"(?:^|/)(?:ChatExport_[^/]{0,100}/|DataExport_[^/]{0,100}/"
    r"|(?:photos|video_files|voice_messages|round_video_messages|stickers|files)"
    r"/[^/]{1,200}@[0-9]{2}-[0-9]{2}-[0-9]{4}_[0-9]{2}-[0-9]{2}-[0-9]{2})"
)
_FILE: Final = re.compile(
    r"(?:^|/)(?:photos|video_files|voice_messages|round_video_messages|stickers|files)"
    r"/(?![^/]{1,500}_thumb\.jpg\Z)[^/]{1,500}\Z"
)
"""A file that came with a message; of some there is a small picture beside it."""


class TelegramZipReader:
    """The chats of a zipped export, with their files."""

    name = "telegram-zip"
    version = 2
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by the folders and files that only Telegram writes, perhaps by a chat's name."""
        names = first_names(head)
        if any(map(_OWN.search, names)):
            return LIKELY
        return MAYBE if any(_RESULT.search(one) or _PAGE.search(one) for one in names) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages of each `result.json`, and of each page that is not beside or below one.

        Raises:
            ReadingError: There is neither, or the zip is damaged.
        """
        members = ZipMembers(stream, notes)
        files = FilesBeside(members, notes, _FILE)
        yield from read_inside(_chosen(members, notes), members, notes, files)
        files.tell()


def _chosen(members: ZipMembers, notes: Notes) -> Iterator[tuple[Reader, Member]]:
    """The files to read: the same chat is not read twice."""
    told, shown = TelegramReader(), TelegramHtmlReader()
    ours = [member for member in members if not member.name.startswith(NOT_OURS)]
    results = [one for one in ours if _RESULT.search(one.name) and is_read_by(told, members, one)]
    for member in results:
        yield told, member
    folders = [folder_of(member.name) for member in results]
    pages = [one for one in ours if _PAGE.search(one.name) and is_read_by(shown, members, one)]
    twice = [page for page in pages if any(_is_of(page, folder) for folder in folders)]
    if twice:
        notes.tell("pages that say the same as result.json", str(len(twice)))
    for page in sorted(pages, key=lambda page: (folder_of(page.name), _order(page))):
        if page not in twice:
            yield shown, page


def _is_of(page: Member, folder: str) -> bool:
    """Whether a page is of the export whose `result.json` lies in a folder."""
    inner = page.name.removeprefix(folder)
    return page.name.startswith(folder) and ("/" not in inner or inner.startswith(_CHATS))


def _order(page: Member) -> int:
    """The place of a page in its chat: the first has no number, and the second is 2."""
    found = _PAGE.search(page.name)
    return int(found[1] or 1) if found else 0

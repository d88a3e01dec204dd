"""An export of Telegram Desktop, its whole folder as one zip: the chats and the files with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stalklog.readers.base import LIKELY, MAYBE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import ZipReader
from stalklog.readers.inside import ReadInside, folder_of
from stalklog.readers.telegram import TelegramReader
from stalklog.readers.telegram_html import TelegramHtmlReader
from stalklog.readers.zip_members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes, Reader
    from stalklog.readers.zip_members import ZipMembers
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


class TelegramZipReader(ZipReader):
    """The chats of a zipped export, with their files."""

    name = "telegram-zip"
    version = 3
    signs = ((LIKELY, _OWN), (MAYBE, _RESULT), (MAYBE, _PAGE))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages of each `result.json`, and of each page that is not beside or below one."""
        return _Export(members, notes).messages()


class _Export(ReadInside[Member]):
    """The zip, in which the same chat is not read twice."""

    words = (".json", ".html")

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        super().__init__(members, notes, (), FilesBeside(members, notes, _FILE))
        self._twice: set[Member] = set()

    def chosen(self) -> Iterator[tuple[Reader, Member]]:
        """The results, then the pages in the order of their chats."""
        told, shown = TelegramReader(), TelegramHtmlReader()
        results = self._named(_RESULT, told)
        for member in results:
            yield told, member
        folders = [folder_of(member.name) for member in results]
        pages = self._named(_PAGE, shown)
        self._twice = {page for page in pages if any(_is_of(page, folder) for folder in folders)}
        if self._twice:
            self.notes.tell("pages that say the same as result.json", str(len(self._twice)))
        for page in sorted(pages, key=lambda page: (folder_of(page.name), _order(page))):
            if page not in self._twice:
                yield shown, page

    def is_known(self, member: Member) -> bool:
        """A page that says the same as a result, too."""
        return member in self._twice or super().is_known(member)

    def _named(self, pattern: re.Pattern[str], reader: Reader) -> list[Member]:
        return [
            one for one in self.own if pattern.search(one.name) and self.knowing(one, (reader,))
        ]


def _is_of(page: Member, folder: str) -> bool:
    """Whether a page is of the export whose `result.json` lies in a folder."""
    inner = page.name.removeprefix(folder)
    return page.name.startswith(folder) and ("/" not in inner or inner.startswith(_CHATS))


def _order(page: Member) -> int:
    """The place of a page in its chat: the first has no number, and the second is 2."""
    found = _PAGE.search(page.name)
    return int(found[1] or 1) if found else 0

"""The messages of a Mac or an iPhone: the database `chat.db`, or `sms.db` of a backup.

It is read page by page by code of our own and never opened as a database: see decision 26.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.i18n import gettext
from stalklog.readers.base import LIKELY, MAYBE, NO, SURE, ReadingError
from stalklog.readers.imessage_book import Book
from stalklog.readers.imessage_record import COLUMNS, Item, imessage_messages
from stalklog.readers.sqlite.pages import MAGIC, Pages
from stalklog.readers.sqlite.schema import Database
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_TABLE: Final = re.compile(rb"CREATE TABLE [\"`\[]?message[\"`\]]? ?\(")
_OWN: Final = (b"associated_message_guid", b"attributedBody", b"chat_message_join")
_NAMES: Final = ("chat.db", "sms.db")
_NEEDED: Final = ("guid", "text", "date", "is_from_me")
_EDITED: Final = "date_edited"


class IMessageReader:
    """All chats of a Mac or an iPhone."""

    name = "imessage"
    version = 2
    media_types: tuple[str, ...] = ("application/vnd.sqlite3",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:
        """Sure by the words that made its tables; these may lie far behind in a large one."""
        if not head.startswith(MAGIC):
            return NO
        if any(key in head for key in _OWN):
            return SURE if _TABLE.search(head) else LIKELY
        return MAYBE if name.lower().endswith(_NAMES) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of their numbers, which is that in which they were stored.

        Raises:
            ReadingError: It is no database, or has no table of messages.
        """
        pages = Pages(stream)
        if pages.has_log:
            told = gettext("what was written last may lie in a file beside it, which ends in -wal")
            notes.tell("newest", told)
        yield from read_messages(pages, notes)


def read_messages(pages: Pages, notes: Notes) -> Iterator[Message]:
    """The messages of a database in the order of their numbers.

    Args:
        pages: The database.
        notes: Told what could not be read.

    Raises:
        ReadingError: It has no table of messages.
    """
    end = pages.size_bytes
    if pages.declared_pages * pages.page_bytes > end:
        notes.leave("damaged", Place(end, end), "end")
    database = Database(pages, notes)
    if not database.has("message", *_NEEDED):
        raise ReadingError("not-understood", detail="no messages")
    book = Book(database, notes)
    can_edit = database.has("message", _EDITED)
    number = 0
    for rowid, values, place in database.rows("message", COLUMNS):
        item = Item(rowid, dict(zip(COLUMNS, values, strict=True)), place)
        for message in imessage_messages(item, number + 1, book, can_edit):
            yield message
            number = message.number
    for _row, (table, last), _place in database.rows("sqlite_sequence", ("name", "seq")):
        if table == "message" and isinstance(last, int):
            notes.tell("last_number_given", str(last))

"""The folder of Messages of a Mac as one zip: the database, its newest pages, and the files.

A database must be jumped in, which a zip does not allow: it is taken into memory, within a limit.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext
from stalklog.readers.archive import NOT_OURS, Telling
from stalklog.readers.base import LIKELY, MAYBE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import ZipReader
from stalklog.readers.imessage import read_messages
from stalklog.readers.sqlite.log import Log
from stalklog.readers.sqlite.pages import Pages
from stalklog.safety.limits import MAX_LOG_BYTES, MAX_MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member, ZipMembers
    from stalklog.records.message import Message

_DATABASE: Final = re.compile(r"(?:^|/)(?:chat|sms)\.db\Z")
_BESIDE: Final = re.compile(r"(?:^|/)(?:(?:chat|sms)\.db-(?:wal|shm)\Z|Messages/Attachments/)")
_FOLDER: Final = "/Attachments/"
_FILE: Final = re.compile(r"(?:^|/)Attachments/(?:[^/]{1,500}/){1,20}(?!\.)[^/]{1,500}\Z")


class IMessageZipReader(ZipReader):
    """All chats of a Mac, with their files."""

    name = "imessage-zip"
    version = 2
    signs = ((LIKELY, _BESIDE), (MAYBE, _DATABASE))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages of its database, each with the files that lie in `Attachments`.

        Raises:
            ReadingError: There is no database, it is too long, or it is damaged.
        """
        databases = [
            one
            for one in members
            if _DATABASE.search(one.name) and not one.name.startswith(NOT_OURS)
        ]
        if not databases:
            raise ReadingError("not-understood", detail="no database")
        database = databases[0]
        for other in databases[1:]:
            notes.leave("one-of-several", other.place, "another database")
        data = _whole(members, database, MAX_MEMORY_BYTES, notes)
        pages = Pages(io.BytesIO(data), database.name)
        _add_log(pages, members, database, notes)
        files = FilesBeside(members, notes, _FILE, _path)
        for message in read_messages(pages, notes):
            attachments = tuple(
                files.named(one, one.name) if one.name else one for one in message.attachments
            )
            yield replace(message, attachments=attachments)
        files.tell()


def _add_log(pages: Pages, members: ZipMembers, database: Member, notes: Notes) -> None:
    """Take the newest pages from the file beside the database, if it is there."""
    beside = next((one for one in members if one.name == f"{database.name}-wal"), None)
    if beside is None:
        if pages.has_log:
            told = gettext("what was written last may lie in a file beside it, which ends in -wal")
            notes.tell("newest", told)
        return
    data = None
    with Telling(notes):
        data = _whole(members, beside, MAX_LOG_BYTES, notes)
    if data is None:
        return
    log = Log(data, pages.page_bytes, beside.name)
    pages.add(log)
    told = gettext("{count} pages were taken from {name}")
    notes.tell("newest", told.format(count=len(log.starts), name=beside.name))


def _whole(members: ZipMembers, member: Member, limit_bytes: int, notes: Notes) -> bytes:
    """A whole file; one of which a bit was changed is told.

    Raises:
        ReadingError: It is longer than the limit, or ends too early.
    """
    if member.size_bytes > limit_bytes:
        raise ReadingError("over-limit", member.place)
    with members.open(member) as content:
        data = content.read()
        if not content.is_sound:
            notes.leave("damaged", member.place, "checksum")
        return data


def _path(name: str) -> str:
    """The path of a file below the folder of all files."""
    _before, folder, path = f"/{name}".rpartition(_FOLDER)
    return path if folder else name

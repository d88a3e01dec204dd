"""The zip that Instagram, Facebook or Messenger gives: every thread in it, read in place.

Requests of strangers, archived and filtered threads lie in folders of their own; a message tells
in `conversation` which. A file that a message names is looked for in the same zip.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.inside import read_one
from stalklog.readers.meta import conversation, is_thread, read_thread
from stalklog.readers.meta_html import MetaHtmlReader
from stalklog.readers.meta_letters import survey
from stalklog.readers.meta_record import Thread, tail
from stalklog.readers.window import Window
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.readers.zip_records import tell_files
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Attachment, Message

_FOLDER: Final = re.compile(
    r"(?:^|/)messages/(?:inbox|message_requests|archived_threads|filtered_threads|e2ee_cutover)/"
)
_THREAD: Final = re.compile(
    r"(?:^|/)messages/((?:inbox|message_requests|archived_threads|filtered_threads|e2ee_cutover)"
    r"/[^/]{1,500})/message_[0-9]{1,6}\.(json|html)\Z"
)
_ENCRYPTED: Final = re.compile(r"(?:\./)?[^/]{1,500}_[0-9]{1,12}\.json\Z")
_MEDIA: Final = re.compile(r"(?:\./)?media/")
_FILE: Final = re.compile(
    r"(?:(?:^|/)messages/(?:inbox|message_requests|archived_threads|filtered_threads|e2ee_cutover)/"
    r"[^/]{1,500}/[^/]{1,100}/|^(?:\./)?media/)[^/]{1,500}\Z"
)
"""A file that came with a message: in a folder of a thread, or of an encrypted export."""
_ACTIVITY: Final = re.compile(r"(?:^|/)your_(?:instagram|facebook)_activity/")
_READ: Final = (".json", ".html", ".txt")
"""Files in which something could be written."""


class MetaZipReader:
    """All threads of an account."""

    name = "meta-zip"
    version = 4
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by the name of a file of messages inside of it, likely by a folder of Meta's."""
        names = first_names(head)
        if any((found := _THREAD.search(one)) and found[2] == "json" for one in names):
            return SURE
        if any(_FOLDER.search(one) or _ACTIVITY.search(one) for one in names):
            return LIKELY
        has_media = any(map(_MEDIA.match, names))
        return MAYBE if has_media and any(map(_ENCRYPTED.match, names)) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message of every thread, in the order of the zip."""
        account = _Account(ZipMembers(stream, notes), notes)
        for member in account.members:
            try:
                yield from account.messages(member)
            except ReadingError as error:
                notes.leave(error.reason, error.place, error.detail)
        account.tell()


class _Account:
    """All threads of a zip, and what they came to.

    Args:
        members: The zip.
        notes: Told what could not be read.
    """

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        self.members = members
        self._notes = notes
        self._beside = FilesBeside(members, notes, _FILE, tail)
        self._number = self._threads = self._latin1 = self._others = 0

    def messages(self, member: Member) -> Iterator[Message]:
        """The messages of one file; none of one that holds no messages.

        Raises:
            ReadingError: It is damaged.
        """
        found = _THREAD.search(member.name)
        if found and found[2] == "html":
            source = self._of_page(member)
        elif thread := _thread(self.members, member):
            source = self._of_thread(member, thread)
        else:
            self._others += member.name.endswith(_READ) and not found
            return
        self._threads += 1
        for message in source:
            yield message
            self._number = message.number

    def tell(self) -> None:
        """What the zip came to."""
        notes = self._notes
        tell_files(notes, "files with messages", self._threads, self._others)
        self._beside.tell()
        if self._latin1:
            notes.tell("letters", f"UTF-8 written as Latin-1 in {self._latin1} files")

    def _of_page(self, member: Member) -> Iterator[Message]:
        """The messages of a file for people."""
        return read_one(
            MetaHtmlReader(), member, self.members, self._notes, self._find, before=self._number
        )

    def _of_thread(self, member: Member, thread: Thread) -> Iterator[Message]:
        """The messages of a file for programs."""
        self._latin1 += thread.mend("Ã©") == "é"
        thread.files = self._beside
        with self.members.open(member) as content:
            window = Window(content)
            yield from read_thread(
                window, thread, self._notes, before=self._number, member=member.name
            )
            if window.error:
                error = window.error
                self._notes.leave(error.reason, error.place, error.detail)
            elif not content.is_sound:
                self._notes.leave("damaged", member.place, "checksum")

    def _find(self, attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
        """A file that a page names: its name begins with a folder of the export."""
        return self._beside.named(attachment, attachment.name)


def _thread(members: ZipMembers, member: Member) -> Thread | None:
    """A file of messages for programs, looked through once; None for any other file.

    Raises:
        ReadingError: It is damaged.
    """
    found = _THREAD.search(member.name)
    if not found and not _ENCRYPTED.match(member.name):
        return None
    with members.open(member) as content:
        if not found and not is_thread(content.read(MAX_HEAD_BYTES)):
            return None
    with members.open(member) as content:
        known = survey(content)
    folder = found[1] if found else ""
    return Thread(known.mend, conversation(known.title, folder or known.thread))

"""The zip that Instagram, Facebook or Messenger gives: every thread in it, read in place.

Requests of strangers, archived and filtered threads lie in folders of their own; a message tells
in `conversation` which. A file that a message names is looked for in the same zip.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from stalklog.readers.archive import member_window
from stalklog.readers.base import LIKELY, MAYBE, SURE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import Export, ZipReader
from stalklog.readers.inside import read_one
from stalklog.readers.meta import conversation, is_thread, read_thread
from stalklog.readers.meta_html import MetaHtmlReader
from stalklog.readers.meta_letters import survey
from stalklog.readers.meta_record import Thread, tail
from stalklog.readers.zip_members import Member
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.export import Part
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_FOLDER: Final = re.compile(
    r"(?:^|/)messages/(?:inbox|message_requests|archived_threads|filtered_threads|e2ee_cutover)/"
)
_THREAD: Final = re.compile(
    r"(?:^|/)messages/((?:inbox|message_requests|archived_threads|filtered_threads|e2ee_cutover)"
    r"/[^/]{1,500})/message_[0-9]{1,6}\.(json|html)\Z"
)
_JSON: Final = re.compile(_THREAD.pattern.replace("(json|html)", "json"))
_ENCRYPTED: Final = re.compile(r"\A(?:\./)?[^/]{1,500}_[0-9]{1,12}\.json\Z")
_MEDIA: Final = re.compile(r"\A(?:\./)?media/")
_FILE: Final = re.compile(
    r"(?:(?:^|/)messages/(?:inbox|message_requests|archived_threads|filtered_threads|e2ee_cutover)/"
    r"[^/]{1,500}/[^/]{1,100}/|^(?:\./)?media/)[^/]{1,500}\Z"
)
"""A file that came with a message: in a folder of a thread, or of an encrypted export."""
_ACTIVITY: Final = re.compile(r"(?:^|/)your_(?:instagram|facebook)_activity/")


class MetaZipReader(ZipReader):
    """All threads of an account."""

    name = "meta-zip"
    version = 5
    signs = (
        (SURE, _JSON),
        (LIKELY, _FOLDER),
        (LIKELY, _ACTIVITY),
        (MAYBE, _MEDIA, _ENCRYPTED),
    )

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """Every message of every thread, in the order of the zip."""
        return _Account(members, notes).messages()


class _Account(Export[Member]):
    """All threads of a zip, and what they came to."""

    words = (".json", ".html", ".txt")

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        super().__init__(members, notes, FilesBeside(members, notes, _FILE, tail))
        self._latin1 = 0
        self._damaged: set[Member] = set()

    def parts(self) -> Iterator[tuple[Member, Part]]:
        """Each thread, for people or for programs."""
        for member in self.own:
            found = _THREAD.search(member.name)
            if found and found[2] == "html":
                yield member, partial(self._of_page, member)
            elif thread := self._thread(member, found):
                yield member, partial(self._of_thread, member, thread)

    def is_known(self, member: Member) -> bool:
        """What is told already, as it is damaged."""
        return member in self._damaged or bool(_THREAD.search(member.name))

    def messages(self) -> Iterator[Message]:
        """The messages, then how their letters were written."""
        yield from super().messages()
        if self._latin1:
            self.notes.tell("letters", f"UTF-8 written as Latin-1 in {self._latin1} files")

    def _of_page(self, member: Member, before: int) -> Iterator[Message]:
        return read_one(
            MetaHtmlReader(), member, self.members, self.notes, self.files.by_word, before
        )

    def _of_thread(self, member: Member, thread: Thread, before: int) -> Iterator[Message]:
        self._latin1 += thread.mend("Ã©") == "é"
        thread.files = self.files
        with member_window(self.members, member, self.notes) as window:
            yield from read_thread(window, thread, self.notes, before=before, member=member.name)

    def _thread(self, member: Member, found: re.Match[str] | None) -> Thread | None:
        """A file of messages for programs, looked through once; None for any other file."""
        if not found and not _ENCRYPTED.search(member.name):
            return None
        try:
            with self.members.open(member) as content:
                if not found and not is_thread(content.read(MAX_HEAD_BYTES)):
                    return None
            with self.members.open(member) as content:
                known = survey(content)
        except ReadingError as error:
            self.notes.leave(error.reason, error.place, error.detail)
            self._damaged.add(member)
            return None
        folder = found[1] if found else ""
        return Thread(known.mend, conversation(known.title, folder or known.thread))

"""The zip that Instagram, Facebook or Messenger gives: every thread in it, read in place.

Requests of strangers, archived and filtered threads lie in folders of their own; a message tells
in `conversation` which. A file that a message names is looked for in the same zip.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE, ReadingError
from stalklog.readers.meta import conversation, is_thread, read_thread
from stalklog.readers.meta_letters import survey
from stalklog.readers.meta_record import Thread, tail
from stalklog.readers.window import Window
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

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
    version = 2
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
        members = ZipMembers(stream, notes)
        files = {key: member for member in members for key in (tail(member.name), member.name)}
        number = threads = latin1 = others = 0
        named: set[str] = set()
        for member in members:
            try:
                thread = _thread(members, member, notes)
                if thread is None:
                    others += member.name.endswith(_READ) and not _THREAD.search(member.name)
                    continue
                threads += 1
                latin1 += thread.mend("Ã©") == "é"
                thread.files, thread.named = files, named
                with members.open(member) as content:
                    window = Window(content)
                    for message in read_thread(
                        window, thread, notes, before=number, member=member.name
                    ):
                        yield message
                        number = message.number
                    if window.error:
                        notes.leave(window.error.reason, window.error.place, window.error.detail)
                    elif not content.is_sound:
                        notes.leave("damaged", member.place, "checksum")
            except ReadingError as error:
                notes.leave(error.reason, error.place, error.detail)
        notes.tell("files with messages", str(threads))
        unnamed = sum(
            1 for member in members if member.name not in named and _FILE.search(member.name)
        )
        if unnamed:
            notes.tell("files_that_no_message_names", str(unnamed))
        if latin1:
            notes.tell("letters", f"UTF-8 written as Latin-1 in {latin1} files")
        if others or not threads:
            notes.leave("not-read", Place(), f"{others} files without messages")


def _thread(members: ZipMembers, member: Member, notes: Notes) -> Thread | None:
    """A file of messages, looked through once; None for any other file.

    Raises:
        ReadingError: It is damaged.
    """
    found = _THREAD.search(member.name)
    if found and found[2] == "html":
        notes.leave("not-read", member.place, "html")
        return None
    if not found and not _ENCRYPTED.match(member.name):
        return None
    with members.open(member) as content:
        if not found and not is_thread(content.read(MAX_HEAD_BYTES)):
            return None
    with members.open(member) as content:
        known = survey(content)
    folder = found[1] if found else ""
    return Thread(known.mend, conversation(known.title, folder or known.thread))

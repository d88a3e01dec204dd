"""Google Takeout with Chat in it, a zip: every conversation, read in place, with its files.

`Groups/<DM or Space>/messages.json` holds the messages, `group_info.json` beside it who takes part,
and `Users/<number>/user_info.json` whose account it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.google_chat import is_conversation
from stalklog.readers.google_chat_record import Group, google_messages
from stalklog.readers.json_value import as_dict, called, dicts, word
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.readers.zip_records import member_json, member_records, tell_files
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Attachment, Message

_MESSAGES: Final = re.compile(r"((?:^|.*/)[^/]{1,500}/)messages\.json\Z", re.DOTALL)
_GROUP: Final = re.compile(r"(?:^|/)(?:DM|Space) [^/]{1,500}/(?:messages|group_info)\.json\Z")
_CHAT: Final = re.compile(r"(?:^|/)Google Chat/")
_USER: Final = re.compile(r"(?:^|/)[^/]{1,500}/user_info\.json\Z")
_FILE: Final = re.compile(
    r"(?:^|/)(?:DM|Space) [^/]{1,500}/(?!(?:messages|group_info)\.json\Z)[^/]{1,500}\Z"
)
_NOT_IN_NAMES: Final = re.compile(r'[?*:"<>|\\/]')
"""Letters that Takeout does not write in the name of a file."""
_READ: Final = (".json", ".html", ".txt", ".csv", ".mbox")
"""Files in which something could be written."""
_ARRAYS: Final = frozenset({"messages"})


class GoogleChatZipReader:
    """Every conversation of an account."""

    name = "google-chat-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a conversation's folder, likely by Chat's."""
        names = first_names(head)
        if any(map(_GROUP.search, names)):
            return SURE
        return LIKELY if any(map(_CHAT.search, names)) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message of every conversation, in the order of the zip."""
        takeout = _Takeout(ZipMembers(stream, notes), notes)
        number = conversations = others = 0
        for member in takeout.members:
            folder = takeout.folder_of(member)
            if folder is None:
                is_known = _USER.search(member.name) or member.name.endswith("/group_info.json")
                others += not is_known and member.name.endswith(_READ)
                continue
            conversations += 1
            group = takeout.group(folder)
            for record in member_records(takeout.members, member, notes, arrays=_ARRAYS):
                for message in google_messages(record, number + 1, group):
                    yield message
                    number = message.number
        tell_files(notes, "conversations", conversations, others)
        takeout.files.tell()


class _Takeout:
    """The zip, and what its other files say."""

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        self.members = members
        self._notes = notes
        self.files = FilesBeside(members, notes, _FILE)
        self._by_name = {member.name: member for member in reversed(members.members)}
        self._owner = ""
        self._groups: dict[str, Group] = {}
        for member in members:
            if _USER.search(member.name) and not self._owner:
                user = as_dict(as_dict(member_json(members, member, notes)).get("user"))
                self._owner = word(user.get("email"))

    def folder_of(self, member: Member) -> str | None:
        """The folder whose messages a file holds; None for any other file."""
        found = _MESSAGES.match(member.name)
        if not found:
            return None
        try:
            with self.members.open(member) as content:
                head = content.read(MAX_HEAD_BYTES)
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
            return None
        return found[1] if is_conversation(head) or _GROUP.search(member.name) else None

    def group(self, folder: str) -> Group:
        """What a conversation is called, and who takes part in it; read once."""
        if folder not in self._groups:
            self._groups[folder] = self._read_group(folder)
        return self._groups[folder]

    def _read_group(self, folder: str) -> Group:
        member = self._by_name.get(f"{folder}group_info.json")
        info = as_dict(member_json(self.members, member, self._notes)) if member else {}
        known = Group(owner=self._owner)
        people = dicts(info.get("members"))
        is_of_two = len(people) == 2  # noqa: PLR2004 - a conversation of two
        members = tuple(map(known.party, people)) if is_of_two else ()
        name = word(info.get("name"))[:MAX_FACT_CHARS]
        title = called(name, folder.rstrip("/").rpartition("/")[2])

        def file(name: str) -> Attachment | None:
            return self.files.find(folder + name, folder + _NOT_IN_NAMES.sub("_", name))

        return Group(title, members, self._owner, file)

"""Google Takeout with Chat in it, a zip: every conversation, read in place, with its files.

`Groups/<DM or Space>/messages.json` holds the messages, `group_info.json` beside it who takes part,
and `Users/<number>/user_info.json` whose account it is.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from stalklog.readers.archive import first_bytes
from stalklog.readers.base import LIKELY, SURE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import Export, ZipReader
from stalklog.readers.google_chat import is_conversation
from stalklog.readers.google_chat_record import Group, google_messages
from stalklog.readers.json_value import as_dict, called, dicts, word
from stalklog.readers.zip_members import Member
from stalklog.readers.zip_records import member_json, member_records, numbered
from stalklog.safety.limits import MAX_FACT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.export import Part
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Attachment, Message

_MESSAGES: Final = re.compile(r"\A((?:.*/)?[^/]{1,500}/)messages\.json\Z", re.DOTALL)
_GROUP: Final = re.compile(r"(?:^|/)(?:DM|Space) [^/]{1,500}/(?:messages|group_info)\.json\Z")
_CHAT: Final = re.compile(r"(?:^|/)Google Chat/")
_USER: Final = re.compile(r"(?:^|/)[^/]{1,500}/user_info\.json\Z")
_FILE: Final = re.compile(
    r"(?:^|/)(?:DM|Space) [^/]{1,500}/(?!(?:messages|group_info)\.json\Z)[^/]{1,500}\Z"
)
_NOT_IN_NAMES: Final = re.compile(r'[?*:"<>|\\/]')
"""Letters that Takeout does not write in the name of a file."""
_ARRAYS: Final = frozenset({"messages"})


class GoogleChatZipReader(ZipReader):
    """Every conversation of an account."""

    name = "google-chat-zip"
    version = 3
    signs = ((SURE, _GROUP), (LIKELY, _CHAT))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """Every message of every conversation, in the order of the zip."""
        return _Takeout(members, notes).messages()


class _Takeout(Export[Member]):
    """The zip, and what its other files say."""

    what = "conversations"
    words = (".json", ".html", ".txt", ".csv", ".mbox")

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        super().__init__(members, notes, FilesBeside(members, notes, _FILE))
        self._by_name = {member.name: member for member in reversed(self.own)}
        self._owner = ""
        self._groups: dict[str, Group] = {}
        for member in self.own:
            if _USER.search(member.name) and not self._owner:
                user = as_dict(as_dict(member_json(members, member, notes)).get("user"))
                self._owner = word(user.get("email"))

    def parts(self) -> Iterator[tuple[Member, Part]]:
        """Each conversation, in the folder of its group."""
        for member in self.own:
            found = _MESSAGES.match(member.name)
            head = first_bytes(self.members, member, self.notes) if found else None
            if found and head is not None and (is_conversation(head) or _GROUP.search(member.name)):
                yield member, partial(self._conversation, member, found[1])

    def is_known(self, member: Member) -> bool:
        """Who takes part, and whose account it is."""
        return bool(_USER.search(member.name)) or member.name.endswith("/group_info.json")

    def _conversation(self, member: Member, folder: str, before: int) -> Iterator[Message]:
        group = self.group(folder)
        records = member_records(self.members, member, self.notes, arrays=_ARRAYS)
        return numbered(records, google_messages, group, before)

    def group(self, folder: str) -> Group:
        """What a conversation is called, and who takes part in it; read once."""
        if folder not in self._groups:
            self._groups[folder] = self._read_group(folder)
        return self._groups[folder]

    def _read_group(self, folder: str) -> Group:
        member = self._by_name.get(f"{folder}group_info.json")
        info = as_dict(member_json(self.members, member, self.notes)) if member else {}
        known = Group(owner=self._owner)
        people = dicts(info.get("members"))
        is_of_two = len(people) == 2  # noqa: PLR2004 - a conversation of two
        members = tuple(map(known.party, people)) if is_of_two else ()
        name = word(info.get("name"))[:MAX_FACT_CHARS]
        title = called(name, folder.rstrip("/").rpartition("/")[2])

        def file(name: str) -> Attachment | None:
            return self.files.find(folder + name, folder + _NOT_IN_NAMES.sub("_", name))

        return Group(title, members, self._owner, file)

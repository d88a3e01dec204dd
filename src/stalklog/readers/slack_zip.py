"""An export of a Slack workspace, a zip: every day of every channel and chat, read in place.

`users.json` names the people, `channels.json`, `groups.json`, `dms.json` and `mpims.json` the
channels and chats; each has a folder with a file a day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO, SURE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.json_value import called, word, words
from stalklog.readers.slack import ARRAYS
from stalklog.readers.slack_record import Room, Users, slack_messages
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.readers.zip_records import member_records, tell_files
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Attachment, Message

_DAY: Final = re.compile(r"((?:.*/)?)([^/]{1,300})/[0-9]{4}-[0-9]{2}-[0-9]{2}\.json\Z", re.DOTALL)
_USERS: Final = re.compile(r"(?:^|/)(?:org_)?users\.json\Z")
_ROOMS: Final = re.compile(r"(?:^|/)(?:channels|groups|dms|mpims)\.json\Z")
_FILE: Final = re.compile(r"(?:^|/)(?:__uploads/[^/]{1,100}|[^/]{1,300}/attachments)/[^/]{1,500}\Z")
_READ: Final = (".json", ".txt", ".html")
"""Files in which something could be written."""


class SlackZipReader:
    """A whole workspace, as far as it was exported."""

    name = "slack-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a day's file beside the list of channels or people, likely by both lists."""
        names = first_names(head)
        has_days = any(map(_DAY.match, names))
        has_users, has_rooms = any(map(_USERS.search, names)), any(map(_ROOMS.search, names))
        if has_days:
            return SURE if has_users or has_rooms else MAYBE
        return LIKELY if has_users and has_rooms else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message, in the order of the zip: channel after channel, day after day."""
        members = ZipMembers(stream, notes)
        workspace = _Workspace(members, notes)
        number = days = others = 0
        for member in members:
            found = _DAY.match(member.name)
            if not found:
                is_known = _USERS.search(member.name) or _ROOMS.search(member.name)
                others += not is_known and member.name.endswith(_READ)
                continue
            days += 1
            room = workspace.room(found[1], found[2])
            for record in member_records(members, member, notes, arrays=ARRAYS):
                for message in slack_messages(record, number + 1, room):
                    yield message
                    number = message.number
        tell_files(notes, "files with messages", days, others)
        workspace.files.tell()


class _Workspace:
    """The zip, and who and what its lists name."""

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        self._members = members
        self._notes = notes
        self.files = FilesBeside(members, notes, _FILE)
        self._users = Users(notes)
        self._rooms: dict[str, tuple[str, tuple[str, ...]]] = {}
        for member in members:
            if _USERS.search(member.name):
                for record in member_records(members, member, notes, arrays=ARRAYS):
                    self._users.learn(record.value)
            elif _ROOMS.search(member.name):
                self._learn_rooms(member)

    def _learn_rooms(self, member: Member) -> None:
        """Channels have a name, and their folder is called so; a chat of two has only a number."""
        is_chat = member.name.endswith("dms.json")
        for record in member_records(self._members, member, self._notes, arrays=ARRAYS):
            id_, name = word(record.value.get("id")), word(record.value.get("name"))
            people = tuple(words(record.value.get("members"))) if is_chat else ()
            is_of_two = len(people) == 2  # noqa: PLR2004 - a chat of two
            if len(self._rooms) < MAX_NAMES:
                title = called(name, id_)[:MAX_FACT_CHARS]
                self._rooms[(name or id_)[:MAX_FACT_CHARS]] = (title, people if is_of_two else ())

    def room(self, root: str, folder: str) -> Room:
        """The channel or chat of a folder."""
        title, people = self._rooms.get(folder, (folder, ()))

        def file(told: dict[str, Any]) -> Attachment | None:
            id_, name = word(told.get("id")), word(told.get("name"))
            if not id_ or not name:
                return None
            beside = f"{root}{folder}/attachments/{id_}-{name}"
            return self.files.find(f"{root}__uploads/{id_}/{name}", beside)

        return Room(self._users, title, people, file)

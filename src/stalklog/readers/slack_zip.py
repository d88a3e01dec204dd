"""An export of a Slack workspace, a zip: every day of every channel and chat, read in place.

`users.json` names the people, `channels.json`, `groups.json`, `dms.json` and `mpims.json` the
channels and chats; each has a folder with a file a day.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.base import LIKELY, MAYBE, SURE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import Export, ZipReader
from stalklog.readers.json_value import called, word, words
from stalklog.readers.slack import ARRAYS
from stalklog.readers.slack_record import Room, Users, slack_messages
from stalklog.readers.zip_members import Member
from stalklog.readers.zip_records import member_records, numbered
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.export import Part
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Attachment, Message

_DAY: Final = re.compile(r"\A((?:.*/)?)([^/]{1,300})/[0-9]{4}-[0-9]{2}-[0-9]{2}\.json\Z", re.DOTALL)
_USERS: Final = re.compile(r"(?:^|/)(?:org_)?users\.json\Z")
_ROOMS: Final = re.compile(r"(?:^|/)(?:channels|groups|dms|mpims)\.json\Z")
_FILE: Final = re.compile(r"(?:^|/)(?:__uploads/[^/]{1,100}|[^/]{1,300}/attachments)/[^/]{1,500}\Z")


class SlackZipReader(ZipReader):
    """A whole workspace, as far as it was exported."""

    name = "slack-zip"
    version = 3
    signs = (
        (SURE, _DAY, _USERS),
        (SURE, _DAY, _ROOMS),
        (MAYBE, _DAY),
        (LIKELY, _USERS, _ROOMS),
    )

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """Every message, in the order of the zip: channel after channel, day after day."""
        return _Workspace(members, notes).messages()


class _Workspace(Export[Member]):
    """The zip, and who and what its lists name."""

    words = (".json", ".txt", ".html")

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        super().__init__(members, notes, FilesBeside(members, notes, _FILE))
        self._users = Users(notes)
        self._rooms: dict[str, tuple[str, tuple[str, ...]]] = {}
        for member in self.own:
            if _USERS.search(member.name):
                for record in member_records(members, member, notes, arrays=ARRAYS):
                    self._users.learn(record.value)
            elif _ROOMS.search(member.name):
                self._learn_rooms(member)

    def parts(self) -> Iterator[tuple[Member, Part]]:
        """Each day, in the folder of its channel or chat."""
        for member in self.own:
            if found := _DAY.match(member.name):
                yield member, partial(self._day, member, self.room(found[1], found[2]))

    def is_known(self, member: Member) -> bool:
        """The lists."""
        return bool(_USERS.search(member.name) or _ROOMS.search(member.name))

    def _day(self, member: Member, room: Room, before: int) -> Iterator[Message]:
        records = member_records(self.members, member, self.notes, arrays=ARRAYS)
        return numbered(records, slack_messages, room, before)

    def _learn_rooms(self, member: Member) -> None:
        """Channels have a name, and their folder is called so; a chat of two has only a number."""
        is_chat = member.name.endswith("dms.json")
        for record in member_records(self.members, member, self.notes, arrays=ARRAYS):
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

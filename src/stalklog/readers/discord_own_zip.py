"""Discord's own data package, a zip: what its owner wrote in every channel, read in place.

Its folders are named in the language of the account; a channel's folder is `c` and its number.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stalklog.readers.archive import first_bytes, member_window
from stalklog.readers.base import LIKELY, SURE
from stalklog.readers.csv_rows import csv_rows
from stalklog.readers.discord_own import ARRAYS, ONLY_OWN, Owner, from_record, from_row
from stalklog.readers.export import Export, ZipReader
from stalklog.readers.json_value import as_dict, called, word, words
from stalklog.readers.zip_members import Member
from stalklog.readers.zip_records import member_json, member_records
from stalklog.records.message import Party
from stalklog.safety.limits import MAX_FACT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.export import Part
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Message

_FILE: Final = re.compile(
    r"(?:^|/)([^/]{1,100})/c?([0-9]{15,20})/(messages\.json|messages\.csv|channel\.json)\Z"
)
_MESSAGES: Final = re.compile(r"(?:^|/)[^/]{1,100}/c?[0-9]{15,20}/messages\.(?:json|csv)\Z")
_INDEX: Final = re.compile(r"(?:^|/)([^/]{1,100})/index\.json\Z")
_USER: Final = re.compile(r"(?:^|/)[^/]{1,100}/user\.json\Z")
_USER_ID: Final = re.compile(rb'\A\s*+\{\s*+"id"\s*+:\s*+"([0-9]{1,20})"')
_USER_NAME: Final = re.compile(rb'"username"\s*+:\s*+("(?:[^"\\]++|\\.){0,400}+")')
_MAX_PEOPLE: Final = 25
"""Of a group of direct messages: it has ten at most."""


class DiscordOwnZipReader(ZipReader):
    """What the account wrote, in all channels."""

    name = "discord-own-zip"
    version = 3
    signs = ((SURE, _MESSAGES), (LIKELY, _FILE))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """Every message, channel after channel in the order of the zip."""
        return _Package(members, notes).messages()


class _Package(Export[Member]):
    """The zip, and what its other files say of the account and the channels."""

    what = "channels with messages"
    words = (".json", ".csv", ".txt")

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        super().__init__(members, notes)
        self._used: set[str] = set()
        self._titles: dict[str, Any] = {}
        self._channels: dict[tuple[str, str], Member] = {}
        self._known: dict[tuple[str, str], Owner] = {}
        self._owner = Party(role="owner")
        folders = {found[1] for one in self.own if (found := _FILE.search(one.name))}
        for member in self.own:
            self._learn(member, folders)
        notes.tell(*ONLY_OWN)

    def parts(self) -> Iterator[tuple[Member, Part]]:
        """The messages of each channel."""
        for member in self.own:
            found = _FILE.search(member.name)
            if found and found[3].startswith("messages"):
                yield member, partial(self._messages, member, found)

    def is_known(self, member: Member) -> bool:
        """What was read of the account and the channels."""
        return member.name in self._used

    def _learn(self, member: Member, folders: set[str]) -> None:
        found, index = _FILE.search(member.name), _INDEX.search(member.name)
        if found and found[3] == "channel.json":
            self._channels[found[1], found[2]] = member
        elif index and index[1] in folders:
            self._titles = as_dict(member_json(self.members, member, self.notes))
        elif _USER.search(member.name) and not self._owner.id:
            self._owner = self._read_owner(member)
            if not self._owner.id:
                return
        else:
            return
        self._used.add(member.name)

    def _read_owner(self, member: Member) -> Party:
        """Whose account it is; the file can be very long, and begins with it."""
        head = first_bytes(self.members, member, self.notes) or b""
        id_, name = _USER_ID.match(head), _USER_NAME.search(head)
        label = _text(name[1]) if id_ and name else ""
        return Party(label, id_[1].decode() if id_ else "", "owner")

    def _messages(self, member: Member, found: re.Match[str], before: int) -> Iterator[Message]:
        """The messages of one channel."""
        owner = self._channel(found[1], found[2])
        if found[3] == "messages.json":
            records = member_records(self.members, member, self.notes, arrays=ARRAYS)
            for number, record in enumerate(records, before + 1):
                yield from_record(record, number, owner)
            return
        with member_window(self.members, member, self.notes) as window:
            for number, row in enumerate(csv_rows(window, member.name), before + 1):
                yield from_row(row, number, owner)

    def _channel(self, folder: str, id_: str) -> Owner:
        """What is known of a channel; read once."""
        if (folder, id_) not in self._known:
            self._known[folder, id_] = self._read_channel(folder, id_)
        return self._known[folder, id_]

    def _read_channel(self, folder: str, id_: str) -> Owner:
        member = self._channels.get((folder, id_))
        channel = as_dict(member_json(self.members, member, self.notes)) if member else {}
        guild = word(as_dict(channel.get("guild")).get("name"))
        name = " / ".join(filter(None, (guild, word(channel.get("name")))))
        others = [one for one in words(channel.get("recipients")) if one != self._owner.id]
        recipients = tuple(Party(id=one, role="to") for one in others[:_MAX_PEOPLE])
        title = called((name or word(self._titles.get(id_)))[:MAX_FACT_CHARS], id_)
        return Owner(self._owner, title, recipients)


def _text(written: bytes) -> str:
    try:
        value = json.loads(written.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return ""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""

"""Discord's own data package, a zip: what its owner wrote in every channel, read in place.

Its folders are named in the language of the account; a channel's folder is `c` and its number.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE, ReadingError
from stalklog.readers.csv_rows import csv_rows
from stalklog.readers.discord_own import ARRAYS, ONLY_OWN, Owner, from_record, from_row
from stalklog.readers.json_value import as_dict, called, word, words
from stalklog.readers.window import Window
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.readers.zip_records import member_json, member_records, tell_files
from stalklog.records.message import Party
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Message

_FILE: Final = re.compile(
    r"(?:^|/)([^/]{1,100})/c?([0-9]{15,20})/(messages\.json|messages\.csv|channel\.json)\Z"
)
_INDEX: Final = re.compile(r"(?:^|/)([^/]{1,100})/index\.json\Z")
_USER: Final = re.compile(r"(?:^|/)[^/]{1,100}/user\.json\Z")
_USER_ID: Final = re.compile(rb'\A\s*+\{\s*+"id"\s*+:\s*+"([0-9]{1,20})"')
_USER_NAME: Final = re.compile(rb'"username"\s*+:\s*+("(?:[^"\\]++|\\.){0,400}+")')
_MAX_PEOPLE: Final = 25
"""Of a group of direct messages: it has ten at most."""
_READ: Final = (".json", ".csv", ".txt")
"""Files in which something could be written."""


class DiscordOwnZipReader:
    """What the account wrote, in all channels."""

    name = "discord-own-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a channel's file of messages, likely by its other file."""
        found = [match[3] for one in first_names(head) if (match := _FILE.search(one))]
        if any(one.startswith("messages") for one in found):
            return SURE
        return LIKELY if found else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message, channel after channel in the order of the zip."""
        members = ZipMembers(stream, notes)
        package = _Package(members, notes)
        notes.tell(*ONLY_OWN)
        number = channels = others = 0
        for member in members:
            found = _FILE.search(member.name)
            if not found or not found[3].startswith("messages"):
                others += member.name not in package.used and member.name.endswith(_READ)
                continue
            channels += 1
            for message in package.messages(member, found, number):
                yield message
                number = message.number
        tell_files(notes, "channels with messages", channels, others)


class _Package:
    """The zip, and what its other files say of the account and the channels."""

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        self._members = members
        self._notes = notes
        self.used: set[str] = set()
        self._titles: dict[str, Any] = {}
        self._channels: dict[tuple[str, str], Member] = {}
        self._known: dict[tuple[str, str], Owner] = {}
        self._owner = Party(role="owner")
        folders = {found[1] for one in members if (found := _FILE.search(one.name))}
        for member in members:
            self._learn(member, folders)

    def _learn(self, member: Member, folders: set[str]) -> None:
        found, index = _FILE.search(member.name), _INDEX.search(member.name)
        if found and found[3] == "channel.json":
            self._channels[found[1], found[2]] = member
        elif index and index[1] in folders:
            self._titles = as_dict(member_json(self._members, member, self._notes))
        elif _USER.search(member.name) and not self._owner.id:
            self._owner = self._read_owner(member)
            if not self._owner.id:
                return
        else:
            return
        self.used.add(member.name)

    def _read_owner(self, member: Member) -> Party:
        """Whose account it is; the file can be very long, and begins with it."""
        try:
            with self._members.open(member) as content:
                head = content.read(MAX_HEAD_BYTES)
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
            return Party(role="owner")
        id_, name = _USER_ID.match(head), _USER_NAME.search(head)
        label = _text(name[1]) if id_ and name else ""
        return Party(label, id_[1].decode() if id_ else "", "owner")

    def messages(self, member: Member, found: re.Match[str], before: int) -> Iterator[Message]:
        """The messages of one channel."""
        owner = self._channel(found[1], found[2])
        if found[3] == "messages.json":
            records = member_records(self._members, member, self._notes, arrays=ARRAYS)
            for number, record in enumerate(records, before + 1):
                yield from_record(record, number, owner)
            return
        try:
            with self._members.open(member) as content:
                window = Window(content)
                rows = csv_rows(window, member.name)
                for number, row in enumerate(rows, before + 1):
                    yield from_row(row, number, owner)
                if window.error:
                    raise window.error
                if not content.is_sound:
                    self._notes.leave("damaged", member.place, "checksum")
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)

    def _channel(self, folder: str, id_: str) -> Owner:
        """What is known of a channel; read once."""
        if (folder, id_) not in self._known:
            self._known[folder, id_] = self._read_channel(folder, id_)
        return self._known[folder, id_]

    def _read_channel(self, folder: str, id_: str) -> Owner:
        member = self._channels.get((folder, id_))
        channel = as_dict(member_json(self._members, member, self._notes)) if member else {}
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

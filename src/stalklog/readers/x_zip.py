"""The archive of an account on X (Twitter), a zip: its direct messages, with their files.

`account.js` tells whose archive it is. A file of a message lies in a folder of media, and its name
begins with the number of the message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, NO, SURE, ReadingError
from stalklog.readers.beside import FilesBeside
from stalklog.readers.json_text import json_letters
from stalklog.readers.json_value import as_dict, dicts, word
from stalklog.readers.x_messages import ARRAYS, PREFIX, THROUGH, is_messages
from stalklog.readers.x_record import Account, x_messages
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.readers.zip_records import member_records, tell_files
from stalklog.safety.limits import MAX_FACT_CHARS, MAX_HEAD_BYTES, MAX_VALUE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.zip_members import Member
    from stalklog.records.message import Attachment, Message

_MESSAGES: Final = re.compile(r"(?:^|/)direct-messages?(?:-group)?(?:-part[0-9]{1,6})?\.js\Z")
_ACCOUNT: Final = re.compile(r"(?:^|/)account\.js\Z")
_MEDIA: Final = re.compile(r"(?:^|/)direct_messages?(?:_group)?_media/([0-9]{1,20}-[^/]{1,300})\Z")
_OURS: Final = re.compile(r"(?:^|/)data/(?:manifest|tweets|account|follower|like)\.js\Z")
_SCRIPTS: Final = re.compile(r"(?:^|/)assets/")
_READ: Final = (".js", ".txt", ".json")
"""Files in which something could be written."""


class XZipReader:
    """All direct messages of an account."""

    name = "x-zip"
    version = 1
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Sure by a file of messages or their media, likely by another file of an archive."""
        names = first_names(head)
        if any(_MESSAGES.search(one) or _MEDIA.search(one) for one in names):
            return SURE
        return LIKELY if any(map(_OURS.search, names)) else NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """Every message and event, in the order of the zip."""
        members = ZipMembers(stream, notes)
        beside = FilesBeside(members, notes, _MEDIA, _media_id)
        account = _account(members, notes, beside)
        number = files = others = 0
        for member in members:
            if not _is_messages(members, member, notes):
                is_known = _ACCOUNT.search(member.name) or _SCRIPTS.search(member.name)
                others += not is_known and member.name.endswith(_READ)
                continue
            files += 1
            records = member_records(
                members, member, notes, arrays=ARRAYS, through=THROUGH, prefix=PREFIX
            )
            for record in records:
                for message in x_messages(record, number + 1, account):
                    yield message
                    number = message.number
        tell_files(notes, "files with messages", files, others)
        beside.tell()
        if account.id:
            notes.tell("account", f"{account.label} {account.id}".strip())


def _is_messages(members: ZipMembers, member: Member, notes: Notes) -> bool:
    if not _MESSAGES.search(member.name):
        return False
    try:
        with members.open(member) as content:
            return is_messages(content.read(MAX_HEAD_BYTES))
    except ReadingError as error:
        notes.leave(error.reason, error.place, error.detail)
        return False


def _account(members: ZipMembers, notes: Notes, beside: FilesBeside[Member]) -> Account:
    """Whose archive it is, and the files that belong to a message."""
    id_ = label = ""
    for member in members:
        if _ACCOUNT.search(member.name) and not id_:
            id_, label = _owner(members, member, notes)

    def file(message: str, name: str) -> Attachment | None:
        return beside.find(f"{message}-{name}")

    return Account(id_, label, file)


def _media_id(name: str) -> str:
    """By what a message finds a file: its own number, and how the file is called."""
    found = _MEDIA.search(name)
    return found[1] if found else name


def _owner(members: ZipMembers, member: Member, notes: Notes) -> tuple[str, str]:
    try:
        data = members.read(member, MAX_VALUE_BYTES).removeprefix(b"\xef\xbb\xbf")
        prefix = PREFIX.match(data)
        value = json_letters(data[prefix.end() if prefix else 0 :])[0]
    except ReadingError as error:
        notes.leave(error.reason, error.place, error.detail)
        return "", ""
    except (ValueError, RecursionError):
        notes.leave("not-understood", member.place, "json")
        return "", ""
    account = next((as_dict(one.get("account")) for one in dicts(value)), {})
    name = word(account.get("username"))[:MAX_FACT_CHARS]
    return word(account.get("accountId")), f"@{name}" if name else ""

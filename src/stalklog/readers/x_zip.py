"""The archive of an account on X (Twitter), a zip: its direct messages, with their files.

`account.js` tells whose archive it is. A file of a message lies in a folder of media, and its name
begins with the number of the message.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from stalklog.readers.archive import first_bytes
from stalklog.readers.base import LIKELY, SURE
from stalklog.readers.beside import FilesBeside
from stalklog.readers.export import Export, ZipReader
from stalklog.readers.json_value import as_dict, dicts, word
from stalklog.readers.x_messages import ARRAYS, PREFIX, THROUGH, is_messages
from stalklog.readers.x_record import Account, x_messages
from stalklog.readers.zip_members import Member
from stalklog.readers.zip_records import member_json, member_records, numbered
from stalklog.safety.limits import MAX_FACT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.readers.export import Part
    from stalklog.readers.zip_members import ZipMembers
    from stalklog.records.message import Attachment, Message

_MESSAGES: Final = re.compile(r"(?:^|/)direct-messages?(?:-group)?(?:-part[0-9]{1,6})?\.js\Z")
_ACCOUNT: Final = re.compile(r"(?:^|/)account\.js\Z")
_MEDIA: Final = re.compile(r"(?:^|/)direct_messages?(?:_group)?_media/([0-9]{1,20}-[^/]{1,300})\Z")
_OURS: Final = re.compile(r"(?:^|/)data/(?:manifest|tweets|account|follower|like)\.js\Z")
_SCRIPTS: Final = re.compile(r"(?:^|/)assets/")


class XZipReader(ZipReader):
    """All direct messages of an account."""

    name = "x-zip"
    version = 3
    signs = ((SURE, _MESSAGES), (SURE, _MEDIA), (LIKELY, _OURS))

    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """Every message and event, in the order of the zip."""
        return _Archive(members, notes).messages()


class _Archive(Export[Member]):
    """The zip, and whose it is."""

    words = (".js", ".txt", ".json")

    def __init__(self, members: ZipMembers, notes: Notes) -> None:
        super().__init__(members, notes, FilesBeside(members, notes, _MEDIA))
        id_ = label = ""
        for member in self.own:
            if _ACCOUNT.search(member.name) and not id_:
                id_, label = self._owner(member)
        self._account = Account(id_, label, self._file)

    def parts(self) -> Iterator[tuple[Member, Part]]:
        """Each file of messages."""
        for member in self.own:
            if _MESSAGES.search(member.name):
                head = first_bytes(self.members, member, self.notes)
                if head is not None and is_messages(head):
                    yield member, partial(self._conversations, member)

    def is_known(self, member: Member) -> bool:
        """Whose account it is, and the scripts that show it."""
        return bool(_ACCOUNT.search(member.name) or _SCRIPTS.search(member.name))

    def messages(self) -> Iterator[Message]:
        """The messages, then whose account it is."""
        yield from super().messages()
        if self._account.id:
            self.notes.tell("account", f"{self._account.label} {self._account.id}".strip())

    def _conversations(self, member: Member, before: int) -> Iterator[Message]:
        records = member_records(
            self.members, member, self.notes, arrays=ARRAYS, through=THROUGH, prefix=PREFIX
        )
        return numbered(records, x_messages, self._account, before)

    def _file(self, message: str, name: str) -> Attachment | None:
        """The file of a message: its name begins with the number of the message."""
        return self.files.find(f"{message}-{name}")

    def _owner(self, member: Member) -> tuple[str, str]:
        """Whose archive it is: the number, and the name with its sign."""
        found = dicts(member_json(self.members, member, self.notes, PREFIX))
        account = next((as_dict(one.get("account")) for one in found), {})
        name = word(account.get("username"))[:MAX_FACT_CHARS]
        return word(account.get("accountId")), f"@{name}" if name else ""

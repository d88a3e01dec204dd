"""Files of an archive that messages name: found by a name or an id, hashed once, and counted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Generic

from stalklog.readers.archive import NOT_OURS, F
from stalklog.readers.base import ReadingError
from stalklog.records.message import Attachment
from stalklog.safety.normal import nfc

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.readers.archive import Archive
    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_NONE: Final = re.compile("(?!)")


class FilesBeside(Generic[F]):
    """The files that lie in an archive beside its messages.

    Args:
        members: The archive.
        notes: Told which of them are damaged, and how many no message names.
        counted: Fits the name of a file that came with a message; others may be of the export.
            Its group, if it has one, is the word by which such a file is known besides its name.
        key: That word, from a name, where it is no group.
        but: The file of the messages themselves, where a message could name it.
    """

    def __init__(
        self,
        members: Archive[F],
        notes: Notes,
        counted: re.Pattern[str] = _NONE,
        key: Callable[[str], str] | None = None,
        but: F | None = None,
    ) -> None:
        self._members = members
        self._notes = notes
        self._counted = counted
        self._key = key or self._group
        names = [
            (_normal(member.name), member)
            for member in reversed(members.members)
            if member is not but and not member.name.startswith(NOT_OURS)
        ]
        self._by_key = {self._key(name): member for name, member in names}
        self._by_name = dict(names)
        self._found: dict[str, Attachment] = {}

    def __call__(self, attachment: Attachment, folder: str, message: Message, /) -> Attachment:  # noqa: ARG002 - it needs no more than the name
        """The file that lies beside the messages under the name that they give it."""
        return self.named(attachment, f"{folder}{attachment.name}")

    def by_word(self, attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
        """The file of the name or the id that a message gives it, wherever it lies."""
        return self.named(attachment, attachment.name)

    def named(self, attachment: Attachment, word: str) -> Attachment:
        """The file of a name or an id; the attachment as it is where there is none."""
        found = self.find(word) if attachment.status == "missing" else None
        if found is None:
            return attachment
        return replace(found, name=attachment.name, media_type=attachment.media_type)

    def find(self, *words: str) -> Attachment | None:
        """The first file that is there of these names or ids, under its name in the archive."""
        member = next((found for word in words if (found := self._member(_normal(word)))), None)
        if member is None:
            return None
        if member.name not in self._found:
            self._found[member.name] = self._hashed(member)
        return self._found[member.name]

    def is_one(self, member: F) -> bool:
        """Whether a file, by its name, came with a message."""
        return self._counted.search(_normal(member.name)) is not None

    def tell(self) -> None:
        """How many of the files that came with messages none of these messages names."""
        names = (name for name in self._by_name if self._counted.search(name))
        unnamed = sum(self._by_name[name].name not in self._found for name in names)
        if unnamed:
            self._notes.tell("files_that_no_message_names", str(unnamed))

    def _group(self, name: str) -> str:
        found = self._counted.search(name) if self._counted.groups else None
        return found[1] if found else name

    def _member(self, word: str) -> F | None:
        return self._by_name.get(word) or self._by_key.get(self._key(word))

    def _hashed(self, member: F) -> Attachment:
        try:
            digest = self._members.sha256(member)
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
            place = member.place
            return Attachment(member.name, "", member.size_bytes, status="unread", place=place)
        place = replace(member.place, sha256=digest)
        return Attachment(member.name, "", member.size_bytes, digest, place=place)


def _normal(name: str) -> str:
    """A name as it is compared: Macs write letters in another form."""
    return nfc(name.removeprefix("./"))

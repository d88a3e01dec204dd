"""An export that is a zip or a tar: its files of messages, each read by the reader of such files.

The places of what is read lie in those files, and the files that a message names are looked for
beside them, in the same archive, and hashed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from stalklog.readers.archive import F, first_bytes
from stalklog.readers.base import LIKELY, Notes, ReadingError
from stalklog.readers.export import Export
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from re import Pattern

    from stalklog.readers.archive import Archive
    from stalklog.readers.base import Reader
    from stalklog.readers.beside import FilesBeside
    from stalklog.readers.export import Part
    from stalklog.records.message import Attachment, Message


class Find(Protocol):
    """Looks for a file that a message names."""

    def __call__(self, attachment: Attachment, folder: str, message: Message, /) -> Attachment:
        """The file as it was found; as it is where it is not there."""
        ...


def as_it_is(attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
    """A file of an archive that holds none: what names it is left as it is."""
    return attachment


class ReadInside(Export[F]):
    """Such an export.

    Args:
        members: The archive.
        notes: Told what could not be read.
        known: How files of messages are named, each with the reader that knows one by what is in
            it, and need not jump.
        files: The files that messages name; by default it holds none.
        find: Looks for such a file; by default under its name, in the folder of the messages.
    """

    def __init__(
        self,
        members: Archive[F],
        notes: Notes,
        known: Iterable[tuple[Pattern[str], Reader]],
        files: FilesBeside[F] | None = None,
        find: Find | None = None,
    ) -> None:
        super().__init__(members, notes, files)
        self._known = tuple(known)
        self._find = find or self.files
        self._damaged: set[F] = set()

    def parts(self) -> Iterator[tuple[F, Part]]:
        """Its files of messages, and how each is read."""
        for reader, member in self.chosen():
            yield member, partial(read_one, reader, member, self.members, self.notes, self._find)

    def chosen(self) -> Iterable[tuple[Reader, F]]:
        """Its files of messages in the order in which they are read, and the reader of each."""
        for member in self.own:
            named = [reader for pattern, reader in self._known if pattern.search(member.name)]
            for reader in self.knowing(member, named):
                yield reader, member

    def knowing(self, member: F, readers: Iterable[Reader]) -> list[Reader]:
        """Which readers know a file by what is in it; it is told if that cannot be read.

        Args:
            member: The file.
            readers: Those that know it by its name.
        """
        asked = list(readers)
        head = first_bytes(self.members, member, self.notes) if asked else None
        if head is None:
            if asked:
                self._damaged.add(member)
            return []
        return [reader for reader in asked if reader.match(head, member.name) >= LIKELY]

    def is_known(self, member: F) -> bool:
        """What came with a message, and what is told already, as it is damaged."""
        return member in self._damaged or self.files.is_one(member)

    def tell(self, count: int, rest: list[F]) -> None:
        """Tell of how many files the messages are, and of the others.

        Raises:
            ReadingError: Of none.
        """
        if not count:
            raise ReadingError("not-understood", detail="no messages")
        super().tell(count, rest)


def read_one(
    reader: Reader, member: F, members: Archive[F], notes: Notes, find: Find, before: int
) -> Iterator[Message]:
    """The messages of one file in an archive.

    Args:
        reader: Knows such files, and need not jump in them.
        member: The file.
        members: The archive.
        notes: Told what could not be read, as lying in this file.
        find: Looks for the files that a message names.
        before: How many messages were read before.
    """
    inner = Notes(notes.said)
    try:
        with members.open(member) as content:
            for message in reader.read(content, member.name, inner):  # type: ignore[arg-type]  # it reads
                yield _lifted(message, before, member.name, find)
            if content.position < member.size_bytes:
                inner.leave("damaged", Place(content.position, member.size_bytes), "end")
            elif not content.is_sound:
                inner.leave("damaged", member.place, "checksum")
    except ReadingError as error:
        inner.leave(error.reason, error.place, error.detail)
    for unread in inner.unread:
        notes.leave(unread.reason, replace(unread.place, member=member.name), unread.detail)
    notes.unread_count += inner.unread_count - len(inner.unread)
    for what, value in inner.facts.items():
        notes.facts.setdefault(what, value)
    for what, count in inner.declared.items():
        notes.declare(what, notes.declared.get(what, 0) + count)
    notes.decisions += inner.decisions
    notes.takes_zone |= inner.takes_zone


def _lifted(message: Message, before: int, member: str, find: Find) -> Message:
    """A message with its places in the archive, and with the files that lie beside it."""
    attachments = tuple(
        find(one, folder_of(member), message)
        if one.status == "missing"
        else replace(one, place=replace(one.place, member=member))
        if one.place.start is not None
        else one
        for one in message.attachments
    )
    return replace(
        message,
        number=message.number + before,
        parent=message.parent + before if message.parent is not None else None,
        place=replace(message.place, member=member),
        attachments=attachments,
    )


def folder_of(name: str) -> str:
    """The folder of a file in an archive: empty, or with a slash behind it."""
    folder = str(PurePosixPath(name).parent)
    return "" if folder == "." else f"{folder}/"

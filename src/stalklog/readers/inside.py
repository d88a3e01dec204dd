"""An export that is a zip or a tar: its files of messages, each read by the reader of such files.

The places of what is read lie in those files, and the files that a message names are looked for
beside them, in the same archive, and hashed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from stalklog.readers.base import LIKELY, Notes, ReadingError
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.readers.archive import Archive, F
    from stalklog.readers.base import Reader
    from stalklog.records.message import Attachment, Message


class Find(Protocol):
    """Looks for a file that a message names."""

    def __call__(self, attachment: Attachment, folder: str, message: Message, /) -> Attachment:
        """The file as it was found; as it is where it is not there."""
        ...


def is_read_by(reader: Reader, members: Archive[F], member: F) -> bool:
    """Whether a file in an archive is one that a reader knows by what is in it."""
    try:
        with members.open(member) as content:
            return reader.match(content.read(MAX_HEAD_BYTES), member.name) >= LIKELY
    except ReadingError:
        return False


def read_inside(
    chosen: Iterable[tuple[Reader, F]], members: Archive[F], notes: Notes, find: Find
) -> Iterator[Message]:
    """The messages of some files in an archive, one file after another.

    Args:
        chosen: The files, each with the reader that knows it; none of them may need to jump.
        members: The archive.
        notes: Told what could not be read.
        find: Looks for the files that a message names.

    Raises:
        ReadingError: There is no such file.
    """
    before = files = 0
    for reader, member in chosen:
        files += 1
        last = before
        for message in read_one(reader, member, members, notes, find, before=before):
            last = message.number
            yield message
        before = last
    if not files:
        raise ReadingError("not-understood", detail="no messages")
    notes.tell("files with messages", str(files))


def read_one(
    reader: Reader,
    member: F,
    members: Archive[F],
    notes: Notes,
    find: Find,
    *,
    before: int,
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


def as_it_is(attachment: Attachment, _folder: str, _message: Message, /) -> Attachment:
    """A file of an archive that holds none: what names it is left as it is."""
    return attachment


def folder_of(name: str) -> str:
    """The folder of a file in an archive: empty, or with a slash behind it."""
    folder = str(PurePosixPath(name).parent)
    return "" if folder == "." else f"{folder}/"

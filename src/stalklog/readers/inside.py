"""An export that is a zip or a tar: its files of messages, each read by the reader of such files.

The places of what is read lie in those files, and the files that a message names are looked for
beside them, in the same archive, and hashed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar
from unicodedata import normalize

from stalklog.readers.base import LIKELY, Notes, ReadingError
from stalklog.records.message import Place
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from stalklog.readers.base import Reader
    from stalklog.records.message import Attachment, Message

NOT_OURS: Final = "__MACOSX/"
"""What a Mac puts into an archive besides."""


class File(Protocol):
    """A file inside of it."""

    @property
    def name(self) -> str:
        """As it is written there; never used as a path."""
        ...

    @property
    def size_bytes(self) -> int:
        """How long it says that it is."""
        ...

    @property
    def place(self) -> Place:
        """All of it."""
        ...


class Content(Protocol):
    """A file inside of it that is being read; it is closed behind `with`."""

    position: int

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Close it."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        ...

    @property
    def is_sound(self) -> bool:
        """Whether its checksum fits, once it was read to its end."""
        ...


F = TypeVar("F", bound=File)


class Archive(Protocol[F]):
    """A zip or a tar."""

    members: tuple[F, ...]

    def open(self, member: F, /) -> Content:
        """Read a file from its beginning."""
        ...

    def sha256(self, member: F, /) -> str:
        """SHA-256 of a file."""
        ...


class Find(Protocol):
    """Looks for a file that a message names."""

    def __call__(self, attachment: Attachment, folder: str, message: Message, /) -> Attachment:
        """The file as it was found; as it is where it is not there."""
        ...


class FilesBeside(Generic[F]):
    """The files of an archive; each is hashed once, when the first message names it.

    Args:
        members: The archive.
        notes: Told which files are damaged.
        key: By which word a file is known, from its whole name; by default the name itself.
    """

    def __init__(
        self, members: Archive[F], notes: Notes, key: Callable[[str], str] | None = None
    ) -> None:
        self._members = members
        self._notes = notes
        self._key = key or _same
        self._files = {
            self._key(_normal(member.name)): member
            for member in reversed(members.members)
            if not member.name.startswith(NOT_OURS)
        }
        self._found: dict[str, Attachment] = {}

    def __call__(self, attachment: Attachment, folder: str, message: Message, /) -> Attachment:  # noqa: ARG002 - it needs no more than the name
        """The file that lies beside the messages under the name that they give it."""
        return self.named(attachment, self._key(_normal(f"{folder}{attachment.name}")))

    def named(self, attachment: Attachment, key: str) -> Attachment:
        """The file that is known by a word; the attachment as it is where there is none."""
        member = self._files.get(key)
        if member is None or attachment.status != "missing":
            return attachment
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._hashed(attachment, member)
        return replace(found, name=attachment.name, media_type=attachment.media_type)

    def _hashed(self, attachment: Attachment, member: F) -> Attachment:
        try:
            digest = self._members.sha256(member)
        except ReadingError as error:
            self._notes.leave(error.reason, error.place, error.detail)
            return replace(
                attachment, size_bytes=member.size_bytes, status="unread", place=member.place
            )
        place = replace(member.place, sha256=digest)
        return replace(
            attachment, size_bytes=member.size_bytes, sha256=digest, status="present", place=place
        )


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


def _normal(name: str) -> str:
    """A name as it is compared: Macs write letters in another form."""
    return normalize("NFC", name.removeprefix("./"))


def _same(name: str) -> str:
    return name

"""An export that is an archive: what all readers of one do, so that each says only what differs.

A reader says by which names in it a zip is known; its `Export`, which of the files hold messages,
who reads each and in which order, and what is told of the rest. The limits stand where the archive
is opened, in `zip_members` and `tar_members`, and nowhere else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from re import Pattern
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Generic, TypeAlias

from stalklog.i18n import ngettext
from stalklog.readers.archive import NOT_OURS, F, Telling
from stalklog.readers.base import NO
from stalklog.readers.beside import FilesBeside
from stalklog.readers.zip_members import ZipMembers, first_names
from stalklog.records.message import Message, Place

if TYPE_CHECKING:
    from stalklog.readers.archive import Archive
    from stalklog.readers.base import Notes

Sign: TypeAlias = tuple[int, *tuple[Pattern[str], ...]]
"""How sure a reader is of a zip in which each of these patterns fits the name of a file."""
Part: TypeAlias = Callable[[int], Iterator[Message]]
"""Reads a file of messages, which are numbered behind those before."""


class ZipReader(ABC):
    """The reader of an export that is a zip: a class of this kind is a row of the table."""

    name: str
    version: int
    media_types: tuple[str, ...] = ("application/zip",)
    must_seek = True
    signs: ClassVar[tuple[Sign, ...]]
    """By what it is known, the surest first."""

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """As sure as its first sign that is there."""
        names = first_names(head)
        for sureness, *patterns in self.signs:
            if all(any(map(pattern.search, names)) for pattern in patterns):
                return sureness
        return NO

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in it, read in place.

        Raises:
            ReadingError: It holds none that this reader knows, or the zip is damaged.
        """
        yield from self.messages(ZipMembers(stream, notes), notes)

    @abstractmethod
    def messages(self, members: ZipMembers, notes: Notes) -> Iterator[Message]:
        """The messages in the open zip."""


class Export(ABC, Generic[F]):
    """An archive with files of messages, open.

    Args:
        members: The archive.
        notes: Told what could not be read.
        files: The files that messages name; by default it holds none.
    """

    what = "files with messages"
    """What its files of messages are called where they are counted."""
    words: tuple[str, ...] = ()
    """How the names of files end in which something could be written: such ones are counted too."""

    def __init__(
        self, members: Archive[F], notes: Notes, files: FilesBeside[F] | None = None
    ) -> None:
        self.members = members
        self.own = tuple(one for one in members.members if not one.name.startswith(NOT_OURS))
        """Its files, without what a Mac put beside them."""
        self.notes = notes
        self.files = files or FilesBeside(members, notes)

    @abstractmethod
    def parts(self) -> Iterator[tuple[F, Part]]:
        """Its files of messages in the order in which they are read, and how each is."""

    def is_known(self, member: F) -> bool:  # noqa: ARG002 - of most exports no other file is
        """Whether a file without messages is known to hold none, or was read for something else."""
        return False

    def messages(self) -> Iterator[Message]:
        """The messages of its files, one behind another; one that is damaged costs no other.

        Raises:
            ReadingError: There is no such file, in an export that cannot be without one.
        """
        number = count = 0
        taken: set[F] = set()
        for member, part in self.parts():
            taken.add(member)
            count += 1
            with Telling(self.notes):
                for message in part(number):
                    yield message
                    number = message.number
        self.tell(count, [one for one in self.own if one not in taken])
        self.files.tell()

    def tell(self, count: int, rest: list[F]) -> None:
        """Tell what the export came to.

        Args:
            count: How many files with messages it holds.
            rest: Its other files.
        """
        self.notes.tell(self.what, str(count))
        others = sum(one.name.endswith(self.words) and not self.is_known(one) for one in rest)
        if others or not count:
            told = ngettext("{n} file without messages", "{n} files without messages", others)
            self.notes.leave("not-read", Place(), told.format(n=others))

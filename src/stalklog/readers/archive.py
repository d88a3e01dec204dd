"""What a zip and a tar have in common, for those who read exports that are either.

A file in one is read so that damage costs no more than what is damaged: it is told, and what came
before it holds.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from stalklog.readers.base import ReadingError
from stalklog.readers.window import Window
from stalklog.safety.limits import MAX_HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from stalklog.readers.base import Notes
    from stalklog.records.message import Place

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


class Telling:
    """What cannot be read on inside of it is told, and the reading goes on behind it.

    Args:
        notes: Told why.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> bool:
        """End."""
        if isinstance(error, ReadingError):
            self._notes.leave(error.reason, error.place, error.detail)
            return True
        return False


@contextmanager
def member_window(members: Archive[F], member: F, notes: Notes) -> Iterator[Window]:
    """A file to be read to its end.

    Args:
        members: The archive.
        member: The file.
        notes: Told if the file is not as it was when it was packed.

    Raises:
        ReadingError: It ends too early; what came before holds.
    """
    with members.open(member) as content:
        window = Window(content)
        yield window
        if window.error:
            raise window.error
        if not content.is_sound:
            notes.leave("damaged", member.place, "checksum")


def whole(members: Archive[F], member: F, limit_bytes: int) -> bytes:
    """A file that is not longer than a limit.

    Raises:
        ReadingError: It is longer, or damaged.
    """
    if member.size_bytes > limit_bytes:
        raise ReadingError("over-limit", member.place)
    with members.open(member) as content:
        return content.read()


def first_bytes(members: Archive[F], member: F, notes: Notes) -> bytes | None:
    """How a file begins, by which it is known; None, and told, where it cannot be read."""
    with Telling(notes), members.open(member) as content:
        return content.read(MAX_HEAD_BYTES)
    return None

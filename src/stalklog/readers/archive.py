"""What a zip and a tar have in common, for those who read exports that are either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

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

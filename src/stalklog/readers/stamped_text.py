"""Chats as text in which each message begins with its time, at the start of a line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.borders import tell_borders
from stalklog.readers.pieces import pieces
from stalklog.readers.window import Window
from stalklog.records.message import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_ENOUGH: Final = 2


class StampedTextReader(ABC):
    """The reader of such a text: a class of this kind is a row of the table."""

    name: str
    version: int
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = False
    first: ClassVar[Pattern[bytes]]
    """What stands before the first message."""
    begins: ClassVar[Pattern[bytes]]
    """How a message begins."""
    begins_bytes: ClassVar[int]
    """The longest that this can be."""

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely by two messages, the first at its beginning; perhaps by one."""
        if not self.first.match(head):
            return NO
        found = sum(1 for _begins in islice(self.begins.finditer(head), _ENOUGH))
        return LIKELY if found == _ENOUGH else MAYBE

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """The messages in the order of the file; lines without a time belong to the one above."""
        window = Window(stream)
        window.more(0)
        while len(window.data) < self.begins_bytes and window.more(0):
            pass
        if first := self.first.match(window.data):
            at = first.end()
        else:
            found = window.seek(self.begins, 0, self.begins_bytes)
            at = found.start() if found else len(window.data)
            notes.leave("not-understood", Place(0, window.start + at), "text")
        found_pieces = pieces(window, self.begins, at, overlap=self.begins_bytes, notes=notes)
        before = ""
        for number, (start, data) in enumerate(found_pieces, 1):
            message = self.message(number, start, data, before, notes.zone())
            before = (message.sent.wall if message.sent else None) or before
            yield message
        tell_borders(notes)
        notes.cover(window.start + len(window.data))

    @abstractmethod
    def message(
        self, number: int, start: int, data: bytes, before: str, zone: str | None
    ) -> Message:
        """One message.

        Args:
            number: Its number.
            start: Its first byte.
            data: Its bytes.
            before: When the one above it was sent.
            zone: In which zone the times are, as a person said.
        """

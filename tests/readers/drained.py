"""A reader run to its end over bytes, for the tests: what it gave, told and raised."""

from __future__ import annotations

import gc
import io
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.readers.base import Notes, Reading, ReadingError
from stalklog.records.message import FLAGS, REASONS

if TYPE_CHECKING:
    from stalklog.readers.base import Reader
    from stalklog.records.message import Message, ReadingReport

SMALL_S = 0.3
"""How long a small file may take, however hostile it is."""


@dataclass
class Drained:
    """What came of it."""

    messages: list[Message] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    error: ReadingError | None = None
    seconds: float = 0.0
    """Of the processor: others on the machine do not count."""

    @property
    def reasons(self) -> list[str]:
        """Why something was left unread."""
        return [unread.reason for unread in self.notes.unread]


def _drain(reader: Reader, data: bytes, name: str, most: int) -> Drained:
    found = Drained()
    stream = _Stream(data, most=most, can_seek=reader.must_seek)
    gc.disable()  # what thousands of tests left in memory is not the reader's
    begun = time.process_time()
    try:
        found.messages.extend(reader.read(stream, name, found.notes))
    except ReadingError as error:
        found.error = error
    finally:
        found.seconds = time.process_time() - begun
        gc.enable()
    return found


def drain(reader: Reader, data: bytes, name: str = "file", *, most: int = 1 << 40) -> Drained:
    """Read; anything but a `ReadingError` passes through, and fails the test.

    `most` is how many bytes the stream gives at once.
    """
    found = _drain(reader, data, name, most)
    if found.seconds >= SMALL_S:  # was it the reader, or a moment of the machine?
        found.seconds = min(found.seconds, _drain(reader, data, name, most).seconds)
    assert {*found.reasons, *([found.error.reason] if found.error else [])} <= set(REASONS)
    assert {flag for message in found.messages for flag in message.flags} <= set(FLAGS)
    assert [message.number for message in found.messages] == list(range(1, len(found.messages) + 1))
    return found


def report_of(reader: Reader, data: bytes) -> tuple[list[Message], ReadingReport]:
    """The messages, and what a reading comes to."""
    reading = Reading(reader, io.BytesIO(data), "file", size_bytes=len(data))
    return list(reading), reading.report()


class _Stream(io.BytesIO):
    """A stream that may only go on, and that may give less than it is asked for."""

    def __init__(self, data: bytes, *, most: int, can_seek: bool) -> None:
        super().__init__(data)
        self._most = most
        self._can_seek = can_seek

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(size, self._most))

    def seekable(self) -> bool:
        return self._can_seek

    def seek(self, *arguments: int) -> int:
        assert self._can_seek, "it jumps, and says that it need not"
        return super().seek(*arguments)

"""A log of a channel or of a talk on IRC."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final

from stalklog.readers.base import LIKELY, MAYBE, NO
from stalklog.readers.irc.line import read_line
from stalklog.readers.irc.read import read_log
from stalklog.readers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.readers.base import Notes
    from stalklog.records.message import Message

_LOOKED_AT: Final = 20
_ENOUGH: Final = 2
_HEAD_BYTES: Final = 1 << 14
_LINE_CHARS: Final = 1_000


class IrcReader:
    """One log."""

    name = "irc"
    version = 3
    media_types: tuple[str, ...] = ("text/plain",)
    must_seek = False

    def match(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a name proves nothing
        """Likely if half of its first lines are of a known form, and two or more."""
        if b"\0" in head:
            return NO
        text = head[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        lines = list(islice(filter(str.strip, text.split("\n")), _LOOKED_AT))
        found = [read_line(line[:_LINE_CHARS], is_star_a_person=False) for line in lines]
        known = [line for line in found if line]
        if not any(line.stamp or line.date for line in known) or 2 * len(known) < len(lines):
            return NO
        is_sure = len(known) >= _ENOUGH and any(line.is_certain for line in known)
        return LIKELY if is_sure else MAYBE

    def read(self, stream: BinaryIO, name: str, notes: Notes) -> Iterator[Message]:  # noqa: ARG002
        """What was said and what happened, in the order of the log."""
        yield from read_log(Window(stream), notes)

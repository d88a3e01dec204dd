"""The mails that may have begun: a line of them, each until it is certain where it ends.

A mail whose multipart is still open, or whose `Content-Length` points further on, may hold what
looks like the next mail: an attached mailbox, a forwarded mail. Whether it does is seen only later:
when its boundary comes again, or its length ends exactly at a separator, all that seemed to begin
in between was inside it. If that never comes, or not within `MAX_AHEAD_BYTES`, they were mails of
their own. So the file is read once, forward only, and no more than offsets are kept.
"""

from __future__ import annotations

import heapq
import sys
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from stalklog.records.message import Doubt, Place
from stalklog.safety.limits import (
    MAX_AHEAD_BYTES,
    MAX_DOUBTS_OF_ONE,
    MAX_MAIL_BYTES,
    MAX_WAITING_MAILS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FAR: Final = sys.maxsize
"""Behind the end of any file."""


@dataclass(frozen=True, slots=True)
class MboxRange:
    """One range of a mailbox; all of them together, in their order, are the file."""

    start: int
    """Its first byte: of its separator line, if it is a mail."""
    message: int
    """Where the mail itself begins, behind the separator line."""
    end: int
    """One past its last byte: where the next one starts, or the file ends."""
    is_preamble: bool = False
    """Whether it is what stands before the first mail."""
    doubts: tuple[Doubt, ...] = ()
    """Where a mail might begin and was not taken to, or the other way; at most
    `MAX_DOUBTS_OF_ONE` for each reason."""
    doubted: Mapping[str, int] = field(default_factory=dict)
    """How many there are for each reason."""


@dataclass(slots=True, eq=False)
class Begun:
    """A mail that has begun, or seems to have."""

    start: int
    message: int
    boundary: bytes = b""
    """While its multipart is open."""
    target: int | None = None
    """Where its `Content-Length` says that it ends, until that is seen."""
    included: int = 0
    """How many included messages are open in its text."""
    is_preamble: bool = False
    doubts: list[Doubt] | None = None
    doubted: dict[str, int] | None = None

    @property
    def is_open(self) -> bool:
        """Whether what follows may be inside it."""
        return bool(self.boundary or self.included or self.target is not None)

    def doubt(self, at: int, reason: str) -> None:
        """Keep a place where it could be otherwise."""
        self._take(reason, 1, (at,))

    def take_in(self, other: Begun, reason: str) -> None:
        """Another one was inside it after all."""
        self.doubt(other.start, reason)
        for each, count in (other.doubted or {}).items():
            places = (
                doubt.place.start or 0 for doubt in other.doubts or () if doubt.reason == each
            )
            self._take(each, count, places)

    def until(self, end: int) -> MboxRange:
        """Its range, now that its end is certain."""
        if self.doubted is None:
            return MboxRange(self.start, self.message, end, self.is_preamble)
        doubts = sorted(self.doubts or (), key=lambda doubt: doubt.place.start or 0)
        return MboxRange(
            self.start, self.message, end, self.is_preamble, tuple(doubts), self.doubted
        )

    def _take(self, reason: str, count: int, places: Iterable[int]) -> None:
        if self.doubts is None or self.doubted is None:  # of most mails there are none
            self.doubts, self.doubted = [], {}
        before = self.doubted.get(reason, 0)
        self.doubted[reason] = before + count
        if before < MAX_DOUBTS_OF_ONE:
            room = MAX_DOUBTS_OF_ONE - before
            self.doubts += (Doubt(reason, Place(at)) for at in islice(places, room))


class Waiting:
    """The line of mails, from the first whose end is not certain to the last that began."""

    def __init__(self) -> None:
        self._mails: deque[Begun] = deque((Begun(0, 0, is_preamble=True),))
        self._boundaries: dict[bytes, list[Begun]] = {}
        self._targets: list[tuple[int, int, Begun]] = []
        self._count = 0

    @property
    def last(self) -> Begun:
        """The mail that began last."""
        return self._mails[-1]

    @property
    def has_boundary(self) -> bool:
        """Whether a multipart is open."""
        return bool(self._boundaries)

    @property
    def is_long(self) -> bool:
        """Whether more than one has begun, so that the first may have ended."""
        return len(self._mails) > 1

    def next_target(self) -> int:
        """The nearest place where a `Content-Length` says that a mail ends; `FAR` for none."""
        while self._targets:
            target, _count, mail = self._targets[0]
            if mail.target == target:
                return target
            heapq.heappop(self._targets)
        return FAR

    def begin(self, mail: Begun) -> None:
        """A mail begins; the one above it ends there, unless it turns out to hold it."""
        self._mails.append(mail)
        if mail.boundary:
            self._boundaries.setdefault(mail.boundary, []).append(mail)
        if mail.target is not None:
            self._count += 1
            heapq.heappush(self._targets, (mail.target, self._count, mail))

    def see_delimiter(self, text: bytes) -> None:
        """A line of a multipart: what seemed to begin in the mail that it belongs to, did not.

        Args:
            text: Without the two hyphens in front, and without blanks behind.
        """
        owners = self._boundaries.get(text)
        is_close = owners is None and text.endswith(b"--")
        if is_close:
            owners = self._boundaries.get(text[:-2])
        if owners:
            mail = owners[-1]  # the innermost, where two have the same boundary
            self._cut_behind(mail, "inside-part")
            if is_close:
                self._forget_boundary(mail)

    def see_included(self, *, is_end: bool) -> None:
        """A line that begins an included message, or ends one."""
        if not is_end:
            self.last.included += 1
            return
        owner = next((mail for mail in reversed(self._mails) if mail.included), None)
        if owner is not None:
            self._cut_behind(owner, "inside-included")
            owner.included -= 1

    def see_target(self, *, is_exact: bool) -> None:
        """The nearest length is reached: it is believed only if it ends exactly at a separator."""
        _target, _count, mail = heapq.heappop(self._targets)
        mail.target = None
        if is_exact:
            self._cut_behind(mail, "inside-length")
            self._forget_boundary(mail)
            mail.included = 0

    def settled(self, at: int) -> Iterator[MboxRange]:
        """The ranges whose ends are certain now.

        Args:
            at: How far the file is read.
        """
        mails = self._mails
        while len(mails) > 1:
            first, second = mails[0], mails[1]
            if first.is_open:
                self._tire(at)
                if first.is_open:
                    return
            mails.popleft()
            if first.start < second.start:
                yield first.until(second.start)

    def finish(self, size_bytes: int) -> Iterator[MboxRange]:
        """The ranges that are left at the end of the file."""
        while (target := self.next_target()) != FAR:
            self.see_target(is_exact=target == size_bytes)
        mails = list(self._mails)
        ends = [mail.start for mail in mails[1:]]
        for mail, end in zip(mails, [*ends, size_bytes], strict=True):
            if mail.is_open and end < size_bytes:
                mail.doubt(end, "unclosed")
            if mail.start < end:
                yield mail.until(end)

    def _tire(self, at: int) -> None:
        """Wait no longer for the first one, if it is enough: what follows it stands."""
        first, second = self._mails[0], self._mails[1]
        is_too_long = at - first.start > MAX_MAIL_BYTES or len(self._mails) > MAX_WAITING_MAILS
        if is_too_long:
            first.target = None
        if is_too_long or at - second.start > MAX_AHEAD_BYTES:
            if first.boundary or first.included:
                first.doubt(second.start, "unclosed")
            self._forget_boundary(first)
            first.included = 0

    def _cut_behind(self, mail: Begun, reason: str) -> None:
        """Everything that seemed to begin behind it was inside it."""
        while self._mails[-1] is not mail:
            inner = self._mails.pop()
            inner.target = None
            self._forget_boundary(inner)
            mail.take_in(inner, reason)

    def _forget_boundary(self, mail: Begun) -> None:
        if mail.boundary:
            owners = self._boundaries[mail.boundary]
            if owners[-1] is mail:  # nearly always, and many may wait
                owners.pop()
            else:
                owners.remove(mail)
            if not owners:
                del self._boundaries[mail.boundary]
            mail.boundary = b""

"""Where one mail is: the bytes that it is in, and their place in the original."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from stalklog.records.message import Place

if TYPE_CHECKING:
    from stalklog.readers.mail.part import Part


@dataclass(frozen=True, slots=True)
class Extent:
    """A mail in bytes that may hold more than it."""

    data: bytes
    """What it is in: the outermost mail, or itself where it had to be decoded."""
    base: int | None
    """Where `data` begins in the original; None where it was decoded."""
    start: int
    """Where it begins in `data`."""
    end: int
    """One past its last byte in `data`."""
    place: Place
    """Where it is in the original."""
    depth: int = 0
    """How deep it lies in other mails and their parts."""
    is_cut: bool = False
    """Whether this is only its beginning."""

    def place_of(self, part: Part) -> Place:
        """Where a part's body is; without a range inside what had to be decoded first."""
        outer = self.place
        if self.base is None:
            return Place(part=part.number, member=outer.member, item=outer.item)
        return Place(
            self.base + part.start,
            self.base + part.end,
            part=part.number,
            member=outer.member,
            item=outer.item,
            sha256=sha256(memoryview(self.data)[part.start : part.end]).hexdigest(),
        )

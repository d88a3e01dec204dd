"""What the check of the chain needs of each line, packed: about 160 bytes an entry."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from stalklog.records.types import LOGS
from stalklog.vault.layout import SEALED_LOGS, log_name
from stalklog.vault.log import Id

if TYPE_CHECKING:
    from collections.abc import Iterator

HASH_BYTES = 32
AT_BYTES = 24
NO_AT: Final = bytes(AT_BYTES)
"""Of an entry that was not opened nobody knows when it was recorded."""
_NO_ID = 255
_WIDTHS: Final = {
    "seqs": 8,
    "prevs": HASH_BYTES,
    "digests": HASH_BYTES,
    "leaves": HASH_BYTES,
    "ats": AT_BYTES,
    "id_logs": 1,
    "numbers": 8,
    "amendments": 8,
    "logs": 1,
    "lines": 8,
}
"""The columns, and how many bytes each has for a line."""


class Facts(NamedTuple):
    """What one line says of its place in the chain, and which other things it needs."""

    seq: int
    prev: bytes
    """SHA-256 of the line before it, as the line has it: 32 bytes."""
    digest: bytes
    """SHA-256 of the line."""
    leaf: bytes
    """Its leaf in the tree."""
    at: bytes
    """When it was recorded: 24 bytes, which sort by time; `NO_AT` where that is not known."""
    id: Id | None
    """None where it has another form than an id."""
    links: tuple[str, ...]
    """The ids that it names."""
    originals: tuple[tuple[str, int], ...]
    """The hash and the size in bytes of each original that it needs."""
    quarantined: tuple[tuple[str, str], ...] = ()
    """The file and the hash of each piece that it says was moved to quarantine."""


class Row(NamedTuple):
    """One line again, with the place where it was found."""

    seq: int
    prev: bytes
    digest: bytes
    leaf: bytes
    at: bytes
    id: Id | None
    links: tuple[str, ...]
    where: str


class Columns:
    """The facts of many lines, field by field, in the order of the files."""

    __slots__ = (*_WIDTHS, "links")

    def __init__(self) -> None:
        self.seqs = array("Q")
        self.prevs = bytearray()
        self.digests = bytearray()
        self.leaves = bytearray()
        self.ats = bytearray()
        self.id_logs = bytearray()
        """Which of `LOGS` the id counts in."""
        self.numbers = array("Q")
        self.amendments = array("Q")
        """0 where the id is not of an amendment."""
        self.logs = bytearray()
        self.lines = array("Q")
        """The line's place in its file, from 1."""
        self.links: dict[int, tuple[str, ...]] = {}
        """For the lines that name any."""

    def __len__(self) -> int:
        return len(self.seqs)

    def add(self, facts: Facts, log: int, line: int) -> None:
        """One more line: the facts, the number of the file it is in, and its place there."""
        if facts.links:
            self.links[len(self.seqs)] = facts.links
        self.seqs.append(facts.seq)
        self.prevs += facts.prev
        self.digests += facts.digest
        self.leaves += facts.leaf
        self.ats += facts.at
        identity = facts.id
        if identity is None:
            self.id_logs.append(_NO_ID)
            self.numbers.append(0)
            self.amendments.append(0)
        else:
            self.id_logs.append(_LOG_NUMBERS[identity.log])
            self.numbers.append(identity.number)
            self.amendments.append(identity.amendment or 0)
        self.logs.append(log)
        self.lines.append(line)

    def extend(self, others: Columns) -> None:
        """The lines of another stretch, behind these."""
        for place, links in others.links.items():
            self.links[len(self) + place] = links
        for name in _WIDTHS:
            column = getattr(self, name)
            column += getattr(others, name)

    def pack(self) -> bytes:
        """All columns but `links` as bytes."""
        return b"".join(bytes(memoryview(getattr(self, name))) for name in _WIDTHS)

    @classmethod
    def unpack(cls, data: bytes, count: int) -> Columns:
        """The columns of so many lines again.

        Raises:
            ValueError: The bytes are not what `pack` gave.
        """
        columns, start = cls(), 0
        if len(data) != count * sum(_WIDTHS.values()):
            raise ValueError("not so many lines")
        for name, width in _WIDTHS.items():
            column, part = getattr(columns, name), data[start : start + count * width]
            if isinstance(column, array):
                column.frombytes(part)
            else:
                column += part
            start += len(part)
        return columns

    def in_order(self) -> list[int]:
        """The places of the lines in the order of `seq`; of the same `seq` as they were added."""
        return sorted(range(len(self.seqs)), key=self.seqs.__getitem__)

    def digest(self, place: int) -> bytes:
        """The hash of the line at this place: 32 bytes."""
        return bytes(self.digests[place * HASH_BYTES : (place + 1) * HASH_BYTES])

    def hashes(self, name: Literal["prevs", "digests", "leaves"], places: list[int]) -> list[bytes]:
        """The hashes of the lines at these places, 32 bytes each."""
        column = bytes(getattr(self, name))
        starts = [place * HASH_BYTES for place in places]
        return [column[start : start + HASH_BYTES] for start in starts]

    def rows(self, places: list[int]) -> Iterator[Row]:
        """The lines at these places, one after the other."""
        for place in places:
            hashes = slice(place * HASH_BYTES, (place + 1) * HASH_BYTES)
            yield Row(
                seq=self.seqs[place],
                prev=bytes(self.prevs[hashes]),
                digest=bytes(self.digests[hashes]),
                leaf=bytes(self.leaves[hashes]),
                at=bytes(self.ats[place * AT_BYTES : (place + 1) * AT_BYTES]),
                id=self._id(place),
                links=self.links.get(place, ()),
                where=f"{log_name(_FILES[self.logs[place]])}:{self.lines[place]}",
            )

    def _id(self, place: int) -> Id | None:
        if self.id_logs[place] == _NO_ID:
            return None
        log = LOGS[self.id_logs[place]]
        return Id(log, self.numbers[place], self.amendments[place] or None)


def log_number(log: str) -> int:
    """Which of `LOGS` it is."""
    return _LOG_NUMBERS[log]


def file_number(log: str) -> int:
    """Which file it is, among the logs of a plain vault and that of a sealed one."""
    return _FILES.index(log)


_LOG_NUMBERS = {log: number for number, log in enumerate(LOGS)}
_FILES: Final = (*LOGS, *SEALED_LOGS)

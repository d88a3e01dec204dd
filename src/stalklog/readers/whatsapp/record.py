"""The records of an export, cut out of a stream that only goes on: no byte is lost or read twice.

The first megabytes are looked over before any record is given; what comes behind them is read in
blocks. Of one endless record the beginning is kept, and the rest hashed and counted.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import accumulate, count, repeat
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

from stalklog.readers.whatsapp.block import Blocks
from stalklog.readers.whatsapp.cut import CONTEXT, cut
from stalklog.readers.whatsapp.survey import Survey
from stalklog.safety.limits import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stalklog.readers.whatsapp.cut import Cut

BOM: Final = b"\xef\xbb\xbf"
_ROWS: Final = 1_000
"""So many records are encoded and hashed at once."""
MAX_RECORD_CHARS: Final = MAX_TEXT_CHARS + 1_000
"""Of a record: a text that is too long, and the sender before it."""


Record: TypeAlias = "tuple[int, int, str, str, str, str, str | None, str, bool, bool]"
"""One record, as it stands in the export.

Its first byte; one past its last; the SHA-256 of exactly these bytes. Date and time as written, the
date of it, the time of it. What stands before the first colon, None where it must be looked for.
What stands behind the header, decoded, without its last line break; bytes that are no letters are
surrogates. Whether a line in it looks like a record and is none; whether it may be a line in the
one before.
"""


class Records:
    """The records of one export, in their order.

    Args:
        stream: At its beginning.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._blocks = Blocks(stream)
        self._ending = ""
        self.size_bytes = self.preamble_bytes = 0
        """How many bytes were read, and how many of them stand before the first record."""
        self.has_text_before = False
        """Whether anything is written in them."""
        self.has_foreign = False
        """Whether bytes that are no letters have come up to here."""
        self.line_ends: set[str] = set()
        self.has_bom = False
        self._open: _Open | None = None
        rows = cut(self._text(self._blocks.next()))
        while self._blocks.is_early and (block := self._blocks.next()):
            rows.extend(cut(self._text(block)))
        self.surveyed_bytes = self._blocks.given_bytes
        self.survey = Survey(rows, self.line_ends)

    @property
    def is_surveyed_whole(self) -> bool:
        """Whether all of it was looked over."""
        return self._blocks.is_early

    def parts(self) -> Iterator[Iterable[Record]]:
        """All records, some at a time; each lot is to be taken before the next one is asked for."""
        survey = self.survey
        self.size_bytes = self.preamble_bytes = len(BOM) if self.has_bom else 0
        rows, survey.rows = survey.rows, cut("")
        yield from self._told(rows, 1, survey.holders, survey.doubtful)
        while block := self._blocks.next():
            rows, holders, doubtful = survey.sift(self._text(block))
            yield from self._told(rows, CONTEXT, holders, doubtful)
        if self._open:
            yield (self._open.close(),)

    def _text(self, block: bytes) -> str:
        """The next bytes as text, behind the end of those before; a line break before the first."""
        if not self._ending:
            self.has_bom = block.startswith(BOM)
            before, block = "\n", block.removeprefix(BOM)
        else:
            before = self._ending.rjust(CONTEXT)
        try:
            text = before + block.decode()
        except UnicodeDecodeError:
            self.has_foreign = True
            text = before + block.decode("utf-8", "surrogateescape")
        both = text.count("\r\n") if "\r" in text else 0  # to look for two letters takes longer
        if both:
            self.line_ends.add("CRLF")
        if "LF" not in self.line_ends and text.count("\n") - both > (before != "\r\n"):
            self.line_ends.add("LF")
        self._ending = text[-CONTEXT:]
        return text

    def _told(
        self, rows: Cut, context: int, holders: set[int], doubtful: set[int]
    ) -> Iterator[Iterable[Record]]:
        """The records that end in a text; the last one stays open.

        Args:
            rows: Further text of the export.
            context: How many characters of context stand before it.
            holders: The numbers of those that hold a line like a record.
            doubtful: The numbers of those that may be none.
        """
        before = rows.before if not rows.heads else f"{rows.before}\n"
        self._append(before[context:], is_holder=-1 in holders)
        if not rows.heads:
            return
        if self._open:
            yield (self._open.close(),)
            self._open = None
        last = len(rows.heads) - 1
        columns = (rows.stamps, rows.dates, rows.clocks, rows.labels, rows.rests)
        encode = _encode if self.has_foreign else str.encode
        for low in range(0, last, _ROWS):
            part = slice(low, min(low + _ROWS, last))
            raws = [
                encode(f"{head}{rest}\n")
                for head, rest in zip(rows.heads[part], rows.rests[part], strict=True)
            ]
            borders = list(accumulate(map(len, raws), initial=self.size_bytes))
            yield zip(
                borders,
                borders[1:],
                [sha256(raw).hexdigest() for raw in raws],
                *(column[part] for column in columns),
                _marks(holders, low),
                _marks(doubtful, low),
                strict=False,
            )
            self.size_bytes = borders[-1]
        at = self.size_bytes
        self._open = _Open(rows, at, is_doubtful=last in doubtful)
        self._append(rows.heads[-1] + rows.rests[-1], is_holder=last in holders)

    def _append(self, text: str, *, is_holder: bool) -> None:
        """Further text of the record that is open, or of what stands before all of them."""
        raw = _encode(text)
        self.size_bytes += len(raw)
        if self._open:
            self._open.append(text, raw, is_holder=is_holder)
        else:
            self.preamble_bytes += len(raw)
            self.has_text_before = self.has_text_before or bool(text.strip("\r\n \t\ufeff\u200e"))


class _Open:
    """A record whose end is not seen yet.

    Args:
        rows: It is the last of these.
        start: Its first byte.
        is_doubtful: Whether it may be a line in the one before.
    """

    def __init__(self, rows: Cut, start: int, *, is_doubtful: bool) -> None:
        self._skip = len(rows.heads[-1])
        self._written = rows.stamps[-1], rows.dates[-1], rows.clocks[-1]
        self._start, self._is_doubtful = start, is_doubtful
        self._size_bytes, self._digest = 0, sha256()
        self._pieces: list[str] = []
        self._chars = 0
        self._is_holder = False

    def append(self, text: str, raw: bytes, *, is_holder: bool) -> None:
        """It goes on."""
        self._size_bytes += len(raw)
        self._digest.update(raw)
        self._is_holder = self._is_holder or is_holder
        if self._chars <= MAX_RECORD_CHARS:
            self._pieces.append(text)
            self._chars += len(text)

    def close(self) -> Record:
        """It ends here."""
        rest = "".join(self._pieces)[self._skip :][:MAX_RECORD_CHARS].removesuffix("\n")
        return (
            self._start, self._start + self._size_bytes, self._digest.hexdigest(), *self._written,
            None, rest, self._is_holder, self._is_doubtful,
        )  # fmt: skip


def _marks(numbers: set[int], low: int) -> Iterator[bool]:
    """Whether each number from one on is among these."""
    return map(numbers.__contains__, count(low)) if numbers else repeat(bool(numbers))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

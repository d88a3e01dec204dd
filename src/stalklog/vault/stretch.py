"""A stretch of a log, some thousand lines of it, read and judged line by line.

Stretches do not depend on each other, so a second process can read some of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from stalklog.core.merkle import leaf_hash
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.vault.check_line import Fault, check_line
from stalklog.vault.facts import Columns
from stalklog.vault.layout import MAX_LINE_BYTES, log_name
from stalklog.vault.line_form import read_quickly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.vault.disk import Disk

STRETCH_BYTES = 1 << 20


class Stretch(NamedTuple):
    """Some lines of a log that follow each other, whole."""

    log: str
    number: int
    """Its first line's place in the file, from 1."""
    data: bytes
    """The lines, each with its newline; only the log's last line may be without."""


class Found(NamedTuple):
    """What is wrong with a line of the log."""

    line: int
    seq: int | None
    fault: Fault


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line whose place in the chain cannot be read from it."""

    digest: bytes
    leaf: bytes


@dataclass(slots=True)
class Share:
    """What the lines of a stretch hold, in the order of the file."""

    facts: Columns = field(default_factory=Columns)
    objects: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For each original that an entry names, its size in bytes and the first entry's seq."""
    quarantined: list[tuple[str, str, int]] = field(default_factory=list)
    """For each piece that was moved to quarantine, its file, its SHA-256 and the entry's seq."""
    bad: list[BadLine] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)


def read_stretches(disk: Disk, log: str, end: int | None) -> Iterator[Stretch]:
    """All lines of a log up to an offset; one too long is cut to one byte more than it may have."""
    name, number, carry = log_name(log), 1, b""
    start, end = 0, disk.size(name) if end is None else end
    while start < end:
        block = disk.read(name, start, min(STRETCH_BYTES, end - start))
        if not block:
            break
        start += len(block)
        if len(carry) > MAX_LINE_BYTES:
            newline = block.find(b"\n")
            block = block[newline:] if newline >= 0 else b""
        data = carry + block
        cut = data.rfind(b"\n") + 1
        if cut:
            yield Stretch(log, number, data[:cut])
            number += data.count(b"\n")
        carry = data[cut : cut + MAX_LINE_BYTES + 1]
    if carry:
        yield Stretch(log, number, carry)


def read_stretch(stretch: Stretch) -> Share:
    """Judge each line of a stretch by itself, and by the one before it in the file."""
    share, log = Share(), stretch.log
    log_number, before = LOGS.index(log), -1
    lines = stretch.data.split(b"\n")
    unended = len(lines) - 1
    for at, data in enumerate(lines):
        if at == unended and not data:
            break
        facts = read_quickly(data, log) if at < unended else None
        faults: list[Fault] = []
        if facts is None:
            facts = check_line(data, log, faults, is_ended=at < unended)
        number = stretch.number + at
        if facts is None:
            share.bad.append(BadLine(sha256(data).digest(), leaf_hash(data)))
        else:
            share.facts.add(facts, log_number, number)
            for original, size_bytes in facts.originals:
                share.objects.setdefault(original, (size_bytes, facts.seq))
            share.quarantined += [(file, digest, facts.seq) for file, digest in facts.quarantined]
            if facts.seq < before:
                faults.append(backwards())
            before = facts.seq
        for fault in faults:
            share.found.append(Found(number, facts.seq if facts else None, fault))
    return share


def backwards() -> Fault:
    """What is wrong with a line that stands behind one of a higher `seq`."""
    return Fault("SEQ_BACKWARDS", _("the entry stands behind a later one"))

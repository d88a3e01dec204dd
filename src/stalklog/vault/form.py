"""What the chain needs to know of one line, whether the vault is plain or sealed."""

from __future__ import annotations

from dataclasses import dataclass

from stalklog.core.hashing import sha256_hex
from stalklog.vault.layout import SEALED_LOGS
from stalklog.vault.log import is_id_for, parse_id, parse_line


@dataclass(frozen=True, slots=True)
class Link:
    """One line as a link of the chain."""

    seq: int
    prev: str
    log: str
    """The log that it belongs in."""
    number: int | None
    """Its ordinal in that log; None of a correction, and of every line of a sealed vault."""
    sha256: str
    is_id_of_log: bool = True
    """Whether its id is one that this log gives to an entry of its type."""


def read_link(line: bytes, *, is_sealed: bool) -> Link:
    """The link that a line is.

    Raises:
        canonical.NotCanonicalError: It is no canonical line.
        EntryError: It is canonical, but no line of such a vault.
    """
    if is_sealed:
        from stalklog.vault.sealed import parse_outer  # noqa: PLC0415 - for sealed vaults only

        outer = parse_outer(line)
        return Link(outer.seq, outer.prev, SEALED_LOGS[0], None, sha256_hex(line))
    entry, prev = parse_line(line)
    parts = parse_id(entry.id)
    is_of_log = (
        parts is not None and parts.log == entry.log and is_id_for(parts, entry.type, entry.body)
    )
    number = parts.number if parts and parts.amendment is None else None
    return Link(entry.seq, prev, entry.log, number, entry.line_sha256, is_of_log)

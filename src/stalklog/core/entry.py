"""One line of a log, understood: the envelope that every entry has, and its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in a log; its bytes are never changed."""

    seq: int
    """Its place in the one chain, from 0; also its leaf index in the tree."""
    log: str
    """The log that it stands in: the file's name without `.jsonl`."""
    id: str
    """`T-0003`, or `T-0003.1` for an amendment or withdrawal of it."""
    type: str
    """One of the closed set of `records.types`, such as `threat.logged`."""
    at: str
    """When it was recorded, by this machine's clock: `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    tz: str
    """The local offset of that clock, `+05:30`."""
    by: str
    """Who recorded it: `self`, or an advocate named as operator."""
    tool: str
    """The program and version that wrote it."""
    body: JsonObject
    """The record; its shape depends on the type."""
    line_sha256: str
    """SHA-256 of the stored line without its newline, in lower-case hex."""
    objects: tuple[str, ...] = ()
    """The names under which the vault holds the originals of this entry: in a plain vault their
    SHA-256, in a sealed one that of their ciphertext."""

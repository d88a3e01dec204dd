"""A line of a sealed vault: what everybody sees of it, and what only the key shows.

Outside stand `v, seq, prev, commit, objects, sealed` and nothing else. `sealed` is a binary age
file in base64; inside is the canonical line of the entry, whose `v, seq, prev, objects` are the
outer ones and whose SHA-256 is `commit`. So the chain is checked without the key, and with it
nobody can have put another entry in the place of one. A few types stand plain even here: they tell
of the vault, and hold no word of hers.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.records.types import CORRECTIONS
from stalklog.vault.cipher import seal
from stalklog.vault.layout import MAX_ENTRY_BYTES
from stalklog.vault.log import ENTRY_FIELDS, EntryError, has_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.vault.cipher import Opening

OUTER_FIELDS: Final = frozenset({"v", "seq", "prev", "commit", "objects", "sealed"})
PLAIN_FIELDS: Final = ENTRY_FIELDS - {"id"}
"""Of a line that is not sealed: an entry without an id, since ids are told by reading."""
INNER_FIELDS: Final = PLAIN_FIELDS | {"objects"}
PLAIN_TYPES: Final = frozenset(
    {
        "vault.created",
        "checkpoint.made",
        "timestamp.added",
        "witness.added",
        "recovery.done",
        "keys.changed",
    }
)
"""What tells of the vault itself is not sealed, so that it can be checked without the key."""
ANY_LOG: Final = "entries"
"""The `log` inside a correction: whichever log the entry that it names is in."""
MAX_CARRIED_BYTES: Final = 4 * MAX_ENTRY_BYTES // 3 + 4096
"""Of an entry that carries the longest entry in base64; sealed, it still fits a line."""
_AGE_MAGIC: Final = b"age-encryption.org/v1\n"
_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Outer:
    """What everybody sees of a line."""

    seq: int
    prev: str
    objects: tuple[str, ...]
    """The stored names of the originals that the entry needs."""
    commit: str | None
    """SHA-256 of the inner bytes; None of a plain line."""
    sealed: bytes
    """The age file; empty of a plain line."""
    plain: JsonObject | None
    """The whole of a plain line."""


def parse_outer(line: bytes) -> Outer:
    """What everybody sees of a line.

    Raises:
        canonical.NotCanonicalError: It is no canonical line.
        EntryError: `SCHEMA_BAD`, or `SEALED_BAD` where what is sealed is no age file in base64.
    """
    return outer_of(canonical.decode(line))


def outer_of(value: JsonObject) -> Outer:
    """What everybody sees of a decoded line; raises `EntryError` as `parse_outer`."""
    if value.keys() == OUTER_FIELDS:
        return _sealed(value)
    if value.keys() != PLAIN_FIELDS or value["type"] not in PLAIN_TYPES:
        raise EntryError("SCHEMA_BAD")
    if (value["log"], value["by"], value["tz"]) != ("custody", "self", "+00:00"):
        raise EntryError("SCHEMA_BAD")
    if not has_envelope({**value, "id": "X-0001"}):
        raise EntryError("SCHEMA_BAD")
    return Outer(value["seq"], value["prev"], (), None, b"", value)  # type: ignore[arg-type]


def build_sealed(inner: JsonObject, recipients: Sequence[str]) -> bytes:
    """The line of an entry, sealed, without its newline.

    Args:
        inner: The fields `INNER_FIELDS`.
        recipients: Whom it is sealed to.

    Raises:
        canonical.NotCanonicalError: It holds what no line can hold.
        EntryError: `LINE_TOO_LONG`: it is longer than an entry may be.
    """
    inside = canonical.encode(inner)
    _require_short(inside, inner)
    return canonical.encode(
        {
            "v": inner["v"],
            "seq": inner["seq"],
            "prev": inner["prev"],
            "commit": sha256_hex(inside),
            "objects": inner["objects"],
            "sealed": base64.b64encode(seal(inside, recipients)).decode(),
        }
    )


def open_inner(outer: Outer, opening: Opening) -> JsonObject:
    """What only the key shows of a sealed line: the fields `INNER_FIELDS`, checked for their form.

    Raises:
        cipher.NotForThisKeyError: It is sealed to other keys.
        cipher.SealedBadError: It cannot be opened.
        EntryError: `INNER_MISMATCH` where it is not what stands outside, `LINE_TOO_LONG` where
            it is longer than an entry may be, else `SCHEMA_BAD`.
        canonical.NotCanonicalError: What is inside is no canonical line.
    """
    inside = opening.open(outer.sealed)
    if sha256_hex(inside) != outer.commit:
        raise EntryError("INNER_MISMATCH")
    return parse_inner(inside, outer)


def parse_inner(inside: bytes, outer: Outer) -> JsonObject:
    """The entry of inner bytes; raises `EntryError` and `NotCanonicalError` as `open_inner`."""
    value = canonical.decode(inside)
    if value.keys() != INNER_FIELDS:
        raise EntryError("SCHEMA_BAD")
    shown = (value["v"], value["seq"], value["prev"], value["objects"])
    if shown != (1, outer.seq, outer.prev, list(outer.objects)):
        raise EntryError("INNER_MISMATCH")
    _require_short(inside, value)
    is_any_log = value["log"] == ANY_LOG and value["type"] in CORRECTIONS
    log = "custody" if is_any_log else value["log"]
    if not has_envelope({**value, "log": log, "id": "X-0001"}) or value["type"] in PLAIN_TYPES:
        raise EntryError("SCHEMA_BAD")
    return value


def _require_short(inside: bytes, inner: JsonObject) -> None:
    if len(inside) > (MAX_CARRIED_BYTES if inner["type"] == "entry.carried" else MAX_ENTRY_BYTES):
        raise EntryError("LINE_TOO_LONG")


def _sealed(value: JsonObject) -> Outer:
    seq, prev, commit, objects = value["seq"], value["prev"], value["commit"], value["objects"]
    if type(value["v"]) is not int or value["v"] != 1 or type(seq) is not int or seq < 0:
        raise EntryError("SCHEMA_BAD")
    if not isinstance(objects, list) or not all(map(_is_hex, (prev, commit, *objects))):
        raise EntryError("SCHEMA_BAD")
    names = tuple(map(str, objects))
    return Outer(seq, str(prev), names, str(commit), _decoded(value["sealed"]), None)


def _decoded(value: object) -> bytes:
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if not raw.startswith(_AGE_MAGIC) or base64.b64encode(raw).decode() != value:
        raise EntryError("SEALED_BAD")
    return raw


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None

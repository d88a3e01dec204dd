"""The logs and their one chain: read lines, understand them, build new ones."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from stalklog.core import canonical
from stalklog.core.entry import Entry
from stalklog.core.hashing import sha256_hex
from stalklog.records.types import CORRECTIONS, LOGS, PREFIXES
from stalklog.vault.layout import MAX_LINE_BYTES, log_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject
    from stalklog.vault.disk import Disk

ENTRY_VERSION = 1
ENTRY_FIELDS = frozenset(
    {"v", "seq", "prev", "log", "id", "type", "at", "tz", "by", "tool", "salt", "body"}
)
_BLOCK_BYTES = 1 << 20

HEX64 = r"[0-9a-f]{64}"
HEX32 = r"[0-9a-f]{32}"
AT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
TZ = r"[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]"
ID_NUMBER = r"(?!0000)[0-9]{4}|[1-9][0-9]{4,15}"
ID_AMENDMENT = r"[1-9][0-9]{0,8}"
_HEX64 = re.compile(HEX64)
_HEX32 = re.compile(HEX32)
_AT = re.compile(AT)
_TZ = re.compile(TZ)
_ID = re.compile(rf"([ETCDX])-({ID_NUMBER})(?:\.({ID_AMENDMENT}))?")


class EntryError(ValueError):
    """A canonical line is not an entry; `code` is the fault that `verify` names."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Line(NamedTuple):
    """One line of a log, as it lies there."""

    log: str
    number: int
    """Its place in the file, from 1."""
    offset: int
    """Where it begins in the file, in bytes."""
    data: bytes
    """Its bytes without the newline; of a line that is too long only a part."""
    is_ended: bool
    """Whether a newline follows."""
    is_too_long: bool = False


class Id(NamedTuple):
    """The parts of an entry's id: `T-0003.1` is log `threats`, number 3, amendment 1."""

    log: str
    number: int
    amendment: int | None

    def __str__(self) -> str:
        tail = "" if self.amendment is None else f".{self.amendment}"
        return f"{PREFIXES[self.log]}-{self.number:04d}{tail}"


_LOG_OF = {prefix: log for log, prefix in PREFIXES.items()}


def parse_id(text: str) -> Id | None:
    """The parts of an id, or None where the text is none."""
    found = _ID.fullmatch(text)
    if not found:
        return None
    return Id(_LOG_OF[found[1]], int(found[2]), int(found[3]) if found[3] else None)


def is_id_for(identity: Id, type_name: str, body: JsonObject) -> bool:
    """Whether an entry of that type has such an id: corrections, and they alone, count amendments.

    Args:
        identity: Its id.
        type_name: Its type.
        body: Its record, which may be malformed.
    """
    if type_name not in CORRECTIONS:
        return identity.amendment is None
    target = body.get(CORRECTIONS[type_name])
    return identity.amendment is not None and target == str(identity._replace(amendment=None))


def read_lines(disk: Disk, log: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The lines of a log between two offsets, in file order, a line too long cut short."""
    yield from _split(_blocks(disk, log, start, end), log, start)


def split_lines(data: bytes, log: str, start: int) -> Iterator[Line]:
    """The lines of bytes that begin at an offset of a log."""
    return _split(iter((data,)), log, start)


def read_last_line(disk: Disk, log: str, end: int) -> bytes | None:
    """The line that ends, with its newline, at that offset; None where none does."""
    start = max(0, end - MAX_LINE_BYTES - 1)
    data = disk.read(log_name(log), start, end - start)
    if len(data) != end - start or not data.endswith(b"\n"):
        return None
    return data[:-1].rpartition(b"\n")[2]


def build_line(envelope: JsonObject) -> bytes:
    """The bytes of a new entry, without the newline.

    Raises:
        canonical.NotCanonicalError: It holds what no line can hold.
    """
    return canonical.encode(envelope)


def parse_line(line: bytes) -> tuple[Entry, str]:
    """The entry that a line holds, and the hash of the line before it.

    Raises:
        canonical.NotCanonicalError: It is no canonical line.
        EntryError: It is canonical, but no entry.
    """
    return entry_of(canonical.decode(line), sha256_hex(line))


def entry_of(value: JsonObject, line_sha256: str) -> tuple[Entry, str]:
    """The entry that a decoded line holds, and the hash of the line before it.

    Raises:
        EntryError: `SCHEMA_BAD` or `ID_BAD`.
    """
    if value.keys() != ENTRY_FIELDS or not has_envelope(value):
        raise EntryError("SCHEMA_BAD")
    if _ID.fullmatch(value["id"]) is None:  # type: ignore[arg-type]  # has_envelope has seen to it
        raise EntryError("ID_BAD")
    entry = Entry(
        seq=value["seq"],  # type: ignore[arg-type]
        log=value["log"],  # type: ignore[arg-type]
        id=value["id"],  # type: ignore[arg-type]
        type=value["type"],  # type: ignore[arg-type]
        at=value["at"],  # type: ignore[arg-type]
        tz=value["tz"],  # type: ignore[arg-type]
        by=value["by"],  # type: ignore[arg-type]
        tool=value["tool"],  # type: ignore[arg-type]
        body=value["body"],  # type: ignore[arg-type]
        line_sha256=line_sha256,
        objects=_objects(value),
    )
    return entry, value["prev"]  # type: ignore[return-value]


def _objects(value: JsonObject) -> tuple[str, ...]:
    """In a plain vault an original lies under the hash that stands in the body."""
    body = value["body"]
    if value["type"] != "evidence.added" or not isinstance(body, dict):
        return ()
    return (str(body.get("sha256")),)


def has_envelope(value: JsonObject) -> bool:
    """Whether the twelve fields of an entry have the form that they must have."""
    seq, body = value["seq"], value["body"]
    return (
        value["v"] == ENTRY_VERSION
        and type(value["v"]) is int
        and type(seq) is int
        and seq >= 0
        and isinstance(body, dict)
        and value["log"] in LOGS
        and isinstance(value["id"], str)
        and isinstance(value["type"], str)
        and isinstance(value["by"], str)
        and isinstance(value["tool"], str)
        and _matches(_HEX64, value["prev"])
        and _matches(_HEX32, value["salt"])
        and _matches(_AT, value["at"])
        and _matches(_TZ, value["tz"])
        and _is_of_the_calendar(value["at"])
    )


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_of_the_calendar(at: object) -> bool:
    """Whether there was such a moment: whoever shows it need not ask again."""
    try:
        datetime.fromisoformat(str(at))
    except ValueError:
        return False
    return True


def _blocks(disk: Disk, log: str, start: int, end: int | None) -> Iterator[bytes]:
    name = log_name(log)
    end = disk.size(name) if end is None else end
    while start < end:
        block = disk.read(name, start, min(_BLOCK_BYTES, end - start))
        if not block:
            return
        yield block
        start += len(block)


def _split(blocks: Iterator[bytes], log: str, start: int) -> Iterator[Line]:
    offset, number, carry = start, 0, b""
    skipping = 0  # bytes of a line too long that were passed over
    for block in blocks:
        parts = (carry + block).split(b"\n")
        carry = parts.pop()
        for part in parts:
            number += 1
            length = skipping + len(part)
            too_long = length > MAX_LINE_BYTES
            yield Line(
                log, number, offset, part[: MAX_LINE_BYTES + 1], is_ended=True, is_too_long=too_long
            )
            offset += length + 1
            skipping = 0
        if len(carry) > MAX_LINE_BYTES:
            skipping += len(carry)
            carry = b""
    if carry or skipping:
        yield Line(log, number + 1, offset, carry, is_ended=False, is_too_long=bool(skipping))

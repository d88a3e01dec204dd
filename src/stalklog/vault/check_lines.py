"""Check each line of each log by itself: its form, its record, its place in the file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.i18n import gettext as _
from stalklog.records.links import links
from stalklog.records.schema import check_body
from stalklog.records.types import LOGS, TYPES, can_stand_in
from stalklog.vault.findings import Finding
from stalklog.vault.layout import MAX_ENTRY_BYTES, log_name
from stalklog.vault.log import ENTRY_FIELDS, has_envelope, parse_id, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.vault.disk import Disk
    from stalklog.vault.log import Id, Line

_FREE_FORM = frozenset({"entry.amended", "case.noted"})
"""Types whose bodies hold fields that the schema leaves open."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the check of the chain needs of one line."""

    seq: int
    prev: str
    digest: bytes
    """SHA-256 of the line."""
    leaf: bytes
    at: str
    where: str
    id: Id | None
    type: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line whose place in the chain cannot be read from it."""

    digest: bytes
    leaf: bytes
    where: str


@dataclass(slots=True)
class Read:
    """What the lines of all logs hold."""

    rows: list[Row] = field(default_factory=list)
    """In the order of the files, not of the chain."""
    bad: list[BadLine] = field(default_factory=list)
    objects: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For each original that an entry names, its size in bytes and the first entry's seq."""


def check_lines(disk: Disk, ends: dict[str, int | None], findings: list[Finding]) -> Read:
    """Read all logs, each up to its end, and say what is wrong with single lines.

    Args:
        disk: The vault.
        ends: For each log where its lines end; what lies behind is not looked at here.
        findings: Grows by what is found.
    """
    read = Read()
    for log in LOGS:
        end = ends.get(log)
        if _is_there(disk, log, end, findings):
            _check_log(read_lines(disk, log, 0, end), log, read, findings)
    return read


def decode_quickly(line: bytes) -> JsonObject:
    """The object of a canonical line, by the fast parser where its answer is certain.

    Raises:
        canonical.NotCanonicalError: As `canonical.decode`, which names the fault.
    """
    import orjson  # noqa: PLC0415 - 45 ms, for reading whole vaults only

    try:
        value = orjson.loads(line)
        if isinstance(value, dict) and orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == line:
            return value
    except (orjson.JSONDecodeError, TypeError):
        pass
    return canonical.decode(line)


def _is_there(disk: Disk, log: str, end: int | None, findings: list[Finding]) -> bool:
    name = log_name(log)
    kind = disk.kind(name)
    if kind is None:
        findings.append(Finding("LOG_MISSING", name, None, _("the log is not there")))
    elif kind != "file":
        findings.append(Finding("LOG_NOT_FILE", name, None, _("the log is not a file")))
    elif end is not None and disk.size(name) < end:
        findings.append(Finding("LOG_TRUNCATED", name, None, _("the log is shorter than it was")))
    return kind == "file"


def _check_log(lines: Iterator[Line], log: str, read: Read, findings: list[Finding]) -> None:
    before = -1
    for line in lines:
        where = f"{log_name(log)}:{line.number}"
        found: list[tuple[str, str]] = []
        row = _check_line(line, log, where, read, found)
        seq = row.seq if row else None
        if row is None:
            digest = hashlib.sha256(line.data).digest()
            leaf = hashlib.sha256(b"\0" + line.data).digest()
            read.bad.append(BadLine(digest, leaf, where))
        else:
            read.rows.append(row)
            if row.seq < before:
                found.append(("SEQ_BACKWARDS", _("the entry stands behind a later one")))
            before = row.seq
        findings += [Finding(code, where, seq, message) for code, message in found]


def _check_line(
    line: Line, log: str, where: str, read: Read, found: list[tuple[str, str]]
) -> Row | None:
    value = _decode(line, found)
    if value is None:
        return None
    if value.keys() != ENTRY_FIELDS or not has_envelope(value):
        found.append(("SCHEMA_BAD", _("the line has not the fields of an entry")))
        return None
    identity = parse_id(str(value["id"]))
    if identity is None:
        found.append(("ID_BAD", _("the id has another form")))
    if value["log"] != log:
        found.append(("WRONG_LOG", _("the line belongs to another log")))
    return _row(line, value, identity, where, read, found)


def _decode(line: Line, found: list[tuple[str, str]]) -> JsonObject | None:
    if line.is_too_long:
        found.append(("LINE_TOO_LONG", _("the line is longer than a line may be")))
        return None
    try:
        value = decode_quickly(line.data)
    except canonical.NotCanonicalError as error:
        found.append((error.code, _("the line is not what was written")))
        return None
    if len(line.data) > MAX_ENTRY_BYTES:
        found.append(("LINE_TOO_LONG", _("the entry is longer than an entry may be")))
    if not line.is_ended:
        found.append(("LOG_TRUNCATED", _("the last line of the log has no end")))
    return value


def _row(
    line: Line,
    value: JsonObject,
    identity: Id | None,
    where: str,
    read: Read,
    found: list[tuple[str, str]],
) -> Row:
    type_name, body, seq = str(value["type"]), _body_of(value), _integer(value["seq"])
    named = _check_record(type_name, str(value["log"]), body, found)
    if type_name == "evidence.added" and named is not None:
        _note_object(body, seq, read)
    return Row(
        seq=seq,
        prev=str(value["prev"]),
        digest=hashlib.sha256(line.data).digest(),
        leaf=hashlib.sha256(b"\0" + line.data).digest(),
        at=str(value["at"]),
        where=where,
        id=identity,
        type=type_name,
        links=named or (),
    )


def _check_record(
    type_name: str, log: str, body: JsonObject, found: list[tuple[str, str]]
) -> tuple[str, ...] | None:
    if type_name not in TYPES:
        found.append(("UNKNOWN_TYPE", _("the entry is of a type that is not known")))
        return None
    if not can_stand_in(type_name, log):
        found.append(("SCHEMA_BAD", _("the entry is of a type that its log does not hold")))
    reason = check_body(type_name, body)
    if reason is None and type_name in _FREE_FORM:
        reason = _outside_profile(body)
    if reason:
        found.append(("SCHEMA_BAD", _("the record is not valid: {field}").format(field=reason)))
        return None
    return tuple(links(type_name, body))


def _outside_profile(body: JsonObject) -> str | None:
    try:
        canonical.require_profile(body, depth=2)
    except canonical.NotCanonicalError:
        return "set"
    return None


def _note_object(body: JsonObject, seq: int, read: Read) -> None:
    read.objects.setdefault(str(body["sha256"]), (_integer(body["size_bytes"]), seq))


def _body_of(value: JsonObject) -> JsonObject:
    body = value["body"]
    return body if isinstance(body, dict) else {}


def _integer(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0

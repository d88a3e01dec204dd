"""Check one line by itself: its form and its record."""

from __future__ import annotations

from binascii import unhexlify
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import orjson

from stalklog.core import canonical
from stalklog.core.merkle import leaf_hash
from stalklog.i18n import gettext as _
from stalklog.records.links import links
from stalklog.records.schema import check_body
from stalklog.records.types import TYPES, can_stand_in
from stalklog.vault.facts import Facts
from stalklog.vault.layout import MAX_ENTRY_BYTES, MAX_LINE_BYTES
from stalklog.vault.log import ENTRY_FIELDS, has_envelope, is_id_for, parse_id

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

_FREE_FORM = frozenset({"entry.amended", "case.noted"})
"""Types whose bodies hold fields that the schema leaves open."""


class Fault(NamedTuple):
    """What is wrong with a line."""

    code: str
    message: str


def check_line(data: bytes, log: str, faults: list[Fault], *, is_ended: bool) -> Facts | None:
    """What a line says of its place in the chain; None where it says none.

    Args:
        data: Its bytes without the newline.
        log: The log that it lies in.
        faults: Grows by all that is wrong with it.
        is_ended: Whether a newline follows.
    """
    value = _decode(data, faults, is_ended=is_ended)
    if value is None:
        return None
    if value.keys() != ENTRY_FIELDS or not has_envelope(value):
        faults.append(Fault("SCHEMA_BAD", _("the line has not the fields of an entry")))
        return None
    identity = parse_id(str(value["id"]))
    if identity is None:
        faults.append(Fault("ID_BAD", _("the id has another form")))
    if value["log"] != log:
        faults.append(Fault("WRONG_LOG", _("the line belongs to another log")))
    type_name = str(value["type"])
    body: JsonObject = value["body"]  # type: ignore[assignment]  # has_envelope has seen to it
    if identity and type_name in TYPES and not is_id_for(identity, type_name, body):
        faults.append(Fault("ID_BAD", _("the id is not one that such an entry has")))
    is_valid = _check_record(type_name, str(value["log"]), body, faults)
    return Facts(
        seq=value["seq"],  # type: ignore[arg-type]
        prev=unhexlify(str(value["prev"])),
        digest=sha256(data).digest(),
        leaf=leaf_hash(data),
        at=str(value["at"]).encode(),
        id=identity,
        links=tuple(links(type_name, body)) if is_valid else (),
        originals=_originals(type_name, body) if is_valid else (),
        quarantined=quarantined(type_name, body) if is_valid else (),
    )


def decode_quickly(line: bytes) -> JsonObject:
    """The object of a canonical line, by the fast parser where it can.

    That one knows nothing of floats, keys and depth: what a record may hold is for its schema.

    Raises:
        canonical.NotCanonicalError: As `canonical.decode`, which names the fault.
    """
    try:
        value = orjson.loads(line)
        if isinstance(value, dict) and orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == line:
            return value
    except (orjson.JSONDecodeError, TypeError):
        pass
    return canonical.decode(line)


def _decode(data: bytes, faults: list[Fault], *, is_ended: bool) -> JsonObject | None:
    if len(data) > MAX_LINE_BYTES:
        faults.append(Fault("LINE_TOO_LONG", _("the line is longer than a line may be")))
        return None
    try:
        value = decode_quickly(data)
    except canonical.NotCanonicalError as error:
        faults.append(Fault(error.code, _("the line is not what was written")))
        return None
    if len(data) > MAX_ENTRY_BYTES:
        faults.append(Fault("LINE_TOO_LONG", _("the entry is longer than an entry may be")))
    if not is_ended:
        faults.append(Fault("LOG_TRUNCATED", _("the last line of the log has no end")))
    return value


def _check_record(type_name: str, log: str, body: JsonObject, faults: list[Fault]) -> bool:
    if type_name not in TYPES:
        faults.append(Fault("UNKNOWN_TYPE", _("the entry is of a type that is not known")))
        return False
    if not can_stand_in(type_name, log):
        faults.append(Fault("SCHEMA_BAD", _("the entry is of a type that its log does not hold")))
    reason = check_body(type_name, body)
    if reason is None and type_name in _FREE_FORM:
        reason = _outside_profile(body)
    if reason:
        message = _("the record is not valid: {field}").format(field=reason)
        faults.append(Fault("SCHEMA_BAD", message))
    return not reason


def _outside_profile(body: JsonObject) -> str | None:
    try:
        canonical.require_profile(body, depth=2)
    except canonical.NotCanonicalError:
        return "set"
    return None


def _originals(type_name: str, body: JsonObject) -> tuple[tuple[str, int], ...]:
    if type_name != "evidence.added":
        return ()
    return ((str(body["sha256"]), body["size_bytes"]),)  # type: ignore[return-value]


def quarantined(type_name: str, body: JsonObject) -> tuple[tuple[str, str], ...]:
    """The file and the hash of each piece that a recovery moved to quarantine."""
    cuts = body.get("cut") if type_name == "recovery.done" else None
    return tuple(
        (str(cut["file"]), str(cut["sha256"]))
        for cut in (cuts if isinstance(cuts, list) else [])
        if isinstance(cut, dict)
    )

"""What lies where in a vault, and which format version it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.records.types import LOGS

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

FORMAT: Final = "stalklog-vault/1"
_FORMAT_NAME = re.compile(r"stalklog-vault/([1-9][0-9]{0,8})")

HEADER: Final = "VAULT"
README: Final = "README.txt"
SETTINGS: Final = "settings"
LOCK: Final = "lock"
STATE: Final = "state"
LATEST_NOTE: Final = "checkpoints/latest.note"
SIGNER: Final = "keys/signer"
RECIPIENTS: Final = "keys/recipients.txt"
IDENTITY: Final = "keys/identity.age"
OWNER: Final = "keys/owner.age"
RECOVERY: Final = "keys/recovery.age"

SEALED_LOGS: Final = ("entries",)
"""A sealed vault has one log, so that nobody without the key sees what sort of entry was added."""

FOLDERS: Final = ("logs", "objects", "checkpoints", "keys", "quarantine", "tmp")
OBJECT_FOLDERS: Final = tuple(f"objects/{number:02x}" for number in range(256))
CACHE: Final = "cache"
"""Of a plain vault: what was made from it, and can be deleted at any time."""
ROOT_NAMES: Final = frozenset({HEADER, README, SETTINGS, LOCK, STATE, *FOLDERS, CACHE})

MAX_LINE_BYTES: Final = 1_048_576
"""A line before its newline."""
MAX_ENTRY_BYTES: Final = 524_288
"""A canonical entry, so that it still fits a line when it is sealed."""

_HEADER_FIELDS = {"format", "id", "origin", "created_at", "sealed", "key", "salt"}
_SEALED_FIELDS = _HEADER_FIELDS | {"recipients", "owner"}
RECIPIENT: Final = re.compile(r"age1[02-9ac-hj-np-z]{58}")
"""An X25519 recipient of the age format, bech32 in lower case."""
_HEX32 = re.compile(r"[0-9a-f]{32}")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


class HeaderError(ValueError):
    """`VAULT` is not what it must be."""


class NewerFormatError(ValueError):
    """`VAULT` names a format that this program does not know yet."""


@dataclass(frozen=True, slots=True)
class Header:
    """The one line of `VAULT`, written once and never changed."""

    line: bytes
    """The exact bytes, without the newline."""
    id: str
    origin: str
    """The name of the vault's tree, `stalklog/<id>`."""
    created_at: str
    sealed: bool
    key: str
    """The vault's C2SP verifier key."""
    recipients: tuple[str, ...] = ()
    """Of a sealed vault the first keys that it is sealed to, `age1…`: hers, recovery, others."""
    owner: str = ""
    """Of a sealed vault the C2SP verifier key whose signature a change of keys needs."""

    @property
    def logs(self) -> tuple[str, ...]:
        """The logs that this vault has, by the names of their files."""
        return SEALED_LOGS if self.sealed else LOGS

    @property
    def line_sha256(self) -> str:
        """What entry 0 names as the line before it."""
        return sha256_hex(self.line)


def log_name(log: str) -> str:
    """Where a log lies: `logs/threats.jsonl`."""
    return f"logs/{log}.jsonl"


def object_name(sha256: str) -> str:
    """Where an original lies: `objects/ab/<64 hex>`."""
    return f"objects/{sha256[:2]}/{sha256}"


def note_name(size: int) -> str:
    """Where the note lies that is kept of the vault at that size."""
    return f"checkpoints/{size}.note"


def make_header(
    *,
    vault_id: str,
    created_at: str,
    key: str,
    salt: str,
    recipients: tuple[str, ...],
    owner: str,
) -> Header:
    """The header of a new vault, sealed where there is somebody to seal it to."""
    value: JsonObject = {
        "format": FORMAT,
        "id": vault_id,
        "origin": f"stalklog/{vault_id}",
        "created_at": created_at,
        "sealed": bool(recipients),
        "key": key,
        "salt": salt,
    }
    if recipients:
        value |= {"recipients": list(recipients), "owner": owner}
    return parse_header(canonical.encode(value) + b"\n")


def parse_header(data: bytes) -> Header:
    """What the bytes of `VAULT` say.

    Raises:
        NewerFormatError: A later format than this program knows.
        HeaderError: Anything else that is not a header.
    """
    if not data.endswith(b"\n") or data.count(b"\n") != 1:
        raise HeaderError("not one line")
    line = data[:-1]
    try:
        value = canonical.decode(line)
    except canonical.NotCanonicalError as error:
        raise HeaderError(error.code) from None
    _require_known_format(value.get("format"))
    is_sealed = value.get("sealed")
    if not isinstance(is_sealed, bool):
        raise HeaderError("a field has another form")
    if set(value) != (_SEALED_FIELDS if is_sealed else _HEADER_FIELDS):
        raise HeaderError("other fields than a vault has")
    _matching(_HEX32, value["salt"])
    return Header(
        line=line,
        id=_matching(_HEX32, value["id"]),
        origin=_equal(f"stalklog/{value['id']}", value["origin"]),
        created_at=_matching(_AT, value["created_at"]),
        sealed=is_sealed,
        key=_string(value["key"]),
        recipients=_recipients(value["recipients"]) if is_sealed else (),
        owner=_string(value["owner"]) if is_sealed else "",
    )


def _require_known_format(value: object) -> None:
    found = _FORMAT_NAME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise HeaderError("no format")
    if int(found[1]) > 1:
        raise NewerFormatError(found[0])


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise HeaderError("a field has another form")
    return value


def _equal(expected: str, value: object) -> str:
    if value != expected:
        raise HeaderError("the origin is another")
    return expected


def _recipients(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise HeaderError("it is sealed to nobody")
    return tuple(_matching(RECIPIENT, item) for item in value)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise HeaderError("a field has another form")
    return value

"""Whom a sealed vault is sealed to: what the chain says, signed by the owner, and nothing else.

The first recipients stand in `VAULT`; each later list in a `keys.changed` entry that the owner key
signed. `keys/recipients.txt` repeats the newest list for `age -R`. It is never believed: without
that rule whoever holds the disk could have everything that is added later sealed to himself.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.note import NoteSignatureError, Signer, Verifier
from stalklog.vault.atomic import replace_file
from stalklog.vault.cipher import is_recipient, seal
from stalklog.vault.disk import ABSENT
from stalklog.vault.layout import (
    MAX_ENTRY_BYTES,
    MAX_LINE_BYTES,
    OWNER,
    RECIPIENT,
    RECIPIENTS,
    SEALED_LOGS,
    log_name,
)
from stalklog.vault.recovery import load_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header

_MARK = b'"type":"keys.changed"'
"""In a sealed vault only the plain line of such an entry can hold these bytes."""
_BLOCK_BYTES = 1 << 20
_MAX_RECIPIENTS_BYTES = 1 << 16
_MAX_KEY_BYTES = 1 << 16
_OWNERS = 2
"""The first recipients, hers and the recovery key's, change the keys; others only read."""


class KeysError(ValueError):
    """The keys are not what the chain says; `code` is the fault that `verify` names."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A signed change of the recipients."""

    seq: int
    recipients: tuple[str, ...]


def sign_change(
    owner: Signer, header: Header, *, seq: int, prev: str, recipients: Sequence[str]
) -> JsonObject:
    """The body of a `keys.changed` entry at that place of the chain."""
    body: JsonObject = {"recipients": list(recipients)}
    signature = owner.sign_message(_signed(header, seq, prev, body))
    return {**body, "signature": base64.b64encode(signature).decode()}


def check_change(header: Header, seq: int, prev: str, body: JsonObject) -> tuple[str, ...]:
    """The recipients that a change names, if the owner signed it for this place of this chain.

    Raises:
        KeysError: `KEYS_UNAPPROVED`.
    """
    named = body.get("recipients")
    rest = {name: value for name, value in body.items() if name != "signature"}
    try:
        signature = base64.b64decode(str(body.get("signature")), validate=True)
        verifier = Verifier.from_vkey(header.owner)
        verifier.require_signature(signature, _signed(header, seq, prev, rest))
    except (ValueError, NoteSignatureError):
        raise KeysError("KEYS_UNAPPROVED") from None
    if not isinstance(named, list) or not named or not all(map(_is_recipient, named)):
        raise KeysError("KEYS_UNAPPROVED")
    return tuple(map(str, named))


def read_changes(disk: Disk, header: Header, end: int | None = None) -> list[KeyChange]:
    """Every change of the recipients in the acknowledged part of the log, in order.

    A change holds only where it was signed for: put again in another place, or after another line,
    an old one would bring back whom a later one removed.

    Args:
        disk: The vault.
        header: Its `VAULT`.
        end: Up to which byte the log is read; None for what `state` says, or else for all of it.

    Raises:
        KeysError: `KEYS_UNAPPROVED`: the owner did not sign one of them for where it stands;
            `CHAIN_BROKEN`: `VAULT`, which names the first of them, is not the chain's.
        OSError: The log cannot be read.
    """
    end = _end(disk, header, end)
    _require_first(disk, header, end)
    changes: list[KeyChange] = []
    for place, before, line in _marked_lines(disk, header, _end_of_marks(disk, end)):
        try:
            value = canonical.decode(line)
        except canonical.NotCanonicalError:
            raise KeysError("KEYS_UNAPPROVED") from None
        seq, prev, body = value.get("seq"), value.get("prev"), value.get("body")
        if (seq, prev) != (place, sha256_hex(before)) or not isinstance(body, dict):
            raise KeysError("KEYS_UNAPPROVED")
        changes.append(KeyChange(place, check_change(header, place, sha256_hex(before), body)))
    return changes


def find_recipients(disk: Disk, header: Header, end: int) -> tuple[str, ...]:
    """Whom the writer seals to: what the chain says.

    Where `keys/recipients.txt` is missing, or still says what an earlier list said because a
    change of keys was interrupted, it is written anew.

    Raises:
        KeysError: `KEYS_UNAPPROVED`, `CHAIN_BROKEN` where `VAULT` is another, or
            `RECIPIENTS_CHANGED` where the file names keys that the chain never named together,
            or where one is no key at all.
        OSError: It cannot be written.
    """
    lists = [header.recipients, *(change.recipients for change in read_changes(disk, header, end))]
    told = read_recipients(disk)
    if (told is not None and told not in lists) or not all(map(is_recipient, lists[-1])):
        raise KeysError("RECIPIENTS_CHANGED")
    if told != lists[-1]:
        write_recipients(disk, lists[-1])
    return lists[-1]


def read_recipients(disk: Disk) -> tuple[str, ...] | None:
    """What `keys/recipients.txt` says; None where there is no such file.

    Raises:
        KeysError: `RECIPIENTS_CHANGED`: it is no list of recipients.
        OSError: The disk cannot read it.
    """
    if disk.kind(RECIPIENTS) is None:
        return None
    try:
        *lines, rest = disk.read(RECIPIENTS, 0, _MAX_RECIPIENTS_BYTES).decode("ascii").split("\n")
    except (*ABSENT, UnicodeDecodeError):
        raise KeysError("RECIPIENTS_CHANGED") from None
    if rest or not all(map(_is_recipient, lines)):
        raise KeysError("RECIPIENTS_CHANGED")
    return tuple(lines)


def write_recipients(disk: Disk, recipients: Sequence[str]) -> None:
    """Have `keys/recipients.txt`, a line each, on the disk before this returns."""
    replace_file(disk, RECIPIENTS, "".join(f"{one}\n" for one in recipients).encode())


def write_owner(disk: Disk, owner: Signer, recipients: Sequence[str]) -> None:
    """Have the owner's secret half in `keys/owner.age`, sealed to her and the recovery key.

    Others who may read do not get it: somebody who was removed could let himself in again.
    """
    replace_file(disk, OWNER, seal(owner.to_text().encode(), recipients[:_OWNERS]))


def read_owner(disk: Disk, header: Header, opening: Opening) -> Signer:
    """The owner key, whose signature a change of keys needs.

    Raises:
        KeysError: `KEYS_UNAPPROVED`: it is missing, was changed, or is another's.
    """
    try:
        owner = Signer.from_text(opening.open(disk.read(OWNER, 0, _MAX_KEY_BYTES)).decode("ascii"))
    except (OSError, ValueError):
        raise KeysError("KEYS_UNAPPROVED") from None
    if owner.vkey() != header.owner:
        raise KeysError("KEYS_UNAPPROVED")
    return owner


def _signed(header: Header, seq: int, prev: str, body: JsonObject) -> bytes:
    return canonical.encode({"origin": header.origin, "seq": seq, "prev": prev, "body": body})


def _is_recipient(value: JsonValue) -> bool:
    return isinstance(value, str) and RECIPIENT.fullmatch(value) is not None


def _end(disk: Disk, header: Header, end: int | None) -> int:
    if end is not None:
        return end
    state = load_state(disk, header.logs)
    log = SEALED_LOGS[0]
    return disk.size(log_name(log)) if state is None else state.logs[log].size_bytes


def _require_first(disk: Disk, header: Header, end: int) -> None:
    """Entry 0, where there is one, follows this `VAULT`: else another list could be put there."""
    first = disk.read(log_name(SEALED_LOGS[0]), 0, min(end, MAX_ENTRY_BYTES)).partition(b"\n")[0]
    if end and f'"prev":"{header.line_sha256}"'.encode() not in first:
        raise KeysError("CHAIN_BROKEN")


def _end_of_marks(disk: Disk, end: int) -> int:
    """Up to where marked lines are to be looked for: behind the last mark there is none.

    Most of a long log is only searched for the mark here, and never split into lines.
    """
    name, last, seam = log_name(SEALED_LOGS[0]), -1, b""
    start = 0
    while start < end:
        block = disk.read(name, start, min(_BLOCK_BYTES, end - start))
        if not block:
            break
        if _MARK in block or _MARK in seam + block[: len(_MARK)]:
            last = start + len(block)
        seam = (seam + block[-len(_MARK) :])[-len(_MARK) :]
        start += len(block)
    return min(end, last + MAX_LINE_BYTES + 1) if last >= 0 else 0


def _marked_lines(disk: Disk, header: Header, end: int) -> Iterator[tuple[int, bytes, bytes]]:
    """The lines that hold the mark: the place of each, from 0, the line before it, and the line.

    The rest is passed over block by block, not line by line.
    """
    name = log_name(SEALED_LOGS[0])
    place, before = 0, header.line
    carry, start = b"", 0
    while start < end:
        block = disk.read(name, start, min(_BLOCK_BYTES, end - start))
        if not block:
            return
        start += len(block)
        whole, newline, rest = (carry + block).rpartition(b"\n")
        carry = rest
        if not newline:
            continue
        if _MARK in whole:
            lines = [before, *whole.split(b"\n")]
            for at, line in enumerate(lines[1:]):
                if _MARK in line:
                    yield place + at, lines[at], line
        place += whole.count(b"\n") + 1
        before = whole.rpartition(b"\n")[2]

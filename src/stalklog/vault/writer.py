"""Adding to a vault: the one order in which bytes, lines, note and state reach the disk."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog import __version__
from stalklog.core.canonical import NotCanonicalError
from stalklog.core.clock import format_at, format_offset
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import leaf_hash
from stalklog.errors import NoSuchEntryError, OverLimitError, RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.records.links import links
from stalklog.records.types import LOGS, TYPES
from stalklog.vault.atomic import replace_file
from stalklog.vault.checkpoint import sign_note, write_latest_note
from stalklog.vault.layout import MAX_ENTRY_BYTES, STATE, log_name, note_name
from stalklog.vault.log import Id, build_line, parse_id
from stalklog.vault.objects import Intake
from stalklog.vault.state import LogState, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from stalklog.core.clock import Clock
    from stalklog.core.entry import JsonObject
    from stalklog.core.note import Signer
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.objects import Stored
    from stalklog.vault.recovery import Footing

TOOL = f"stalklog/{__version__}"


@dataclass(frozen=True, slots=True)
class Planned:
    """An entry of this command; it exists once the receipt does."""

    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Given only when everything of the command is on the disk."""

    entries: tuple[Planned, ...]
    head: str
    """SHA-256 of the last line: with the size, all that is needed to check the vault later."""
    size: int
    """How many entries the vault has."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whose clock, zone and name the entries of a command carry."""

    clock: Clock
    zone: tzinfo
    by: str
    """`self`, or an advocate named as operator."""


class Writer:
    """Adds entries; exists only while `Vault.writing` holds the lock."""

    def __init__(
        self, disk: Disk, header: Header, footing: Footing, signer: Signer | None, author: Author
    ) -> None:
        self._disk = disk
        self._header = header
        self._state = footing.state
        self._tree = footing.tree
        self._signer = signer
        self._author = author
        self._intake = Intake(disk)
        self._begin()

    @property
    def makes_notes(self) -> bool:
        """False where the signer key is lost: adding works, but no tree head is signed."""
        return self._signer is not None

    @property
    def size(self) -> int:
        """How many acknowledged entries there are, those of this command not counted."""
        return self._state.size

    def store(self, blocks: Iterable[bytes]) -> Stored:
        """Copy an original; it is in the vault once the command is committed.

        Raises:
            OSError: It cannot be written; nothing was added.
        """
        return self._intake.store(blocks)

    def add(self, type_name: str, body: JsonObject) -> Planned:
        """Plan an entry; later ones of the same command may name its id.

        Raises:
            RecordNotValidError: The body is not what the type holds; nothing was added.
            NoSuchEntryError: It names an entry that is not there; nothing was added.
            OverLimitError: It is longer than an entry may be; nothing was added.
        """
        from stalklog.records.schema import check_body  # noqa: PLC0415 - 150 ms, to write only

        reason = check_body(type_name, body)
        if reason:
            raise RecordNotValidError(
                _(
                    "The record is not complete or not valid ({reason}). Nothing was written."
                ).format(reason=reason)
            )
        for link in links(type_name, body):
            self._require_known(link)
        identity = self._next_id(type_name, body)
        planned = Planned(str(identity), self._size)
        self._extend(identity, self._line(planned, identity.log, type_name, body))
        self._planned.append(planned)
        return planned

    def commit(self) -> Receipt:
        """Have everything that was planned on the disk, in the format's order.

        Raises:
            VaultError: It could not be saved: nothing of it was acknowledged, and all that was
                acknowledged before is untouched.
        """
        self._intake.settle()
        if self._planned:
            self._append()
            self.publish()
        receipt = Receipt(tuple(self._planned), self._state.head, self._state.size)
        self._begin()
        return receipt

    def publish(self) -> None:
        """Sign the tree and write down how far all is acknowledged: the last step of a commit."""
        if self._signer is not None:
            write_latest_note(self._disk, self._header, self._signer, self._tree)
        replace_file(self._disk, STATE, self._state.to_bytes())

    def keep_note(self) -> None:
        """Keep the signed note of the vault as it is now under its size, for what cites it.

        Raises:
            OSError: It could not be written; the vault is as it was.
        """
        if self._signer is not None:
            note = sign_note(self._signer, self._header, self._tree)
            replace_file(self._disk, note_name(self._tree.size), note)

    def abandon(self) -> None:
        """Forget what was planned and remove the copies that were made for it."""
        self._intake.abandon()
        self._begin()

    # Planning

    def _begin(self) -> None:
        self._planned: list[Planned] = []
        self._lines: dict[str, list[bytes]] = {}
        self._leaves: list[bytes] = []
        self._size = self._state.size
        self._head = self._state.head
        self._last = {log: self._state.logs[log].last for log in LOGS}
        self._last_log = self._state.last_log
        self._amendments: dict[Id, int] = {}

    def _next_id(self, type_name: str, body: JsonObject) -> Id:
        target = body.get("amends") or body.get("withdraws")
        if TYPES[type_name].log is not None or not isinstance(target, str):
            log = TYPES[type_name].log or "custody"
            return Id(log, self._last[log] + 1, None)
        named = parse_id(target)
        if named is None or named.amendment is not None:
            raise _no_such(target)
        return Id(named.log, named.number, self._count_amendments(named) + 1)

    def _line(self, planned: Planned, log: str, type_name: str, body: JsonObject) -> bytes:
        now = self._author.clock.now()
        envelope: JsonObject = {
            "v": 1,
            "seq": planned.seq,
            "prev": self._head,
            "log": log,
            "id": planned.id,
            "type": type_name,
            "at": format_at(now),
            "tz": format_offset(now, self._author.zone),
            "by": self._author.by,
            "tool": TOOL,
            "salt": secrets.token_hex(16),
            "body": body,
        }
        try:
            line = build_line(envelope)
        except NotCanonicalError:
            raise RecordNotValidError(
                _("The record holds characters that cannot be stored. Nothing was written.")
            ) from None
        if len(line) > MAX_ENTRY_BYTES:
            raise OverLimitError(
                _("The record is longer than an entry may be. Nothing was written."),
                hint=_(
                    "Keep the long text as a file with add-evidence, and name it in the record."
                ),
            )
        return line

    def _extend(self, identity: Id, line: bytes) -> None:
        self._lines.setdefault(identity.log, []).append(line)
        self._size += 1
        self._head = sha256_hex(line)
        self._last_log = identity.log
        if identity.amendment is None:
            self._last[identity.log] = identity.number
        else:
            self._amendments[Id(identity.log, identity.number, None)] = identity.amendment
        self._leaves.append(leaf_hash(line))

    def _require_known(self, link: str) -> None:
        named = parse_id(link)
        if named is None or not 0 < named.number <= self._last[named.log]:
            raise _no_such(link)
        if named.amendment is not None:
            whole = Id(named.log, named.number, None)
            if named.amendment > self._count_amendments(whole):
                raise _no_such(link)

    def _count_amendments(self, named: Id) -> int:
        known = self._amendments.get(named)
        if known is None:
            data = self._disk.read(log_name(named.log), 0, self._state.logs[named.log].size_bytes)
            known = len(re.findall(rb'"id":"%s\.[0-9]+","log":"' % str(named).encode(), data))
            self._amendments[named] = known
        return known

    # Committing

    def _append(self) -> None:
        shares = {log: b"".join(line + b"\n" for line in self._lines[log]) for log in self._lines}
        self._write(shares)
        for log in shares:
            self._disk.sync(log_name(log))
        for leaf in self._leaves:
            self._tree.add(leaf)
        self._state = State(
            self._size, self._head, self._last_log, self._grown_logs(shares), self._tree.nodes
        )

    def _write(self, shares: dict[str, bytes]) -> None:
        try:
            for log, share in shares.items():
                self._disk.write_at(log_name(log), self._state.logs[log].size_bytes, share)
        except OSError:
            self._cut_back(shares)
            raise

    def _cut_back(self, shares: dict[str, bytes]) -> None:
        for log in shares:
            try:
                self._disk.truncate(log_name(log), self._state.logs[log].size_bytes)
            except OSError:
                continue  # the next command finds the torn line and moves it to quarantine

    def _grown_logs(self, shares: dict[str, bytes]) -> dict[str, LogState]:
        return {
            log: LogState(
                self._state.logs[log].size_bytes + len(shares.get(log, b"")), self._last[log]
            )
            for log in LOGS
        }


def _no_such(link: str) -> NoSuchEntryError:
    return NoSuchEntryError(
        _("The vault has no entry {id}. Nothing was written.").format(id=link),
        hint=_("See what there is with: stalklog list all"),
    )

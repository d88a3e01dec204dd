"""Adding to a vault: the one order in which bytes, lines, note and state reach the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import leaf_hash
from stalklog.core.unbroken import unbroken
from stalklog.errors import RecordNotValidError, VaultBusyError
from stalklog.i18n import gettext as _
from stalklog.records.links import links
from stalklog.vault.atomic import replace_file
from stalklog.vault.checkpoint import sign_note, write_latest_note
from stalklog.vault.keys import KeysError, find_recipients, sign_change, write_recipients
from stalklog.vault.layout import SEALED_LOGS, STATE, log_name, note_name
from stalklog.vault.objects import Intake
from stalklog.vault.recovery import refuse
from stalklog.vault.scribe import Place, PlainScribe, SealedScribe
from stalklog.vault.state import LogState, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.core.note import Signer
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.objects import Stored
    from stalklog.vault.recovery import Footing
    from stalklog.vault.scribe import Author, Scribe, Written

_ORIGINAL = "evidence.added"


class Planned(NamedTuple):
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
        self._told = _find_recipients(disk, header, footing.state)
        self.is_unsure = False
        """Whether lines were written that may stay though the commit failed."""
        self._begin()

    @property
    def makes_notes(self) -> bool:
        """False where the signer key is lost: adding works, but no tree head is signed."""
        return self._signer is not None

    @property
    def size(self) -> int:
        """How many acknowledged entries there are, those of this command not counted."""
        return self._state.size

    @property
    def head(self) -> str:
        """SHA-256 of the last line, those of this command counted."""
        return self._head

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom the chain says that the vault is sealed to; nobody in a plain one."""
        return self._told

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
            self._scribe.require_known(link, self._size)
        objects = self._intake.claim(str(body["sha256"])) if type_name == _ORIGINAL else ()
        return self._plan(self._scribe.write(type_name, body, self._place, objects))

    def carry(self, old_line: bytes, log: str, originals: Sequence[Stored]) -> Planned:
        """Plan that a line of the plain vault that this sealed one is made from is carried over.

        Args:
            old_line: Its exact bytes, without the newline.
            log: The log in which it stood.
            originals: What it needs, stored by this command.
        """
        if not isinstance(self._scribe, SealedScribe):
            raise TypeError("only a sealed vault carries the lines of a plain one")
        objects = tuple(name for one in originals for name in self._intake.claim(one.sha256))
        return self._plan(self._scribe.carry(old_line, log, self._place, objects))

    def change_keys(self, owner: Signer, recipients: tuple[str, ...]) -> Planned:
        """Plan that from here on a sealed vault is sealed to these recipients.

        Args:
            owner: The key whose public half stands in `VAULT`.
            recipients: Hers, the recovery key's, and others'.
        """
        place = self._place
        body = sign_change(
            owner, self._header, seq=place.seq, prev=place.prev, recipients=recipients
        )
        planned = self.add("keys.changed", body)
        self._recipients = recipients
        self._scribe = self._new_scribe()
        return planned

    def commit(self) -> Receipt:
        """Have everything that was planned on the disk, in the format's order.

        Raises:
            VaultError: A copy differs from what was read: nothing of the command was saved.
            VaultBusyError: Another command wrote meanwhile: nothing of this one was saved.
            OSError: The disk failed. Nothing of the command was acknowledged, and all that was
                acknowledged before is untouched; `is_unsure` tells whether it may be there.
            KeyboardInterrupt: The person stopped it; once lines were being written, all is saved,
                unless she did so twice: `is_unsure` tells.
        """
        self._intake.settle()
        with unbroken():
            if self._planned:
                self._require_alone()
                self._append()
                self.publish()
                self._tell_recipients()
            receipt = Receipt(tuple(self._planned), self._state.head, self._state.size)
            self.is_unsure = False
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

    @property
    def _place(self) -> Place:
        return Place(self._size, self._head)

    def _begin(self) -> None:
        self._planned: list[Planned] = []
        self._lines: dict[str, list[bytes]] = {}
        self._leaves: list[bytes] = []
        self._size = self._state.size
        self._head = self._state.head
        self._recipients = self._told
        self._intake = self._new_intake()
        self._scribe = self._new_scribe()

    def _new_intake(self) -> Intake:
        if not self._header.sealed:
            return Intake(self._disk)
        from stalklog.vault.sealed_objects import SealedIntake  # noqa: PLC0415 - only there

        return SealedIntake(self._disk, self._recipients)

    def _new_scribe(self) -> Scribe:
        if self._header.sealed:
            return SealedScribe(self._author, self._recipients)
        return PlainScribe(self._disk, self._state, self._author)

    def _plan(self, written: Written) -> Planned:
        planned = Planned(written.id, self._size)
        self._lines.setdefault(written.log, []).append(written.line)
        self._size += 1
        self._head = sha256_hex(written.line)
        self._last_log = written.log
        self._leaves.append(leaf_hash(written.line))
        self._planned.append(planned)
        return planned

    # Committing

    def _require_alone(self) -> None:
        """Refuse to write over another's lines: a lock can be taken away, or hold nothing back."""
        for log, told in self._state.logs.items():
            if self._disk.size(log_name(log)) != told.size_bytes:
                raise VaultBusyError(
                    _(
                        "Another command wrote to this vault meanwhile, though it was locked. "
                        "Nothing of this one was saved."
                    ),
                    hint=_(
                        "Run the command again. Is the vault on a network disk, or was the file "
                        "lock in it removed? Then let only one computer write to it at a time."
                    ),
                )

    def _append(self) -> None:
        shares = {log: b"\n".join((*lines, b"")) for log, lines in self._lines.items()}
        self._write(shares)
        for log in shares:
            self._disk.sync(log_name(log))
        self._tree.extend(self._leaves)
        self._state = State(
            self._size, self._head, self._last_log, self._grown_logs(shares), self._tree.nodes
        )

    def _write(self, shares: dict[str, bytes]) -> None:
        self.is_unsure = True
        try:
            for log, share in shares.items():
                self._disk.write_at(log_name(log), self._state.logs[log].size_bytes, share)
        except OSError:
            self.is_unsure = not self._cut_back(shares)
            raise

    def _cut_back(self, shares: dict[str, bytes]) -> bool:
        """Leave the logs as they were, on the disk too; whether all of them are."""
        is_done = True
        for log in shares:
            try:
                self._disk.truncate(log_name(log), self._state.logs[log].size_bytes)
                self._disk.sync(log_name(log))
            except OSError:
                is_done = False  # the next command keeps whole lines, and quarantines a torn one
        return is_done

    def _grown_logs(self, shares: dict[str, bytes]) -> dict[str, LogState]:
        return {
            log: LogState(told.size_bytes + len(shares.get(log, b"")), self._scribe.last(log))
            for log, told in self._state.logs.items()
        }

    def _tell_recipients(self) -> None:
        """Once a change of keys stands in the chain, `keys/recipients.txt` repeats it."""
        if self._recipients != self._told:
            write_recipients(self._disk, self._recipients)
            self._told = self._recipients


def _find_recipients(disk: Disk, header: Header, state: State) -> tuple[str, ...]:
    """Whom the writer seals to; nobody in a plain vault."""
    if not header.sealed:
        return ()
    try:
        return find_recipients(disk, header, state.logs[SEALED_LOGS[0]].size_bytes)
    except KeysError as error:
        refuse(error.code)

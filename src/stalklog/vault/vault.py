"""A vault: `Vault` reads and cannot write; a `Writer` exists only while the lock is held."""

from __future__ import annotations

import errno
import heapq
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import orjson

from stalklog.core.canonical import require_profile
from stalklog.core.entry import Entry
from stalklog.core.hashing import sha256_hex
from stalklog.errors import NewerVaultError, NoVaultError, PassphraseError, VaultError
from stalklog.i18n import gettext as _
from stalklog.records.readable import is_readable
from stalklog.records.types import CORRECTIONS, LOGS
from stalklog.vault.checkpoint import load_signer
from stalklog.vault.disk import ABSENT, NotRegularFileError
from stalklog.vault.layout import (
    HEADER,
    SEALED_LOGS,
    HeaderError,
    NewerFormatError,
    log_name,
    object_name,
    parse_header,
)
from stalklog.vault.lock import locked
from stalklog.vault.log import EntryError, entry_of, parse_id, read_lines
from stalklog.vault.objects import read_blocks
from stalklog.vault.recovery import NOTHING_MORE, find_footing, load_state
from stalklog.vault.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.errors import StalklogError
    from stalklog.records.view import Shown
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import (
        Header,
    )
    from stalklog.vault.log import Line
    from stalklog.vault.recovery import Allowed
    from stalklog.vault.scribe import Author
    from stalklog.vault.sealed_reading import SealedReading
    from stalklog.vault.state import State

_MAX_HEADER_BYTES = 1 << 16
_CORRECTION = b"entry."
"""What stands in the line of every correction, and in few others."""
_BRACKETS = 48
"""With no more of them in its line an entry is not nested so deep that it could not be shown."""

Unlock: TypeAlias = "Callable[[Disk, Header], Opening]"
"""Gets the secret keys of a sealed vault, or raises `PassphraseError`."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
Warn: TypeAlias = "Callable[[str], object]"
"""Told the fault by which a reading saw that somebody else wrote in the vault."""
Tell: TypeAlias = "Callable[[int], object]"
"""Told how many entries the key at hand does not open."""


class Vault:
    """A vault, open for reading: nothing of it is changed by looking."""

    def __init__(
        self,
        disk: Disk,
        unlock: Unlock | None = None,
        warn: Warn | None = None,
        tell_unopened: Tell | None = None,
    ) -> None:
        """Open the vault that lies on this disk.

        Args:
            disk: Its files.
            unlock: Asked once for the secret keys, when something sealed is to be read.
            warn: Told `CHAIN_BROKEN` or `VAULT_BAD`, before anything is read out, where a sealed
                vault is not as it was written. Of a plain one only `verify` knows.
            tell_unopened: Told how many entries the key does not open, where it opens some.

        Raises:
            NoVaultError: There is none.
            NewerVaultError: A newer stalklog made it.
            VaultError: Its `VAULT` file cannot be understood.
        """
        self._disk = disk
        self.header = load_header(disk)
        self.state: State | None = load_state(disk, self.header.logs)
        self.unreadable_lines = 0
        """How many lines the last reading passed over because they are no entries."""
        self.unopened_lines = 0
        """How many it passed over because they are sealed to other keys."""
        self._unlock = unlock
        self._warn = warn
        self._tell_unopened = tell_unopened
        self._opening: Opening | None = None
        self._opened: tuple[list[Entry], SealedReading] | None = None

    def opening(self) -> Opening:
        """The secret keys of a sealed vault, asked for once.

        Raises:
            PassphraseError: They were not given.
        """
        if self._opening is None:
            if self._unlock is None:
                raise is_sealed()
            self._opening = self._unlock(self._disk, self.header)
        return self._opening

    def entries(
        self, logs: tuple[str, ...] = LOGS, *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Entry]:
        """The acknowledged entries in the order of the chain, as far as they can be read.

        Damage is not judged here, only passed over and counted: that is the work of `verify`.

        Args:
            logs: The logs to read.
            progress: Told how many bytes further the reading has come, line by line.

        Raises:
            PassphraseError: The vault is sealed, and the keys were not given.
            OSError: The disk cannot read a log to its end: a part of it is not taken for all.
        """
        self.unreadable_lines = self.unopened_lines = 0
        if self.header.sealed:
            return self._sealed_entries(logs, self.opening(), progress)
        read = [self._entries_of(log, progress) for log in logs]
        return heapq.merge(*read, key=lambda entry: entry.seq)

    def corrections(self, logs: tuple[str, ...] = LOGS) -> Iterator[Entry]:
        """Only the amendments and withdrawals among them; other lines are passed over unread."""
        self.unreadable_lines = 0
        if self.header.sealed:
            return (entry for entry in self.entries(logs) if entry.type in CORRECTIONS)
        read = [self._entries_of(log, None, _CORRECTION) for log in logs]
        found = heapq.merge(*read, key=lambda entry: entry.seq)
        return (entry for entry in found if entry.type in CORRECTIONS)

    def size_bytes(self, logs: tuple[str, ...] = LOGS) -> int:
        """How many bytes `entries` will read, as far as that is known."""
        if self.state is None:
            return 0
        read = self.header.logs if self.header.sealed else logs
        return sum(self.state.logs[log].size_bytes for log in read)

    def entries_naming(self, name: str) -> Iterator[Entry]:
        """The entries of a record's own log in which its id stands: itself, and its corrections.

        Other lines are passed over unread, which is quick however many there are.
        """
        parts = parse_id(name)
        self.unreadable_lines = 0
        if parts is None:
            return iter(())
        if self.header.sealed:
            return self.entries((parts.log,))
        return self._entries_of(parts.log, None, name.encode())

    def holds(self, name: str) -> bool:
        """Whether an entry of that id was acknowledged: at once, as ids are given in order.

        Raises:
            PassphraseError: The vault is sealed, and the keys were not given.
        """
        parts = parse_id(name)
        if parts is None:
            return False
        if self.state is None or self.header.sealed or parts.amendment is not None:
            return any(entry.id == name for entry in self.entries_naming(name))
        return parts.number <= self.state.logs[parts.log].last

    def holds_line(self, line_sha256: str) -> bool:
        """Whether an acknowledged line has this hash; needs no key."""
        if self.state is None:
            return False
        return any(
            sha256_hex(line.data) == line_sha256
            for log, told in self.state.logs.items()
            for line in read_lines(self._disk, log, 0, told.size_bytes)
        )

    def unconfirmed_bytes(self) -> int:
        """How many bytes lie past what was acknowledged: an interrupted command left them."""
        if self.state is None:
            return 0
        return sum(
            max(0, self._disk.size(log_name(log)) - self.state.logs[log].size_bytes)
            for log in self.header.logs
            if self._disk.kind(log_name(log)) == "file"
        )

    def copy_original(self, entry: Entry | Shown, write: Callable[[bytes], object]) -> None:
        """Hand on the bytes of an entry's original, block by block.

        What was handed on before an error is not proven: whoever takes it throws it away.

        Raises:
            PassphraseError: The vault is sealed, and the keys were not given.
            cipher.NotForThisKeyError, cipher.SealedBadError: It cannot be opened.
            OSError: It is missing or cannot be read.
        """
        if not entry.objects:
            raise FileNotFoundError(errno.ENOENT, "the entry names no original")
        blocks = read_blocks(self._disk, object_name(entry.objects[0]))
        if self.header.sealed:
            self.opening().open_blocks(blocks, write)
            return
        for block in blocks:
            write(block)

    def open_original(self, entry: Entry | Shown, *, must_seek: bool) -> BinaryIO:
        """An entry's original, open for reading and proven; to be closed by whoever asked.

        Args:
            entry: A piece of evidence.
            must_seek: Whether the reader jumps in it.

        Raises:
            PassphraseError: The vault is sealed, and the keys were not given.
            cipher.NotForThisKeyError, cipher.SealedBadError: It cannot be opened.
            original.OriginalChangedError: Its bytes are not those that were put in.
            original.TooLongToOpenError: It is sealed and too long to jump in it.
            OSError: It is missing or cannot be read.
        """
        from stalklog.vault.original import open_plain, open_sealed  # noqa: PLC0415 - to read only

        if not entry.objects:
            raise FileNotFoundError(errno.ENOENT, "the entry names no original")
        body = entry.body if isinstance(entry, Entry) else entry.fields
        sha256, size_bytes = str(body.get("sha256")), body.get("size_bytes")
        if not self.header.sealed:
            return open_plain(self._disk, entry.objects[0], sha256)
        return open_sealed(
            self._disk,
            entry.objects[0],
            sha256,
            self.opening(),
            size_bytes=size_bytes if isinstance(size_bytes, int) else 0,
            must_seek=must_seek,
        )

    @contextmanager
    def writing(
        self, author: Author, *, wait_s: float = 30.0, allowed: Allowed = NOTHING_MORE
    ) -> Iterator[Writer]:
        """Hold the lock and add to the vault; an interrupted command before is mended first.

        Raises:
            VaultBusyError: Another writer had the lock for all of `wait_s` seconds.
            ReadOnlyVaultError: The vault is damaged; nothing was changed.
            VaultError: The disk failed: what was planned is not saved, or that is not certain, and
                the message says which; nothing that was acknowledged is lost.
        """
        with locked(self._disk, exclusive=True, wait_s=wait_s):
            writer = None
            try:
                writer = self._begin(author, allowed)
                self.state = load_state(
                    self._disk, self.header.logs
                )  # what is read under the lock is the newest
                yield writer
            except OSError as error:
                is_unsure = writer is not None and writer.is_unsure
                raise (perhaps_saved if is_unsure else not_saved)(error) from error
            finally:
                if writer is not None:
                    writer.abandon()
                self.state = load_state(self._disk, self.header.logs)
                self._opened = None

    def _begin(self, author: Author, allowed: Allowed) -> Writer:
        footing = find_footing(self._disk, self.header, allowed)
        if footing.state.size <= 1:  # whoever made it may have been killed before its names lasted
            self._disk.sync_folder("")
            self._disk.sync_parent()
        signer = load_signer(self._disk, self.header)
        writer = Writer(self._disk, self.header, footing, signer, author)
        if footing.is_recovered:
            writer.publish()  # before a line is added: without `state` a torn one is damage
        if footing.cuts:
            writer.add("recovery.done", {"cut": list(footing.cuts)})
            writer.commit()
        return writer

    def _sealed_entries(
        self,
        logs: tuple[str, ...],
        opening: Opening,
        progress: Callable[[int], None] | None,
    ) -> Iterator[Entry]:
        """Opened once and then held in memory: opening costs more than everything else."""
        if self._opened is None:
            from stalklog.vault.sealed_reading import SealedReading  # noqa: PLC0415 - only there

            end = self.state.logs[SEALED_LOGS[0]].size_bytes if self.state else None
            reading = SealedReading(self._disk, self.header, end, opening)
            opened = sorted(reading.entries(progress), key=lambda entry: entry.seq)
            read = [entry for entry in opened if is_readable(entry.type, entry.body)]
            reading.unreadable_lines += len(opened) - len(read)
            self._opened = read, reading
            if reading.fault and self._warn is not None:
                self._warn(reading.fault)
            if reading.unopened_lines and self._tell_unopened is not None:
                self._tell_unopened(reading.unopened_lines)
        entries, reading = self._opened
        self.unreadable_lines = reading.unreadable_lines
        self.unopened_lines = reading.unopened_lines
        return (entry for entry in entries if entry.log in logs)

    def _entries_of(
        self, log: str, progress: Callable[[int], None] | None, needle: bytes = b""
    ) -> Iterator[Entry]:
        end = self.state.logs[log].size_bytes if self.state else None
        try:
            for line in read_lines(self._disk, log, 0, end):
                if needle not in line.data:
                    continue
                entry = _read_entry(line)
                if progress is not None:
                    progress(len(line.data) + 1)
                if entry is None:
                    self.unreadable_lines += 1
                else:
                    yield entry
        except ABSENT:
            self.unreadable_lines += 1


def load_header(disk: Disk) -> Header:
    """What `VAULT` says.

    Raises:
        NoVaultError: There is no `VAULT` here.
        NewerVaultError: A newer stalklog made it.
        VaultError: It is damaged.
    """
    try:
        return parse_header(disk.read(HEADER, 0, _MAX_HEADER_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        raise NoVaultError(
            _("There is no vault here."), hint=_("Make one with: stalklog init")
        ) from None
    except NewerFormatError:
        raise NewerVaultError(
            _("This vault was made by a newer stalklog. Nothing was changed."),
            hint=_("Install the newest stalklog and try again."),
        ) from None
    except HeaderError:
        raise _bad_header() from None
    except NotRegularFileError:
        raise _bad_header() from None
    except OSError as error:
        raise VaultError(
            _("The vault cannot be read ({reason}). Nothing was changed.").format(
                reason=error.strerror
            )
        ) from error


def not_saved(error: OSError) -> StalklogError:
    """What to tell when the system refused a write: what happened, what is safe, what to do."""
    if error.errno in _FULL:
        hint = _("Make room on the disk and run the command again.")
    elif error.errno in _REFUSED:
        hint = _("Is the disk read-only? Copy the vault to a disk that can be written.")
    else:
        hint = _("Run the command again; then check with: stalklog verify")
    return VaultError(
        _("Not saved: {reason}. What was saved before is untouched.").format(reason=_reason(error)),
        hint=hint,
    )


def perhaps_saved(error: OSError) -> StalklogError:
    """The same once its lines were written: the next command keeps those that reached the disk."""
    return VaultError(
        _(
            "It is not certain that this was saved: {reason}. What was saved before is untouched."
        ).format(reason=_reason(error)),
        hint=see_first(),
    )


def see_first() -> str:
    """What to do where lines were written and not acknowledged: no reading shows them yet."""
    return _(
        "Before you write it again, have it finished: stalklog repair. Then see whether it is "
        "there: stalklog list all"
    )


def _reason(error: OSError) -> str:
    if error.errno in _FULL:
        return _("the disk is full")
    if error.errno in _REFUSED:
        return _("it may not be written here")
    return error.strerror or type(error).__name__


def is_sealed() -> PassphraseError:
    """What to tell where something sealed was to be read without the key."""
    return PassphraseError(
        _("The vault is sealed: reading it needs its passphrase. Nothing was changed."),
        hint=_(
            "Give it on a terminal, or with --passphrase-file FILE. Adding and logging need none."
        ),
    )


def _bad_header() -> VaultError:
    return VaultError(
        _("The file VAULT of this vault is damaged (VAULT_BAD). Nothing was changed."),
        hint=_("See all that is wrong with: stalklog verify"),
    )


def _read_entry(line: Line) -> Entry | None:
    if not line.is_ended or line.is_too_long:
        return None
    try:
        value = orjson.loads(line.data)
        if not isinstance(value, dict):
            return None
        if line.data.count(b"{") + line.data.count(b"[") > _BRACKETS:
            require_profile(value)
        entry = entry_of(value, sha256_hex(line.data))[0]
    except (ValueError, RecursionError, EntryError):
        return None
    return entry if is_readable(entry.type, entry.body) else None

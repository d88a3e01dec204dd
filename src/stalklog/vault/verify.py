"""Walk the whole vault, collect what is wrong, stop at nothing and write nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stalklog.errors import VaultBusyError, VaultError
from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.vault.check_chain import Chain, check_chain
from stalklog.vault.check_files import check_names, find_unread
from stalklog.vault.check_insides import check_insides
from stalklog.vault.check_lines import check_lines, is_there
from stalklog.vault.check_notes import check_notes, find_notes
from stalklog.vault.check_objects import check_objects
from stalklog.vault.check_quarantine import check_quarantine
from stalklog.vault.disk import ABSENT
from stalklog.vault.findings import Finding, unreadable, verdict_of
from stalklog.vault.layout import HEADER, MAX_LINE_BYTES, SEALED_LOGS, STATE, log_name, parse_header
from stalklog.vault.lock import locked
from stalklog.vault.recovery import read_state
from stalklog.vault.tail import ends_a_line, read_tails, sort_tails

if TYPE_CHECKING:
    from stalklog.core.note import Checkpoint
    from stalklog.vault.check_lines import Read
    from stalklog.vault.check_sealed import SealedCheck
    from stalklog.vault.cipher import Opening
    from stalklog.vault.disk import Disk
    from stalklog.vault.findings import Verdict
    from stalklog.vault.key_history import ChangeOfKeys
    from stalklog.vault.layout import Header
    from stalklog.vault.state import State

_MAX_HEADER_BYTES = 1 << 16


class Counting(Protocol):
    """Told how far a check has come."""

    def __call__(self, files: int, size_bytes: int) -> None:
        """So many more files and bytes were checked."""
        ...


@dataclass(frozen=True, slots=True)
class Expectation:
    """A head that somebody kept: the line with `seq` size-1 must hash to it."""

    size: int
    head: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found, and what is proven all the same."""

    findings: tuple[Finding, ...]
    entries: int
    """How many entries could be read."""
    objects: int
    """How many originals are there with the right bytes."""
    size_bytes: int
    """How many bytes of originals were read."""
    size: int
    """How long the unbroken chain is."""
    head: str
    """SHA-256 of its last line; with `size`, what to keep elsewhere."""
    root: str
    """The root of the tree over it, in hex."""
    was_compared: bool
    """Whether it was compared with a head that was kept elsewhere."""
    key_changes: tuple[ChangeOfKeys, ...] | None = None
    """The changes of the keys that the owner signed; None of a plain vault."""

    @property
    def verdict(self) -> Verdict:
        """Intact, damaged, or not wholly checked."""
        return verdict_of(self.findings)

    @property
    def is_complete(self) -> bool:
        """Whether it was compared with a kept head and holds all that the head stands for."""
        return self.was_compared and all(
            found.code != "HEAD_NOT_EXPECTED" for found in self.findings
        )

    @property
    def completeness(self) -> str:
        """`checked` against a head that was kept elsewhere, or `not-checked`."""
        return "checked" if self.was_compared else "not-checked"

    @property
    def first_broken_seq(self) -> int | None:
        """The first entry that a fault concerns."""
        broken = [f.seq for f in self.findings if f.severity == "fault" and f.seq is not None]
        return min(broken, default=None)


def check_vault(
    disk: Disk,
    *,
    expect: Expectation | None = None,
    progress: Counting | None = None,
    wait_s: float = 30.0,
    opening: Opening | None = None,
    is_identity_here: bool = False,
) -> Verification:
    """Check everything that the vault promises; nothing is written.

    Args:
        disk: The vault.
        expect: A head that was kept elsewhere; without one completeness is not checked.
        progress: Told of each original that was read.
        wait_s: How long to wait for a writer to finish.
        opening: The secret keys of a sealed vault; without them what is inside is not checked.
        is_identity_here: Whether her key file should lie in a sealed vault; else it is not missed.

    Raises:
        VaultBusyError: A writer was at work for all of `wait_s` seconds.
        OSError: The disk failed at what it had read a moment before.
    """
    with ExitStack() as lock:
        try:
            lock.enter_context(locked(disk, exclusive=False, wait_s=wait_s))
        except VaultBusyError:
            raise
        except VaultError:
            pass  # a place without locks, such as a read-only copy
        return check_locked(
            disk, expect, progress, opening=opening, is_identity_here=is_identity_here
        )


def check_locked(
    disk: Disk,
    expect: Expectation | None = None,
    progress: Counting | None = None,
    *,
    opening: Opening | None = None,
    is_identity_here: bool = False,
) -> Verification:
    """The same for who holds the lock already; see `check_vault`."""
    findings: list[Finding] = []
    header = _check_header(disk, findings)
    logs = header.logs if header else _found_logs(disk)
    state = _check_state(disk, logs, findings)
    unread = find_unread(disk, logs, findings)
    notes = find_notes(disk, header, findings)
    ends = _check_tails(disk, logs, state, findings) if not unread else dict.fromkeys(logs)
    part = _Lines(header, tuple(log for log in logs if log not in unread), ends)
    _check_made_for(header, opening, findings)
    read, sealed = _read_lines(disk, part, opening, findings, progress)
    chain = Chain()
    if not unread:  # with a log that nobody can read nothing can be said of the one chain
        chain = _check_chain(header, state, expect, notes, read, findings)
    counted = check_objects(disk, read.objects, findings, progress)
    if opening is not None and sealed is not None:
        check_insides(disk, sealed.insides, opening, findings, progress)
    if header is not None and sealed is not None:
        from stalklog.vault.check_keys import Asked, check_keys  # noqa: PLC0415 - sealed only

        asked = Asked(opening, is_identity_here=is_identity_here)
        check_keys(disk, header, sealed.lists, asked, findings)
    check_quarantine(disk, read.quarantined, findings)
    check_names(disk, logs, None if unread else read.objects, findings)
    return Verification(
        findings=tuple(findings),
        entries=len(read.facts),
        objects=counted.objects,
        size_bytes=counted.size_bytes,
        size=chain.size,
        head=chain.head,
        root=chain.root.hex(),
        was_compared=expect is not None,
        key_changes=None if sealed is None else tuple(sealed.changes),
    )


def _check_chain(
    header: Header | None,
    state: State | None,
    expect: Expectation | None,
    notes: dict[str, Checkpoint],
    read: Read,
    findings: list[Finding],
) -> Chain:
    """The one chain, and all that vouches for it: notes, `state`, a kept head."""
    sizes = {note.size for note in notes.values()}
    sizes |= {state.size} if state else set()
    sizes |= {expect.size} if expect else set()
    chain = check_chain(header, read, sizes, findings)
    _check_acknowledged(state, chain, findings)
    check_notes(notes, chain, findings)
    if expect is not None:
        _check_expected(expect, chain, findings)
    return chain


def _found_logs(disk: Disk) -> tuple[str, ...]:
    """Which logs a vault has whose `VAULT` cannot say it."""
    is_sealed = all(disk.kind(log_name(log)) == "file" for log in SEALED_LOGS)
    return SEALED_LOGS if is_sealed and disk.kind(log_name(LOGS[0])) is None else LOGS


@dataclass(frozen=True, slots=True)
class _Lines:
    """Which lines are read."""

    header: Header | None
    logs: tuple[str, ...]
    ends: dict[str, int | None]


def _read_lines(
    disk: Disk,
    lines: _Lines,
    opening: Opening | None,
    findings: list[Finding],
    progress: Counting | None,
) -> tuple[Read, SealedCheck | None]:
    if not set(lines.logs) & set(SEALED_LOGS):
        return check_lines(disk, lines.logs, lines.ends, findings, progress), None
    from stalklog.vault.check_sealed import SealedCheck  # noqa: PLC0415 - for sealed vaults only

    sealed, log = SealedCheck(lines.header, opening, findings), SEALED_LOGS[0]
    if is_there(disk, log, lines.ends.get(log), findings):
        sealed.check(disk, lines.ends.get(log), progress)
    return sealed.read, sealed


def _check_header(disk: Disk, findings: list[Finding]) -> Header | None:
    try:
        return parse_header(disk.read(HEADER, 0, _MAX_HEADER_BYTES))
    except (*ABSENT, ValueError) as error:
        findings.append(Finding("VAULT_BAD", HEADER, None, str(error)))
    except OSError as error:
        findings.append(unreadable(HEADER, error))
    return None


def _check_made_for(
    header: Header | None, opening: Opening | None, findings: list[Finding]
) -> None:
    """The key says which `VAULT` it was made for: another names other recipients."""
    if header and opening and opening.vault not in {"", header.line_sha256}:
        message = _("it is not the one that the key was made for")
        findings.append(Finding("VAULT_BAD", HEADER, None, message))


def _check_state(disk: Disk, logs: tuple[str, ...], findings: list[Finding]) -> State | None:
    try:
        state = read_state(disk, logs)
    except OSError as error:
        findings.append(unreadable(STATE, error))
        return None
    if state is None:
        message = _("what was acknowledged is not written down; the next command makes it again")
        findings.append(Finding("STATE_BAD", STATE, None, message))
    return state


def _check_tails(
    disk: Disk, names: tuple[str, ...], state: State | None, findings: list[Finding]
) -> dict[str, int | None]:
    """Where each log's lines end, and what an interruption left behind them."""
    logs = [log for log in names if disk.kind(log_name(log)) == "file"]
    if state is None:
        return {log: _whole_end(disk, log, findings) for log in logs}
    changed = {log for log in logs if _is_changed_within(disk, log, state)}
    whole = [log for log in logs if log not in changed]
    tail = sort_tails(read_tails(disk, state, whole), state, state.tree())
    ends: dict[str, int | None] = {
        log: None if log in changed else tail.state.logs[log].size_bytes for log in names
    }
    for rest in tail.rests:
        where = f"{log_name(rest.log)}@{rest.offset}"
        _report_rest(tail.fault, where, tail.state.size, findings)
    if tail.leaves:
        message = _("{count} entries lie past what was acknowledged").format(count=len(tail.leaves))
        findings.append(Finding("TORN_TAIL", STATE, state.size, message))
    return ends


def _is_changed_within(disk: Disk, log: str, state: State) -> bool:
    """Whether bytes were put in or taken out below `state`: then no line ends where it says."""
    end = state.logs[log].size_bytes
    return disk.size(log_name(log)) > end and not ends_a_line(disk, log, end)


def _report_rest(fault: str | None, where: str, seq: int, findings: list[Finding]) -> None:
    if fault is None:
        message = _("an interrupted command left this; the next one moves it to quarantine")
        findings.append(Finding("TORN_TAIL", where, None, message))
    else:
        message = _("lines were added that do not go on with the chain")
        findings.append(Finding(fault, where, seq, message))


def _whole_end(disk: Disk, log: str, findings: list[Finding]) -> int:
    """Without `state`: where the last line with a newline ends; zeros and half a line are torn."""
    end = disk.size(log_name(log))
    start = max(0, end - MAX_LINE_BYTES - 1)
    data = disk.read(log_name(log), start, end - start)
    torn = len(data) - (data.rfind(b"\n") + 1)
    if torn:
        where = f"{log_name(log)}@{end - torn}"
        message = _("an interrupted command left this; the next one moves it to quarantine")
        findings.append(Finding("TORN_TAIL", where, None, message))
    return end - torn


def _check_acknowledged(state: State | None, chain: Chain, findings: list[Finding]) -> None:
    """The last acknowledged line is the one that `state` names; so is the tree's frontier."""
    if state is None:
        return
    head = chain.heads.get(state.size)
    if head is not None and head != state.head:
        message = _("the last entry is not the one that was acknowledged")
        findings.append(Finding("CHAIN_BROKEN", STATE, state.size - 1, message))
    elif head is None and state.size > chain.total and not _is_truncated(findings):
        message = _("entries that were acknowledged are missing")
        findings.append(Finding("LOG_TRUNCATED", STATE, chain.total, message))
    elif state.size in chain.roots and chain.roots[state.size] != state.tree().root():
        message = _("its tree is not the tree of the entries")
        findings.append(Finding("STATE_BAD", STATE, None, message))


def _is_truncated(findings: list[Finding]) -> bool:
    return any(found.code in {"LOG_TRUNCATED", "LOG_MISSING", "LOG_NOT_FILE"} for found in findings)


def _check_expected(expect: Expectation, chain: Chain, findings: list[Finding]) -> None:
    if chain.heads.get(expect.size) == expect.head:
        return
    message = _("the entry at size {size} is not the one whose head was kept").format(
        size=expect.size
    )
    findings.append(Finding("HEAD_NOT_EXPECTED", STATE, max(0, expect.size - 1), message))

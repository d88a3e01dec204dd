"""Walk the whole vault, collect what is wrong, stop at nothing and write nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stalklog.errors import VaultBusyError, VaultError
from stalklog.i18n import gettext as _
from stalklog.vault.check_chain import check_chain
from stalklog.vault.check_files import check_names
from stalklog.vault.check_lines import check_lines
from stalklog.vault.check_notes import check_notes, find_notes
from stalklog.vault.check_objects import check_objects
from stalklog.vault.findings import Finding, verdict_of
from stalklog.vault.layout import HEADER, LOGS, STATE, HeaderError, parse_header
from stalklog.vault.lock import locked
from stalklog.vault.recovery import load_state

if TYPE_CHECKING:
    from stalklog.vault.disk import Disk
    from stalklog.vault.findings import Verdict
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
    is_complete: bool
    """Whether completeness was checked against a head that was kept elsewhere."""

    @property
    def verdict(self) -> Verdict:
        """Intact, damaged, or not wholly checked."""
        return verdict_of(self.findings)

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
) -> Verification:
    """Check everything that the vault promises; nothing is written.

    Args:
        disk: The vault.
        expect: A head that was kept elsewhere; without one completeness is not checked.
        progress: Told of each original that was read.
        wait_s: How long to wait for a writer to finish.

    Raises:
        VaultBusyError: A writer was at work for all of `wait_s` seconds.
    """
    try:
        with locked(disk, exclusive=False, wait_s=wait_s):
            return _check(disk, expect, progress)
    except VaultBusyError:
        raise
    except VaultError:
        return _check(disk, expect, progress)  # a place without locks, such as a read-only copy


def _check(disk: Disk, expect: Expectation | None, progress: Counting | None) -> Verification:
    findings: list[Finding] = []
    header = _check_header(disk, findings)
    state = _check_state(disk, findings)
    notes = find_notes(disk, header, findings)
    read = check_lines(disk, state, findings)
    chain = check_chain(header, state, read, frozenset(note.size for note in notes.values()))
    findings += chain.findings
    findings += check_notes(notes, chain)
    counted = check_objects(disk, read.objects, findings, progress)
    check_names(disk, read.objects, findings)
    return Verification(
        findings=tuple(findings + _check_expected(expect, chain.heads)),
        entries=len(read.rows),
        objects=counted.objects,
        size_bytes=counted.size_bytes,
        size=chain.size,
        head=chain.head,
        root=chain.root.hex(),
        is_complete=expect is not None and not _check_expected(expect, chain.heads),
    )


def _check_header(disk: Disk, findings: list[Finding]) -> Header | None:
    try:
        return parse_header(disk.read(HEADER, 0, _MAX_HEADER_BYTES))
    except (OSError, HeaderError, ValueError) as error:
        findings.append(Finding("VAULT_BAD", HEADER, None, str(error)))
        return None

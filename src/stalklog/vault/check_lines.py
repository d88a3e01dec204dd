"""Check each line of each log by itself: its form, its record, its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.records.types import LOGS
from stalklog.vault.facts import Columns
from stalklog.vault.findings import Finding
from stalklog.vault.layout import log_name
from stalklog.vault.line_worker import read_all
from stalklog.vault.stretch import Found, backwards, read_stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stalklog.vault.disk import Disk
    from stalklog.vault.stretch import BadLine, Share

_WORKER_PAYS_BYTES = 16 << 20
"""From so many bytes of lines on a second process saves more time than it takes to start."""


@dataclass(slots=True)
class Read:
    """What the lines of all logs hold."""

    facts: Columns = field(default_factory=Columns)
    """In the order of the files, not of the chain."""
    bad: list[BadLine] = field(default_factory=list)
    objects: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For each original that an entry names, its size in bytes and the first entry's seq."""
    quarantined: list[tuple[str, str, int]] = field(default_factory=list)
    """For each piece that was moved to quarantine, its file, its SHA-256 and the entry's seq."""
    _last: tuple[str, int] = ("", 0)

    def add(self, log: str, share: Share, findings: list[Finding]) -> None:
        """The next stretch of the same log, or the first of another."""
        found, seqs = share.found, share.facts.seqs
        if seqs:
            if self._last[0] == log and seqs[0] < self._last[1]:
                found.append(Found(share.facts.lines[0], seqs[0], backwards()))
                found.sort(key=lambda one: one.line)
            self._last = (log, seqs[-1])
        self.facts.extend(share.facts)
        self.bad += share.bad
        for original, needed in share.objects.items():
            self.objects.setdefault(original, needed)
        self.quarantined += share.quarantined
        for line, seq, fault in found:
            findings.append(Finding(fault.code, f"{log_name(log)}:{line}", seq, fault.message))


def check_lines(
    disk: Disk,
    logs: Sequence[str],
    ends: dict[str, int | None],
    findings: list[Finding],
    progress: Callable[[int, int], None] | None = None,
) -> Read:
    """Read all logs, each up to its end, and say what is wrong with single lines.

    Args:
        disk: The vault.
        logs: Those that can be read.
        ends: For each log where its lines end; what lies behind is not looked at here.
        findings: Grows by what is found.
        progress: Told from time to time how many bytes more were read.
    """
    read, by_log = Read(), {log: list[Finding]() for log in LOGS}
    there = [log for log in logs if is_there(disk, log, ends.get(log), by_log[log])]
    stretches = (part for log in there for part in read_stretches(disk, log, ends.get(log)))
    size_bytes = sum(disk.size(log_name(log)) for log in there)
    for stretch, share in read_all(stretches, with_worker=size_bytes >= _WORKER_PAYS_BYTES):
        read.add(stretch.log, share, by_log[stretch.log])
        if progress is not None:
            progress(0, len(stretch.data))
    for log in LOGS:
        findings += by_log[log]
    return read


def is_there(disk: Disk, log: str, end: int | None, findings: list[Finding]) -> bool:
    """Whether the log is a file that can be read; if not, or if it is too short, it is named."""
    name = log_name(log)
    kind = disk.kind(name)
    if kind is None:
        findings.append(Finding("LOG_MISSING", name, None, _("the log is not there")))
    elif kind != "file":
        findings.append(Finding("LOG_NOT_FILE", name, None, _("the log is not a file")))
    elif end is not None and disk.size(name) < end:
        findings.append(Finding("LOG_TRUNCATED", name, None, _("the log is shorter than it was")))
    return kind == "file"

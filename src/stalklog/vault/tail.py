"""What lies past `state`: the lines that go on with the chain, and what an interruption left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core.canonical import NotCanonicalError
from stalklog.core.merkle import leaf_hash
from stalklog.records.types import LOGS
from stalklog.vault.layout import log_name
from stalklog.vault.log import EntryError, parse_id, parse_line, split_lines
from stalklog.vault.state import LogState, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stalklog.core.entry import Entry
    from stalklog.core.merkle import Frontier
    from stalklog.vault.disk import Disk
    from stalklog.vault.log import Line


@dataclass(frozen=True, slots=True)
class Rest:
    """Bytes at the end of a log that do not go on with the chain."""

    log: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Tail:
    """All that lies past `state`, sorted out."""

    state: State
    """Where the chain stands with the lines that go on with it."""
    entries: Sequence[Entry]
    """The longest run, over all logs, that goes on with the chain."""
    leaves: Sequence[bytes]
    """Their leaf hashes."""
    good: Mapping[str, bytes]
    """The bytes of those lines, for each log, from where `state` ends."""
    rests: Sequence[Rest]
    """What is left of each log after them."""
    fault: str | None
    """`SEQ_REPEAT`, `CHAIN_BROKEN` … where a rest holds what no interruption leaves."""


def read_tails(disk: Disk, state: State, logs: Iterable[str] = LOGS) -> dict[str, bytes]:
    """The bytes of each of these logs past `state`; a log without any is left out."""
    tails = {log: disk.read(log_name(log), state.logs[log].size_bytes) for log in logs}
    return {log: data for log, data in tails.items() if data}


def ends_a_line(disk: Disk, log: str, size_bytes: int) -> bool:
    """Whether a line of the log ends at that length; if not, what lies before it was changed."""
    return size_bytes == 0 or disk.read(log_name(log), size_bytes - 1, 1) == b"\n"


def sort_tails(tails: Mapping[str, bytes], state: State, tree: Frontier) -> Tail:
    """Find the longest run of lines, over all logs, that goes on with the chain after `state`.

    Args:
        tails: For each log the bytes that lie past `state`.
        state: Where the chain stands before them.
        tree: The tree at that size; it grows by the lines that are found good.
    """
    merge = _Merge(tails, state, tree)
    while merge.step():
        pass
    return merge.result()


class _Merge:
    def __init__(self, tails: Mapping[str, bytes], state: State, tree: Frontier) -> None:
        self._tails = tails
        self._state = state
        self._tree = tree
        self._lines: dict[str, Sequence[Line]] = {
            log: tuple(split_lines(data, log, state.logs[log].size_bytes))
            for log, data in tails.items()
        }
        self._taken = dict.fromkeys(tails, 0)
        self._last = {log: state.logs[log].last for log in LOGS}
        self._size = state.size
        self._head = state.head
        self._last_log = state.last_log
        self._entries: list[Entry] = []
        self._leaves: list[bytes] = []
        self._good: dict[str, bytes] = {}
        self._rests: list[Rest] = []

    def step(self) -> bool:
        for log, lines in self._lines.items():
            at = self._taken[log]
            if at < len(lines) and self._take(lines[at]):
                self._taken[log] += 1
                return True
        return False

    def _take(self, line: Line) -> bool:
        understood = _understand(line)
        if understood is None:
            return False
        entry, prev = understood
        if (entry.seq, prev, entry.log) != (self._size, self._head, line.log):
            return False
        parts = parse_id(entry.id)
        if parts is None or parts.log != line.log:
            return False
        if parts.amendment is None:
            self._last[line.log] = parts.number
        self._size += 1
        self._head = entry.line_sha256
        self._last_log = line.log
        leaf = leaf_hash(line.data)
        self._tree.add(leaf)
        self._leaves.append(leaf)
        self._entries.append(entry)
        return True

    def result(self) -> Tail:
        logs: dict[str, LogState] = {}
        for log in LOGS:
            end = self._good_end(log)
            logs[log] = LogState(end, self._last[log])
            self._add_rest(log, end)
        return Tail(
            state=State(self._size, self._head, self._last_log, logs, self._tree.nodes),
            entries=self._entries,
            leaves=self._leaves,
            good=self._good,
            rests=self._rests,
            fault=self._fault(),
        )

    def _good_end(self, log: str) -> int:
        taken = self._taken.get(log, 0)
        if not taken:
            return self._state.logs[log].size_bytes
        line = self._lines[log][taken - 1]
        return line.offset + len(line.data) + 1

    def _add_rest(self, log: str, end: int) -> None:
        start = self._state.logs[log].size_bytes
        data = self._tails.get(log, b"")
        if end > start:
            self._good[log] = data[: end - start]
        if len(data) > end - start:
            self._rests.append(Rest(log, end, data[end - start :]))

    def _fault(self) -> str | None:
        for log, lines in self._lines.items():
            for line in lines[self._taken[log] :]:
                fault = self._fault_of(line)
                if fault:
                    return fault
        return None

    def _fault_of(self, line: Line) -> str | None:
        """What an interruption cannot leave: a whole line that repeats or contradicts the chain."""
        try:
            understood = _understand(line, strict=True)
        except EntryError as error:
            return error.code
        if understood is None:
            return None
        entry, prev = understood
        if entry.log != line.log:
            return "WRONG_LOG"
        if entry.seq < self._size:
            return "SEQ_REPEAT"
        if entry.seq == self._size:
            return "CHAIN_BROKEN" if prev != self._head else "ID_BAD"
        return None


def _understand(line: Line, *, strict: bool = False) -> tuple[Entry, str] | None:
    if not line.is_ended or line.is_too_long:
        return None
    try:
        return parse_line(line.data)
    except NotCanonicalError:
        return None
    except EntryError:
        if strict:
            raise
        return None

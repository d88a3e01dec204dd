"""What lies past `state`: the lines that go on with the chain, and what an interruption left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stalklog.core.canonical import NotCanonicalError
from stalklog.core.merkle import leaf_hash
from stalklog.vault.form import read_link
from stalklog.vault.layout import log_name
from stalklog.vault.log import EntryError, split_lines
from stalklog.vault.state import LogState, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stalklog.core.merkle import Frontier
    from stalklog.vault.disk import Disk
    from stalklog.vault.form import Link
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
    leaves: Sequence[bytes]
    """The leaf hashes of the longest run of lines, over all logs, that goes on with the chain."""
    good: Mapping[str, bytes]
    """The bytes of those lines, for each log, from where `state` ends."""
    rests: Sequence[Rest]
    """What is left of each log after them."""
    fault: str | None
    """`SEQ_REPEAT`, `CHAIN_BROKEN` … where a rest holds what no interruption leaves."""


def read_tails(disk: Disk, state: State, logs: Iterable[str] | None = None) -> dict[str, bytes]:
    """The bytes of each of these logs, or of all, past `state`; one without any is left out."""
    wanted = state.logs if logs is None else logs
    tails = {log: disk.read(log_name(log), state.logs[log].size_bytes) for log in wanted}
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
        self._last = {log: state.logs[log].last for log in state.logs}
        self._size = state.size
        self._head = state.head
        self._last_log = state.last_log
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
        link = self._understand(line)
        if link is None or (link.seq, link.prev, link.log) != (self._size, self._head, line.log):
            return False
        if not link.is_id_of_log:
            return False
        if link.number is not None:
            self._last[line.log] = link.number
        self._size += 1
        self._head = link.sha256
        self._last_log = line.log
        leaf = leaf_hash(line.data)
        self._tree.add(leaf)
        self._leaves.append(leaf)
        return True

    def result(self) -> Tail:
        logs: dict[str, LogState] = {}
        for log in self._state.logs:
            end = self._good_end(log)
            logs[log] = LogState(end, self._last[log])
            self._add_rest(log, end)
        return Tail(
            state=State(self._size, self._head, self._last_log, logs, self._tree.nodes),
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
            link = self._understand(line, strict=True)
        except EntryError as error:
            return error.code
        if link is None:
            return None
        if link.log != line.log:
            return "WRONG_LOG"
        if link.seq < self._size:
            return "SEQ_REPEAT"
        if link.seq == self._size:
            return "CHAIN_BROKEN" if link.prev != self._head else "ID_BAD"
        return None

    def _understand(self, line: Line, *, strict: bool = False) -> Link | None:
        if not line.is_ended or line.is_too_long:
            return None
        try:
            return read_link(line.data, is_sealed=self._state.is_sealed)
        except NotCanonicalError:
            return None
        except EntryError:
            if strict:
                raise
            return None

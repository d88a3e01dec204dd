"""How far the vault was acknowledged: a lower bound that makes the next command quick and safe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import Frontier
from stalklog.records.types import LOGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.core.entry import JsonObject

_HEX64 = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"v", "size", "head", "last_log", "logs", "frontier"}


class StateError(ValueError):
    """The bytes are not a state, or not the ones that were written."""


@dataclass(frozen=True, slots=True)
class LogState:
    """How far one log was acknowledged."""

    size_bytes: int
    last: int
    """The highest number given in that log: 3 after `T-0003`."""


@dataclass(frozen=True, slots=True)
class State:
    """The vault as the last command left it."""

    size: int
    """How many entries there are."""
    head: str
    """SHA-256 of the last line, in hex."""
    last_log: str
    """The log which that line stands in."""
    logs: Mapping[str, LogState]
    frontier: tuple[bytes, ...]
    """The roots of the tree's perfect subtrees, largest first."""

    def tree(self) -> Frontier:
        """The tree at this size, ready to grow."""
        return Frontier(self.size, self.frontier)

    def to_bytes(self) -> bytes:
        """The line that is kept in `state`, with its checksum and newline."""
        value: JsonObject = {
            "v": 1,
            "size": self.size,
            "head": self.head,
            "last_log": self.last_log,
            "logs": {
                log: {"bytes": self.logs[log].size_bytes, "last": self.logs[log].last}
                for log in LOGS
            },
            "frontier": [node.hex() for node in self.frontier],
        }
        value["sha256"] = sha256_hex(canonical.encode(value))
        return canonical.encode(value) + b"\n"


def empty_state(head: str) -> State:
    """The state before the first entry; its head is the hash of the `VAULT` line."""
    return State(0, head, "custody", dict.fromkeys(LOGS, LogState(0, 0)), ())


def parse_state(data: bytes) -> State:
    """The state that these bytes hold.

    Raises:
        StateError: They are not a state, or the checksum does not fit.
    """
    if not data.endswith(b"\n"):
        raise StateError("not one line")
    try:
        value = canonical.decode(data[:-1])
    except canonical.NotCanonicalError as error:
        raise StateError(error.code) from None
    checksum = value.pop("sha256", None)
    if set(value) != _FIELDS or checksum != sha256_hex(canonical.encode(value)):
        raise StateError("other fields, or another checksum")
    return _state_of(value)


def _state_of(value: JsonObject) -> State:
    size, head, last_log = value["size"], value["head"], value["last_log"]
    frontier, logs = value["frontier"], value["logs"]
    if value["v"] != 1 or not _is_count(size) or not _is_hex(head) or last_log not in LOGS:
        raise StateError("a field has another form")
    if not isinstance(logs, dict) or set(logs) != set(LOGS) or not isinstance(frontier, list):
        raise StateError("a field has another form")
    nodes = tuple(bytes.fromhex(node) for node in frontier if _is_hex(node))
    if len(nodes) != len(frontier) or len(nodes) != size.bit_count():
        raise StateError("the frontier does not fit the size")
    return State(size, head, str(last_log), {k: _log_state(logs[k]) for k in LOGS}, nodes)


def _log_state(value: object) -> LogState:
    if not isinstance(value, dict) or set(value) != {"bytes", "last"}:
        raise StateError("a log has another form")
    size_bytes, last = value["bytes"], value["last"]
    if not _is_count(size_bytes) or not _is_count(last):
        raise StateError("a log has another form")
    return LogState(size_bytes, last)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_hex(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None

"""How far the vault was acknowledged: a lower bound that makes the next command quick and safe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from stalklog.core import canonical
from stalklog.core.hashing import sha256_hex
from stalklog.core.merkle import Frontier
from stalklog.records.types import LOGS
from stalklog.vault.layout import SEALED_LOGS

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
    last: int = 0
    """The highest number given in that log: 3 after `T-0003`; not told of a sealed log."""


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

    @property
    def is_sealed(self) -> bool:
        """Whether it is the state of a sealed vault, which has one log."""
        return set(self.logs) == set(SEALED_LOGS)

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
            "logs": {log: _log_value(log, state) for log, state in self.logs.items()},
            "frontier": [node.hex() for node in self.frontier],
        }
        value["sha256"] = sha256_hex(canonical.encode(value))
        return canonical.encode(value) + b"\n"


def empty_state(head: str, logs: tuple[str, ...] = LOGS) -> State:
    """The state before the first entry; its head is the hash of the `VAULT` line."""
    return State(0, head, logs[-1], dict.fromkeys(logs, LogState(0)), ())


def parse_state(data: bytes, logs: tuple[str, ...] = LOGS) -> State:
    """The state of a vault with these logs that these bytes hold.

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
    return _state_of(value, logs)


def _state_of(value: JsonObject, names: tuple[str, ...]) -> State:
    size, head, last_log = value["size"], value["head"], value["last_log"]
    frontier, logs = value["frontier"], value["logs"]
    if value["v"] != 1 or not _is_count(size) or not _is_hex(head) or last_log not in names:
        raise StateError("a field has another form")
    if not isinstance(logs, dict) or set(logs) != set(names) or not isinstance(frontier, list):
        raise StateError("a field has another form")
    nodes = tuple(bytes.fromhex(node) for node in frontier if _is_hex(node))
    if len(nodes) != len(frontier) or len(nodes) != size.bit_count():
        raise StateError("the frontier does not fit the size")
    return State(size, head, str(last_log), {k: _log_state(k, logs[k]) for k in names}, nodes)


def _log_value(log: str, state: LogState) -> JsonObject:
    counted: JsonObject = {"last": state.last} if log in LOGS else {}
    return {"bytes": state.size_bytes, **counted}


def _log_state(log: str, value: object) -> LogState:
    fields = {"bytes", "last"} if log in LOGS else {"bytes"}
    if not isinstance(value, dict) or set(value) != fields:
        raise StateError("a log has another form")
    size_bytes, last = value["bytes"], value.get("last", 0)
    if not _is_count(size_bytes) or not _is_count(last):
        raise StateError("a log has another form")
    return LogState(size_bytes, last)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_hex(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None

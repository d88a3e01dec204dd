"""Whether the commands can reckon with a body: told at once, without the schema.

Whoever has the folder can put lines into it that no writer would write. To ask the schema of every
body takes 5 microseconds each, and loading it 110 milliseconds, which `list` has not. So only that
is looked at which commands reckon with: times, days, the hash of an original, what a correction
names. Everything else is only shown, and what shows it takes whatever JSON holds. Whether a body is
all that its type says is for `verify` to tell.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stalklog.core.entry import JsonObject

_Check: TypeAlias = "Callable[[object], bool]"

NEEDED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "evidence.added": frozenset({"sha256", "size_bytes"}),
        "threat.logged": frozenset({"occurred"}),
        "contact.logged": frozenset({"agency", "kind"}),
        "demand.made": frozenset({"occurred"}),
        "entry.amended": frozenset({"amends", "reason"}),
        "entry.withdrawn": frozenset({"withdraws", "reason"}),
        "vault.created": frozenset(),
        "case.noted": frozenset(),
        "checkpoint.made": frozenset({"checkpoint_size", "file", "sha256"}),
        "timestamp.added": frozenset({"checkpoint_size", "file", "sha256"}),
        "witness.added": frozenset({"checkpoint_size", "file", "sha256"}),
        "report.made": frozenset({"sha256", "size_bytes", "format"}),
        "package.made": frozenset({"sha256", "size_bytes", "format"}),
        "recovery.done": frozenset({"cut"}),
        "keys.changed": frozenset({"recipients", "signature"}),
        "entry.carried": frozenset({"line_base64"}),
    }
)
"""The fields that a body of each type cannot be without."""
_TARGET: Final = re.compile(r"(?:[ETCD]-[0-9]{4,16}|#[0-9]{1,16})")
_SHA256_LETTERS: Final = 64


def is_readable(type_name: str, body: JsonObject) -> bool:
    """Whether what reads a vault can take this body for what its type says."""
    needed = NEEDED.get(type_name)
    if needed is None:
        return False
    for name in needed:
        if name not in body:
            return False
    for name, check in RECKONED:  # noqa: SIM110 - `all` takes half as long again
        if name in body and not check(body[name]):
            return False
    return True


def is_moment(value: object) -> bool:
    """Whether it is a moment with its offset that the calendar has: `2026-11-20T21:30:00Z`."""
    if not isinstance(value, str):
        return False
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    return moment.tzinfo is not None and value[4:11:3] == "--T"


def _is_occurred(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    start, end = value.get("start"), value.get("end")
    return (start is None or is_moment(start)) and (end is None or is_moment(end))


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return value[4::3] == "--"


def _is_sha256(value: object) -> bool:
    """Whether it can be the name of a file: if there is one is for whoever opens it."""
    return isinstance(value, str) and len(value) == _SHA256_LETTERS and value.isalnum()


def _is_target(value: object) -> bool:
    return isinstance(value, str) and _TARGET.fullmatch(value) is not None


RECKONED: Final[tuple[tuple[str, _Check], ...]] = (
    ("occurred", _is_occurred),
    ("follow_up", _is_day),
    ("sha256", _is_sha256),
    ("amends", _is_target),
    ("withdraws", _is_target),
)
"""The fields that commands reckon with, in whichever record they stand."""

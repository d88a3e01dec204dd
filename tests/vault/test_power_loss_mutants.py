"""The proof proves something: leave out any one rule of the format, and a state goes bad."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from stalklog.core.canonical import encode
from stalklog.core.hashing import sha256_hex
from stalklog.errors import StalklogError
from stalklog.vault import checkpoint, create, objects, recovery, state, tail, writer
from stalklog.vault.layout import LATEST_NOTE, STATE, log_name
from tests.vault.campaign import (
    Scenario,
    Tally,
    disk_is_full,
    judge,
    killed,
    killed_then_power_fails,
    power_fails,
    sync_fails,
)
from tests.vault.desk import attach, demand, log_threat, original, run
from tests.vault.scenarios import (
    command_scenario,
    furnished,
    init_scenario,
    old_state_scenario,
    recovery_scenarios,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.vault.disk import Disk
    from stalklog.vault.layout import Header
    from stalklog.vault.objects import Intake
    from stalklog.vault.state import State
    from stalklog.vault.tail import Tail

Skips = Callable[[str, bytes | None], bool]

ORIGINALS: Final = frozenset(original(number) for number in (1, 5, 6, 11, 12, 13, 14, 15, 70))


def is_object(name: str, content: bytes | None) -> bool:
    return name.startswith(("tmp/", "objects/")) and content in ORIGINALS


def is_note(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and (content or b"").startswith(b"stalklog/")


def is_state(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and b'"frontier"' in (content or b"")


def is_header(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and b'"created_at"' in (content or b"")


def is_signer(name: str, content: bytes | None) -> bool:
    return name.startswith("tmp/") and (content or b"").startswith(b"PRIVATE+KEY+")


def is_quarantine(name: str, content: bytes | None) -> bool:
    known = is_object(name, content) or is_note(name, content) or is_state(name, content)
    return name.startswith(("tmp/", "quarantine/")) and content is not None and not known


def is_log(name: str, content: bytes | None) -> bool:
    return name.startswith("logs/") and content is not None


def is_contacts(name: str, content: bytes | None) -> bool:
    return name == log_name("contacts") and content is not None


def folder(wanted: str) -> Skips:
    return lambda name, content: content is None and name == wanted


def is_object_folder(name: str, content: bytes | None) -> bool:
    return content is None and name.startswith("objects/")


COMMAND_SYNCS: Final[dict[str, Skips]] = {
    "object file": is_object,
    "object folder": is_object_folder,
    "log": is_log,
    "one of two logs": is_contacts,
    "latest.note": is_note,
    "folder of latest.note": folder("checkpoints"),
    "state": is_state,
    "vault folder": folder(""),
}
RECOVERY_SYNCS: Final[dict[str, Skips]] = {
    "log in recovery": is_log,
    "quarantined tail": is_quarantine,
    "folder of quarantine": folder("quarantine"),
    "latest.note in recovery": is_note,
    "state in recovery": is_state,
}
INIT_SYNCS: Final[dict[str, Skips]] = {
    "VAULT": is_header,
    "vault folder at init": folder(""),
    "folder of logs": folder("logs"),
    "folder of objects": folder("objects"),
    "signer key": is_signer,
    "folder of keys": folder("keys"),
    "log at init": is_log,
}


class Killed(Exception):  # noqa: N818 - the good end of a mutant
    """A bad state was found: no need to look further."""


@dataclass(slots=True)
class Hunt(Tally):
    """A tally that stops at the first bad state."""

    def judge(self, disk: ModelDisk, promise: Promise, driver: str) -> None:
        Tally.judge(self, disk, promise, driver)
        if self.bad:
            raise Killed


def hunts(scenarios: Iterator[Scenario], skips: Skips | None = None) -> bool:
    """Whether any driver finds a bad state in any of these scenarios."""
    hunt = Hunt()
    try:
        for found in scenarios:
            scenario = with_skips(found, skips)
            killed(scenario, hunt, limit=6)
            power_fails(scenario, hunt, limit=16)
            sync_fails(scenario, hunt, limit=4)
            disk_is_full(scenario, hunt, limit=4)
            killed_then_power_fails(scenario, hunt, limit=4, every=3)
    except Killed:
        return True
    return bool(hunt.bad)


def with_skips(scenario: Scenario, skips: Skips | None) -> Scenario:
    start = scenario.start.copy()
    if skips:
        start.skips = skips
    return Scenario(scenario.name, start, scenario.promise, scenario.act, scenario.again)

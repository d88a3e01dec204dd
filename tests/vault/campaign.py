"""Drive a vault through crashes: every point of a command, every way it can end, then judge.

A point is judged by what a person would do next: open a writer (which recovers), look whether all
that was ever acknowledged is there byte for byte, check the vault, add another entry, check again;
then the power fails once more and the same must hold.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.vault.desk import init, one_more, recover, run
from tests.vault.model_disk import Faults, crash_states, power_loss

from stalklog.errors import StalklogError
from stalklog.vault.layout import HEADER, log_name
from stalklog.vault.verify import check_vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.desk import Promise
    from tests.vault.model_disk import Counts, Kept, ModelDisk

    from stalklog.vault.disk import Disk

Act: TypeAlias = "Callable[[ModelDisk, Promise], None]"
"""One command, or several: changes the disk and keeps its receipts in the promise."""

IS_LONG: Final = os.environ.get("STALKLOG_CAMPAIGN") == "1"
"""Whether the long campaign is wanted: every point, many more states each."""
KEPT: Final[tuple[Kept, ...]] = ("nothing", "half", "all")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A vault as it stands, what was promised of it, and the command that is disturbed."""

    name: str
    start: ModelDisk
    promise: Promise
    act: Act
    again: Act
    """What the person does after the disturbance: mostly the same command again."""
    mend: Callable[[Disk], None] = recover
    """How the person goes on where the disturbance is judged."""
    faults: frozenset[str] = frozenset()
    """What may still be wrong with the vault until it was mended: what `repair` is there for."""


@dataclass(slots=True)
class Tally:
    """How many states were judged, and which were bad."""

    states: int = 0
    bad: Counter[str] = field(default_factory=Counter)

    def judge(self, disk: ModelDisk, promise: Promise, scenario: Scenario, driver: str) -> None:
        self.states += 1
        reason = judge(disk, promise, mend=scenario.mend, faults=scenario.faults)
        if reason:
            self.bad[f"{driver}: {reason}"] += 1


def judge(
    disk: ModelDisk,
    promise: Promise,
    *,
    mend: Callable[[Disk], None] = recover,
    faults: frozenset[str] = frozenset(),
) -> str | None:
    """Why this state is bad; None where nothing is lost and all goes on. The disk is used up.

    Args:
        disk: How the vault was found.
        promise: What receipts say is in it.
        mend: What the person does with it first.
        faults: What may be wrong with it until then.
    """
    promised = promise.copy()
    try:
        return _judge_once(disk, promised, mend, faults) or _judge_after(power_loss(disk), promised)
    except StalklogError as error:
        return f"{type(error).__name__} {error.message}"
    except Exception as error:  # noqa: BLE001 - any error at all is a bad state
        return f"{type(error).__name__}: {error}"


def _judge_once(
    disk: ModelDisk, promised: Promise, mend: Callable[[Disk], None], faults: frozenset[str]
) -> str | None:
    if disk.kind(HEADER) is None:
        if promised.lines:
            return "VAULT is lost"
        init(disk, promised)
    bad = _what_is_wrong(disk, promised, faults)
    if bad:
        return f"before recovery: {bad}"
    mend(disk)
    bad = _what_is_wrong(disk, promised)
    if bad:
        return bad
    run(disk, one_more, promised)
    bad = _what_is_wrong(disk, promised)
    return bad and f"after one more: {bad}"


def _judge_after(disk: ModelDisk, promised: Promise) -> str | None:
    if disk.kind(HEADER) is None:
        return "then the power failed: VAULT is lost"
    recover(disk)
    bad = _what_is_wrong(disk, promised)
    return bad and f"then the power failed: {bad}"


def _what_is_wrong(
    disk: ModelDisk, promised: Promise, but: frozenset[str] = frozenset()
) -> str | None:
    broken = promised.broken_on(disk)
    if broken:
        return broken
    torn = _lost_quarantine(disk)
    if torn:
        return torn
    checked = check_vault(disk, wait_s=0)
    if checked.verdict == "intact":
        return None
    faults = {found.code for found in checked.findings if found.severity == "fault"} - but
    is_expected = but and not faults
    return None if is_expected else f"{checked.verdict} {' '.join(sorted(faults))}"


def _lost_quarantine(disk: ModelDisk) -> str | None:
    """Whether bytes that `recovery.done` names are not where it says."""
    for line in disk.read(log_name("custody")).split(b"\n"):
        for cut in _named_cuts(line):
            kept = disk.read(cut["file"]) if disk.kind(cut["file"]) == "file" else b""
            if hashlib.sha256(kept).hexdigest() != cut["sha256"]:
                return "a quarantined tail is lost"
    return None


def _named_cuts(line: bytes) -> list[dict[str, str]]:
    if b'"recovery.done"' not in line:
        return []
    try:
        cuts: list[dict[str, str]] = json.loads(line.decode())["body"]["cut"]
    except ValueError:
        return []  # it is torn itself
    return cuts


# Drivers


def power_fails(scenario: Scenario, tally: Tally, *, limit: int, every: int = 1) -> None:
    """The power fails before every operation, and after the last."""
    for number, (point, promise) in enumerate(
        points(scenario.start, scenario.promise, scenario.act)
    ):
        if number % every:
            continue
        for state in crash_states(point, limit=limit, seed=number):
            tally.judge(state, promise, scenario, "power")


def killed(scenario: Scenario, tally: Tally, *, limit: int, every: int = 1) -> None:
    """The process is killed before every operation; the next command follows; then power loss."""
    for number, (point, promise) in enumerate(
        points(scenario.start, scenario.promise, scenario.act)
    ):
        if number % every:
            continue
        tally.judge(point.copy(), promise, scenario, "kill")
        after, kept = point.copy(), promise.copy()
        if not _acts(after, kept, scenario.again):
            tally.bad["kill: the next command was refused"] += 1
            continue
        for state in crash_states(after, limit=limit, seed=number):
            tally.judge(state, kept, scenario, "kill, command, power")


def killed_then_power_fails(
    scenario: Scenario, tally: Tally, *, limit: int, every: int = 1, within: int = 1
) -> None:
    """The process is killed, and the power fails somewhere in the command that follows.

    Args:
        scenario: What is disturbed.
        tally: Judges.
        limit: How many states of each point are judged, at most.
        every: At which points of the command it is killed.
        within: At which points of the one that follows the power fails.
    """
    for number, (point, promise) in enumerate(
        points(scenario.start, scenario.promise, scenario.act)
    ):
        if number % every:
            continue
        for step, (state, kept) in enumerate(points(point, promise, scenario.again)):
            if (step + number) % within:
                continue
            for crashed in crash_states(state, limit=limit, seed=number * 1000 + step):
                tally.judge(crashed, kept, scenario, "kill, power in the next command")


def sync_fails(scenario: Scenario, tally: Tally, *, limit: int) -> None:
    """Each file sync fails in turn; the command says so; the next command follows; power loss."""
    for number in range(_counted(scenario).syncs):
        for kept in KEPT:
            faults = Faults(sync=number, kept=kept)
            _fails(scenario, tally, faults, f"sync fails, {kept} kept", limit=limit)


def disk_is_full(scenario: Scenario, tally: Tally, *, limit: int) -> None:
    """Each write ends half way for want of room; room is made; the next command; power loss."""
    for number in range(_counted(scenario).writes):
        _fails(scenario, tally, Faults(write=number), "disk full", limit=limit)


def _fails(scenario: Scenario, tally: Tally, faults: Faults, driver: str, *, limit: int) -> None:
    disk, promise = scenario.start.copy(), scenario.promise.copy()
    disk.faults = faults
    _acts(disk, promise, scenario.act)  # whatever it says, what it promised must hold
    for state in crash_states(disk, limit=limit):
        tally.judge(state, promise, scenario, driver)
    for is_evicted in (False, True):
        after, kept = disk.copy(), promise.copy()
        if is_evicted:
            after.evict()
        if not _acts(after, kept, scenario.again):
            tally.bad[f"{driver}: the next command was refused"] += 1
            continue
        for state in crash_states(after, limit=limit):
            tally.judge(state, kept, scenario, f"{driver}, command, power")


def points(start: ModelDisk, promise: Promise, act: Act) -> list[tuple[ModelDisk, Promise]]:
    """The disk before each operation of a command and after it, with what was promised by then."""
    disk, kept = start.copy(), promise.copy()
    found: list[tuple[ModelDisk, Promise]] = []
    disk.watcher = lambda copy: found.append((copy, kept.copy()))
    act(disk, kept)
    found.append((disk.copy(), kept))
    return found


def _acts(disk: ModelDisk, promise: Promise, act: Act) -> bool:
    try:
        act(disk, promise)
    except StalklogError:
        return False
    return True


def _counted(scenario: Scenario) -> Counts:
    disk = scenario.start.copy()
    scenario.act(disk, scenario.promise.copy())
    return disk.counts

"""The commands that are disturbed, each on a vault as a person would have it by then."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tests.vault.campaign import Scenario, points
from tests.vault.desk import (
    Promise,
    add_files,
    amend_threat,
    attach,
    demand,
    init,
    log_threat,
    note_case,
    recover,
    run,
    withdraw_threat,
)
from tests.vault.model_disk import ModelDisk, crash_states

from stalklog.vault.layout import HEADER, STATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.vault.campaign import Act
    from tests.vault.desk import (
        Command,
    )

COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        "adding one file": add_files(5),
        "adding five files": add_files(11, 12, 13, 14, 15),
        "adding a file that is there": add_files(1),
        "adding the same file twice": add_files(6, 6),
        "logging a threat": log_threat,
        "attaching a file to a contact": attach,
        "amending a threat": amend_threat,
        "withdrawing a threat": withdraw_threat,
        "noting the case": note_case,
    }
)


@cache
def furnished() -> tuple[ModelDisk, Promise]:
    """A vault with a few entries in several logs, all of it durable; not to be changed."""
    disk, promise = ModelDisk(), Promise()
    init(disk, promise)
    for command in (log_threat, add_files(1), note_case):
        run(disk, command, promise)
    return disk, promise


def command_scenario(name: str) -> Scenario:
    """One command on the furnished vault; afterwards the person gives it again."""
    disk, promise = furnished()
    act = _acting(COMMANDS[name])
    return Scenario(name, disk, promise, act, act)


def init_scenario() -> Scenario:
    """The vault itself is made; afterwards it is made again where it was not finished."""
    return Scenario("init", ModelDisk(), Promise(), init, _init_or_log)


def recovery_scenarios(name: str, most: int) -> Iterator[Scenario]:
    """Recovery from what a disturbed command left, one scenario for each different work it has."""
    disk, promise = furnished()
    seen: set[tuple[int, int, int]] = set()
    for number, (point, kept) in enumerate(points(disk, promise, _acting(COMMANDS[name]))):
        for start in (point.copy(), *crash_states(point, limit=12, seed=number)):
            work = _work(start)
            if work not in seen and work > (0, 0, 0) and len(seen) < most:
                seen.add(work)
                yield Scenario(f"recovery from {name}", start, kept, _recover, _log)


def old_state_scenario() -> Scenario:
    """`state` lies several commands behind what was acknowledged."""
    disk, promise = furnished()
    disk, promise = disk.copy(), promise.copy()
    old = disk.read(STATE)
    for command in (attach, demand, add_files(21, 22), amend_threat):
        run(disk, command, promise)
    disk.put(STATE, old)
    return Scenario("recovery with an old state", disk, promise, _recover, _log)


def _work(start: ModelDisk) -> tuple[int, int, int]:
    """What a recovery does: how many tails it cuts, writes it makes, and operations in all."""
    disk = start.copy()
    disk_before = len(disk.list("quarantine"))
    recover(disk)
    cuts = len(disk.list("quarantine")) - disk_before
    return cuts, disk.counts.writes, disk.counts.operations


def _acting(command: Command) -> Act:
    def act(disk: ModelDisk, promise: Promise) -> None:
        run(disk, command, promise)

    return act


def _recover(disk: ModelDisk, _promise: Promise) -> None:
    recover(disk)


def _log(disk: ModelDisk, promise: Promise) -> None:
    run(disk, log_threat, promise)


def _init_or_log(disk: ModelDisk, promise: Promise) -> None:
    if disk.kind(HEADER) is None:
        init(disk, promise)
    else:
        run(disk, log_threat, promise)

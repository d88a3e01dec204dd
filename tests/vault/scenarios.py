"""The commands that are disturbed, each on a vault as a person would have it by then."""

from __future__ import annotations

from dataclasses import replace
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
    make_report,
    note_case,
    recover,
    repair,
    run,
    withdraw_threat,
)
from tests.vault.model_disk import ModelDisk, crash_states

from stalklog.vault.layout import HEADER, LATEST_NOTE, OBJECT_FOLDERS, STATE, log_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        "logging a demand": demand,
        "making a report": make_report,
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
    """The vault itself is made; afterwards it is made again where it was not finished, or used."""
    disk = ModelDisk()
    disk.is_named = False
    return Scenario("init", disk, Promise(), init, _init_or_log)


def filling_scenario() -> Scenario:
    """The same, from where the folders are made and nothing of it is on the disk for sure."""
    scenario = init_scenario()
    found = points(scenario.start, scenario.promise, scenario.act)
    start, _promise = next(point for point in found if point[0].kind(OBJECT_FOLDERS[-1]))
    return replace(scenario, start=start)


def recovery_scenarios(name: str, most: int) -> Iterator[Scenario]:
    """Recovery from what a disturbed command left, one scenario for each different work it has."""
    for start, kept in different(crashed_in(command_scenario(name)), most):
        yield Scenario(f"recovery from {name}", start, kept, _recover, _log)


def nested_scenarios(name: str, most: int) -> Iterator[Scenario]:
    """Recovery from what a recovery left that was disturbed itself."""
    recoveries = recovery_scenarios(name, most * 2)
    left = (found for scenario in recoveries for found in crashed_in(scenario))
    for start, kept in different(left, most):
        yield Scenario(f"recovery from a recovery from {name}", start, kept, _recover, _log)


def torn_old_state_scenarios(name: str, most: int) -> Iterator[Scenario]:
    """Recovery from a disturbed command, with a `state` that is several commands older besides."""
    aged = old_state_scenario()
    old = aged.start.read(STATE)
    start, promise = aged.start.copy(), aged.promise
    recover(start)

    def put_back() -> Iterator[tuple[ModelDisk, Promise]]:
        for crashed, kept in crashed_in(
            Scenario(name, start, promise, _acting(COMMANDS[name]), _log)
        ):
            crashed.put(STATE, old)
            yield crashed, kept

    for disk, kept in different(put_back(), most):
        yield Scenario(f"recovery from {name} with an old state", disk, kept, _recover, _log)


def old_state_scenario() -> Scenario:
    """`state` lies several commands behind what was acknowledged."""
    disk, promise = furnished()
    disk, promise = disk.copy(), promise.copy()
    old = disk.read(STATE)
    for command in (attach, demand, add_files(21, 22), amend_threat):
        run(disk, command, promise)
    disk.put(STATE, old)
    return Scenario("recovery with an old state", disk, promise, _recover, _log)


def missing_folders_scenario() -> Scenario:
    """What a copy may leave out is gone, beside a torn line: `quarantine` is made, then used."""
    disk, promise = furnished()
    disk = disk.copy()
    empty = next(folder for folder in OBJECT_FOLDERS if not disk.list(folder))
    for folder in ("tmp", "quarantine", empty):
        disk.drop(folder)
    disk.put(log_name("threats"), disk.read(log_name("threats")) + b'{"at":"2026-11-')
    return Scenario("recovery where folders are missing", disk, promise, _recover, _log)


def repair_scenarios() -> Iterator[Scenario]:
    """`repair`, for each thing that it may do, disturbed and given again."""
    disk, promise = furnished()
    for name, spoil, faults in (
        ("finish", _tear, frozenset[str]()),
        ("sign", _lose_note, frozenset({"CHECKPOINT_BAD_FORMAT"})),
        ("set aside", _contradict, frozenset({"SEQ_REPEAT", "CHAIN_BROKEN"})),
    ):
        start = disk.copy()
        spoil(start)
        yield Scenario(f"repair: {name}", start, promise, _repair, _repair_and_log, repair, faults)


def _tear(disk: ModelDisk) -> None:
    """Half a line in one log, zeros in another, a copy on its way in, and no `state`."""
    for log, left in (("threats", b'{"at":"2026-11-'), ("custody", bytes(40))):
        disk.put(log_name(log), disk.read(log_name(log)) + left)
    disk.put("tmp/0123456789abcdef01234567", b"half an original")
    disk.drop(STATE)


def _lose_note(disk: ModelDisk) -> None:
    disk.drop(LATEST_NOTE)


def _contradict(disk: ModelDisk) -> None:
    """Whole lines in two logs that were written down already, at another place."""
    for log in ("threats", "custody"):
        lines = disk.read(log_name(log)).splitlines(keepends=True)
        disk.put(log_name(log), b"".join([*lines, lines[0]]))


def crashed_in(scenario: Scenario) -> Iterator[tuple[ModelDisk, Promise]]:
    """What may be left of a command: where it was killed, and where the power failed besides."""
    found = points(scenario.start, scenario.promise, scenario.act)
    for number, (point, kept) in enumerate(found):
        yield point.copy(), kept
        for state in crash_states(point, limit=12, seed=number):
            yield state, kept


def different(
    starts: Iterable[tuple[ModelDisk, Promise]], most: int
) -> Iterator[tuple[ModelDisk, Promise]]:
    """The first of each kind of work that a recovery has with these, so many at most."""
    seen: set[tuple[int, int, int]] = set()
    for start, kept in starts:
        work = _work(start)
        if work not in seen and work > (0, 0, 0):
            seen.add(work)
            yield start, kept
            if len(seen) == most:
                return


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


def _repair(disk: ModelDisk, _promise: Promise) -> None:
    repair(disk)


def _repair_and_log(disk: ModelDisk, promise: Promise) -> None:
    repair(disk)
    run(disk, log_threat, promise)


def _log(disk: ModelDisk, promise: Promise) -> None:
    run(disk, log_threat, promise)


def _init_or_log(disk: ModelDisk, promise: Promise) -> None:
    if disk.kind(HEADER) is None:
        init(disk, promise)
    else:
        run(disk, log_threat, promise)

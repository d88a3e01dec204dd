"""No crash loses what a receipt was given for: power loss, kills, failed syncs, full disks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from tests.vault.campaign import (
    IS_LONG,
    Tally,
    disk_is_full,
    killed,
    killed_then_power_fails,
    points,
    power_fails,
    sync_fails,
)
from tests.vault.desk import Promise, init, log_threat, run
from tests.vault.model_disk import power_loss
from tests.vault.scenarios import (
    COMMANDS,
    command_scenario,
    filling_scenario,
    init_scenario,
    missing_folders_scenario,
    nested_scenarios,
    old_state_scenario,
    recovery_scenarios,
    repair_scenarios,
    torn_old_state_scenarios,
)

from stalklog.vault.layout import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.vault.campaign import Scenario
    from tests.vault.model_disk import ModelDisk


@dataclass(frozen=True, slots=True)
class Effort:
    """How many states of each point are judged, at most."""

    power: int
    kill: int
    nested: int
    every: int
    """Of which points the next command is disturbed too."""
    failing: int
    """Of a failed sync and a full disk; 0 to leave both out."""


SHORT: Final = Effort(power=10, kill=3, nested=1, every=10, failing=3)
SHORT_MANY: Final = Effort(power=6, kill=2, nested=1, every=20, failing=1)
SHORT_RECOVERY: Final = Effort(power=7, kill=2, nested=1, every=12, failing=2)
SHORT_FINISH: Final = Effort(power=12, kill=1, nested=1, every=60, failing=0)
SHORT_MORE: Final = Effort(power=2, kill=1, nested=1, every=30, failing=0)
LONG: Final = Effort(power=120, kill=30, nested=6, every=2, failing=30)
LONG_RECOVERY: Final = Effort(power=60, kill=12, nested=3, every=3, failing=12)
SHORTER: Final = {
    "adding five files": SHORT_MANY,
    "logging a demand": SHORT_MORE,
    "making a report": SHORT_MORE,
}
FLOORS: Final = {
    "adding one file": 330,
    "adding five files": 600,
    "adding a file that is there": 420,
    "adding the same file twice": 560,
    "logging a threat": 170,
    "attaching a file to a contact": 390,
    "amending a threat": 170,
    "withdrawing a threat": 170,
    "noting the case": 170,
    "recovery from adding five files": 270,
    "recovery from attaching a file to a contact": 1_150,
    "recovery with an old state": 270,
    "recovery where folders are missing": 200,
    "init": 420,
    "logging a demand": 60,
    "making a report": 85,
    "recovery from a recovery from attaching a file to a contact": 200,
    "recovery from attaching a file to a contact with an old state": 210,
    "repair": 560,
}
"""How many states are judged at least; the summary of the run prints how many were."""
LONG_FLOORS: Final = {
    "adding one file": 2_250,
    "adding five files": 16_000,
    "adding a file that is there": 2_800,
    "adding the same file twice": 5_250,
    "logging a threat": 1_100,
    "attaching a file to a contact": 2_900,
    "amending a threat": 1_100,
    "withdrawing a threat": 1_100,
    "noting the case": 1_100,
    "recovery from adding five files": 6_400,
    "recovery from attaching a file to a contact": 7_800,
    "recovery with an old state": 1_750,
    "recovery where folders are missing": 3_450,
    "init": 8_800,
    "logging a demand": 1_100,
    "making a report": 1_650,
    "recovery from a recovery from attaching a file to a contact": 24_200,
    "recovery from attaching a file to a contact with an old state": 13_000,
    "repair": 5_000,
}
"""The same in the long form."""


def drive(scenario: Scenario, effort: Effort, tally: Tally) -> None:
    power_fails(scenario, tally, limit=effort.power)
    killed(scenario, tally, limit=effort.kill)
    killed_then_power_fails(scenario, tally, limit=effort.nested, every=effort.every)
    if effort.failing:
        sync_fails(scenario, tally, limit=effort.failing)
        disk_is_full(scenario, tally, limit=effort.failing)


def require_none_bad(name: str, tally: Tally, record: Callable[[str, object], None]) -> None:
    record("power_loss_states", tally.states)
    assert not tally.bad
    assert tally.states >= (LONG_FLOORS if IS_LONG else FLOORS)[name]


def test_at_least_five_thousand_states_are_judged_and_ten_times_as_many_at_length() -> None:
    assert sum(FLOORS.values()) >= 5_000
    assert sum(LONG_FLOORS.values()) >= 50_000
    assert set(COMMANDS) <= set(FLOORS)
    assert set(FLOORS) == set(LONG_FLOORS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disturbed_command_loses_nothing(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    short = SHORTER.get(name, SHORT)
    drive(command_scenario(name), LONG if IS_LONG else short, tally)
    require_none_bad(name, tally, record_property)


@pytest.mark.parametrize("name", ["adding five files", "attaching a file to a contact"])
def test_a_disturbed_recovery_loses_nothing(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    for scenario in recovery_scenarios(name, most=12 if IS_LONG else 5):
        drive(scenario, LONG_RECOVERY if IS_LONG else SHORT_RECOVERY, tally)
    require_none_bad(f"recovery from {name}", tally, record_property)


def test_a_disturbed_recovery_with_an_old_state_loses_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally()
    drive(old_state_scenario(), LONG if IS_LONG else SHORT, tally)
    require_none_bad("recovery with an old state", tally, record_property)


def test_a_disturbed_recovery_where_folders_are_missing_loses_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    tally, scenario = Tally(), missing_folders_scenario()
    drive(scenario, LONG if IS_LONG else SHORT_RECOVERY, tally)
    require_none_bad(scenario.name, tally, record_property)


@pytest.mark.parametrize("scenarios", [nested_scenarios, torn_old_state_scenarios])
def test_a_recovery_that_is_disturbed_more_than_once_loses_nothing(
    scenarios: Callable[[str, int], Iterator[Scenario]],
    record_property: Callable[[str, object], None],
) -> None:
    tally, name = Tally(), ""
    for scenario in scenarios("attaching a file to a contact", 16 if IS_LONG else 2):
        drive(scenario, LONG_RECOVERY if IS_LONG else SHORT_MORE, tally)
        name = scenario.name
    require_none_bad(name, tally, record_property)


def test_a_disturbed_repair_loses_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally()
    for scenario in repair_scenarios():
        short = SHORT_FINISH if scenario.name == "repair: finish" else SHORT_MORE
        drive(scenario, LONG_RECOVERY if IS_LONG else short, tally)
    require_none_bad("repair", tally, record_property)


def test_what_is_saved_after_an_init_was_killed_outlives_a_power_cut() -> None:
    """It may have been killed before the vault's own names were on the disk."""
    made = init_scenario()
    killed_at = [disk for disk, _ in points(made.start, made.promise, made.act) if has_header(disk)]
    assert killed_at
    for disk in killed_at:
        moments = [moment for moment, _ in points(disk, Promise(), log_one)]
        run(disk, log_threat, Promise())
        assert has_header(power_loss(disk))
        for left in map(power_loss, moments):
            if not has_header(left):
                init(left, Promise())  # is not refused


def has_header(disk: ModelDisk) -> bool:
    return disk.kind(HEADER) == "file"


def log_one(disk: ModelDisk, promise: Promise) -> None:
    run(disk, log_threat, promise)


def test_a_disturbed_init_is_made_anew_or_whole(
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally()
    scenario = init_scenario()
    every = 1 if IS_LONG else 4
    power_fails(scenario, tally, limit=6 if IS_LONG else 2, every=every)
    killed(scenario, tally, limit=3 if IS_LONG else 1, every=every * 2)
    sync_fails(scenario, tally, limit=2)
    disk_is_full(scenario, tally, limit=2)
    killed_then_power_fails(
        scenario,
        tally,
        limit=1,
        every=32 if IS_LONG else 160,
        within=8 if IS_LONG else 80,
    )
    killed_then_power_fails(
        filling_scenario(),
        tally,
        limit=3 if IS_LONG else 1,
        every=1 if IS_LONG else 12,
        within=1 if IS_LONG else 12,
    )
    require_none_bad("init", tally, record_property)

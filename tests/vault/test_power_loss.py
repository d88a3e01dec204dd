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
    power_fails,
    sync_fails,
)
from tests.vault.scenarios import (
    COMMANDS,
    command_scenario,
    init_scenario,
    old_state_scenario,
    recovery_scenarios,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vault.campaign import Scenario


@dataclass(frozen=True, slots=True)
class Effort:
    """How many states of each point are judged, at most."""

    power: int
    kill: int
    nested: int
    every: int
    """Of which points the next command is disturbed too."""
    failing: int


SHORT: Final = Effort(power=10, kill=3, nested=1, every=10, failing=3)
SHORT_RECOVERY: Final = Effort(power=7, kill=2, nested=1, every=12, failing=2)
LONG: Final = Effort(power=120, kill=30, nested=6, every=2, failing=30)
LONG_RECOVERY: Final = Effort(power=60, kill=12, nested=3, every=3, failing=12)
FLOOR: Final = 50_000 if IS_LONG else 5_000
"""How many states all these tests judge together, at least; the summary prints how many."""


def drive(scenario: Scenario, effort: Effort, tally: Tally) -> None:
    power_fails(scenario, tally, limit=effort.power)
    killed(scenario, tally, limit=effort.kill)
    killed_then_power_fails(scenario, tally, limit=effort.nested, every=effort.every)
    sync_fails(scenario, tally, limit=effort.failing)
    disk_is_full(scenario, tally, limit=effort.failing)


def require_none_bad(tally: Tally, record: Callable[[str, object], None], least: int) -> None:
    record("power_loss_states", tally.states)
    assert not tally.bad
    assert tally.states >= least


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disturbed_command_loses_nothing(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    drive(command_scenario(name), LONG if IS_LONG else SHORT, tally)
    require_none_bad(tally, record_property, 100)


@pytest.mark.parametrize("name", ["adding five files", "attaching a file to a contact"])
def test_a_disturbed_recovery_loses_nothing(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    for scenario in recovery_scenarios(name, most=12 if IS_LONG else 5):
        drive(scenario, LONG_RECOVERY if IS_LONG else SHORT_RECOVERY, tally)
    require_none_bad(tally, record_property, 100)


def test_a_disturbed_recovery_with_an_old_state_loses_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally()
    drive(old_state_scenario(), LONG if IS_LONG else SHORT, tally)
    require_none_bad(tally, record_property, 100)


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
    require_none_bad(tally, record_property, 100)

"""A bulk add of two processes is disturbed at a system call: of the second one, or of any.

Where the second one is killed or fails, the first does its work, and nothing shows of it.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import every, judge
from tests.campaign.commands import needs_strace
from tests.campaign.test_errors import FAILING
from tests.vault.campaign import IS_LONG

from stalklog.vault.objects import _FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Call, Commands, Ran

pytestmark = [
    needs_strace,
    pytest.mark.skipif(os.cpu_count() == 1, reason="one core: there is no second process"),
]
FILES: Final = _FEW + 24
"""The last ones are written by the second process, and all are read back by it."""
EACH: Final = 3
"""In the small form."""
LEAST_TO_COME: Final = 0.9 if IS_LONG else 0.0
"""How many calls the second process makes differs a little: of so many one at least must come."""
FIRST_EACH: Final = 8
ONE_IN_FIRST: Final = 31
ONE_IN: Final = 4
"""In the long one: it does the same with each file."""


@pytest.fixture(scope="module")
def case(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Case:
    """So many small files at once."""
    folder = tmp_path_factory.mktemp("many")
    case = replace(cases["log"], name="add", folder=folder)
    replace(cases["log"]).fresh(folder)
    (folder / "many").mkdir()
    for number in range(FILES):
        (folder / "many" / f"{number}.txt").write_bytes(b"%d\n" % number * 50)
    return replace(case, argv=("--vault", "{}/vault", "add-evidence", "{}/many", "--json"))


def chosen_of(calls: Sequence[Call]) -> list[Call]:
    """Some of them but the last, at which it is ended anyway."""
    calls = calls[:-1]
    return list(calls[::-ONE_IN]) if IS_LONG else every(calls, EACH)


def judged(
    commands: Commands,
    case: Case,
    place: Path,
    calls: Sequence[Call],
    do: Callable[[Call], Ran],
    has_come: Callable[[Call], bool],
) -> int:
    """Each of these calls is disturbed; how many of them came."""
    bad: Counter[str] = Counter()
    came = 0
    for call in calls:
        ran = do(call)
        came += has_come(call)
        reason = f"exit {ran.code}: {ran.err}" if ran.code else judge(commands, case, place, ran)
        if reason:
            bad[f"{call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    assert not bad, "\n".join(map(str, bad.items()))
    return came


def test_a_kill_at_any_call_of_the_second_process_costs_nothing(
    case: Case,
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    calls = chosen_of(commands.calls_of_second(*case.fresh(place), since="tmp/"))
    came = judged(
        commands, case, place, calls,
        lambda call: commands.second_killed_at(call, *case.fresh(place)),
        commands.was_killed_at,
    )  # fmt: skip
    record_property("kills", came)
    assert came > len(calls) * LEAST_TO_COME


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"] if IS_LONG else ["EIO"])
def test_any_call_of_the_second_process_that_fails_costs_nothing(
    error: str,
    case: Case,
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    calls = commands.calls_of_second(*case.fresh(place), since="tmp/")
    calls = chosen_of([call for call in calls if call.name in FAILING])
    came = judged(
        commands, case, place, calls,
        lambda call: commands.second_failing_at(call, error, *case.fresh(place)),
        lambda _call: commands.has_failed_it(),
    )  # fmt: skip
    record_property("failing_calls", came)
    assert came > len(calls) * LEAST_TO_COME


def test_a_kill_at_any_call_of_both_loses_nothing(
    case: Case,
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Which of the two it meets is the one that gets there first."""
    calls = spread(commands.calls(*case.fresh(place), since='"lock"'))
    bad: Counter[str] = Counter()
    killed = 0
    for call in calls:
        ran = commands.killed_at(call, *case.fresh(place))
        killed += ran.code == -9
        # what outlives the first process may write a copy or two behind the next command
        reason = judge(commands, case, place, ran, is_tidy=ran.code != -9)
        if reason:
            bad[f"{call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("kills", len(calls))
    assert not bad, "\n".join(map(str, bad.items()))
    assert killed


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EINTR"] if IS_LONG else ["EIO"])
def test_any_call_of_both_that_fails_is_told_and_loses_nothing(
    error: str,
    case: Case,
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    calls = commands.calls(*case.fresh(place), since='"lock"')
    calls = spread([call for call in calls if call.name in FAILING])
    bad: Counter[str] = Counter()
    came = 0
    for call in calls:
        ran = commands.failing_at(call, error, *case.fresh(place))
        came += commands.has_failed_it()
        reason = judge(commands, case, place, ran)
        if reason:
            bad[f"{error} at {call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("failing_calls", came)
    assert not bad, "\n".join(map(str, bad.items()))
    assert came > len(calls) * LEAST_TO_COME


def spread(calls: Sequence[Call]) -> list[Call]:
    """Some of them, the rare ones all: one sync is more than the thousandth read."""
    often = Counter(call.name for call in calls)
    rare = [call for call in calls if often[call.name] < FILES // 4]
    many = [call for call in calls if often[call.name] >= FILES // 4]
    chosen = [*rare, *many[::-ONE_IN_FIRST]]
    return chosen if IS_LONG else chosen[:: max(1, len(chosen) // FIRST_EACH)]

"""A command is killed at every system call, from the opening of the vault's lock to its end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import NAMES, every, judge
from tests.campaign.commands import CALLS, needs_strace
from tests.vault.campaign import IS_LONG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands

pytestmark = needs_strace

CHANGING: Final = ("write", "fsync", "renameat", "ftruncate", "unlinkat", "fchmod")
KILLS_EACH: Final = 7
"""In the small form."""
CHANGING_NOTHING: Final = frozenset({
    "access", "dup", "dup2", "dup3", "faccessat", "faccessat2", "fstatfs", "getcwd", "lstat",
    "mmap", "poll", "ppoll", "pselect6", "readlink", "readlinkat", "select", "stat", "statfs",
})  # fmt: skip
"""Calls that name a file or have one open, and leave it as it is."""


@pytest.mark.parametrize("name", NAMES)
def test_no_call_by_which_a_command_changes_a_file_is_left_out(
    name: str, cases: dict[str, Case], commands: Commands, place: Path
) -> None:
    ran = commands.run(*cases[name].fresh(place), strace=["-e", "trace=%file,%desc"])
    assert ran.code == 0, ran.err
    assert {"openat", "write"} <= set(commands.counted()) <= {*CALLS, *CHANGING_NOTHING}


@pytest.mark.parametrize("name", NAMES)
def test_a_kill_at_any_system_call_loses_nothing(
    name: str,
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case = cases[name]
    calls = commands.calls(*case.fresh(place), since='"lock"' if case.kept else str(place))
    chosen = every(calls, KILLS_EACH)
    bad: Counter[str] = Counter()
    missed = 0
    for call in chosen:
        ran = commands.killed_at(call, *case.fresh(place))
        missed += ran.code != -9
        reason = judge(commands, case, place, ran)
        if reason:
            bad[f"{call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("kills", len(chosen) - missed)
    assert not bad, "\n".join(map(str, bad.items()))
    assert missed == 0


@pytest.mark.parametrize("name", ["add", "log", "both", "recovery"] if IS_LONG else ["both"])
def test_a_kill_of_a_python_of_its_own_loses_nothing(
    name: str,
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case = cases[name]
    calls = commands.whole_calls(*case.fresh(place), names=CHANGING, since='"lock"')
    chosen = every(calls, 1)
    bad: list[str] = []
    for call in chosen:
        ran = commands.whole_killed_at(call, *case.fresh(place))
        reason = judge(commands, case, place, ran)
        if reason or ran.code != -9:
            bad.append(f"{call.name} {call.number} {call.told[:60]}: {ran.code} {reason}")
    record_property("kills", len(chosen))
    assert not bad, "\n".join(bad)

"""A command is killed at every system call, from the opening of the vault's lock to its end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import NAMES, every, judge
from tests.campaign.commands import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands

pytestmark = needs_strace

KILLS_EACH: Final = 8
"""In the small form."""


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

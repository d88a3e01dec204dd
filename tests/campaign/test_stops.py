"""A command is stopped at every system call: what is said of it then is so."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import NAMES, count_own, every, judge
from tests.campaign.commands import needs_strace

from stalklog.errors import InterruptedByUserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Call, Commands, Ran

pytestmark = needs_strace

STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
STOPS_EACH: Final = 6
"""In the small form."""
AGAIN: Final = "You can run the same command again at any time."
SAVED: Final = "Stopped, as you asked. What this command wrote into the vault is saved."


def _until_it_answers(calls: list[Call]) -> list[Call]:
    """Those before the answer: whoever has it knows."""
    answers = [at for at, call in enumerate(calls) if call.told.startswith("1, ")]
    return calls[: answers[0]]


def _is_told_wrongly(case: Case, vault: Path, ran: Ran) -> str | None:
    """Whether the words say another thing than the vault, now that the next command is done."""
    if ran.code != InterruptedByUserError.exit_code or case.kept is None:
        return None
    told = json.loads(ran.err)
    count = count_own(case, vault)
    expected = {AGAIN: 0, SAVED: 1}.get(
        told["message"] if told["message"] == SAVED else told["hint"]
    )
    return None if count == expected else f"{count} of it are there: {told}"


@pytest.mark.parametrize("name", NAMES)
def test_a_stop_at_any_system_call_is_told_as_it_is(
    name: str,
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case = cases[name]
    calls = commands.calls(*case.fresh(place), since='"lock"' if case.kept else str(place))
    chosen = every(_until_it_answers(calls), STOPS_EACH)
    bad: Counter[str] = Counter()
    codes: Counter[int] = Counter()
    for number, call in enumerate(chosen):
        stop = STOPS[number % len(STOPS)]
        ran = commands.stopped_at(call, stop, *case.fresh(place))
        codes[ran.code] += 1
        reason = judge(commands, case, place, ran) or _is_told_wrongly(case, place / "vault", ran)
        if reason:
            bad[f"{stop} at {call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("stops", len(chosen))
    assert not bad, "\n".join(map(str, bad.items()))
    assert set(codes) <= {0, InterruptedByUserError.exit_code}
    assert codes[InterruptedByUserError.exit_code] > len(chosen) / 2

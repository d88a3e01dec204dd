"""A large copy, written and read back in threads of their own, is killed or fails at any call."""

from __future__ import annotations

import random
import signal
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import every, judge, make_cases
from tests.campaign.commands import Commands, Ran, needs_strace
from tests.campaign.test_errors import ERRORS, FAILING, unheard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Call

pytestmark = needs_strace

CHUNK_BYTES: Final = 1 << 16
CHUNKS: Final = 7
EACH: Final = 8
"""In the small form."""


@pytest.fixture(scope="module")
def commands(ground: Path) -> Iterator[Commands]:
    """A stalklog to which seven small chunks are a large file already."""
    home = ground / "home of large ones"
    home.mkdir()
    loaded = Commands(home, chunk_bytes=CHUNK_BYTES)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def case(ground: Path) -> Case:
    found = next(case for case in make_cases(ground / "large") if case.name == "add")
    data = random.Random(1).randbytes(CHUNKS * CHUNK_BYTES + 4321)  # noqa: S311 - no secret
    (found.folder / "two.png").write_bytes(data)
    return found


def calls_of(commands: Commands, case: Case, place: Path) -> list[Call]:
    """Each call once; the threads take turns as they come, so it is not the same each time."""
    calls = commands.calls(*case.fresh(place), since='"lock"')
    assert sum("O_DIRECT" in call.told for call in calls if call.name == "fcntl") > CHUNKS
    return list({(call.name, call.number): call for call in calls}.values())


def test_a_kill_at_any_call_loses_nothing(
    commands: Commands, case: Case, place: Path, record_property: Callable[[str, object], None]
) -> None:
    chosen = every(calls_of(commands, case, place), EACH)
    bad: Counter[str] = Counter()
    killed = 0
    for call in chosen:
        ran = commands.killed_at(call, *case.fresh(place))
        killed += ran.code == -9
        reason = judge(commands, case, place, ran)
        if reason:
            bad[f"{call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("kills", killed)
    assert not bad, "\n".join(map(str, bad.items()))
    assert killed > len(chosen) * 0.9


def test_a_call_that_fails_is_told_and_loses_nothing(
    commands: Commands, case: Case, place: Path, record_property: Callable[[str, object], None]
) -> None:
    calls = calls_of(commands, case, place)
    failing = FAILING | {"fcntl", "sync_file_range"}
    faults = [
        (call, error) for call, error in product(calls, (*ERRORS, "EINVAL")) if call.name in failing
    ]
    bad: Counter[str] = Counter()
    chosen = every(faults, EACH)
    failed = 0
    for call, error in chosen:
        ran = commands.failing_at(call, error, *case.fresh(place))
        has_failed = commands.has_failed_it()
        failed += has_failed
        unheard_of = unheard(call, error, ran) if has_failed else None
        if ran.code and not commands.could_tell():
            ran = Ran(-signal.SIGKILL, "", "")  # it could say no more than one that was killed
        reason = unheard_of or judge(commands, case, place, ran)
        if reason:
            bad[f"{error} at {call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("failing_calls", failed)
    assert not bad, "\n".join(map(str, bad.items()))
    assert failed > len(chosen) * 0.9


def test_writes_that_take_only_half_are_gone_on_with(
    commands: Commands, case: Case, place: Path
) -> None:
    ran = commands.run(*case.fresh(place), short=True)
    assert ran.code == 0, ran.err
    assert judge(commands, case, place, ran) is None


def test_a_file_that_may_not_grow_further_is_told_and_loses_nothing(
    commands: Commands, case: Case, place: Path
) -> None:
    for limit in every(range(CHUNK_BYTES // 2, CHUNKS * CHUNK_BYTES, CHUNK_BYTES // 4), EACH):
        ran = commands.run(*case.fresh(place), fsize=limit)
        assert ran.code not in {0, 1, 70}
        assert judge(commands, case, place, ran) is None

"""One system call of a command fails, or writes only half: it is said, and nothing is lost."""

from __future__ import annotations

import errno
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import NAMES, every, judge
from tests.campaign.commands import needs_strace

from stalklog.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Call, Commands, Ran

FAILING: Final = frozenset({
    "openat", "read", "readv", "write", "fsync", "fdatasync", "syncfs", "ftruncate", "fchmod",
    "close", "rename", "renameat", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat",
    "flock", "chmod",
})  # fmt: skip
TOLD: Final = frozenset({
    "fsync", "fdatasync", "syncfs", "sync_file_range", "ftruncate", "rename", "renameat", "write",
    "mkdir", "mkdirat",
})  # fmt: skip
"""Without these the entry or its original is not there, or not for good."""
ERRORS: Final = ("EIO", "ENOSPC", "EINTR")
FAULTS_EACH: Final = 6
"""In the small form."""


def unheard(call: Call, error: str, ran: Ran) -> str | None:
    """Whether what has to be told was passed over: that something is not on the disk, above all.

    A call that does nothing anyway (a folder is made that is there) may fail as it likes.
    """
    if " = -1 " in call.told:
        return None
    if call.name in TOLD and error in {"EIO", "ENOSPC"} and ran.code == 0:
        return "nothing was told of it"
    return None


@needs_strace
@pytest.mark.parametrize("name", NAMES)
def test_a_call_that_fails_is_told_and_loses_nothing(
    name: str,
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case = cases[name]
    calls = commands.calls(*case.fresh(place), since='"lock"' if case.kept else str(place))
    faults = [(call, error) for call, error in product(calls, ERRORS) if call.name in FAILING]
    bad: Counter[str] = Counter()
    chosen = every(faults, FAULTS_EACH)
    for call, error in chosen:
        ran = commands.failing_at(call, error, *case.fresh(place))
        assert commands.has_failed_it(), call
        reason = unheard(call, error, ran) or judge(commands, case, place, ran)
        if reason:
            bad[f"{error} at {call.name} {call.number} {call.told[:60]}: {reason}"] += 1
    record_property("failing_calls", len(chosen))
    assert not bad, "\n".join(map(str, bad.items()))


@needs_strace
def test_a_receipt_in_words_is_whole(
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Whoever is told that it is saved is told the head, too, and not of an error."""

    def fresh() -> tuple[str, ...]:
        return tuple(word for word in cases["log"].fresh(place) if word != "--json")

    calls = commands.calls(*fresh(), since='"lock"')
    chosen = every([call for call in calls if call.name in FAILING], FAULTS_EACH)
    bad: Counter[str] = Counter()
    for call in chosen:
        ran = commands.failing_at(call, "EIO", *fresh())
        is_told, is_whole = "Logged as" in ran.out, "Head" in ran.out
        is_right = is_told and is_whole if ran.code == 0 else bool(ran.err) and not is_told
        if not is_right and ran.code != OutputError.exit_code:
            bad[f"{call.name} {call.number} {call.told[:60]}: {ran.code} {ran.out} {ran.err}"] += 1
    record_property("failing_calls", len(chosen))
    assert not bad, "\n".join(map(str, bad.items()))


@pytest.mark.parametrize("name", NAMES)
def test_writes_that_take_only_half_are_gone_on_with(
    name: str, cases: dict[str, Case], commands: Commands, place: Path
) -> None:
    case = cases[name]
    ran = commands.run(*case.fresh(place), short=True)
    assert ran.code == 0, ran.err
    assert judge(commands, case, place, ran) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_may_not_grow_further_is_told_and_loses_nothing(
    name: str, cases: dict[str, Case], commands: Commands, place: Path
) -> None:
    """The system's own short write: half of the bytes, then an error."""
    case = cases[name]
    bad: dict[int, str] = {}
    said: Counter[str] = Counter()
    for limit in every(range(400, 3500, 50), FAULTS_EACH):
        ran = commands.run(*case.fresh(place), fsize=limit)
        reason = judge(commands, case, place, ran)
        if reason:
            bad[limit] = reason
        said[ran.err] += 1
    assert not bad, "\n".join(map(str, bad.items()))
    assert any(f"{errno.EFBIG}" in text or "too large" in text for text in said)

"""A command that only reads meets a disk that fails: it says so, or its answer is the whole one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.cases import every
from tests.campaign.commands import needs_strace
from tests.campaign.test_errors import FAILING

from stalklog.errors import OutputError, ReadOnlyVaultError, VaultBusyError, VaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands, Ran

pytestmark = needs_strace

NOT_CHECKED_EXIT: Final = 11
REFUSED: Final = frozenset({VaultError.exit_code, OutputError.exit_code})
COMMANDS: Final[dict[str, tuple[tuple[str, ...], frozenset[int]]]] = {
    "verify": (("verify",), REFUSED | {NOT_CHECKED_EXIT}),
    "list": (("list", "all"), REFUSED),
    "show": (("show", "T-0001"), REFUSED),
    "status": (("status",), REFUSED),
    "timeline": (("timeline",), REFUSED),
    "search": (("search", "where"), REFUSED),
    "due": (("due",), REFUSED),
    "get": (("get", "E-0001", "-o", "{}/got"), REFUSED | {ReadOnlyVaultError.exit_code}),
    "repair": (("repair", "--yes"), REFUSED | {ReadOnlyVaultError.exit_code}),
    "report": (("report", "-o", "{}/report.html"), REFUSED | {VaultBusyError.exit_code}),
}
"""What is typed, and with which numbers it may be left unanswered. A report is written down too: a
`close` that is made to fail leaves the lock of its check open, as no system does, and it waits."""
FOR_ITSELF: Final = frozenset({"head", "sha256"})
"""What a report says of itself: of another one it is another."""
FAULTS_EACH: Final = 6
"""In the small form."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_cannot_be_read_is_told_or_nothing_is_missing(
    name: str,
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    case, (words, allowed) = cases["log"], COMMANDS[name]

    def fresh() -> tuple[str, ...]:
        case.fresh(place)
        return ("--vault", f"{place}/vault", *(word.format(place) for word in words), "--json")

    whole = commands.run(*fresh())
    assert whole.code == 0, whole.err
    calls = commands.calls(*fresh(), since='"VAULT"')
    chosen = every([call for call in calls if call.name in FAILING], FAULTS_EACH)
    bad: Counter[str] = Counter()
    failed = 0
    for call in chosen:
        ran = commands.failing_at(call, "EIO", *fresh())
        failed += commands.has_failed_it()
        if ran.code not in allowed and (ran.code or told(ran) != told(whole)):
            bad[f"{call.name} {call.told[:60]}: {ran.code} {ran.err} {told(ran)}"] += 1
    record_property("failing_reads", failed)
    assert not bad, "\n".join(map(str, bad.items()))
    assert failed > len(chosen) * 0.9


def told(ran: Ran) -> Any:  # noqa: ANN401 - whatever a command answers
    """The answer without what is `FOR_ITSELF`."""
    answer = ran.receipt
    if answer is None:
        return ran.out
    return {key: value for key, value in answer.items() if key not in FOR_ITSELF}

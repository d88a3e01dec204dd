"""What is taken out gets its name by a link: it fails, and nobody is told what is not so."""

from __future__ import annotations

import hashlib
import json
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from tests.campaign.cases import every, judge_answer
from tests.campaign.commands import needs_strace

from stalklog.errors import WouldOverwriteError
from stalklog.vault.layout import log_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.campaign.cases import Case
    from tests.campaign.commands import Commands

pytestmark = needs_strace

ERRORS: Final = ("EIO", "ENOSPC", "EINTR", "EPERM", "EOPNOTSUPP", "EMLINK", "EEXIST", "EROFS")
FAULTS_EACH: Final = 12
"""In the small form."""
NAMING: Final = frozenset({"link", "linkat", "unlink", "unlinkat", "rename", "renameat", "fsync"})
TAKES: Final = {
    "get": ("get", "E-0001"),
    "report": ("report",),
    "folder": ("report", "--format", "csv"),
}


@pytest.mark.parametrize("name", TAKES)
def test_a_name_that_cannot_be_given_is_told_as_it_is(
    name: str,
    cases: dict[str, Case],
    commands: Commands,
    place: Path,
    record_property: Callable[[str, object], None],
) -> None:
    out, vault = place / "out", place / "vault"

    def fresh() -> tuple[str, ...]:
        cases["log"].fresh(place)
        return ("--vault", str(vault), *TAKES[name], "-o", str(out), "--json")

    calls = [call for call in commands.calls(*fresh(), since=".part") if call.name in NAMING]
    assert {"linkat", "link"} & {call.name for call in calls} or name == "folder"
    faults = every(list(product(calls, ERRORS)), FAULTS_EACH)
    bad: list[str] = []
    for call, error in faults:
        ran = commands.failing_at(call, error, *fresh())
        assert commands.has_failed_it(), call
        logged = b'"report.made"' in (vault / log_name("custody")).read_bytes()
        reason = judge_answer(ran) if ran.code else None
        if ran.code == 0 and not out.exists():
            reason = "a receipt, and nothing is there"
        elif ran.code == 0 and out.is_file():
            found = hashlib.sha256(out.read_bytes()).hexdigest()
            reason = reason or (None if found == ran.json["sha256"] else "other bytes")
        elif ran.code and logged and not out.exists() and call.name.startswith("link"):
            told = json.loads(ran.err)["message"]
            reason = reason or (None if "though the log says" in told else f"not told: {told}")
        if error == "EEXIST" and call.name.startswith("link") and not reason:
            reason = None if ran.code == WouldOverwriteError.exit_code else f"exit {ran.code}"
        if reason:
            bad.append(f"{error} at {call.name} {call.number} {call.told[:60]}: {reason}")
    record_property("failing_calls", len(faults))
    assert not bad, "\n".join(bad)

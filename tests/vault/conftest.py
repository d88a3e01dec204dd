"""Print what the campaigns counted, whichever worker counted it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

FIGURES = {
    "power_loss_states": "crash states judged",
    "power_loss_mutants": "crash mutants killed",
    "tamperings": "tamperings found and rightly named",
    "checker_vaults": "vaults on which the independent checker agreed",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name in FIGURES:
                    counts[name] += int(str(value))
                    seconds[name] += round(report.duration)
                    bad[name] += outcome == "failed"
    for name, count in counts.items():
        terminalreporter.write_line(
            f"{count:,} {FIGURES[name]}; {bad[name]} tests with a bad one; {seconds[name]} s"
        )

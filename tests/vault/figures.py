"""What the campaigns counted, printed at the end of the run, whichever worker counted it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

FIGURES: Final = {
    "power_loss_states": "crash states judged",
    "power_loss_mutants": "mutants of the crash rules killed",
    "tamperings": "tamperings found and rightly named",
    "checker_vaults": "vaults on which the independent checker agreed",
    "kills": "kills at a system call, nothing lost",
    "failing_calls": "system calls made to fail, nothing lost",
    "full_disks": "disks that were full at another point, nothing lost",
    "random_kills": "kills at random moments of a bulk add, nothing lost",
    "random_kills_inside": "of them while it held the lock",
    "random_kills_late": "of them when it had finished",
}
_PRINTED: Final = "stalklog_figures_printed"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each figure; a hook that several conftests may name, and that prints once."""
    if getattr(terminalreporter.config, _PRINTED, False):
        return
    setattr(terminalreporter.config, _PRINTED, True)
    counts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                counts[name] += int(str(value))
                seconds[name] += round(report.duration)
                failed[name] += outcome == "failed"
    for name, text in FIGURES.items():
        if counts[name]:
            terminalreporter.write_line(
                f"{counts[name]:,} {text} in {seconds[name]} s, {failed[name]} tests failed"
            )

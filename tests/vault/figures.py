"""What the campaigns counted, printed at the end of the run, whichever worker counted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

FIGURES: Final = {
    "power_loss_states": "crash states judged",
    "tamperings": "tamperings found and rightly named",
    "put_back": "combinations of older copies judged",
    "put_back_silent": "of them lose entries and are shown by a kept head alone",
    "machine_steps": "steps of the state machine",
    "checker_vaults": "vaults on which the independent checker agreed",
    "kills": "kills at a system call, nothing lost",
    "stops": "stops at a system call, told as they were",
    "failing_calls": "system calls made to fail, nothing lost",
    "failing_reads": "calls made to fail in commands that only read, told or without consequence",
    "full_disks": "disks that were full at another point, nothing lost",
    "random_kills": "kills at random moments of a bulk add, nothing lost",
    "random_kills_inside": "of them while it held the lock",
    "random_kills_beside": "of them while a second process worked for it",
    "random_kills_late": "of them when it had finished",
    "looks_beside": "looks beside a writer, no false damage",
    "sparse_seconds": "seconds to add 5 GiB of nothing",
}
NAMED: Final = {"power_loss_mutant": "mutants of the crash rules killed"}
"""What is not only counted, but listed by name."""
_PRINTED: Final = "stalklog_figures_printed"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each figure; a hook that several conftests may name, and that prints once."""
    if getattr(terminalreporter.config, _PRINTED, False):
        return
    setattr(terminalreporter.config, _PRINTED, True)
    reports = _reports(terminalreporter)
    for name, text in FIGURES.items():
        counts = [(int(str(value)), report) for key, value, report in reports if key == name]
        if counts:
            seconds = sum(round(report.duration) for _, report in counts)
            failed = sum(report.failed for _, report in counts)
            terminalreporter.write_line(
                f"{sum(count for count, _ in counts):,} {text} in {seconds} s, "
                f"{failed} tests failed"
            )
    for name, text in NAMED.items():
        told = sorted(str(value) for key, value, report in reports if key == name)
        if told:
            terminalreporter.write_line(f"{len(told)} {text}:")
        for line in told:
            terminalreporter.write_line(f"  {line}")


def _reports(
    terminalreporter: pytest.TerminalReporter,
) -> list[tuple[str, object, pytest.TestReport]]:
    """What every test has recorded, and the test."""
    return [
        (name, value, report)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", [])
    ]

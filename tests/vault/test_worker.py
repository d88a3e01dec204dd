"""A second process is this program again, with two pipes; where there can be none there is none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stalklog.vault.worker import start_worker


def test_a_worker_is_this_program_and_is_given_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **how: asked.append((given, how)))
    start_worker("stalklog.vault.line_worker", "a word")
    command = [sys.executable, "-P", "-m", "stalklog.vault.line_worker", "a word"]
    pipes = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.DEVNULL,
    }
    assert asked == [((command,), pipes)]


@pytest.mark.parametrize(
    ("program", "is_frozen"), [("", False), (sys.executable, True), ("", True)]
)
def test_a_program_that_cannot_start_itself_starts_nothing(
    monkeypatch: pytest.MonkeyPatch, program: str, is_frozen: bool
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("it was started"))
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)
    assert start_worker("stalklog") is None


def test_a_system_that_starts_nothing_has_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(11, "too many processes")

    monkeypatch.setattr(subprocess, "Popen", fail)
    assert start_worker("stalklog") is None

"""Where it is not certain that something was saved, what she is told to do makes it certain."""

from __future__ import annotations

import errno
import signal
from typing import TYPE_CHECKING

import pytest

from stalklog.errors import InterruptedByUserError, VaultError
from stalklog.vault.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("vault")
LOG = ("log-threat", "--precision", "unknown", "--words", "x")


@pytest.fixture(params=["logs/threats.jsonl", "checkpoints"])
def fails_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The disk fails at that sync, once its lines were written."""
    name = str(request.param)
    call = "sync" if name.endswith(".jsonl") else "sync_folder"
    real = getattr(Disk, call)

    def fail(disk: Disk, what: str) -> None:
        if what == name:
            raise OSError(errno.EIO, "Input/output error")
        real(disk, what)

    monkeypatch.setattr(Disk, call, fail)
    return name


def test_what_is_finished_is_there_once(
    run: Run, vault: Path, fails_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = run(*LOG, "--json")
    assert answer.code == VaultError.exit_code, fails_at
    assert answer.error["message"].startswith("It is not certain that this was saved")
    assert "stalklog repair" in answer.error["hint"]
    monkeypatch.undo()
    monkeypatch.setenv("STALKLOG_VAULT", str(vault))
    assert run("list", "threats", "--json").json == []  # so a look alone does not tell
    assert run("repair", "--yes").code == 0
    assert len(run("list", "threats", "--json").json) == 1
    assert run("verify").code == 0


@pytest.mark.usefixtures("_hears_ctrl_c")
def test_stopped_twice_it_is_not_certain(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Disk.sync

    def stop_twice(disk: Disk, what: str) -> None:
        if what.startswith("logs/"):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        real(disk, what)

    monkeypatch.setattr(Disk, "sync", stop_twice)
    answer = run(*LOG, "--json")
    assert answer.code == InterruptedByUserError.exit_code
    assert answer.error["message"] == (
        "Stopped, as you asked. It is not certain that this was saved."
    )
    assert "stalklog repair" in answer.error["hint"]
    monkeypatch.setattr(Disk, "sync", real)
    assert run("repair", "--yes").code == 0
    assert len(run("list", "threats", "--json").json) == 1


@pytest.mark.usefixtures("_hears_ctrl_c")
def test_stopped_when_the_answer_is_told_it_is_saved(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stalklog.cli import door  # noqa: PLC0415 - patched

    def stop() -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(door, "flush_answer", stop)
    answer = run(*LOG, "--json")
    assert answer.code == InterruptedByUserError.exit_code
    assert "What this command wrote into the vault is saved." in answer.err

"""A shell completes commands, options and known words: never anything out of a vault."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stalklog.cli.app import COMMANDS
from stalklog.cli.completion import ASKED, offered

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stalklog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command, on the path."""
    script = tmp_path / "bin" / "stalklog"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m stalklog "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("STALKLOG_VAULT", str(tmp_path / "nowhere"))
    return script


def ask(shell: str, typed: str) -> list[str]:
    words = {
        "bash": {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split(" ")) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": typed},
        "fish": {"_TYPER_COMPLETE_ARGS": typed, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    done = subprocess.run(
        [sys.executable, "-m", "stalklog"],
        env={**os.environ, **words, ASKED: f"complete_{shell}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_every_command_is_offered_by_its_beginning() -> None:
    assert ask("bash", "stalklog ") == [listed.name for listed in COMMANDS]
    assert ask("bash", "stalklog log-") == ["log-threat", "log-contact", "log-demand"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_options_and_known_words_are_offered_in_each_shell(shell: str) -> None:
    assert "--words-certainty" in "\n".join(ask(shell, "stalklog log-threat --word"))
    assert "change-passphrase" in "\n".join(ask(shell, "stalklog keys ch"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("stalklog list th", ["threats"]),
        ("stalklog add-evidence --kind screens", ["screenshot"]),
        ("stalklog --lang h", ["hi"]),
        ("stalklog report --format h", ["html"]),
        ("stalklog show ", [""]),
    ],
)
def test_words_that_are_few_and_known_are_offered(typed: str, expected: list[str]) -> None:
    assert ask("bash", typed) == expected


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here: not tried")
@pytest.mark.usefixtures("stalklog")
def test_a_real_bash_takes_what_show_completion_prints() -> None:
    script = (
        'eval "$(stalklog --show-completion)"\n'
        "COMP_WORDS=(stalklog log-d) COMP_CWORD=1\n"
        "_stalklog_completion stalklog\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        [shutil.which("bash") or "bash", "--norc", "-c", script],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("log-demand\n", "")


def test_nothing_is_put_together_while_no_shell_asks() -> None:
    assert offered(("a", "b"), {}) is None
    offer = offered(("aa", "ab", "b"), {ASKED: "complete_bash"})
    assert offer is not None
    assert offer("a") == ["aa", "ab"]

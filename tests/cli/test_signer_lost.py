"""Where the key that signs is lost or changed, every command that saves something says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

WHEN = ("--when", "2026-11-20 21:30")
NOTE = "Note: The vault's signing key is missing"
COMMANDS = {
    "log-threat": (*WHEN, "--words", "x"),
    "log-contact": (*WHEN, "--agency", "Example Police", "--kind", "police", "--summary", "x"),
    "log-demand": (*WHEN, "--words", "Stop.", "--to", "him"),
    "add-evidence": ("file.txt",),
    "case": ("--set", "alias=Ms A"),
    "amend": ("D-1", "--set", "to=the man next door", "--reason", "remembered"),
    "withdraw": ("D-1", "--reason", "twice"),
    "report": ("-o", "report.json"),
}
CHANGED = {"log-contact", "add-evidence", "report"}
"""Before these the key is not gone, but another one."""


@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_saved_and_said(name: str, run: Run, vault: Path, home: Path) -> None:
    (home / "file.txt").write_text("a letter")
    assert run("log-demand", *WHEN, "--words", "Stop.", "--to", "him").code == 0
    signer = vault / "keys" / "signer"
    good = signer.read_bytes()
    signer.unlink()
    if name in CHANGED:
        signer.write_bytes(good[:-6] + b"AAAAAA")
    answer = run(name, *COMMANDS[name], "--json")
    assert answer.code == 0, answer.err
    assert answer.json
    assert NOTE in answer.err
    assert run("verify").code == 0


def test_with_the_key_nothing_is_said(run: Run, vault: Path, home: Path) -> None:
    assert vault.is_dir()
    (home / "file.txt").write_text("a letter")
    assert run("log-demand", *WHEN, "--words", "Stop.", "--to", "him").code == 0
    for name, options in COMMANDS.items():
        assert NOTE not in run(name, *options, "--json").err

"""A reading that sees that a sealed vault was changed says it first, and ends with a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sealed_home import make_home, make_quick, told

from stalklog.vault.layout import log_name

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.cli.sealed_home import SealedHome

THREAT = ("log-threat", "--when", "2026-11-20 21:30", "--words", "I know where you live.")
READINGS = {
    "list": ("list", "all"),
    "list for programs": ("list", "all", "--json"),
    "show": ("show", "T-0002"),
    "status": ("status",),
    "report": ("report", "-o", "report.html"),
}


@pytest.fixture
def home_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> SealedHome:
    make_quick(monkeypatch)
    monkeypatch.chdir(tmp_path)
    home = make_home(tmp_path, monkeypatch)
    for _time in range(3):
        assert run(*THREAT).code == 0
    return home


def take_out(home: SealedHome, number: int) -> None:
    """The line is gone; that the log is shorter than it was is hidden by a longer last one."""
    log = home.vault / log_name("entries")
    lines = log.read_bytes().splitlines(keepends=True)
    del lines[number]
    log.write_bytes(b"".join(lines))
    (home.vault / "state").unlink()


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_says_first_that_the_vault_was_changed(
    home_: SealedHome, run: Run, name: str
) -> None:
    whole = run(*READINGS[name], "--passphrase-file", home_.passphrase)
    assert whole.code == 0
    assert "CHAIN_BROKEN" not in whole.err
    take_out(home_, 2)
    again = tuple("again.html" if word == "report.html" else word for word in READINGS[name])
    answer = run(*again, "--passphrase-file", home_.passphrase)
    if name == "show":  # after what is missing ids are no longer counted
        assert answer.code == 40
        answer = run("show", "#3", "--passphrase-file", home_.passphrase)
    if name == "report":  # which is written into the vault, and that is damaged
        assert (answer.code, answer.out) == (25, "")
        return
    assert answer.code == 10
    assert told(answer.err).startswith("This vault is not as stalklog wrote it (CHAIN_BROKEN)")
    assert answer.err.count("CHAIN_BROKEN") == 1
    assert "I know where you live." in answer.out or name == "status"

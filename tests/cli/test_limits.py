"""What the system lets the command do: files enough for a whole vault, and no dump of memory."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stalklog.cli.limits import ENOUGH_FILES

if TYPE_CHECKING:
    from pathlib import Path

resource = pytest.importorskip("resource", reason="NOT RUN: this system has no such limits")
_SOFT = 256
"""What macOS begins with."""


def limited(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (_SOFT, hard))

    return subprocess.run(
        [sys.executable, *words],
        preexec_fn=limit,
        env={"HOME": str(home), "STALKLOG_HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_vault_with_an_original_in_every_folder_is_read(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(1_200):
        (files / f"{number}.txt").write_text(f"invented {number}\n")
    vault = ("--vault", str(tmp_path / "v"))
    for words in (("init", str(tmp_path / "v")), ("add-evidence", str(files), *vault)):
        answer = limited("-m", "stalklog", *words, home=tmp_path)
        assert answer.returncode == 0, answer.stderr
    answer = limited("-m", "stalklog", "verify", *vault, home=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_memory_is_never_dumped(tmp_path: Path) -> None:
    asked = (
        "from stalklog.cli.limits import set_limits; import resource; set_limits(); "
        "print(resource.getrlimit(resource.RLIMIT_CORE), "
        "resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    answer = limited("-c", asked, home=tmp_path)
    assert answer.stdout == f"(0, 0) {ENOUGH_FILES}\n"

"""A filling is killed at every step: the next one comes to what a fresh index holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
@pytest.mark.parametrize(("how", "least"), [("statements", 30), ("steps", 20), ("moments", 1)])
def test_a_killed_filling_leaves_nothing_wrong(tmp_path: Path, how: str, least: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.index.killed", str(tmp_path), how],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stderr
    kills, bad, spared = map(int, ended.stdout.split())
    assert kills >= least
    assert bad == 0
    assert spared > 0 or how == "moments", "what was whole before a kill was fed again each time"

"""The bench runs, in a size whose figures mean nothing: so it cannot rot."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.mbox import MBOX_WORKS
from bench.report import ratios
from bench.sealed import SEALED_WORKS
from bench.timing import Timed
from bench.tools import WORKS

PROJECT = Path(__file__).resolve().parent.parent


def test_the_bench_times_stalklog_beside_its_peers(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--rounds", "1", "--folder", str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    works = WORKS + SEALED_WORKS
    assert [work["work"] for work in told["works"]] == [work.name for work in works]
    for work, timed in zip(works, told["works"], strict=True):
        there = {tool.name for tool in work.tools if not tool.missing()}
        assert {ratio["peer"] for ratio in timed["ratios"]} == there & set(work.limits)
        for took in timed["rounds"]:
            assert set(took) == there
            assert all(one["wall_s"] > 0 for one in took.values())
    assert told["search"]["goals"]["same"], told["search"]["ask"]["wrong"]
    assert not list(tmp_path.glob("runs-*"))


def test_the_bench_of_mailboxes_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--only", "mbox", "--quick", "--rounds", "1"]
    ran = subprocess.run(
        [*command, "--folder", str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert [work["work"] for work in told["works"]] == [work.name for work in MBOX_WORKS]
    assert ran.stdout.count("\n  peak ") == len(MBOX_WORKS)


def test_a_ratio_is_taken_within_a_round() -> None:
    def took(wall_s: float) -> Timed:
        return Timed(wall_s, 0, 0, 0)

    slow = {"stalklog": took(20.0), "cp+openssl": took(10.0)}  # the machine was busy
    quick = {"stalklog": took(1.0), "cp+openssl": took(2.0)}
    quicker = {"stalklog": took(3.0), "cp+openssl": took(4.0)}
    (ratio,) = ratios(WORKS[0], [slow, quick, quicker])
    assert (ratio.least, ratio.median, ratio.most) == (0.5, 0.75, 2.0)
    assert ratio.is_met

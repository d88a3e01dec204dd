"""The bench of entries runs, in a size whose figures mean nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench.corpus import make_corpus
from bench.entries import linear, rates
from bench.timing import Timed

from stalklog.services.desk import Desk
from stalklog.services.status import status

PROJECT = Path(__file__).resolve().parent.parent
SIZES = (200, 20_000, 100_000)


def _took(*walls_s: float) -> dict[str, Timed]:
    names = [f"at {size:,}" for size in SIZES]
    return {
        name: Timed(wall_s, 0, wall_s**2, 0) for name, wall_s in zip(names, walls_s, strict=True)
    }


def test_it_runs_and_says_what_each_came_to(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.entries", "--quick", "--rounds", "1"]
    ran = subprocess.run(
        [*command, "--folder", str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads((tmp_path / "entries.json").read_text(encoding="utf-8"))
    works = {work["work"]: work for work in told["works"]}
    assert list(works) == ["verify", "list all", "status", "report", "log one more threat"]
    for name in ("list all", "status", "report"):
        (took,) = works[name]["rounds"]
        assert list(took) == ["at 200", "at 80", "at 40"]
        assert all(timed["wall_s"] > 0 and timed["peak_mib"] > 0 for timed in took.values())
        assert [growth["limit"] for growth in works[name]["growth"]] == [1.2, 1.2]
    assert len(works["verify"]["rounds"]) == len(works["verify"]["entries_per_s"]) == 1
    (ratio,) = works["log one more threat"]["ratios"]
    assert (ratio["peer"], ratio["limit"]) == ("at 10", 1.2)
    assert ran.stdout.count("; goal: at least ") == 1
    assert ran.stdout.count("; goal: at most ") == 8
    assert not list(tmp_path.glob("runs-*"))
    kept = {path.name: path for path in (tmp_path / "corpora").iterdir() if path.is_dir()}
    sizes = [status(Desk(vault)).size for vault in kept.values()]
    assert sorted(sizes) == [10, 40, 80, 200]  # what was timed was done on copies


def test_linear_is_what_grows_as_the_entries_do_after_the_start() -> None:
    rounds = [_took(1.0, 2.0, 6.0), _took(0.5, 2.5, 12.5), _took(1.0, 3.0, 12.0)]
    growth = linear(SIZES, rounds, "wall")
    assert growth.least == pytest.approx(1.0, rel=1e-2)
    assert growth.median == pytest.approx(1.1, rel=1e-2)
    assert growth.most == pytest.approx(1.2, rel=1e-2)
    assert growth.is_met
    assert not linear(SIZES, [_took(1.0, 2.0, 8.0)], "wall").is_met
    assert linear(SIZES, [_took(1.0, 2.0, 8.0)], "CPU").median == pytest.approx(4.2, rel=1e-2)


def test_a_time_below_the_start_is_no_error() -> None:
    assert linear(SIZES, [_took(1.0, 0.9, 1.1)], "wall").most > 1


def test_a_rate_counts_the_entries_of_the_whole_command() -> None:
    assert rates(100_000, [_took(0.2, 0.4, 0.8)]) == [125_000]


def test_a_vault_that_was_not_finished_is_made_anew(tmp_path: Path) -> None:
    begun = make_corpus(tmp_path, "vault", 0.0001)
    (tmp_path / f"{begun.name}.done").unlink()
    assert make_corpus(tmp_path, "vault", 0.0001) == begun
    assert status(Desk(begun)).size == 10

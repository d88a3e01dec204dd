"""Time stalklog beside its peers: `make bench`, or `python -m bench --help`.

Every tool does the same work in the same run, in another order each round, in a clean folder, and
until everything is on the disk. A peer that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus import make_corpus
from bench.mbox import MBOX_WORKS
from bench.report import as_json, machine, table
from bench.sealed import SEALED_WORKS
from bench.search import bench_search
from bench.timing import ToolFailedError, empty, run, settle, warm
from bench.tools import WORKS

if TYPE_CHECKING:
    from bench.report import Rounds
    from bench.timing import Timed
    from bench.tools import Tool, Work

_QUICK_SCALE = 0.002


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bench keeps its files."""

    root: Path

    @property
    def corpora(self) -> Path:
        """What is copied and read: it stays for the next time."""
        return self.root / "corpora"

    @property
    def runs(self) -> Path:
        """What the tools write: new for every bench, and removed at its end."""
        return self.root / f"runs-{os.getpid()}"


def main() -> int:
    """Time everything, show it, and write it down; 0 unless a tool failed."""
    options = _options()
    place = Place(options.folder.resolve())
    place.runs.mkdir(parents=True)
    results: list[dict[str, object]] = []
    found: dict[str, object] = {}
    wanted = options.only.split(",")
    before = machine()
    try:
        for work in WORKS + SEALED_WORKS + MBOX_WORKS:
            if work.corpus.partition("-")[0] in wanted:
                scaled = replace(work, scale=_QUICK_SCALE) if options.quick else work
                results.append(_bench(scaled, place, options.rounds))
        if "search" in wanted:
            found = bench_search(place.runs / "search", say, quick=options.quick)
    except ToolFailedError as error:
        say(f"Stopped: {error}")
        return 1
    finally:
        shutil.rmtree(place.runs)
    written = place.root / "bench.json"
    told = {"before": before, "after": machine(), "quick": options.quick, "works": results}
    told["search"] = found
    written.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    say(f"Load before and after: {before['load']}, {told['after']['load']}. Each run: {written}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="on the disk to time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--only", default="big,small,mixed,search", help="which corpora, with commas; also mbox"
    )
    parser.add_argument(
        "--quick", action="store_true", help="tiny corpora: the figures mean nothing"
    )
    return parser.parse_args()


def _bench(work: Work, place: Place, rounds: int) -> dict[str, object]:
    source = make_corpus(place.corpora, work.corpus, work.scale)
    tools = [tool for tool in work.tools if _is_there(tool)]
    folders = {tool.name: place.runs / work.name.replace(" ", "-") / tool.name for tool in tools}
    if work.is_reading:
        for tool in tools:
            _make_ready(tool, source, folders[tool.name])
    took: Rounds = []
    for number in range(rounds):
        order = random.sample(tools, len(tools))
        found: dict[str, Timed] = {}
        for tool in order:
            folder = folders[tool.name]
            if not work.is_reading:
                folder = folder.with_name(f"{tool.name}-{number}")
                _make_ready(tool, source, folder)
            found[tool.name] = _time(tool, source, folder, place, is_reading=work.is_reading)
        took.append({tool.name: found[tool.name] for tool in tools})
        say(
            f"  round {number + 1}: " + ", ".join(f"{n} {t.wall_s:.2f} s" for n, t in found.items())
        )
    for line in table(work, took):
        say(line)
    return as_json(work, took)


def _time(tool: Tool, source: Path, folder: Path, place: Place, *, is_reading: bool) -> Timed:
    if is_reading:
        warm(folder, place.runs / ".warm")  # a vault is read from its own files
    warm(source, place.runs / ".warm")
    timed = run(tool.command.format(source=source), folder)
    if not is_reading:
        empty(folder)
        settle(folder)
    return timed


def _make_ready(tool: Tool, source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    run(tool.before.format(source=source), folder)


def _is_there(tool: Tool) -> bool:
    missing = tool.missing()
    if missing:
        say(f"  left out: {tool.name}, because {' and '.join(missing)} is not installed")
    return not missing


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

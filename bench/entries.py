"""What entries cost, in vaults of 10 to 100,000 of them.

`python -m bench.entries` makes the vaults once and keeps them; each run works on copies. Timed is
the real command, from its start until it has ended: by then all that it wrote is on the disk.
Linear is what grows no faster than the entries, after the time at 200 entries, in which nearly
all is the start of the program, was taken off. Memory is that of the largest process; `verify` has
a second one, which is smaller.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
from dataclasses import asdict, replace
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.corpus import VAULT_ENTRIES, make_corpus
from bench.report import MET, Ratio, as_json, machine, ratio_line, table
from bench.timing import ToolFailedError, empty, run, settle, warm
from bench.tools import STALKLOG, Tool, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.report import Rounds
    from bench.timing import Timed

_SIZES: Final = (10, 200, 20_000, VAULT_ENTRIES)
"""At the second one, of which the entries are of every kind, the time is that of the start."""
_QUICK_SIZES: Final = (10, 40, 80, 200)
_MOST_FOR_ONE_MORE: Final = 1.2
_MOST_TO_BE_LINEAR: Final = 1.2
_LEAST_RATE: Final = 100_000
"""Entries a second that `verify` checks."""
_MOST_MIB: Final = 150
_OFTEN: Final = 5
"""What is soon done is timed so many times in a round: its times differ more."""
_LEAST_S: Final = 0.001
_CLOCKS: Final[dict[str, Callable[[Timed], float]]] = {
    "wall": attrgetter("wall_s"),
    "CPU": attrgetter("cpu_s"),
}
_PAGE: Final = "page-{run}.html"
_THREAT: Final = "log-threat --precision unknown --words 'I know which bus you take.'"


def main() -> int:
    """Time everything, show it, and write it down; 0 unless a command failed."""
    options = _options()
    root = options.folder.resolve()
    sizes = _QUICK_SIZES if options.quick else _SIZES
    kept = {size: make_corpus(root / "corpora", "vault", size / VAULT_ENTRIES) for size in sizes}
    runs = root / f"runs-{os.getpid()}"
    runs.mkdir()
    before = machine()
    try:
        for size, vault in kept.items():
            shutil.copytree(vault, runs / _folder(_name(size)))
        works = list(_bench(runs, sizes, 1 if options.quick else _OFTEN, options.rounds))
    except ToolFailedError as error:
        _say(f"Stopped: {error}")
        return 1
    finally:
        shutil.rmtree(runs)
    written = root / "entries.json"
    told = {"before": before, "after": machine(), "quick": options.quick, "works": works}
    written.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    _say(f"Load before and after: {before['load']}, {told['after']['load']}. Each run: {written}")
    return 0


def linear(sizes: Sequence[int], rounds: Rounds, clock: str) -> Ratio:
    """How the time grows from the second of three sizes to the third, beside how entries do.

    Args:
        sizes: Of the vaults; at the first one, the time is that of the start.
        rounds: What the command took at each.
        clock: `wall` or `CPU`, which other work on the machine alters less.
    """
    start, less, most = sizes
    growth = (most - start) / (less - start)
    found = []
    for took in rounds:
        start_s, less_s, most_s = (_CLOCKS[clock](took[_name(size)]) for size in sizes)
        found.append((most_s - start_s) / max(less_s - start_s, _LEAST_S) / growth)
    middle, limit = median(found), _MOST_TO_BE_LINEAR
    peer = f"linear growth of {clock} time from {less:,} entries on"
    return Ratio(peer, middle, min(found), max(found), limit, middle <= limit)


def rates(size: int, rounds: Rounds) -> list[float]:
    """Entries a second, round by round."""
    return [size / took[_name(size)].wall_s for took in rounds]


def _bench(runs: Path, sizes: Sequence[int], often: int, count: int) -> Iterator[dict[str, object]]:
    """What reads comes first, as the others make the vaults longer."""
    few, *growing = sizes
    most = sizes[-1]
    work = replace(_work("verify", "verify", (most,)), peak_mib=_MOST_MIB)
    rounds = _time_rounds(work, runs, count * often)
    found = rates(most, rounds)
    is_met = median(found) >= _LEAST_RATE
    _say(
        f"  {median(found):,.0f} entries/s ({min(found):,.0f}-{max(found):,.0f}); "
        f"goal: at least {_LEAST_RATE:,}: {MET[is_met]}"
    )
    yield as_json(work, rounds) | {"entries_per_s": found}
    for name, command in (
        ("list all", "list all"),
        ("status", "status"),
        ("report", f"report -o {_PAGE}"),
    ):
        work = _work(name, command, growing)
        rounds = _time_rounds(work, runs, count)
        growth = [linear(growing, rounds, clock) for clock in _CLOCKS]
        for each in growth:
            _say(ratio_line(each))
        yield as_json(work, rounds) | {"growth": [asdict(each) for each in growth]}
    work = _work("log one more threat", _THREAT, (few, most))
    work = replace(work, limits={_name(few): _MOST_FOR_ONE_MORE})
    yield as_json(work, _time_rounds(work, runs, count * often))


def _work(name: str, command: str, sizes: Sequence[int]) -> Work:
    """The same command at each size, the largest first: it is what others are compared with."""
    tools = (
        Tool(_name(size), (), f"{STALKLOG} --vault ../{_folder(_name(size))} {command}")
        for size in reversed(sizes)
    )
    return Work(name, "vault", 1, tuple(tools), {})


def _time_rounds(work: Work, runs: Path, count: int) -> Rounds:
    """Run it at each size, in another order each round, and show what it took."""
    folder = runs / _folder(work.name)
    folder.mkdir()
    rounds: Rounds = []
    for number in range(count):
        order = random.sample(work.tools, len(work.tools))
        found = {tool.name: _time(tool, number, folder) for tool in order}
        rounds.append({tool.name: found[tool.name] for tool in work.tools})
    for line in table(work, rounds):
        _say(line)
    return rounds


def _time(tool: Tool, number: int, folder: Path) -> Timed:
    """Without the time until the system is done: all has been synced when a command ends."""
    warm(folder.with_name(_folder(tool.name)), folder.with_name(".warm"))
    timed = run(tool.command.format(run=f"{_folder(tool.name)}-{number}"), folder)
    empty(folder)
    settle(folder)
    return replace(timed, wall_s=timed.wall_s - timed.settle_s, settle_s=0)


def _name(size: int) -> str:
    return f"at {size:,}"


def _folder(name: str) -> str:
    return name.replace(" ", "-")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.entries", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="on the disk to time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="tiny vaults: the figures mean nothing"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

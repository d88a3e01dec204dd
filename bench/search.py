"""How fast everything is found: the index of a million messages, beside a scan with LIKE.

The peer is a plain table in SQLite, read from its newest row on. Each part runs in a process of its
own, so that its memory is its own; index and peer answer in turn, in one process, in another order
each round. That the index finds what looking at each message finds is checked in the same run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench.report import MET
from bench.search_parts import PARTS, WORD_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COUNT: Final = 1_000_000
QUICK_COUNT: Final = 4_000
LEAST_RATE: Final = 60_000
"""Messages a second that are put in."""
MOST_MS: Final = 5.0
"""Until the newest 50 are there: the median of all searches for words."""


def bench_search(folder: Path, say: Callable[[str], None], *, quick: bool) -> dict[str, Any]:
    """Run every part, show what it came to, and return it."""
    count = QUICK_COUNT if quick else COUNT
    folder.mkdir(parents=True)
    told: dict[str, Any] = {"messages": count}
    for part in PARTS:
        command = [sys.executable, "-m", "bench.search_parts", part, str(folder), str(count)]
        ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own
        told[part] = json.loads(ended.stdout)
    shutil.rmtree(folder)
    told["goals"] = {
        "rate": min(told[part]["rate"] for part in ("file", "memory")) >= LEAST_RATE,
        "newest": max(_words_ms(told[part]["took_ms"]) for part in ("ask", "memory")) < MOST_MS,
        "same": not told["ask"]["wrong"],
    }
    for line in _table(told):
        say(line)
    return told


def _words_ms(took_ms: dict[str, list[float]]) -> float:
    """The median of all searches for words."""
    return float(median(took for kind in WORD_KINDS for took in took_ms[kind]))


def _table(told: dict[str, Any]) -> Iterator[str]:
    yield f"search {told['messages']:,} messages, {told['file']['text_bytes'] / 1e6:.0f} MB of text"
    yield f"  {'made in':14}{'wall s':>8}{'CPU s':>8}{'messages/s':>12}{'MB':>8}{'peak MiB':>10}"
    for part in ("file", "memory", "peer"):
        made = told[part]
        yield (
            f"  {part:14}{made['wall_s']:8.2f}{made['cpu_s']:8.2f}{made['rate']:12,.0f}"
            f"{made['size_bytes'] / 1e6:8.0f}{made['peak_mib']:10.0f}"
        )
    yield f"  peak MiB before, with the messages of one chat: {told['file']['before_mib']:.0f}"
    yield f"  {'newest 50, ms in the median (most)':36}{'file':>16}{'memory':>16}{'LIKE':>16}"
    for kind in told["ask"]["took_ms"]:
        cells = (told["ask"]["took_ms"], told["memory"]["took_ms"], told["ask"]["peer_ms"])
        yield f"  {kind:36}" + "".join(f"{_cell(took[kind]):>16}" for took in cells)
    for name, kept in (
        ("took_ms", "all searches for words"),
        ("cpu_ms", "  processor time of them"),
    ):
        ask, memory = (_words_ms(told[part][name]) for part in ("ask", "memory"))
        yield f"  {kept:36}{ask:16.2f}{memory:16.2f}"
    yield f"  opened and asked for the first time: {told['ask']['first_ms']:.0f} ms"
    yield (
        f"  answers: peak {told['ask']['peak_mib']:.0f} MiB; "
        f"{told['ask']['checked']} checked against a look at each message, "
        f"wrong: {', '.join(told['ask']['wrong']) or 'none'}"
    )
    yield f"  goal: at least {LEAST_RATE:,} messages a second: {MET[told['goals']['rate']]}"
    yield f"  goal: words in less than {MOST_MS:g} ms: {MET[told['goals']['newest']]}"


def _cell(took_ms: list[float]) -> str:
    return f"{median(took_ms):.2f} ({max(took_ms):.1f})"

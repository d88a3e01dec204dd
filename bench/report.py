"""What the runs say: medians and extremes, and ratios between runs of one round."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.timing import Timed
    from bench.tools import Work

Rounds: TypeAlias = "list[dict[str, Timed]]"
"""What each tool took, by its name, round by round."""
MET: Final = {True: "met", False: "NOT MET"}
"""How a goal is told."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How stalklog stands to a peer: its time divided by the peer's, round by round."""

    peer: str
    median: float
    least: float
    most: float
    limit: float
    is_met: bool
    """Whether the median is within the limit."""


def ratios(work: Work, rounds: Rounds) -> Iterator[Ratio]:
    """The ratio to each peer that was timed."""
    own = work.tools[0].name
    for peer, limit in work.limits.items():
        found = [took[own].wall_s / took[peer].wall_s for took in rounds if peer in took]
        if found:
            middle = median(found)
            yield Ratio(peer, middle, min(found), max(found), limit, middle <= limit)


def table(work: Work, rounds: Rounds) -> Iterator[str]:
    """The lines that are shown for one piece of work."""
    yield f"{work.name}, {len(rounds)} rounds"
    yield f"  {'':14}{'wall s':>8}{'(min-max)':>16}{'CPU s':>8}{'peak MiB':>10}"
    for name in rounds[0]:
        took = [each[name] for each in rounds]
        walls = [each.wall_s for each in took]
        extremes = f"({min(walls):.2f}-{max(walls):.2f})"
        yield (
            f"  {name:14}{median(walls):8.2f}{extremes:>16}"
            f"{median(each.cpu_s for each in took):8.2f}{max(each.peak_mib for each in took):10.0f}"
        )
    for ratio in ratios(work, rounds):
        yield ratio_line(ratio)
    if work.peak_mib is not None:
        peak = max(took[work.tools[0].name].peak_mib for took in rounds)
        met = MET[peak <= work.peak_mib]
        yield f"  peak {peak:.0f} MiB; goal: at most {work.peak_mib:g}: {met}"


def ratio_line(ratio: Ratio) -> str:
    """The line that is shown for one ratio."""
    return (
        f"  {ratio.median:.2f} x {ratio.peer} ({ratio.least:.2f}-{ratio.most:.2f}); "
        f"goal: at most {ratio.limit:.3g}: {MET[ratio.is_met]}"
    )


def as_json(work: Work, rounds: Rounds) -> dict[str, object]:
    """The same, every run of it."""
    return {
        "work": work.name,
        "rounds": [{name: asdict(timed) for name, timed in took.items()} for took in rounds],
        "ratios": [asdict(ratio) for ratio in ratios(work, rounds)],
    }


def machine() -> dict[str, object]:
    """What the figures were measured on, and how busy it was."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())

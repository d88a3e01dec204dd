"""Read the Received fields of an oracle beside mail-parser and eml_parser: who is right, how fast.

`python -m bench.trace ORACLE.tsv`, in an environment of its own, as eml_parser is AGPL and never a
dependency: `python -m venv X`, `X/bin/pip install eml_parser mail-parser`, then X/bin/python with
PYTHONPATH=src:. before it.
The oracle is a table with the columns `header` and `ip`, the latter empty where none is to be
found. A peer that is not installed is left out and named. Each gets every field in every round, in
another order each round; times are CPU time. No peer names one address, so each is given the
reading that suits it best: the last one in its `from`, in brackets if there is one.
"""

from __future__ import annotations

import argparse
import csv
import logging
import random
import re
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from stalklog.trace.received import parse_received

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Find = Callable[[str], str]

_BARE: Final = re.compile(
    r"(?<![\w.])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?=[^\s]*:[^\s]*:)[0-9A-Fa-f:]{3,})(?![\w.])"
)
_BRACKETED: Final = re.compile(r"\[(?:IPv6:)?(?:::ffff:)?([0-9A-Fa-f:.]{3,})\]")


def main() -> int:
    """Compare; 0 if stalklog gives no wrong address, more right ones, and is no slower."""
    options = _options()
    logging.disable(logging.CRITICAL)
    with options.oracle.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    cases = [(row["header"], row["ip"]) for row in rows]
    tools = dict(_tools())
    counts = {name: count(find, cases) for name, find in tools.items()}
    times = time_rounds(tools, [header for header, _address in cases], options.rounds)
    sys.stdout.write(f"{'':14}{'right':>7}{'wrong':>7}{'missing':>9}{'none':>6}{'CPU ms':>9}\n")
    for name, (right, wrong, missing, none) in counts.items():
        sys.stdout.write(
            f"{name:14}{right:7}{wrong:7}{missing:9}{none:6}{median(times[name]) * 1e3:9.1f}\n"
        )
    own, peers = counts["stalklog"], [counts[name] for name in counts if name != "stalklog"]
    is_right = own[1] == 0 and all(own[0] > peer[0] for peer in peers)
    return 0 if is_right and _is_fast(times) else 1


def count(find: Find, cases: Sequence[tuple[str, str]]) -> tuple[int, int, int, int]:
    """How many addresses are right, wrong, missing; and how often none was given where none is."""
    right = wrong = missing = none = 0
    for header, expected in cases:
        found = _found(find, header)
        right += bool(expected) and found == expected
        wrong += bool(found) and found != expected
        missing += bool(expected) and not found
        none += not expected and not found
    return right, wrong, missing, none


def time_rounds(
    tools: dict[str, Find], headers: Sequence[str], rounds: int
) -> dict[str, list[float]]:
    """The CPU seconds of each round, after one that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in tools}
    for number in range(rounds + 1):
        for name in random.sample(list(tools), len(tools)):
            began_s = time.process_time()
            for header in headers:
                _found(tools[name], header)
            if number:
                times[name].append(time.process_time() - began_s)
    return times


def _is_fast(times: dict[str, list[float]]) -> bool:
    peer = times.get("eml_parser")
    return peer is None or median(times["stalklog"]) <= median(peer)


def _found(find: Find, header: str) -> str:
    try:
        return find(header)
    except Exception:  # noqa: BLE001 - a peer's error is an address that it does not give
        return ""


def _tools() -> list[tuple[str, Find]]:
    tools: list[tuple[str, Find]] = [("stalklog", _stalklog)]
    for name, make in (("mail-parser", _mail_parser), ("eml_parser", _eml_parser)):
        try:
            tools.append((name, make()))
        except ImportError:
            sys.stderr.write(f"left out, as it is not installed: {name}\n")
    return tools


def _stalklog(header: str) -> str:
    address = parse_received(header).address
    return address.text if address else ""


def _mail_parser() -> Find:
    parse = import_module("mailparser.utils").parse_received

    def find(header: str) -> str:
        return _last(str(parse(header).get("from", "")))

    return find


def _eml_parser() -> Find:
    parse = import_module("eml_parser.routing").parserouting

    def find(header: str) -> str:
        return _last(" ".join(parse(header).get("from", ())))

    return find


def _last(text: str) -> str:
    """The last address in what a peer gives, in brackets rather than bare: its best reading."""
    found = _BRACKETED.findall(text) or _BARE.findall(text)
    return str(found[-1]) if found else ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("oracle", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

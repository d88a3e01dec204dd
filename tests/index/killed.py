"""A program that fills an index and is killed at every step of it; it tells what was found then.

Given a folder and one of `statements`, `steps` or `moments`, it prints how often it was killed,
how often the next filling did not come to what a fresh index holds, and how often something that
was kept before the kill did not have to be fed again.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.index.sample import BEGAN, ENGLISH, HINDI, MIXED, content, source_of
from tests.vault.campaign import IS_LONG

from stalklog.index import filling, ranking, schema
from stalklog.index.document import Document
from stalklog.index.index import FILE_NAME, Index

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.index.document import Source

Arm: TypeAlias = "Callable[[Index], None]"

TEXTS: Final = (*ENGLISH, *HINDI, *MIXED)
_STEPS_APART: Final = 11
_MOMENTS: Final = 30
_PAUSE_S: Final = 0.003


def _batch(seq: int, reading: int, count: int) -> tuple[Source, list[Document]]:
    draw = random.Random(f"{seq} {reading}")  # noqa: S311 - no secret
    documents = []
    for number in range(1, count + 1):
        at = BEGAN + timedelta(minutes=draw.randrange(10_000))
        text = " ".join(draw.choices(TEXTS, k=3))
        documents.append(Document(text, at, at, number, f"Ravi {number % 3}"))
    return source_of(seq, f"-{reading}"), documents


def _first(count: int) -> list[tuple[Source, list[Document]]]:
    return [_batch(seq, 1, count) for seq in range(3)]


def _second(count: int) -> list[tuple[Source, list[Document]]]:
    """One is as it was, one was read anew, one is gone, one is new and small, one is large."""
    first = _first(count)
    return [first[0], _batch(1, 2, count), _batch(3, 1, 1), _batch(4, 1, 2 * count)]


def _fill(index: Index, batches: list[tuple[Source, list[Document]]]) -> int:
    """What a command does before it searches; how many sources had to be fed."""
    count = 0
    with index.filling() as filling_:
        filling_.keep_only([source.key for source, _ in batches])
        for source, documents in batches:
            if not filling_.is_indexed(source.key):
                filling_.replace(source, iter(documents))
                count += 1
    return count


def _is_killed(path: Path, batches: list[tuple[Source, list[Document]]], arm: Arm) -> bool:
    """Fill in a process that is armed; whether it was killed."""
    child = os.fork()
    if child == 0:
        with Index.at(path) as index:
            arm(index)
            _fill(index, batches)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL, -signal.SIGALRM}:
        sys.exit(f"the filling ended with {code}")
    return code != 0


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _at_statement(number: int) -> Arm:
    def arm(index: Index) -> None:
        left = iter(range(number))

        def count(_: str) -> None:
            if next(left, None) is None:
                _kill()

        index._connection.set_trace_callback(count)

    return arm


def _at_step(number: int) -> Arm:
    def arm(index: Index) -> None:
        left = iter(range(number))

        def count() -> int:
            if next(left, None) is None:
                _kill()
            return 0

        index._connection.set_progress_handler(count, _STEPS_APART)

    return arm


def _after(pause_s: float) -> Arm:
    """An alarm that nobody takes ends the process at once, as a kill does."""

    def arm(_: Index) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, pause_s)

    return arm


def _is_same(path: Path, batches: list[tuple[Source, list[Document]]]) -> tuple[bool, int]:
    """Whether the next filling comes to what a fresh one holds, and how many it had to feed."""
    with Index.at(path) as index, Index.in_memory() as fresh:
        count = _fill(index, batches)
        _fill(fresh, batches)
        return content(index) == content(fresh), count


def main() -> None:
    """Kill, look, and tell."""
    folder, how = Path(sys.argv[1]), sys.argv[2]
    ranking.STRIDE = 4  # type: ignore[misc]
    filling._BATCH = 8  # type: ignore[misc]
    # with so small a cache, pages are written before their transaction ends
    schema._PRAGMAS = (*schema._PRAGMAS, "cache_size = 8")  # type: ignore[misc, assignment]
    filling._KEEP_AFTER = 15  # type: ignore[misc]
    count = 300 if how == "moments" else 10
    kills = bad = spared = number = 0
    while True:
        number += 1 if IS_LONG else 3
        path = folder / f"{number}" / FILE_NAME
        path.parent.parent.mkdir(exist_ok=True)
        with Index.at(path) as index:
            _fill(index, _first(count))
        arm = {
            "statements": _at_statement(number),
            "steps": _at_step(number * 5),
            "moments": _after(number * _PAUSE_S),
        }[how]
        is_killed = _is_killed(path, _second(count), arm)
        kills += is_killed
        is_same, fed = _is_same(path, _second(count))
        bad += not is_same
        spared += is_killed and fed < 3
        if (how == "moments" and number >= _MOMENTS) or (how != "moments" and not is_killed):
            break
    sys.stdout.write(f"{kills} {bad} {spared}\n")


if __name__ == "__main__":
    main()

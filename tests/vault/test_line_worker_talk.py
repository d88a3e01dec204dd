"""What the two processes say to each other, said inside one."""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
import pytest
from tests.vault import threads
from tests.vault.test_check_lines import line
from tests.vault.test_tampering import filled

from stalklog.records.types import LOGS
from stalklog.vault import line_worker as tested
from stalklog.vault.layout import log_name
from stalklog.vault.line_worker import read_all
from stalklog.vault.stretch import Stretch, read_stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.vault.stretch import Share

DATA = {log: filled().read(log_name(log)) for log in LOGS}
GOOD = [Stretch(log, 7, data) for log, data in DATA.items()]
NUMBERED = [
    Stretch(log, number, data)
    for log in LOGS
    for number, data in enumerate(DATA[log].splitlines(keepends=True), 1)
]
NO_ANSWER = bytes(12)


class Worker:
    """A worker that is a thread, and so reads by the same code."""

    def __init__(self, answers: int | None = None) -> None:
        jobs, self.stdin = pipe()
        self.stdout, told = pipe()
        self.asked = 0
        self.killed = self.ended = False
        self._left = answers
        self._thread = threading.Thread(target=self._run, args=(jobs, told), daemon=True)
        self._thread.start()

    def _run(self, jobs: BinaryIO, told: BinaryIO) -> None:
        with jobs, told:
            if self._left is None:
                tested._work(jobs, told)

    def poll(self) -> int | None:
        return None if self._left is None else 1

    def kill(self) -> None:
        self.killed = True

    def communicate(self) -> None:
        self.ended = True
        with suppress(BrokenPipeError):
            self.stdin.close()
        self._thread.join(10)
        self.stdout.close()


def pipe() -> tuple[BinaryIO, BinaryIO]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    made = Worker()
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(tested, "start_worker", {tested.__name__: made}.get)
    yield made
    if not made.ended:
        made.communicate()


def all_of(share: Share) -> tuple[object, ...]:
    facts, rest = share.facts, (share.objects, share.quarantined, share.bad, share.found)
    return (facts.pack(), facts.links, *rest)


def same(one: Share | None, other: Share) -> bool:
    return one is not None and all_of(one) == all_of(other)


# One stretch


def ask(worker: Any, part: Stretch) -> Share | None:  # noqa: ANN401
    return tested._ask(worker, part)


def test_the_worker_says_what_this_process_would(worker: Worker) -> None:
    for part in (*GOOD, *NUMBERED):
        assert same(ask(worker, part), read_stretch(part))
    assert sum(len(read_stretch(part).facts.links) for part in GOOD) > 0
    assert sum(len(read_stretch(part).objects) for part in GOOD) > 0


@pytest.mark.parametrize(
    "part",
    [
        Stretch("threats", 1, b"no entry\n"),
        Stretch("threats", 1, line(3) + line(2)),
        Stretch("custody", 1, line(3, "custody")),
        Stretch("evidence", 1, DATA["threats"]),
    ],
    ids=["bad", "wrong", "quarantine", "of another log"],
)
def test_of_what_is_not_all_right_it_says_nothing(worker: Worker, part: Stretch) -> None:
    assert tested._answer(read_stretch(part)) == NO_ANSWER
    assert ask(worker, part) is None
    assert same(ask(worker, GOOD[0]), read_stretch(GOOD[0]))  # and goes on


def test_the_log_and_the_place_of_the_first_line_are_told(worker: Worker) -> None:
    part = Stretch("threats", 1 << 40, DATA["threats"])
    told = ask(worker, part)
    assert told is not None
    assert told.facts.lines[0] == 1 << 40
    assert set(told.facts.logs) == {LOGS.index("threats")}


def test_a_worker_without_pipes_is_none() -> None:
    for name in ("stdin", "stdout"):
        pipes = {"stdin": io.BytesIO(), "stdout": io.BytesIO(), name: None}
        assert ask(type("Deaf", (), pipes)(), GOOD[0]) is None


@pytest.mark.parametrize(("places", "links"), [([0], []), ([], [["E-0001"]])])
def test_an_answer_that_contradicts_itself_is_none(places: list[int], links: list[str]) -> None:
    columns = read_stretch(NUMBERED[0]).facts.pack()
    words = orjson.dumps({"places": places, "links": links, "objects": {}})
    told = tested._ANSWER.pack(1, len(words), len(columns)) + words + columns
    pipes = {"stdin": io.BytesIO(), "stdout": io.BytesIO(told)}
    with pytest.raises(ValueError, match="argument"):
        ask(type("Confused", (), pipes)(), NUMBERED[0])


@pytest.mark.parametrize("cut", [0, 1, 12, 13, 40])
def test_a_job_that_breaks_off_is_not_answered(cut: int) -> None:
    """Who started the worker is gone."""
    told = io.BytesIO()
    data = DATA["threats"]
    job = tested._JOB.pack(LOGS.index("threats"), 1, len(data)) + data
    tested._work(io.BytesIO(job + job[:cut]), told)
    expected = tested._answer(read_stretch(Stretch("threats", 1, data)))
    assert told.getvalue() == expected
    tested._work(io.BytesIO(b""), told)
    assert told.getvalue() == expected


# All stretches


def read(parts: list[Stretch], *, with_worker: bool = True) -> list[tuple[Stretch, Share]]:
    return list(read_all(iter(parts), with_worker=with_worker))


def is_right(found: list[tuple[Stretch, Share]], parts: list[Stretch]) -> bool:
    return [part for part, _ in found] == parts and all(
        same(share, read_stretch(part)) for part, share in found
    )


MIXED = [*NUMBERED[:5], Stretch("threats", 1, b"no entry\n"), *NUMBERED[5:], *GOOD]


def test_every_stretch_comes_in_its_place_whoever_read_it(worker: Worker) -> None:
    since = threads.Since()
    assert is_right(read(MIXED), MIXED)
    assert (worker.killed, worker.ended) == (True, True)
    assert not since.left()
    assert not worker._thread.is_alive()


@pytest.mark.usefixtures("worker")
def test_both_take_the_next_whenever_they_have_done_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits until the other has taken one too."""
    both = threading.Barrier(2, timeout=10)
    here: set[threading.Thread] = set()
    good = tested._ask
    first = {"here": True, "there": True}
    told: list[Share | None] = []

    def read_here(part: Stretch) -> Share:
        here.add(threading.current_thread())
        if threading.current_thread() is threading.main_thread() and first.pop("here", False):
            both.wait()
        return read_stretch(part)

    def ask_there(*given: Any) -> Share | None:  # noqa: ANN401
        if first.pop("there", False):
            both.wait()
        assert threading.current_thread().daemon  # whoever gives up reading need not wait for it
        told.append(good(*given))
        return told[-1]

    monkeypatch.setattr(tested, "read_stretch", read_here)
    monkeypatch.setattr(tested, "_ask", ask_there)
    assert is_right(read(NUMBERED), NUMBERED)
    assert first == {}
    assert any(told), "the other one answered nothing"


@pytest.mark.parametrize(("with_worker", "cores"), [(False, 2), (True, 1), (True, None)])
def test_one_process_reads_alone_where_a_second_does_not_pay(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, with_worker: bool, cores: int | None
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert is_right(read(MIXED, with_worker=with_worker), MIXED)
    assert not worker.killed


def test_a_worker_that_cannot_be_started_is_done_without(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tested, "start_worker", lambda _module: None)
    assert is_right(read(MIXED), MIXED)
    assert not worker.killed


def test_a_worker_that_dies_costs_nothing_but_time(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Worker(answers=0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(tested, "start_worker", lambda _module: dead)
    since = threads.Since()
    assert is_right(read(MIXED), MIXED)
    assert dead.killed
    assert not since.left()


@pytest.mark.usefixtures("worker")
def test_a_worker_that_answers_nonsense_is_asked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Stretch] = []
    is_asked_on = threading.Event()

    def nonsense(_worker: object, part: Stretch) -> Share | None:
        asked.append(part)
        if len(asked) > 1:
            is_asked_on.set()
        raise ValueError("not so many lines")

    def slowly(part: Stretch) -> Share:
        if threading.current_thread() is threading.main_thread():
            is_asked_on.wait(2)
        return read_stretch(part)

    monkeypatch.setattr(tested, "_ask", nonsense)
    monkeypatch.setattr(tested, "read_stretch", slowly)
    assert is_right(read(MIXED), MIXED)
    assert len(asked) > 1


@pytest.mark.parametrize("at", [0, 1, 5, len(NUMBERED)])
def test_an_error_of_the_disk_is_told_after_what_could_be_read(worker: Worker, at: int) -> None:
    def broken() -> Iterator[Stretch]:
        yield from NUMBERED[:at]
        raise OSError(5, "read error")

    found: list[Stretch] = []
    with pytest.raises(OSError, match="read error"):
        found.extend(part for part, _ in read_all(broken(), with_worker=True))
    assert found == NUMBERED[:at]
    assert worker.ended


def test_stretches_are_taken_as_they_are_needed() -> None:
    """So that not all of a long log lies in memory."""
    taken: list[Stretch] = []

    def noting() -> Iterator[Stretch]:
        for part in NUMBERED:
            taken.append(part)
            yield part

    found = read_all(noting(), with_worker=False)
    next(found)
    assert len(taken) == 1
    list(found)


# The process


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("looks", [True, False])
def test_while_two_read_threads_change_often_and_nothing_is_swept(looks: bool) -> None:
    before = sys.getswitchinterval()
    if not looks:
        gc.disable()
    try:
        found = read_all(iter(GOOD), with_worker=True)
        next(found)
        assert sys.getswitchinterval() == pytest.approx(0.0005)
        assert not gc.isenabled()
        list(found)
        assert sys.getswitchinterval() == pytest.approx(before)
        assert gc.isenabled() == looks
    finally:
        gc.enable()
        sys.setswitchinterval(before)

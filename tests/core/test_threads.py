"""Where the system allows no more threads, whoever asks is told so, and nothing is left behind."""

from __future__ import annotations

import threading
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from stalklog.core.threads import begin, begin_many

if TYPE_CHECKING:
    from collections.abc import Callable

    Allow = Callable[[int], None]


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> Allow:
    """From now on the system allows so many more threads."""
    start = Thread.start

    def allow(count: int) -> None:
        left = [None] * count

        def start_one(thread: Thread) -> None:
            if not left:
                raise RuntimeError("can't start new thread")
            left.pop()
            start(thread)

        monkeypatch.setattr(Thread, "start", start_one)

    return allow


def test_a_thread_is_begun_or_it_is_told(allow: Allow) -> None:
    done: list[int] = []
    allow(1)
    first = Thread(target=done.append, args=(1,))
    assert begin(first)
    first.join()
    assert not begin(Thread(target=done.append, args=(2,)))
    assert done == [1]


@pytest.mark.parametrize("count", [1, 3])
def test_all_of_them_are_there(count: int) -> None:
    threads = begin_many(count)
    assert threads is not None
    with threads:
        assert len(threads._threads) == count
        assert list(threads.map(int, "123")) == [1, 2, 3]
        may_end = threading.Event()
        for _each in range(count + 2):
            threads.submit(may_end.wait)  # more than there are of them: no other one is begun
        begun = len(threads._threads)
        may_end.set()
        assert begun == count


@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_some_of_them_are_not_enough_and_do_not_stay(allow: Allow, allowed: int) -> None:
    before = threading.active_count()
    allow(allowed)
    assert begin_many(3) is None
    assert threading.active_count() == before

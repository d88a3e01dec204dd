"""A stop that comes in the middle of a short piece of work waits until it is done."""

from __future__ import annotations

import signal
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from stalklog.core.unbroken import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGHUP"])
def stop(request: pytest.FixtureRequest) -> Iterator[int]:
    number = getattr(signal, request.param)
    before = signal.signal(number, signal.default_int_handler)
    yield number
    signal.signal(number, before)


def test_it_is_heard_when_the_work_is_done(stop: int) -> None:
    done: list[str] = []

    def work() -> None:
        with unbroken():
            signal.raise_signal(stop)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all of it"]
    assert signal.getsignal(stop) is signal.default_int_handler


def test_whoever_asks_twice_is_heard_at_once(stop: int) -> None:
    done: list[str] = []

    def work() -> None:
        with unbroken():
            signal.raise_signal(stop)
            signal.raise_signal(stop)
            done.append("more")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == []
    assert signal.getsignal(stop) is signal.default_int_handler


def test_what_fails_is_told_instead(stop: int) -> None:
    def work() -> None:
        with unbroken():
            signal.raise_signal(stop)
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        work()
    assert signal.getsignal(stop) is signal.default_int_handler


def test_without_a_stop_nothing_is_heard(stop: int) -> None:
    with unbroken():
        pass
    assert signal.getsignal(stop) is signal.default_int_handler


@pytest.mark.parametrize("kept", [signal.SIG_IGN, signal.SIG_DFL])
def test_what_is_passed_over_or_the_systems_own_stays_so(stop: int, kept: signal.Handlers) -> None:
    signal.signal(stop, kept)
    with unbroken():
        assert signal.getsignal(stop) is kept
        if kept is signal.SIG_IGN:
            signal.raise_signal(stop)
    assert signal.getsignal(stop) is kept


def test_in_another_thread_there_is_nothing_to_do(stop: int) -> None:
    seen: list[object] = []

    def work() -> None:
        with unbroken():
            seen.append(signal.getsignal(stop))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]

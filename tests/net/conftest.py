"""A registry on this machine for each test, and no way to anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.net.stub import only_loopback, start_stub

from stalklog.core.clock import SystemClock
from stalklog.net import Door

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.net.stub import Stub

    from stalklog.net import Leaving

pytest.importorskip("httpx")


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A registry that answers 404 to everything."""
    made = start_stub()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def tried(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """To whom a connection was tried."""
    return only_loopback(monkeypatch, stub.server.server_port)


@pytest.fixture
def told() -> list[Leaving]:
    """What was said to leave."""
    return []


@pytest.fixture
def waits() -> list[float]:
    """How long the door would have waited."""
    return []


@pytest.fixture
def door(told: list[Leaving], waits: list[float], tried: list[tuple[object, ...]]) -> Door:
    """The door, open to the stub alone."""
    assert tried == []
    return Door(
        is_open=True,
        clock=SystemClock(),
        tell=told.append,
        pause=waits.append,
        plain_hosts=frozenset({"127.0.0.1"}),
    )

"""What every test has: no network, time enough, the corpus where it is; the figures at the end."""

from __future__ import annotations

import gc
import os
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings
from tests.vault.campaign import IS_LONG
from tests.vault.figures import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"

settings.register_profile(
    "stalklog",
    parent=settings.default,
    derandomize=not IS_LONG,  # the same examples each time, others in the long form
    deadline=timedelta(seconds=20),  # a hang is found; a moment in which others run is none
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("stalklog")


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays: no test that is timed waits until it is swept."""
    gc.collect()
    gc.freeze()


class NetworkTouchedError(AssertionError):
    """A test tried to open a connection."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise NetworkTouchedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real files that nobody here wrote; the tests that need them say so where they are absent."""
    place = Path(os.environ.get("STALKLOG_CORPUS", CORPUS))
    if not place.is_dir():
        pytest.skip(f"no corpus at {place}: set STALKLOG_CORPUS")
    return place


_NEW_KEY = re.compile(r"age1[0-9a-z]{20,}|AGE-SECRET-KEY-1[0-9A-Z]{20,}|AGE1[0-9A-Z]{20,}")


def pytest_make_parametrize_id(val: object) -> str | None:
    """A case that holds a key made for this run is not named by it: each worker makes its own."""
    text = val.decode("latin-1") if isinstance(val, bytes) else val
    if isinstance(text, str) and _NEW_KEY.search(text):
        return _NEW_KEY.sub("a-key", text).strip()
    return None

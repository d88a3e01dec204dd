"""The system holds a secret for a while, and then no longer."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import stalklog
from stalklog.core.clock import SystemClock
from stalklog.keyring import KernelKeyring, LibraryKeyring, find_keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stalklog.keyring import Keyring

SECRET = "# public key: age1x\nAGE-SECRET-KEY-1X\n"  # noqa: S105 - of the test alone


_FIND = """
import sys
from stalklog.core.clock import SystemClock
from stalklog.keyring import find_keyring
print(find_keyring(SystemClock(), "linux").find(sys.argv[1]), end="")
"""

_KILLED = """
import os, signal, sys
from stalklog.core.clock import SystemClock
from stalklog.keyring import find_keyring

ring, left = find_keyring(SystemClock(), "linux"), int(sys.argv[2])

def killed_after(call):
    def calling(*given):
        global left
        done = call(*given)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return calling

ring._add_key, ring._keyctl = killed_after(ring._add_key), killed_after(ring._keyctl)
ring.hold(sys.argv[1], "secret", for_s=5)
"""
CALLS = 5
"""To the kernel, for one secret."""


@pytest.fixture
def kernel() -> Keyring:
    found = find_keyring(SystemClock(), "linux") if hasattr(os, "uname") else None
    if found is None:
        pytest.skip("this kernel, or the sandbox around it, has no keyrings: nothing was tried")
    return found


@pytest.fixture
def name(kernel: Keyring) -> Iterator[str]:
    chosen = f"stalklog-test-{secrets.token_hex(8)}"
    yield chosen
    for left in (chosen, *(f"{chosen}-{number}" for number in range(1, CALLS + 2))):
        kernel.forget(left)


def test_the_kernel_holds_a_secret_until_it_is_forgotten(kernel: Keyring, name: str) -> None:
    assert kernel.find(name) is None
    assert not kernel.forget(name)
    kernel.hold(name, SECRET, for_s=60)
    assert kernel.find(name) == SECRET
    kernel.hold(name, SECRET * 2, for_s=60)
    assert kernel.find(name) == SECRET * 2
    assert kernel.forget(name)
    assert kernel.find(name) is None


def test_the_kernel_forgets_by_itself_when_the_time_is_over(kernel: Keyring, name: str) -> None:
    kernel.hold(name, SECRET, for_s=3)
    assert kernel.find(name) == SECRET
    until = time.monotonic() + 30
    while kernel.find(name) is not None:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_kill_at_any_call_leaves_nothing_that_is_held_for_ever(
    kernel: Keyring, name: str
) -> None:
    held = []
    for number in range(1, CALLS + 2):
        command = [sys.executable, "-c", _KILLED, f"{name}-{number}", str(number)]
        ended = subprocess.run(command, check=False).returncode
        assert ended == (-signal.SIGKILL if number <= CALLS else 0)
        held.append(kernel.find(f"{name}-{number}"))
    assert held == [None] * (CALLS - 2) + ["secret"] * 3
    until = time.monotonic() + 30
    while any(kernel.find(f"{name}-{number}") for number in range(1, CALLS + 2)):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_another_process_of_hers_finds_what_is_held(kernel: Keyring, name: str) -> None:
    kernel.hold(name, SECRET, for_s=60)
    found = subprocess.run(
        [sys.executable, "-c", _FIND, name], capture_output=True, text=True, check=True
    )
    assert found.stdout == SECRET


@pytest.mark.parametrize("length", [8192, 8193, 32_767])
def test_a_secret_longer_than_there_is_room_for_is_not_cut(
    kernel: Keyring, name: str, length: int
) -> None:
    kernel.hold(name, "x" * length, for_s=60)
    assert kernel.find(name) in {"x" * length, None}


def test_what_cannot_be_given_an_end_is_not_held_at_all() -> None:
    keys: dict[int, bytes] = {}

    def add_key(_kind: bytes, name: bytes, _data: bytes, _length: int, _ring: int) -> int:
        keys[7] = name
        return 7

    def keyctl(operation: int, *given: object) -> int:
        if operation == 9 and given[0] == 7:
            del keys[7]
            return 0
        return -1

    with pytest.raises(OSError, match="does not take it"):
        KernelKeyring(add_key, keyctl).hold("name", SECRET, for_s=60)
    assert not keys


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Store:
    """The system's store, as the library `keyring` shows it; `fails` names what it refuses."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.fails: frozenset[str] = frozenset()

    def set_password(self, service: str, name: str, secret: str) -> None:
        self._check("set")
        self.held[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        self._check("get")
        return self.held.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        self._check("delete")
        del self.held[service, name]

    def _check(self, what: str) -> None:
        if what in self.fails:
            raise RuntimeError("the store is locked")


def library(store: Store, clock: Clock) -> LibraryKeyring:
    return LibraryKeyring(store, clock, lambda _name, _until: None)


def test_the_library_holds_a_secret_until_its_time_is_over() -> None:
    store, clock = Store(), Clock()
    ring = library(store, clock)
    assert ring.find("a") is None
    ring.hold("a", SECRET, for_s=60)
    clock.at += timedelta(seconds=59)
    assert ring.find("a") == SECRET
    assert ring.find("b") is None
    clock.at += timedelta(seconds=1)
    assert ring.find("a") is None
    assert not store.held


def test_a_clock_that_is_set_back_does_not_prolong_it() -> None:
    store, clock = Store(), Clock()
    ring = library(store, clock)
    ring.hold("a", SECRET, for_s=60)
    clock.at -= timedelta(seconds=1)
    assert ring.find("a") is None
    assert not store.held


def test_the_end_of_an_earlier_unlocking_does_not_end_a_later_one() -> None:
    store, clock, ends = Store(), Clock(), list[tuple[str, float]]()
    ring = LibraryKeyring(store, clock, lambda name, until: ends.append((name, until)))
    ring.hold("a", SECRET, for_s=60)
    clock.at += timedelta(seconds=30)
    ring.hold("a", SECRET, for_s=60)
    assert [name for name, _until in ends] == ["a", "a"]
    ring.end(*ends[0])
    assert ring.find("a") == SECRET
    ring.end(*ends[1])
    assert not store.held
    ring.end(*ends[1])


def test_what_nobody_would_end_is_not_given_to_the_store() -> None:
    def failing(_name: str, _until: float) -> None:
        raise OSError("no process can be started")

    store = Store()
    with pytest.raises(OSError, match="no process"):
        LibraryKeyring(store, Clock(), failing).hold("a", SECRET, for_s=60)
    assert not store.held


_LIBRARY = """
import json, os
from pathlib import Path

FILE = Path(os.environ["HELD"])

class Backend:
    priority = 5
    persist = "enterprise"

def get_keyring(found=Backend()):
    return found

def _held():
    return json.loads(FILE.read_text()) if FILE.exists() else {}

def _keep(held):
    FILE.with_suffix(".new").write_text(json.dumps(held))
    FILE.with_suffix(".new").replace(FILE)

def get_password(service, name):
    return _held().get(name)

def set_password(service, name, secret):
    _keep({**_held(), name: secret, "persist": get_keyring().persist})

def delete_password(service, name):
    held = _held()
    del held[name]
    _keep(held)
"""
_HOLD = """
from stalklog.core.clock import SystemClock
from stalklog.keyring import find_keyring

ring = find_keyring(SystemClock(), "darwin")
assert ring.is_lasting
ring.hold("0f", "secret", for_s=5)
print(ring.find("0f"))
"""


def test_a_process_that_outlives_the_command_ends_what_the_store_would_keep(tmp_path: Path) -> None:
    """The library is a stand-in; the processes are real."""
    (tmp_path / "keyring.py").write_text(_LIBRARY)
    held, source = tmp_path / "held", Path(stalklog.__file__).parent.parent
    env = {**os.environ, "HELD": str(held), "PYTHONPATH": f"{tmp_path}{os.pathsep}{source}"}
    done = subprocess.run(
        [sys.executable, "-c", _HOLD], env=env, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("secret\n", "")
    assert json.loads(held.read_text())["persist"] == "session"  # on Windows: until she signs out
    until = time.monotonic() + 60
    while "0f" in json.loads(held.read_text()):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_library_forgets_when_told() -> None:
    store = Store()
    ring = library(store, Clock())
    ring.hold("a", SECRET, for_s=60)
    assert ring.forget("a")
    assert not ring.forget("a")
    assert not store.held


@pytest.mark.parametrize("junk", ["", "x", "[]", "{}", '{"until": "x", "secret": "s"}', "7"])
def test_what_somebody_else_left_in_the_store_is_no_secret(junk: str) -> None:
    store = Store()
    ring = library(store, Clock())
    ring.hold("a", SECRET, for_s=60)
    (key,) = store.held
    store.held[key] = junk
    assert ring.find("a") is None


def test_a_store_that_refuses_is_told_or_gives_nothing() -> None:
    store = Store()
    ring = library(store, Clock())
    store.fails = frozenset({"set", "get", "delete"})
    with pytest.raises(OSError, match="does not take it"):
        ring.hold("a", SECRET, for_s=60)
    assert ring.find("a") is None
    assert not ring.forget("a")


def test_the_store_lists_it_under_a_word_that_does_not_tell() -> None:
    store = Store()
    library(store, Clock()).hold("0f" * 16, SECRET, for_s=60)
    (listed,) = store.held
    told = " ".join(listed).lower()
    assert not any(word in told for word in ("stalk", "vault", "evidence", "case", "key"))


@pytest.mark.parametrize("machine", ["sparc", ""])
def test_a_machine_whose_calls_are_not_known_has_no_keyring(
    machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = os.uname()
    monkeypatch.setattr(os, "uname", _another(known, machine))
    assert find_keyring(SystemClock(), "linux") is None


def _another(known: os.uname_result, machine: str) -> Callable[[], os.uname_result]:
    return lambda: os.uname_result((*known[:4], machine))

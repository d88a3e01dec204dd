"""A place in memory where the operating system holds a secret for a while; never a file of ours.

On Linux it is the kernel's key retention service (keyrings(7)): in memory that is never swapped
out, for this user only, and gone after the time that was set or when the computer is switched off.
Elsewhere it is the system's own store, through the library `keyring` where that is installed (the
extra `stalklog[keyring]`). That one keeps what it is given, on the disk and beyond the day: there
the time is kept beside the secret and looked at when it is read, and a process of our own waits
until it is over and deletes the secret.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final, Protocol

from stalklog.core.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from stalklog.core.clock import Clock

_SERVICE: Final = "notes"
"""What the system's own store lists it under: a word that does not tell."""

_PROCESS_KEYRING: Final = -2
"""`KEY_SPEC_PROCESS_KEYRING` of keyctl(2): what is linked here alone ends with this process."""
_USER_KEYRING: Final = -4
"""`KEY_SPEC_USER_KEYRING`; the operations follow."""
_GET_ID, _SETPERM, _LINK, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT = 0, 5, 8, 9, 10, 11, 15
_OWNER_MAY_ALL: Final = 0x3F3F0000
_CALLS: Final = {
    "x86_64": (248, 250),
    "i686": (286, 288),
    "aarch64": (217, 219),
    "riscv64": (217, 219),
    "armv7l": (309, 311),
}
"""For each machine the numbers of `add_key` and `keyctl`."""
_WIDE: Final = frozenset({"x86_64", "aarch64", "riscv64"})
_WORD: Final = 2**32
"""A Python of 32 bits on a machine of 64 has other numbers."""
_MAX_SECRET_BYTES: Final = 8192
_LOOK_S: Final = 5.0
"""So often the waiting process looks at the clock, which goes on while the computer sleeps."""


class Keyring(Protocol):
    """Holds secrets for a while."""

    @property
    def is_lasting(self) -> bool:
        """Whether what it holds is still there if the computer is switched off meanwhile."""
        ...

    def hold(self, name: str, secret: str, *, for_s: int) -> None:
        """Keep a secret under a name for so many seconds.

        Raises:
            OSError: The system does not take it; nothing is held.
        """
        ...

    def find(self, name: str) -> str | None:
        """The secret of that name; None where none is held, or no longer."""
        ...

    def forget(self, name: str) -> bool:
        """Hold it no longer; False where none was held."""
        ...


def find_keyring(clock: Clock, platform: str = sys.platform) -> Keyring | None:
    """The place that this system has; None where it has none."""
    if platform == "linux":
        call = _find_call()
        return None if call is None else KernelKeyring(*call)
    return _find_library(clock)


class KernelKeyring:
    """The Linux kernel's keyring of this user."""

    is_lasting = False

    def __init__(self, add_key: Callable[..., int], keyctl: Callable[..., int]) -> None:
        self._add_key = add_key
        self._keyctl = keyctl

    def hold(self, name: str, secret: str, *, for_s: int) -> None:
        """Keep a secret; see `Keyring`.

        It gets its end where it is this process's alone, and only then lies where it outlives it:
        a kill at any moment leaves no key that would be held for ever.
        """
        data = secret.encode()
        key = self._add_key(b"user", name.encode(), data, len(data), _PROCESS_KEYRING)
        is_held = (
            key >= 0
            and self._keyctl(_SET_TIMEOUT, key, for_s) >= 0
            and self._keyctl(_SETPERM, key, _OWNER_MAY_ALL) >= 0  # her other terminals find it too
            and self._keyctl(_LINK, key, _USER_KEYRING) >= 0  # in place of one of the same name
        )
        self._keyctl(_UNLINK, key, _PROCESS_KEYRING)
        if not is_held:
            raise OSError("the kernel's keyring does not take it")

    def find(self, name: str) -> str | None:
        """The secret of that name; see `Keyring`."""
        import ctypes  # noqa: PLC0415 - 4 ms, for sealed vaults only

        key = self._search(name)
        if key < 0:
            return None
        buffer = ctypes.create_string_buffer(_MAX_SECRET_BYTES)
        length = self._keyctl(_READ, key, buffer, _MAX_SECRET_BYTES)
        return buffer.raw[:length].decode() if 0 < length <= _MAX_SECRET_BYTES else None

    def forget(self, name: str) -> bool:
        """Hold it no longer; see `Keyring`."""
        key = self._search(name)
        return key >= 0 and self._keyctl(_UNLINK, key, _USER_KEYRING) >= 0

    def _search(self, name: str) -> int:
        return self._keyctl(_SEARCH, _USER_KEYRING, b"user", name.encode(), 0)


class LibraryKeyring:
    """The system's own store, as the library `keyring` finds it.

    Args:
        store: The library.
        clock: What time it is.
        end_later: Has `end` called when the time is over, though this process is gone by then.
    """

    is_lasting = True

    def __init__(self, store: Store, clock: Clock, end_later: Callable[[str, float], None]) -> None:
        self._store = store
        self._clock = clock
        self._end_later = end_later

    def hold(self, name: str, secret: str, *, for_s: int) -> None:
        """Keep a secret; see `Keyring`."""
        now = self._clock.now().timestamp()
        told = {"since": now, "until": now + for_s, "secret": secret}
        self._end_later(name, now + for_s)  # before it is there: rather not at all than for ever
        try:
            self._store.set_password(_SERVICE, name, json.dumps(told))
        except Exception as error:
            raise OSError("the system's store does not take it") from error

    def end(self, name: str, until: float) -> None:
        """Hold it no longer, unless it was given a later end meanwhile."""
        try:
            held = json.loads(self._store.get_password(_SERVICE, name) or "{}")
            is_later = float(held["until"]) > until
        except Exception:  # noqa: BLE001 - as below
            return
        if not is_later:
            self.forget(name)

    def find(self, name: str) -> str | None:
        """The secret of that name; see `Keyring`. A clock that was set back does not prolong it."""
        try:
            held = json.loads(self._store.get_password(_SERVICE, name) or "{}")
            if float(held["since"]) <= self._clock.now().timestamp() < float(held["until"]):
                return str(held["secret"])
        except Exception:  # noqa: BLE001 - each system's store has errors of its own
            return None
        self.forget(name)
        return None

    def forget(self, name: str) -> bool:
        """Hold it no longer; see `Keyring`."""
        try:
            self._store.delete_password(_SERVICE, name)
        except Exception:  # noqa: BLE001 - as above
            return False
        return True


class Store(Protocol):
    """What is used of the library `keyring`."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        """Store it."""
        ...

    def get_password(self, service: str, name: str) -> str | None:
        """What is stored."""
        ...

    def delete_password(self, service: str, name: str) -> None:
        """Store it no longer."""
        ...


def _find_call() -> tuple[Callable[..., int], Callable[..., int]] | None:
    numbers = _CALLS.get(os.uname().machine)
    if numbers is None or (sys.maxsize < _WORD and os.uname().machine in _WIDE):
        return None
    import ctypes  # noqa: PLC0415 - as above

    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long

    def calling(number: int) -> Callable[..., int]:
        return lambda *given: int(syscall(number, *given))

    add_key, keyctl = map(calling, numbers)
    is_there = keyctl(_GET_ID, _USER_KEYRING, 1) >= 0  # some sandboxes refuse it
    return (add_key, keyctl) if is_there else None


def _find_library(clock: Clock) -> LibraryKeyring | None:
    try:
        import keyring  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    found = keyring.get_keyring()
    for backend in getattr(found, "backends", (found,)):
        if hasattr(backend, "persist"):  # Windows: not on other computers, nor after signing out
            backend.persist = "session"
    return LibraryKeyring(keyring, clock, _end_later) if found.priority >= 1 else None


def _end_later(name: str, until: float) -> None:
    """Have a process wait that outlives this one, in no folder that may be unplugged meanwhile.

    Raises:
        OSError: It cannot be started.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("there is no Python to run")
    subprocess.Popen(  # noqa: S603 - ourselves, with a name in hex and a number
        [sys.executable, "-P", "-m", "stalklog.keyring", name, repr(until)],
        cwd=os.path.abspath(os.sep),  # noqa: PTH100 - the root, of the disk that Windows is on
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
    )


def _wait_and_end(name: str, until: float) -> None:
    """What that process does: it waits as long as was said, by the clock or by its own counting."""
    clock = SystemClock()
    left_s = until - clock.now().timestamp()
    ends_s = time.monotonic() + left_s
    while left_s > 0:
        time.sleep(min(left_s, _LOOK_S))
        left_s = min(ends_s - time.monotonic(), until - clock.now().timestamp())
    ring = _find_library(clock)
    if ring is not None:
        ring.end(name, until)


if __name__ == "__main__":
    _wait_and_end(sys.argv[1], float(sys.argv[2]))

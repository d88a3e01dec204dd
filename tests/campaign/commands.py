"""Give commands as a person does, in a process of their own, and let the system go wrong in it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.campaign.warm import GATE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

CALLS: Final = (
    "openat", "close", "read", "readv", "pread64", "write", "writev", "pwrite64", "lseek",
    "fstat", "newfstatat", "statx", "getdents64", "fcntl", "flock", "fadvise64",
    "fsync", "fdatasync", "syncfs", "sync_file_range", "ftruncate", "fallocate",
    "chmod", "fchmod", "fchmodat",
    "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat",
    "mkdir", "mkdirat", "copy_file_range", "sendfile", "ioctl",
)  # fmt: skip
"""Every system call by which a command touches a file."""
ROOT: Final = Path(__file__).parents[2]
_TRIES: Final = 20
_CALL: Final = re.compile(r"^(\d+) +([a-z0-9_]+)\((.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of a command: the third `fsync`, say."""

    name: str
    number: int
    """Its place among the calls of that name in its thread, from 1 on."""
    told: str
    """Its arguments and answer, as strace wrote them."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    """What it exited with; negative for a signal."""
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answers
        return json.loads(self.out)

    @property
    def receipt(self) -> dict[str, Any] | None:
        """What it acknowledged; None where it printed nothing whole."""
        try:
            answer = json.loads(self.out)
        except ValueError:
            return None
        return answer if isinstance(answer, dict) else None


@dataclass(frozen=True, slots=True)
class Within:
    """What a command was at when it was killed."""

    holds_lock: bool
    has_second: bool
    """Whether a second process works for it."""


class Commands:
    """Runs command lines in forks of one loaded stalklog."""

    def __init__(self, scratch: Path, *, chunk_bytes: int | None = None) -> None:
        """Load a stalklog.

        Args:
            scratch: A folder of its own.
            chunk_bytes: From which size on a copy is large, if smaller than it ever is.
        """
        self._folder = scratch
        self._log = scratch / "strace"
        self._warm = subprocess.Popen(
            [sys.executable, str(PROGRAM), *([str(chunk_bytes)] if chunk_bytes else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(scratch),
        )

    def close(self) -> None:
        self._warm.communicate(timeout=60)

    def run(
        self,
        *argv: str,
        strace: Sequence[str] = (),
        short: bool = False,
        fsize: int | None = None,
        uid: int | None = None,
        second: Sequence[str] = (),
    ) -> Ran:
        """Run one command line to its end, beside strace where it is given options.

        Args:
            argv: What is typed after `stalklog`.
            strace: What strace is asked to do.
            short: Each write takes only half of what it is given.
            fsize: How large a file may become, in bytes.
            uid: As whom it runs, if not as the one who tests.
            second: What strace is asked to do to every second process, and to no other.
        """
        self._log.unlink(missing_ok=True)  # that of the command before
        traced = ["strace", "-f", "-o", str(self._log), *second] if second else None
        pid = self._start(argv, short=short, fsize=fsize, uid=uid, second=traced)
        beside = self._attach(pid, strace) if strace else None
        os.kill(pid, GATE)
        ran = self._end()
        if beside is not None:
            beside.communicate(timeout=60)
        return ran

    def together(
        self, *counted: tuple[Sequence[str], int], beside: Sequence[Sequence[str]] = ()
    ) -> list[Ran]:
        """Run command lines at once, each again and again in a process of its own.

        A command line that fails is not run again.

        Args:
            counted: What is typed after `stalklog`, and how many times.
            beside: The same, until all that are counted have ended.
        """
        ended = self._folder / "ended"
        ended.unlink(missing_ok=True)
        pids = self._start_all(
            [
                *((argv, {"times": times}) for argv, times in counted),
                *((argv, {"until": str(ended)}) for argv in beside),
            ]
        )
        for pid in pids:
            os.kill(pid, GATE)
        ran = [self._end(number) for number in range(len(counted))]
        ended.touch()
        return [*ran, *(self._end(number) for number in range(len(counted), len(pids)))]

    def changed_within(
        self,
        prepare: Callable[[], Sequence[str]],
        is_time: Callable[[], bool],
        change: Callable[[], None],
        *,
        uid: int | None = None,
    ) -> Ran:
        """Run a command, and while it is stopped at a moment within, change something under it.

        Args:
            prepare: Makes all anew and tells the command; again where that moment was missed.
            is_time: Whether the moment is now.
            change: What is done then.
            uid: As whom it runs, if not as the one who tests.
        """
        for _try in range(_TRIES):
            pid = self._start(prepare(), uid=uid)
            os.kill(pid, GATE)
            is_within = _is_stopped_within(pid, is_time)
            if is_within:
                change()
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
            ran = self._end()
            if is_within:
                return ran
        pytest.fail("it never stopped before the moment was over")

    def killed_after(
        self, pause_s: float, vault: Path, *argv: str, begins: Callable[[], bool]
    ) -> tuple[Ran, Within]:
        """Run it and kill it so long after something begins; and what it was at then.

        It is stopped for the look at that, and killed where it stands.
        """
        pid = self._start(argv)
        os.kill(pid, GATE)
        while not begins() and Path(f"/proc/{pid}").exists():
            time.sleep(0.0005)
        time.sleep(pause_s)
        within = Within(holds_lock=False, has_second=False)
        with suppress(ProcessLookupError, FileNotFoundError):  # it had ended before
            os.kill(pid, signal.SIGSTOP)
            while _state_of(pid) not in "TZ":
                time.sleep(0.001)
            within = Within(is_locked(vault), _has_second(pid))
            os.kill(pid, signal.SIGKILL)
        return self._end(), within

    def killed_at(self, call: Call, *argv: str) -> Ran:
        """Run it and kill it as it enters that call."""
        return self.run(*argv, strace=_inject(call, f"signal=SIGKILL:when={call.number}"))

    def stopped_at(self, call: Call, stop: str, *argv: str) -> Ran:
        """Run it and ask it to stop, by that signal, as it enters that call."""
        return self.run(*argv, strace=_inject(call, f"signal={stop}:when={call.number}"))

    def failing_at(self, call: Call, error: str, *argv: str) -> Ran:
        """Run it and have that call answer with an error, undone."""
        return self.run(*argv, strace=_inject(call, f"error={error}:when={call.number}"))

    def has_failed_it(self) -> bool:
        """Whether the call that was to fail came at all in the last command that ran so."""
        return self._log.exists() and "(INJECTED)" in self._log.read_text(errors="replace")

    def could_tell(self) -> bool:
        """Whether nothing that was to be told failed as well: each thread counts its own calls."""
        told = self._log.read_text(errors="replace").splitlines()
        return not any("write(2, " in line and "(INJECTED)" in line for line in told)

    def was_killed_at(self, call: Call) -> bool:
        """Whether some process of the last command got as far as that call, and no further."""
        seen = Counter(thread for thread, name, _told in self._traced() if name == call.name)
        return call.number in seen.values() and "killed by SIGKILL" in self._log.read_text()

    def calls(self, *argv: str, since: str = "") -> list[Call]:
        """Run it whole; its calls, from the first one whose arguments hold that text."""
        ran = self.run(*argv, strace=["-e", f"trace={','.join(CALLS)}"])
        assert ran.code == 0, ran.err
        return self._calls_since(since)

    def calls_of_second(self, *argv: str, since: str) -> list[Call]:
        """Run it whole; the calls of its second process, as `calls` has them of the first."""
        ran = self.run(*argv, second=["-e", f"trace={','.join(CALLS)}"])
        assert ran.code == 0, ran.err
        return self._calls_since(since)

    def second_killed_at(self, call: Call, *argv: str) -> Ran:
        """Run it, and kill its second process as that enters the call."""
        return self.run(*argv, second=_inject(call, f"signal=SIGKILL:when={call.number}"))

    def second_failing_at(self, call: Call, error: str, *argv: str) -> Ran:
        """Run it, and have that call of its second process answer with an error, undone."""
        return self.run(*argv, second=_inject(call, f"error={error}:when={call.number}"))

    def whole(self, *argv: str, strace: Sequence[str]) -> Ran:
        """Run a command in a Python of its own, from its start on beside strace."""
        ran = subprocess.run(
            ["strace", "-f", "-o", str(self._log), *strace, *_A_STALKLOG, *argv],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            env=environment(self._folder),
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def whole_killed_at(self, call: Call, *argv: str) -> Ran:
        """The same, and kill it as it enters that call."""
        return self.whole(*argv, strace=_inject(call, f"signal=SIGKILL:when={call.number}"))

    def whole_calls(self, *argv: str, names: Sequence[str], since: str) -> list[Call]:
        """Run it so, whole; its calls of these names from the one that holds that text on."""
        ran = self.whole(*argv, strace=["-e", f"trace=openat,{','.join(names)}"])
        assert ran.code == 0, ran.err
        return [call for call in self._calls_since(since) if call.name in names]

    def _calls_since(self, since: str) -> list[Call]:
        seen: Counter[tuple[str, str]] = Counter()
        calls: list[Call] = []
        for thread, name, told in self._traced():
            seen[thread, name] += 1
            if calls or since in told:
                calls.append(Call(name, seen[thread, name], told))
        assert calls
        return calls

    def counted(self) -> Counter[str]:
        """How often the last command that ran beside strace made each of the calls it watched."""
        return Counter(name for _thread, name, _told in self._traced())

    def _traced(self) -> Iterator[tuple[str, str, str]]:
        for line in self._log.read_text(errors="replace").splitlines():
            found = _CALL.match(line)
            if found:
                yield found[1], found[2], found[3]

    def _start(self, argv: Sequence[str], **limits: int | list[str] | None) -> int:
        """A process that waits at the gate."""
        return self._start_all([(argv, limits)])[0]

    def _start_all(
        self, wanted: Sequence[tuple[Sequence[str], Mapping[str, str | int | list[str] | None]]]
    ) -> list[int]:
        jobs = [
            {
                "argv": argv,
                "folder": str(self._folder),
                "out": str(self._scratch(number, "out")),
                "err": str(self._scratch(number, "err")),
                "short": False,
                "fsize": None,
                "uid": None,
                "second": None,
                "times": 1,
                "until": None,
                **limits,
            }
            for number, (argv, limits) in enumerate(wanted)
        ]
        assert self._warm.stdin is not None
        self._warm.stdin.write(json.dumps(jobs) + "\n")
        self._warm.stdin.flush()
        return [self._answer() for _job in jobs]

    def _end(self, number: int = 0) -> Ran:
        code = self._answer()
        return Ran(code, *(self._scratch(number, name).read_text() for name in ("out", "err")))

    def _scratch(self, number: int, name: str) -> Path:
        return self._folder / f"{number}.{name}"

    def _answer(self) -> int:
        assert self._warm.stdout is not None
        return int(self._warm.stdout.readline())

    def _attach(self, pid: int, options: Sequence[str]) -> subprocess.Popen[str]:
        strace = subprocess.Popen(
            ["strace", "-f", "-p", str(pid), "-o", str(self._log), *options],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert strace.stderr is not None
        said = strace.stderr.readline()
        if "attached" not in said:
            os.kill(pid, signal.SIGKILL)
            pytest.fail(f"strace cannot watch a process here: {said}")
        return strace


def _inject(call: Call, what: str) -> list[str]:
    return ["-e", f"trace={call.name}", "-e", f"inject={call.name}:{what}"]


def _state_of(pid: int) -> str:
    """Runs, sleeps, is stopped (T) or has ended (Z)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _is_stopped_within(pid: int, is_time: Callable[[], bool]) -> bool:
    """Whether it stands still at that moment: it may go past it, or end, before it is stopped."""
    with suppress(ProcessLookupError, FileNotFoundError):  # it has ended
        while not is_time():
            os.kill(pid, 0)
            time.sleep(0.0005)
        os.kill(pid, signal.SIGSTOP)
        while (state := _state_of(pid)) not in "TZ":
            time.sleep(0.0005)
        return state == "T" and is_time()
    return False


def _has_second(pid: int) -> bool:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return any((thread / "children").read_text() for thread in threads)


def is_locked(vault: Path) -> bool:
    """Whether a writer is at work."""
    with (vault / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def environment(home: Path) -> dict[str, str]:
    """The environment of a command: a home of its own, and this stalklog."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT), *filter(None, sys.path))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "Asia/Kolkata",
    }


_A_STALKLOG: Final = (sys.executable, "-m", "stalklog")
needs_strace: Final = pytest.mark.skipif(which("strace") is None, reason="there is no strace here")
_NOBODY: Final = 65534
ANOTHER: Final = _NOBODY if os.geteuid() == 0 else None
"""Whom permissions bind: root is bound by none."""


def give_away(place: Path) -> None:
    """Make it all theirs whom permissions bind."""
    if ANOTHER is None:
        return
    try:
        for path in (place, *place.rglob("*")):
            os.chown(path, ANOTHER, ANOTHER)
    except PermissionError:
        pytest.skip("this root may give nothing away")

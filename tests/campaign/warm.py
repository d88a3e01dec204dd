"""A stalklog that is loaded already: each command is a fork of it, so that a campaign is quick.

Run as a program it reads a line of jobs and answers twice for each: the process that runs the
command, once it waits at the gate, and how that process ended. What runs in the fork is the whole
command line, `stalklog.cli.app.main`, with its own arguments, output files and working directory.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import stalklog
from stalklog.errors import VaultBusyError
from stalklog.vault import objects, there_and_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer as Buffer

GATE: Final = signal.SIGUSR1
"""The process waits for this signal, so that strace can be there before the first call."""
RUN: Final = "{run}"
"""In a word of a command line that is given again and again: how often it was given before."""
_PR_SET_PTRACER = 0x59616D61
_NO_WAY_OUT = 70
"""What a command that raised anything else than its exit is taken to exit with."""
_LONGEST_S = 500
"""A command that takes longer hangs, and is ended by an alarm."""
_LEISURE_S = 0.02
"""Between two looks, so that who writes comes to his turn."""
_C = ctypes.CDLL(None)
_WHOLE = os.write


def load() -> None:
    """Import all of stalklog and what it imports late: the calls of a fork are then its own."""
    for module in pkgutil.walk_packages(stalklog.__path__, "stalklog."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in (
        "cryptography.hazmat.primitives.asymmetric.ed25519",
        "cryptography.hazmat.primitives.serialization",
        "concurrent.futures.thread",
        "rich.console",
        "rich.table",
        "platformdirs",
        "orjson",
        "pyrage",
        "segno",
        "zoneinfo",
    ):
        importlib.import_module(name)


def main() -> None:
    """Run jobs until the input ends."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    load()
    if len(sys.argv) > 1:
        _count_as_large(int(sys.argv[1]))
    signal.pthread_sigmask(signal.SIG_BLOCK, {GATE})
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs this may pass it over
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_DFL)
    for line in sys.stdin:
        begun = [_begin(job) for job in json.loads(line)]
        for pid in begun:
            _answer(pid)
        for pid in begun:
            _answer(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _count_as_large(size_bytes: int) -> None:
    """Have a copy go past memory in chunks of this size, which is that of a few pages."""
    for module in (objects, there_and_back):
        vars(module)["CHUNK_BYTES"] = size_bytes  # a constant: smaller than it ever is


def _begin(job: dict[str, Any]) -> int:
    """A process that waits at the gate."""
    ready, gate = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        _run(job, gate)
    os.close(gate)
    os.read(ready, 1)
    os.close(ready)
    return pid


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _run(job: dict[str, Any], gate: int) -> None:
    from stalklog.cli.app import main as command_line  # noqa: PLC0415 - loaded above

    os.chdir(job["folder"])  # noqa: TID251 - this process is the command's alone
    for number, name in ((0, os.devnull), (1, job["out"]), (2, job["err"])):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in enumerate("rww"))  # noqa: SIM115, PTH123 - of this process
    _C.prctl(_PR_SET_PTRACER, -1, 0, 0, 0)
    if job["fsize"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["fsize"], job["fsize"]))
    if job["uid"] is not None:
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
    if job["short"]:
        os.write = _write_half
    if job["second"]:
        _trace_second(job["second"])
    signal.alarm(_LONGEST_S)
    os.write(gate, b".")
    signal.sigwait({GATE})
    try:
        code = done = 0
        while code in {0, _again_at(job)} and not _is_enough(job, done):
            sys.argv = ["stalklog", *(word.replace(RUN, str(done)) for word in job["argv"])]
            code = _exit_code_of(command_line)
            done += 1
        os._exit(code)
    except BaseException:  # noqa: BLE001 - told below; a fork goes no further
        told = traceback.format_exc().encode()
        for _again in range(2):  # the first time it may be this very call that is made to fail
            with suppress(OSError):
                _WHOLE(2, told)
                break
    finally:
        os._exit(_NO_WAY_OUT)


def _trace_second(strace: list[str]) -> None:
    """Have every process that is started from here be started by strace, which outlives it."""
    start = subprocess.Popen

    def traced(argv: list[str], **how: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - as it has them
        beside = start([*strace, *argv], **how)
        vars(beside)["kill"] = lambda: _kill_children(beside.pid)
        return beside

    vars(subprocess)["Popen"] = traced


def _kill_children(pid: int) -> None:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


def _again_at(job: dict[str, Any]) -> int:
    """After which exit a command is given again, as its answer says; only beside others."""
    return VaultBusyError.exit_code if job["until"] is not None else 0


def _is_enough(job: dict[str, Any], done: int) -> bool:
    """After so many times; or, at leisure, once the file is there that says so, and once at least.

    A look that began when the others had ended is wanted too: it sees all that they have done.
    """
    if job["until"] is None:
        return done >= int(job["times"])
    time.sleep(_LEISURE_S)
    return done > 0 and Path(job["until"]).exists()


def _exit_code_of(command_line: Callable[[], None]) -> int:
    """Run it; it leaves by the door, and as an interpreter that ends would, it flushes.

    What cannot be told is not told: to the program that was an error at the telling, which changes
    nothing of how it ends.
    """
    code = _NO_WAY_OUT
    try:
        command_line()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    sys.stdout.flush()
    with suppress(OSError):
        sys.stderr.flush()
    return code


def _write_half(fd: int, data: Buffer, /) -> int:
    """Write half of the data, as the system may: a stand-in, as strace cannot make that."""
    left = memoryview(data)
    return _WHOLE(fd, left[: max(1, len(left) // 2)])


PROGRAM: Final = Path(__file__)

if __name__ == "__main__":
    main()

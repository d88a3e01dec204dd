"""Time one command, with the page cache in the same state for every tool.

Three things made figures wrong by 2 to 15 times where they were not minded:

- ext4 is slow to make files for a while after as many were deleted: nothing is deleted between
  runs, what is no longer needed is emptied in place and removed at the very end;
- the first touch of a memory page costs a virtual machine more than the copy into it: before every
  run the source is copied once into a scratch file, which is then emptied;
- a source that was read just before is read faster: that same copying warms it for every tool.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.tools import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK_BYTES = 256 * 1024


class ToolFailedError(Exception):
    """A tool ended with an error: its time says nothing."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What one run took."""

    wall_s: float
    """Until everything was on the disk."""
    settle_s: float
    """The part of it after the command had ended."""
    cpu_s: float
    """Processor time of the command, user and system."""
    peak_mib: float
    """Memory of its largest process."""


def run(command: str, folder: Path) -> Timed:
    """Run a shell line in a folder and time it; then all of the file system is synced.

    Raises:
        ToolFailedError: It ended with an error; the message holds what it said last.
    """
    with (folder / ".said").open("w+b") as said:
        began_s = time.perf_counter()
        process = subprocess.Popen(  # noqa: S602 - our own lines, and pipes are wanted
            command,
            cwd=folder,
            env=os.environ | ENVIRONMENT | {"PWD": str(folder)},
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        ended_s = time.perf_counter()
        process.returncode = os.waitstatus_to_exitcode(status)
        settle(folder)
        settled_s = time.perf_counter()
        said.seek(0)
        if process.returncode:
            last = said.read().decode(errors="replace")[-600:]
            raise ToolFailedError(f"{command}\nended with {process.returncode}:\n{last}")
    return Timed(
        wall_s=settled_s - began_s,
        settle_s=settled_s - ended_s,
        cpu_s=used.ru_utime + used.ru_stime,
        peak_mib=used.ru_maxrss / 1024,
    )


def settle(folder: Path) -> None:
    """Have everything of that file system on the disk."""
    subprocess.run(["sync", "-f", str(folder)], check=True)  # noqa: S603, S607 - coreutils


def warm(source: Path, scratch: Path) -> None:
    """Read a folder once, through memory that is thereby touched."""
    with scratch.open("wb") as out:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                with path.open("rb") as found:
                    shutil.copyfileobj(found, out, _BLOCK_BYTES)
        out.flush()
        os.fsync(out.fileno())
        out.truncate(0)
    settle(scratch.parent)


def empty(folder: Path) -> None:
    """Give back the room that a run took, and keep its names."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)
            os.truncate(path, 0)

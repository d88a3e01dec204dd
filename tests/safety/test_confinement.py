"""A confined process writes no file, leaves no dump, and ends when it has taken too much."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stalklog.safety import confinement
from stalklog.safety.confinement import confined

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
MEMORY = 1 << 30


def run(program: str, *, seconds: int = 20) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", program]
    return subprocess.run(
        confined(command, memory_bytes=MEMORY, seconds=seconds),
        capture_output=True,
        check=False,
        timeout=300,
        input=b"given",
    )


def test_it_reads_from_a_pipe_and_writes_into_one() -> None:
    ended = run("import sys; sys.stdout.write(sys.stdin.read() + ' back')")
    assert (ended.returncode, ended.stdout) == (0, b"given back")


def test_it_writes_no_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    ended = run(f"with open({str(place)!r}, 'w') as file: file.write('x')")
    assert ended.returncode != 0
    assert not place.exists() or not place.read_bytes()


def test_what_it_starts_writes_no_file_either(tmp_path: Path) -> None:
    place = tmp_path / "file"
    inner = f"open({str(place)!r}, 'w').write('x')"
    run(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])")
    assert not place.exists() or not place.read_bytes()


def test_it_leaves_no_dump() -> None:
    ended = run("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))")
    assert ended.stdout.strip() == b"(0, 0)"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not bounded everywhere")
def test_it_gets_no_more_memory() -> None:
    assert run("bytearray(100 << 20)").returncode == 0
    assert b"MemoryError" in run("bytearray(2 << 30)").stderr


def test_it_computes_no_longer() -> None:
    assert run("while True: pass", seconds=0).returncode < 0


def test_where_it_cannot_be_confined_the_command_is_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_CAN_CONFINE", False)
    assert confined(["x"], memory_bytes=1, seconds=1) == ["x"]

"""What a worker is given nobody else of the same account looks at."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

DUMPABLE = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="there is no prctl(2)")


@linux_only
def test_a_process_that_guards_its_memory_says_so() -> None:
    program = f"from stalklog.safety.memory import guard_memory; guard_memory(); {DUMPABLE}"
    for code, told in ((DUMPABLE, "1"), (program, "0")):
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert found.stdout.decode().strip() == told


@linux_only
@pytest.mark.parametrize("worker", ["picture_worker:_main", "outlook.pst_worker:_work"])
def test_each_worker_guards_its_memory_before_anything_else(worker: str) -> None:
    module, _colon, function = worker.partition(":")
    found = inspect.getsource(getattr(import_module(f"stalklog.readers.{module}"), function))
    assert found.splitlines()[1].strip() == "guard_memory()"

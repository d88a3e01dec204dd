"""What a worker is given nobody else of the same account looks at."""

from __future__ import annotations

import subprocess
import sys

import pytest

TOLD = "import ctypes, sys; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), file=sys.stderr)"
"""What `PR_GET_DUMPABLE` of prctl(2) says of the process itself."""
WORKERS = {
    "none": "",
    "guarded": "from stalklog.safety.memory import guard_memory; guard_memory()",
    "pictures": "from stalklog.readers.picture_worker import _main; _main()",
    "Outlook": "from stalklog.readers.outlook.pst_worker import _work; _work(0, 0, frozenset())",
}


@pytest.mark.skipif(sys.platform != "linux", reason="there is no prctl(2)")
@pytest.mark.parametrize("name", WORKERS)
def test_each_worker_guards_its_memory(name: str) -> None:
    program = f"import ctypes; ctypes.CDLL(None)\n{WORKERS[name]}\n{TOLD}"
    ran = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert ran.stderr.decode().splitlines()[-1] == ("1" if name == "none" else "0"), ran.stderr

"""What sealing costs: beside `pyrage.encrypt_file`, beside a plain vault, and until it opens."""

from __future__ import annotations

import shlex
import sys
from typing import Final

from bench.tools import STALKLOG, Tool, Work

_ENTRIES: Final = "1 2 3 4 5"
_UNLOCK_S: Final = 2.5
_FEW: Final = 0.002
"""The corpus is not looked at: a small one is made quickly."""
_LOG: Final = (
    f"for entry in {_ENTRIES}; do {STALKLOG} --vault vault log-threat "
    "--precision unknown --words $entry; done"
)
_INIT: Final = (
    "echo 'four words far apart' >passphrase && "
    f"{STALKLOG} init vault --sealed --tz UTC --passphrase-file passphrase --recovery-to paper"
)
_MAKE_KEYS: Final = (
    "import pyrage; "
    "[print(pyrage.x25519.Identity.generate().to_public(), file=open('keys', 'a')) for _ in 'ab']"
)
_SEAL: Final = (
    "import pathlib, pyrage, sys; "
    "keys = map(pyrage.x25519.Recipient.from_str, open('keys').read().split()); "
    "(path,) = pathlib.Path(sys.argv[1]).iterdir(); "
    "pyrage.encrypt_file(str(path), 'sealed.age', list(keys))"
)


def _python(program: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}"


SEALED_WORKS: Final = (
    Work(
        "add one file of 2 GiB to a sealed vault",
        "big",
        1,
        (
            Tool("stalklog", (), f"{STALKLOG} --vault vault add-evidence {{source}}", _INIT),
            Tool("pyrage", (), f"{_python(_SEAL)} {{source}}", _python(_MAKE_KEYS)),
        ),
        {"pyrage": 2.0},
    ),
    Work(
        "log five threats in a sealed vault",
        "small",
        _FEW,
        (
            Tool("stalklog", (), _LOG, _INIT),
            Tool("plain", (), _LOG, f"{STALKLOG} init vault --tz UTC"),
        ),
        {"plain": 1.25},
    ),
    Work(
        "open a sealed vault with its passphrase",
        "small",
        _FEW,
        (
            Tool(
                "stalklog",
                (),
                f"{STALKLOG} --vault vault list all --passphrase-file passphrase",
                _INIT,
            ),
            Tool(f"{_UNLOCK_S} seconds", (), f"sleep {_UNLOCK_S}"),
        ),
        {f"{_UNLOCK_S} seconds": 1.0},
        is_reading=True,
    ),
)

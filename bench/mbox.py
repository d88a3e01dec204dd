"""How fast a mailbox is indexed and read, beside the standard library, and in how much memory."""

from __future__ import annotations

import shlex
import sys
from typing import Final

from bench.tools import Tool, Work

_PATH: Final = "import pathlib, sys; (path,) = pathlib.Path(sys.argv[1]).iterdir(); "
_INDEX: Final = (
    "from stalklog.readers.mbox_index import index_mbox; "
    "print(sum(1 for _range in index_mbox(path.open('rb'))))"
)
_READ: Final = (
    "from stalklog.readers.base import Reading; from stalklog.readers.mbox import Mbox; "
    "reading = Reading(Mbox(), path.open('rb'), path.name, size_bytes=path.stat().st_size); "
    "print(sum(1 for _message in reading))"
)
_MAILBOX: Final = "import mailbox; print(len(mailbox.mbox(path, create=False)))"
_MAILBOX_READ: Final = (
    "import mailbox; "
    "print(sum(len(list(mail.walk())) for mail in mailbox.mbox(path, create=False)))"
)
_SPEED: Final = "100 MB/s"
_PACE: Final = "import time; time.sleep(path.stat().st_size / 100e6)"
_PEAK_MIB: Final = 64
"""Of which the interpreter itself takes a third."""


def _python(program: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(_PATH + program)} {{source}}"


_INDEXERS: Final = (
    Tool("stalklog", (), _python(_INDEX)),
    Tool("mailbox", (), _python(_MAILBOX)),
    Tool(_SPEED, (), _python(_PACE)),
)

MBOX_WORKS: Final = (
    Work(
        "index a mailbox of 200 MB",
        "mbox",
        1,
        _INDEXERS,
        {"mailbox": 1 / 3, _SPEED: 1.0},
        is_reading=True,
        peak_mib=_PEAK_MIB,
    ),
    Work(
        "index a mailbox of 2 GB",
        "mbox",
        10,
        _INDEXERS,
        {"mailbox": 1 / 3, _SPEED: 1.0},
        is_reading=True,
        peak_mib=_PEAK_MIB,
    ),
    Work(
        "index a mailing list of 200 MB: short mails",
        "mbox-list",
        1,
        _INDEXERS,
        {"mailbox": 1.0, _SPEED: 1.0},
        is_reading=True,
        peak_mib=_PEAK_MIB,
    ),
    Work(
        "read a mailbox of 200 MB",
        "mbox",
        1,
        (Tool("stalklog", (), _python(_READ)), Tool("mailbox", (), _python(_MAILBOX_READ))),
        {"mailbox": 1.0},
        is_reading=True,
        peak_mib=2 * _PEAK_MIB,
    ),
)
"""`mailbox` parses headers and splits parts; it decodes no text, hashes nothing, finds no files."""

"""What is timed: stalklog's own command, and its peers as a person would type them."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STALKLOG: Final = f"{shlex.quote(sys.executable)} -m stalklog"
PATH: Final = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
_INIT: Final = f"{STALKLOG} init vault --tz UTC"
_OPENSSL: Final = "find . -type f -print0 | xargs -0 openssl dgst -sha256 -r"
_SHA256SUM: Final = "find . -type f -print0 | xargs -0 sha256sum"
ENVIRONMENT: Final = {
    "PATH": PATH,
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "",  # as in a person's shell, whatever is set in ours
    "PYTHONUNBUFFERED": "",
    "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    "RESTIC_PASSWORD": "bench",
}


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to do the work, as shell lines run in a folder of its own; `{source}` is filled in.

    All of `command` is timed, and after it how long the system takes until all is on the disk.
    """

    name: str
    needs: tuple[str, ...]
    command: str
    before: str = ":"
    """What makes its empty vault or repository: not timed."""

    def missing(self) -> list[str]:
        """The programs that it needs and that are not installed."""
        return [name for name in self.needs if shutil.which(name, path=PATH) is None]


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work that several tools do; the first tool is stalklog."""

    name: str
    corpus: str
    scale: float
    tools: tuple[Tool, ...]
    limits: dict[str, float]
    """By peer: at most so many times its time is the goal."""
    is_reading: bool = False
    """Whether nothing is written, so that one vault serves all rounds."""
    peak_mib: float | None = None
    """At most so much memory of stalklog's is the goal, where one is set."""


_ADD = Tool("stalklog", (), f"{STALKLOG} --vault vault add-evidence {{source}}", _INIT)
_CP_OPENSSL = Tool(
    "cp+openssl", ("openssl",), f"cp -a {{source}} data && cd data && {_OPENSSL} >../manifest"
)
_CP_SHA256SUM = Tool(
    "cp+sha256sum", ("sha256sum",), f"cp -a {{source}} data && cd data && {_SHA256SUM} >../manifest"
)
_CP_BAGIT = Tool("cp+bagit", ("bagit.py",), "cp -a {source} bag && bagit.py --quiet --sha256 bag")
_BORG_KEEPS: Final = 'export BORG_BASE_DIR="$PWD/.borg"'  # in its own folder, never in the source
_BORG = Tool(
    "borg",
    ("borg",),
    f'{_BORG_KEEPS} repo="$PWD/repo" && cd {{source}} && borg create -C none "$repo::a" .',
    f"{_BORG_KEEPS} && borg init -e none repo",
)
_RESTIC_KEEPS: Final = 'export RESTIC_CACHE_DIR="$PWD/.restic"'
_RESTIC = Tool(
    "restic",
    ("restic",),
    f'{_RESTIC_KEEPS} repo="$PWD/repo" && cd {{source}} && '
    'restic -q -r "$repo" --compression off backup .',
    f"{_RESTIC_KEEPS} && restic -q -r repo init",
)
_VERIFY = Tool(
    "stalklog",
    (),
    f"{STALKLOG} --vault vault verify",
    f"{_INIT} && {STALKLOG} --vault vault add-evidence {{source}}",
)
_HASH = Tool("openssl", ("openssl",), f'out="$PWD/manifest" && cd {{source}} && {_OPENSSL} >"$out"')

WORKS: Final = (
    Work(
        "add one file of 2 GiB",
        "big",
        1,
        (_ADD, _CP_OPENSSL, _CP_SHA256SUM),
        {"cp+openssl": 1.0, "cp+sha256sum": 0.4},
    ),
    Work(
        "add 20,000 files of 8 KiB",
        "small",
        1,
        (_ADD, _CP_OPENSSL, _CP_BAGIT, _BORG, _RESTIC),
        {"cp+openssl": 2.0, "cp+bagit": 1.0, "borg": 1.0, "restic": 1.0},
    ),
    Work(
        "verify 8,000 files of 4 KiB to 5 MiB",
        "mixed",
        4,
        (_VERIFY, _HASH),
        {"openssl": 0.6},
        is_reading=True,
    ),
)

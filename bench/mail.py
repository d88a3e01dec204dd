"""Time the reading of e-mail beside mail-parser and the standard library's bare parser.

`python -m bench.mail FOLDER` reads every file of a folder, all tools in one process and in another
order each round. mail-parser gives the eight fields that are asked of it below; stalklog gives
those and the places, hashes, audience, forwards, shown text and limits of each mail besides.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from email.parser import BytesParser
from email.policy import compat32
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import mailparser

from bench.report import table
from bench.timing import Timed
from bench.tools import Tool, Work
from stalklog.readers.base import Reading
from stalklog.readers.eml import EmlReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.report import Rounds

_FIELDS: Final = ("from_", "to", "cc", "subject", "date", "message_id", "body", "attachments")


def main() -> int:
    """Read the folder with each tool, round by round; 0 if stalklog is no slower."""
    options = _options()
    logging.disable(logging.CRITICAL)  # mail-parser tells of each broken mail
    mails = [path.read_bytes() for path in sorted(options.folder.rglob("*")) if path.is_file()]
    size_mb = sum(map(len, mails)) / 1e6
    rounds = time_rounds(mails, options.rounds)
    work = Work(
        f"read {len(mails)} e-mails of {size_mb:.1f} MB",
        "mail",
        1,
        tuple(Tool(name, (), "") for name in TOOLS),
        {"mail-parser": 1.0},
    )
    for line in table(work, rounds):
        sys.stdout.write(f"{line}\n")
    return 0 if all(took["stalklog"].cpu_s <= took["mail-parser"].cpu_s for took in rounds) else 1


def time_rounds(mails: Sequence[bytes], count: int) -> Rounds:
    """What each tool took, after one round that is not counted."""
    rounds: Rounds = []
    for number in range(count + 1):
        took = {name: _time(TOOLS[name], mails) for name in random.sample(list(TOOLS), len(TOOLS))}
        if number:
            rounds.append({name: took[name] for name in TOOLS})
    return rounds


def _time(read: Callable[[bytes], None], mails: Sequence[bytes]) -> Timed:
    began_s, cpu_s = time.perf_counter(), time.process_time()
    for mail in mails:
        read(mail)
    return Timed(time.perf_counter() - began_s, 0, time.process_time() - cpu_s, 0)


def _stalklog(mail: bytes) -> None:
    reading = Reading(EmlReader(), BytesIO(mail), "mail", size_bytes=len(mail))
    for _message in reading:
        pass
    reading.report()


def _mail_parser(mail: bytes) -> None:
    try:
        parsed = mailparser.parse_from_bytes(mail)
        for name in _FIELDS:
            getattr(parsed, name)
    except Exception:  # noqa: BLE001, S110 - it raises on some mails: that is not what is timed
        pass


def _email_package(mail: bytes) -> None:
    BytesParser(policy=compat32).parsebytes(mail)


TOOLS: Final = {
    "stalklog": _stalklog,
    "mail-parser": _mail_parser,
    "email package": _email_package,
}
"""What is timed, stalklog first."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mail", description=__doc__)
    parser.add_argument("folder", type=Path, help="with e-mails, a file each")
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Time the reading of a WhatsApp chat beside whatstk and chat-miner.

`python -m bench.whatsapp` makes a chat of invented people and reads it with every tool, in one
process and in another order each round. Peers that are not installed are left out and named. They
give sender, time and text of each message; stalklog gives those and the place, hash and kind of
each record, files, flags and a report besides.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.report import table
from bench.timing import Timed
from bench.tools import Tool, Work
from stalklog.readers.base import Reading
from stalklog.readers.whatsapp_text import WhatsAppText

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.report import Rounds

_WORDS: Final = [
    "where",
    "are",
    "you",
    "I",
    "see",
    "the",
    "blue",
    "scarf",
    "tonight",
    "call",
    "me",
    "back",
    "नमस्ते",
    "रवि",
    "ok",
    "😀",
]
_GOAL_LINES_S: Final = 150_000
_GOAL_TIMES: Final = 3


def main() -> int:
    """Read the chat with each tool, round by round; 0 if both goals are met.

    What counts is processor time, and how it compares in the same round: the time on the wall says
    what else the machine did.
    """
    options = _options()
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("TQDM_DISABLE", "1")
    chat = make_chat(options.messages)
    tools = {name: read for name, read in TOOLS.items() if _is_there(name)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "WhatsApp Chat with Ravi.txt"
        path.write_bytes(chat)
        rounds = _rounds(tools, path, options.rounds)
    work = Work(
        f"read {chat.count(10):,} lines of {len(chat) / 1e6:.1f} MB",
        "whatsapp",
        1,
        tuple(Tool(name, (), "") for name in tools),
        dict.fromkeys(list(tools)[1:], 1 / _GOAL_TIMES),
    )
    for line in table(work, rounds):
        sys.stdout.write(f"{line}\n")
    fastest = min(took["stalklog"].cpu_s for took in rounds)
    speed = chat.count(10) / fastest
    sys.stdout.write(f"  stalklog at its fastest: {speed:,.0f} lines/s of processor time\n")
    peers = {
        name: sorted(took[name].cpu_s / took["stalklog"].cpu_s for took in rounds)
        for name in tools
        if name != "stalklog"
    }
    for name, times in peers.items():
        sys.stdout.write(
            f"  {median(times):.2f} times as fast as {name} by processor time"
            f" ({times[0]:.2f}-{times[-1]:.2f}); goal: {_GOAL_TIMES}\n"
        )
    are_met = all(median(times) >= _GOAL_TIMES for times in peers.values())
    return 0 if speed >= _GOAL_LINES_S and are_met else 1


def make_chat(messages: int) -> bytes:
    """A chat of three people as Android exports it; every tenth message has two lines."""
    draw = random.Random(2026)  # noqa: S311 - no secret
    now = datetime(2023, 1, 2, 8)  # noqa: DTZ001 - a wall clock
    lines: list[str] = []
    for number in range(messages):
        now += timedelta(seconds=draw.randrange(5, 900))
        text = " ".join(draw.choices(_WORDS, k=draw.randrange(3, 18)))
        more = f"\n{' '.join(draw.choices(_WORDS, k=6))}" if number % 10 == 0 else ""
        sender = draw.choice(("Ravi", "Asha", "Meera Example"))
        lines.append(f"{now:%d/%m/%Y, %H:%M} - {sender}: {text}{more}\n")
    return "".join(lines).encode()


def _rounds(tools: dict[str, Callable[[Path], None]], path: Path, count: int) -> Rounds:
    """What each tool took, after one round that is not counted."""
    rounds: Rounds = []
    for number in range(count + 1):
        took: dict[str, Timed] = {}
        for name in random.sample(list(tools), len(tools)):
            began_s, cpu_s = time.perf_counter(), time.process_time()
            tools[name](path)
            took[name] = Timed(time.perf_counter() - began_s, 0, time.process_time() - cpu_s, 0)
        if number:
            rounds.append({name: took[name] for name in tools})
    return rounds


def _stalklog(path: Path) -> None:
    chat = path.read_bytes()
    reading = Reading(WhatsAppText(), BytesIO(chat), path.name, size_bytes=len(chat))
    for _message in reading:
        pass
    reading.report()


def _whatstk(path: Path) -> None:
    importlib.import_module("whatstk").WhatsAppChat.from_source(str(path))


def _chat_miner(path: Path) -> None:
    parsers = importlib.import_module("chatminer.chatparsers")
    parsers.WhatsAppParser(str(path)).parse_file()


TOOLS: Final[dict[str, Callable[[Path], None]]] = {
    "stalklog": _stalklog,
    "whatstk": _whatstk,
    "chat-miner": _chat_miner,
}
"""What is timed, stalklog first."""
_MODULES: Final = {"whatstk": "whatstk", "chat-miner": "chatminer"}


def _is_there(name: str) -> bool:
    if name not in _MODULES or find_spec(_MODULES[name]):
        return True
    sys.stdout.write(f"  left out: {name}, because it is not installed\n")
    return False


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.whatsapp", description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

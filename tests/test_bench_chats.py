"""The benches of chats read what they make, so that they cannot rot."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bench.chats import FORMATS

from stalklog.readers.base import LIKELY, Reading

if TYPE_CHECKING:
    from bench.chats import Format

PROJECT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("one", FORMATS, ids=[one.name for one in FORMATS])
def test_every_chat_that_is_made_is_read_whole(one: Format) -> None:
    chat = one.make(50)
    reader = one.reader()
    assert reader.match(chat, "file") >= LIKELY
    reading = Reading(reader, BytesIO(chat), "file", size_bytes=len(chat))
    assert sum(message.kind == "message" for message in reading) == 50
    assert reading.report().is_whole
    one.parse(chat)


@pytest.mark.parametrize("bench", ["chats", "whatsapp"])
def test_the_bench_runs_and_says_what_it_came_to(bench: str) -> None:
    command = [sys.executable, "-m", f"bench.{bench}", "--messages", "60", "--rounds", "1"]
    ran = subprocess.run(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    assert "of processor time" in ran.stdout
    assert not ran.stderr

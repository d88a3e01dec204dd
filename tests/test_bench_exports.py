"""The bench of exports reads every message that it made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bench.exports import EXPORTS
from tests.readers.files import read_file

from stalklog.readers.table import find_reader

PROJECT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_is_known_and_read_whole(name: str) -> None:
    data = EXPORTS[name](50)
    reader = find_reader(data, "x")
    assert reader is not None
    messages, report = read_file(reader, data)
    assert (len(messages), report.is_whole) == (50, True)
    assert {one.flags for one in messages} == {()}


def test_it_runs_and_names_each() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.exports", "--messages", "200", "--rounds", "1"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert ran.returncode in {0, 1}, ran.stderr
    assert [line.partition("  ")[0].strip() for line in ran.stdout.splitlines()] == list(EXPORTS)

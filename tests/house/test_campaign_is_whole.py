"""Every test that has a long form is run by `make campaign`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
OF_ALL: Final = ROOT / "tests" / "conftest.py"
"""Has each run at length draw other examples, whichever tests it is given."""


def run_at_length() -> set[Path]:
    """What `make campaign` gives to pytest: folders, and files of others."""
    text = (ROOT / "Makefile").read_text().replace("\\\n", "")
    assert re.search(r"STALKLOG_CAMPAIGN=1 .*pytest .*\$\(LONG\)$", text, re.MULTILINE)
    named = re.search(r"^LONG := (.*)$", text, re.MULTILINE)
    assert named
    return {ROOT / name for name in named[1].split()}


def having_a_long_form() -> set[Path]:
    """By file; for what is run as a program the test of its name."""
    found = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path not in {Path(__file__), OF_ALL} and re.search(r"\bIS_LONG\b", path.read_text()):
            test = path.with_name(f"test_{path.name}")
            found.add(test if test.exists() else path)
    return found


def test_whatever_has_a_long_form_is_run_at_length() -> None:
    run = run_at_length()
    assert all(path.exists() for path in run)
    long = having_a_long_form()
    assert ROOT / "tests/index/test_killed.py" in long
    assert not {path for path in long if run.isdisjoint({path, *path.parents})}

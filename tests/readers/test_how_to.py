"""The page that says how to write a reader shows the reader as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "how-to" / "write-a-reader.md").read_text(encoding="utf-8")
EXAMPLE = (PROJECT / "src" / "stalklog" / "readers" / "eml.py").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SOURCE = re.compile(r"`((?:src/stalklog|readers|tests)/[a-z_/]+\.py)")


@pytest.mark.parametrize("block", _BLOCK.findall(PAGE))
def test_each_piece_of_code_stands_in_the_reader(block: str) -> None:
    assert block in EXAMPLE


def test_every_file_that_it_names_is_there() -> None:
    named = set(_SOURCE.findall(PAGE))
    assert named
    for path in named:
        root = PROJECT / "src" / "stalklog" if path.startswith("readers") else PROJECT
        assert (root / path).is_file(), path

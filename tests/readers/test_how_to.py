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


GUIDE = (PROJECT / "docs" / "how-to" / "export-a-chat.md").read_text(encoding="utf-8")
_SECTION = re.compile(r"^## ([^\n]*)$\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_MESSENGERS = {
    title: text
    for title, text in _SECTION.findall(GUIDE)
    if title not in {"With every messenger", "If a file fits two formats"}
}
_TOLD = {
    "why it is not to be saved anew": re.compile(
        r"\*\*Do not [^*]*(?:open|save|unpack)", re.IGNORECASE
    ),
    "what to note down": re.compile(r"\*\*Write down"),
    "what it leaves out": re.compile(r"not in it|leaves out"),
    "how to add it": re.compile(
        r"add (?:the|it|that|each|both)|stalklog add-evidence", re.IGNORECASE
    ),
}


@pytest.mark.parametrize("title", _MESSENGERS)
def test_each_messenger_has_all_that_who_exports_must_know(title: str) -> None:
    missing = [what for what, pattern in _TOLD.items() if not pattern.search(_MESSENGERS[title])]
    assert not missing


def test_every_file_that_it_names_is_there() -> None:
    named = set(_SOURCE.findall(PAGE))
    assert named
    for path in named:
        root = PROJECT / "src" / "stalklog" if path.startswith("readers") else PROJECT
        assert (root / path).is_file(), path

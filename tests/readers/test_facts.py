"""The page about facts names those that there are, with their words."""

from __future__ import annotations

import re
from pathlib import Path

from stalklog.records.facts import FACTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "facts.md"
ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)


def test_the_page_names_every_fact_with_its_words() -> None:
    assert ROW.findall(PAGE.read_text(encoding="utf-8")) == list(FACTS.items())

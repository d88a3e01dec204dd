"""The page of the rules says what the rules say.

After a change, `STALKLOG_DOCS_UPDATE=1 pytest tests/due` writes the page's tables anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.due.cases import RULES

from stalklog.due.rule import CONFIDENCES, ENDS, KINDS, TRIGGERS, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.due.rule import Rule

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "due-rules.md"


def tables() -> str:
    """All tables of the page, from the first one to its end."""
    parts = [
        "| id | in force | from | time | kind | basis | source, found on | how sure |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(rule) for rule in RULES.rows),
    ]
    for title, words in (
        ("What sets a clock off", TRIGGERS),
        ("What ends it before", ENDS),
        ("Kinds", KINDS),
        ("Units", UNITS),
        ("How sure", CONFIDENCES),
    ):
        parts += ["", f"## {title}", "", *_words(words)]
    zones = (f"`{name}` {zone}" for name, zone in RULES.zones.items())
    parts += [
        "",
        "## Zones",
        "",
        f"Days are counted in: {', '.join(zones)}; else in the vault's zone.",
    ]
    for name, countries in RULES.areas.items():
        parts += ["", f"`{name}` is: {', '.join(countries)}."]
    return "\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    note = f" *{rule.note}*" if rule.note else ""
    cells = (
        f"`{rule.id}`<br>{rule.what}",
        _in_force(rule),
        f"`{rule.trigger}`" + "".join(f"<br>{kind}" for kind in rule.agency_type),
        f"{rule.duration} {rule.unit}",
        f"`{rule.kind}`, until `{rule.until}`",
        f"{rule.basis}{note}",
        f"{rule.source}, {rule.as_of}",
        rule.confidence,
    )
    return f"| {' | '.join(cells)} |"


def _in_force(rule: Rule) -> str:
    first = "" if rule.effective_from is None else f"from {rule.effective_from}"
    last = "" if rule.effective_to is None else f"to {rule.effective_to}"
    told = " ".join(filter(None, (first, last))) or "always"
    return told if rule.is_first_day_checked else f"{told} *first day not checked*"


def _words(words: Mapping[str, str]) -> Iterable[str]:
    yield "| | |"
    yield "|---|---|"
    yield from (f"| `{name}` | {told} |" for name, told in words.items())


def test_the_page_says_what_the_rules_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, mark, _tables = text.partition("| id |")
    assert mark
    if os.environ.get("STALKLOG_DOCS_UPDATE"):
        PAGE.write_text(head + tables(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == head + tables()


def test_the_page_tells_no_day_that_is_in_no_rule() -> None:
    head = PAGE.read_text(encoding="utf-8").partition("| id |")[0]
    assert not re.search(r"\b\d+ (?:hours|days|months|years)\b", head)

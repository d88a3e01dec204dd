"""The reference says of commands and records what the program says of itself.

After a change, `STALKLOG_DOCS_UPDATE=1 pytest tests/test_reference.py` writes the tables of
options anew; new fields of records are written by hand.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.core import TyperArgument, TyperOption

from stalklog.cli.app import COMMANDS, open_command
from stalklog.records.base import Occurred
from stalklog.records.case import Case
from stalklog.records.contact import Contact
from stalklog.records.demand import Demand
from stalklog.records.evidence import Evidence
from stalklog.records.threat import Threat

if TYPE_CHECKING:
    from stalklog.records.base import Record

DOCS = Path(__file__).resolve().parent.parent / "docs"
CLI = DOCS / "reference" / "cli.md"
RECORDS = DOCS / "reference" / "records.md"
SHARED = {
    "--vault",
    "--case",
    "--json",
    "--lang",
    "--passphrase-file",
    "--identity",
    "--wait",
    "--no-color",
    "--help",
}
"""Told once, under "Everywhere"."""
NAMES = [listed.name for listed in COMMANDS]


def section_of(page: Path, title: str) -> str:
    """What stands below a heading, up to the next one of its rank or above."""
    parts = re.split(r"^(##+) (.+)$\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[2::3], parts[3::3], strict=True))[title]


def options_of(name: str) -> list[str]:
    """The rows of the table of a command: its arguments, then its options."""
    rows = []
    for parameter in open_command(name).params:
        if not SHARED.isdisjoint(parameter.opts):
            continue
        rows.append(f"| {_shown(parameter)} | {_escaped(getattr(parameter, 'help', '') or '')} |")
    return rows


def _shown(parameter: object) -> str:
    if isinstance(parameter, TyperArgument):
        return f"`{parameter.metavar}`"
    assert isinstance(parameter, TyperOption)
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    return f"{names} `{_escaped(parameter.metavar)}`" if parameter.metavar else names


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


@pytest.mark.parametrize("name", NAMES)
def test_a_command_has_its_section_with_what_it_takes_and_answers(name: str) -> None:
    section = section_of(CLI, name)
    shown = re.findall(r"^\| `.*$", section, re.MULTILINE)
    rows = options_of(name)
    if os.environ.get("STALKLOG_DOCS_UPDATE") and shown:
        anew = section.replace("\n".join(shown), "\n".join(rows))
        CLI.write_text(CLI.read_text(encoding="utf-8").replace(section, anew), encoding="utf-8")
    assert shown == rows
    assert "`--json`: " in section


@pytest.mark.parametrize("name", NAMES)
def test_a_command_appears_in_a_how_to(name: str) -> None:
    pages = "\n".join(page.read_text("utf-8") for page in (DOCS / "how-to").glob("*.md"))
    assert f"stalklog {name}" in pages


@pytest.mark.parametrize("record", [Evidence, Threat, Contact, Demand, Case, Occurred])
def test_a_record_has_its_section_with_all_its_fields(record: type[Record]) -> None:
    section = section_of(RECORDS, record.__name__)
    fields = {field.alias or name for name, field in record.model_fields.items()}
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", section, re.MULTILINE))
    assert rows.keys() == fields
    assert all(told and told != "None" for told in rows.values())

"""Advice and helplines are dated, sourced and gentle."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from stalklog import i18n
from stalklog.services import guidance

SOURCE = Path(guidance.__file__).parent.parent
LONGEST_LINE = 260
NEVER_SAID = ("admissible", "court-ready", "compliant", "tamper-proof", "forensically", "certified")


def test_every_row_has_a_source_a_day_and_something_to_reach() -> None:
    for row in guidance.helplines(None).rows:
        assert row.source
        assert date.fromisoformat(row.as_of) >= date(2026, 1, 1)
        assert row.number or row.url
        assert row.name
        assert row.what_for
        assert re.fullmatch(r"[A-Z]{2}", row.country)


def test_india_has_the_lines_of_the_reference_and_emergency_comes_first() -> None:
    rows = guidance.helplines("IN").rows
    assert [row.number for row in rows if row.number] == [
        "112",
        "181",
        "1091",
        "1930",
        "14490",
        "7827170170",
        "1098",
    ]
    assert "https://cybercrime.gov.in" in {row.url for row in rows}


@pytest.mark.parametrize(("asked", "given"), [("in", "IN"), (" Gb ", "GB"), ("uk", "GB")])
def test_a_country_is_taken_as_people_write_it(asked: str, given: str) -> None:
    table = guidance.helplines(asked)
    assert table.country == given
    assert {row.country for row in table.rows} == {given}


def test_a_country_of_which_nothing_is_known_gives_no_rows_and_names_the_others() -> None:
    table = guidance.helplines("ZZ")
    assert table.rows == ()
    assert "IN" in table.countries


def test_no_number_stands_anywhere_but_in_the_dated_table() -> None:
    numbers = {row.number for row in guidance.helplines(None).rows if row.number}
    for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.j2"), *SOURCE.rglob("*.toml")]:
        if path.name == "helplines.toml" or "readers" in path.parts:
            continue  # formats have numbers of their own, such as 112 kilobits a second
        text = path.read_text(encoding="utf-8")
        found = numbers & set(re.findall(r"(?<![\w#.])\d{3,}(?![\w.])", text))
        assert not found, f"{path}: {found}"


def test_the_safety_lines_begin_with_danger_and_fill_in_the_number() -> None:
    lines = guidance.safety_lines()
    assert len(lines) == 14
    assert "112 in India" in lines[0]
    assert not any("{" in line for line in lines)
    assert all(len(line) <= LONGEST_LINE for line in lines)


def test_the_steps_are_five_and_each_has_a_command() -> None:
    steps = guidance.steps()
    assert [step.number for step in steps] == [1, 2, 3, 4, 5]
    assert [step.key for step in steps] == ["demand", "evidence", "threats", "provider", "contacts"]
    assert all(command.startswith("stalklog ") for step in steps for command in step.commands)
    assert "Optional" in (steps[0].note or "")


def test_translators_get_every_sentence_once_or_more_and_none_is_alarming() -> None:
    sentences = Counter(guidance.sentences())
    assert set(guidance.steps()[0].advice.splitlines()) <= set(sentences)
    for sentence in sentences:
        assert sentence == sentence.strip()
        assert "!" not in sentence
        assert not any(word in sentence.lower() for word in NEVER_SAID)


def test_what_is_shown_goes_through_the_one_gettext_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guidance, "_", lambda message: f"<{message}>")
    assert guidance.helplines("IN").rows[0].name == "<Emergency>"
    assert all(line.startswith("<") for line in guidance.safety_lines())
    assert guidance.steps()[0].title.startswith("<")
    assert i18n.gettext("Emergency") == "Emergency"

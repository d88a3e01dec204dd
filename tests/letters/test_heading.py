from __future__ import annotations

import time
from datetime import date

import pytest

from stalklog.letters.heading import read_heading, split

GOOD = """kind = "reminder"
title = "Reminder"
language = "en"
jurisdiction = "any"
basis = "practice"
source = "practice"
as_of = 2026-11-23
effective_from = 2026-01-01
warnings = ["read-before-sending", "A sentence of her own."]
fields = ["alias"]
"""


def test_a_heading_is_read() -> None:
    heading, problems = read_heading(GOOD)
    assert problems == ()
    assert heading is not None
    assert (heading.kind, heading.reviewed_by, heading.addressees) == ("reminder", "", ())
    assert heading.warnings == ("read-before-sending", "A sentence of her own.")


@pytest.mark.parametrize("name", [line.split(" ", 1)[0] for line in GOOD.splitlines()])
def test_what_is_missing_is_named(name: str) -> None:
    rest = "".join(line + "\n" for line in GOOD.splitlines() if not line.startswith(f"{name} "))
    heading, problems = read_heading(rest)
    assert heading is None
    assert [problem.message for problem in problems] == [f"{name} is missing in the heading."]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('kind = "love"', "kind is one of: stop, preserve"),
        ('language = "fr"', "language is one of: en, hi."),
        ('jurisdiction = "India"', "jurisdiction is two letters"),
        ('as_of = "2026-11-23"', "as_of takes a day without quotes"),
        ("as_of = 2026-11-23T10:00:00Z", "as_of takes a day without quotes"),
        ('warnings = ["read-befor-sending"]', "There is no warning read-befor-sending."),
        ("warnings = [1]", "warnings takes a list"),
        ('fields = "alias"', "fields takes a list"),
        ("title = 3", "title takes a text in quotes."),
        ('title = " "', "title takes a text in quotes."),
        ("effective_from = 2026-02-30", "This line cannot be read."),
        ("title = Reminder", "This line cannot be read."),
    ],
)
def test_what_does_not_fit_is_told_by_its_line(line: str, told: str) -> None:
    lines = GOOD.splitlines()
    name = line.split(" ", 1)[0]
    at = next(n for n, one in enumerate(lines) if one.split(" ", 1)[0] == name)
    lines[at] = line
    heading, problems = read_heading("\n".join(lines))
    assert heading is None
    assert problems[0].line == at + 2
    assert told in problems[0].message


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("effective_to = 2025-12-31", "effective_to lies before effective_from."),
        ('reviewed_by = "A. Advocate"', "reviewed_on says on which day"),
        ('code = "import os"', "The heading knows no code."),
    ],
)
def test_what_is_added_and_does_not_fit_is_told_by_its_line(more: str, told: str) -> None:
    _heading, problems = read_heading(GOOD + more)
    assert (problems[0].line, told in problems[0].message) == (12, True)


def test_a_template_is_in_effect_from_its_first_day_to_its_last() -> None:
    heading, _problems = read_heading(GOOD + "effective_to = 2026-02-19")
    assert heading is not None
    days = ("2025-12-31", "2026-01-01", "2026-02-19", "2026-02-20")
    assert [heading.is_in_effect(date.fromisoformat(day)) for day in days] == [
        False,
        True,
        True,
        False,
    ]


def test_heading_and_letter_are_told_apart() -> None:
    assert split("+++\na = 1\n+++\nDear") == ("a = 1", "Dear", 4)
    assert split("Dear") == ("", "Dear", 1)
    assert split("+++\na = 1") == ("a = 1", "", 3)


def test_nesting_without_end_is_told_as_a_line_that_cannot_be_read() -> None:
    heading, problems = read_heading("title = " + "[" * 30_000)
    assert (heading, len(problems)) == (None, 1)


def test_many_names_that_are_not_known_are_told_in_linear_time() -> None:
    def cpu_s(count: int) -> float:
        began = time.process_time()
        read_heading("".join(f"k{number} = 1\n" for number in range(count)))
        return time.process_time() - began

    cpu_s(100)
    assert cpu_s(6400) < 40 * (cpu_s(800) + 0.01)

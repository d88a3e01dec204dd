"""A file of rules: every slip is named with its line, and whatever stands in it stops nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.due.cases import RULES, Case, end_in_words

from stalklog.due.reading import read_rules, sentences, with_own
from stalklog.errors import UsageError

GOOD = """\
# my own

[zones]
FR = "Europe/Paris"

[[rule]]
id = "fr.answer"
what = "They have to answer"
jurisdiction = "FR"
trigger = "notice-sent"
duration = 2
unit = "mo"
kind = "their_duty"
basis = "an article"
source = "example.org"
as_of = 2026-11-01
confidence = "low"
"""


def test_a_file_is_read() -> None:
    rules = read_rules(GOOD)
    assert rules.zones == {"FR": "Europe/Paris"}
    (rule,) = rules.rows
    assert (rule.id, rule.duration, rule.unit, rule.until) == ("fr.answer", 2, "mo", "answered")
    assert (rule.effective_from, rule.effective_to, rule.agency_type) == (None, None, ())
    assert rule.as_of == date(2026, 11, 1)
    assert list(sentences(rules.rows)) == ["They have to answer"]


def test_rules_of_ones_own_are_added_and_take_the_place_of_others() -> None:
    own = read_rules(GOOD.replace("fr.answer", "in.it.resolve").replace('"FR"', '"IN"', 1))
    both = with_own(RULES, own)
    assert [rule.duration for rule in both.rows if rule.id == "in.it.resolve"] == [2]
    assert len(both.rows) == len(RULES.rows) - 1
    assert both.zones["IN"] == RULES.zones["IN"]
    case = Case(rules=both)
    case.sent("platform", "2026-11-10T10:00:00+05:30", purpose="takedown")
    assert [end_in_words(one) for one in case.by("in.it.resolve")] == ["2027-01-10"]
    case = Case(country="FR", rules=with_own(RULES, read_rules(GOOD)))
    case.sent("isp", "2026-11-10T23:30:00+00:00", purpose="abuse-report")
    assert [end_in_words(one) for one in case.by("fr.answer")] == ["2027-01-11"]


def test_areas_of_ones_own_are_added() -> None:
    own = GOOD.replace('jurisdiction = "FR"', 'jurisdiction = "XA"')
    both = with_own(RULES, read_rules(f'{own}\n[areas]\nXA = ["FR", "CH"]\n'))
    rule = next(one for one in both.rows if one.id == "fr.answer")
    held = {country for country in ("FR", "CH", "DE", "") if both.holds_in(rule, country)}
    assert (held, "DE" in both.areas["EU"]) == ({"FR", "CH"}, True)


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ('unit = "mo"', 'unit = "weeks"', 12, "unit is none of: h, d, bd, mo, y"),
        ("duration = 2", 'duration = "2"', 11, "whole number from 0 to 1200"),
        ("duration = 2", "duration = -1", 11, "whole number"),
        ("duration = 2", "duration = true", 11, "whole number"),
        ("duration = 2", "duration = 2.5", 11, "whole number"),
        ("duration = 2", "duration = 1201", 11, "whole number"),
        ('jurisdiction = "FR"', 'jurisdiction = "France"', 9, "two capitals, or any"),
        ('trigger = "notice-sent"', 'trigger = "notice"', 10, "trigger is none of: grievance-sent"),
        ('kind = "their_duty"', 'kind = "duty"', 13, "kind is none of"),
        ('confidence = "low"', 'confidence = "sure"', 17, "confidence is none of"),
        ("as_of = 2026-11-01", 'as_of = "2026-11-01"', 16, "without quotes"),
        ("as_of = 2026-11-01", "as_of = 2026-11-01T10:00:00", 16, "without quotes"),
        ('source = "example.org"\n', "", 6, "the rule has no source"),
        ('basis = "an article"', 'basis = " "', 14, "basis is not a text"),
        ('basis = "an article"', "basis = 7", 14, "basis is not a text"),
        ('id = "fr.answer"', 'id = "fr answer"', 7, "id is not as it should be"),
        ('confidence = "low"', 'confidence = "low"\ncolour = "red"', 18, "colour is no field"),
        ('confidence = "low"', 'confidence = "low"\nuntil = "paid"', 18, "until is none of"),
        (
            'confidence = "low"',
            'confidence = "low"\nagency_type = ["spy"]',
            18,
            "agency_type is no",
        ),
        ('confidence = "low"', 'confidence = "low"\nagency_type = "isp"', 18, "agency_type is no"),
        (
            'confidence = "low"',
            'confidence = "low"\neffective_from = 2026-03-01\neffective_to = 2026-02-01',
            19,
            "effective_to is before effective_from",
        ),
        ('FR = "Europe/Paris"', 'FR = "Europe/Nowhere"', 4, "FR is no zone"),
        ('FR = "Europe/Paris"', 'France = "Europe/Paris"', 4, "France is no zone"),
        ("[zones]", "[places]", 3, "places is not known here"),
        ("[zones]", '[areas]\nEU = "FR"\n[zones]', 4, "EU is no list of countries"),
        ("[zones]", '[areas]\nEU = ["France"]\n[zones]', 4, "EU is no list of countries"),
        ("[zones]", "areas = 1\n[zones]", 3, "[areas] is no table"),
        (
            'confidence = "low"',
            'confidence = "low"\nfirst_day_checked = "no"',
            18,
            "first_day_checked is neither true nor false",
        ),
        ("duration = 2", "duration = ", 11, "not written as TOML is"),
        ("duration = 2", "duration = 2\nduration = 3", 12, "not written as TOML is"),
        ("[[rule]]", "[rule]", 1, "each rule begins with"),
        ("as_of = 2026-11-01", "as_of = 2026-02-30", 16, "not written as TOML is"),
        ("duration = 2", "duration = " + "9" * 5_000, 1, "not written as TOML is"),
    ],
)
def test_a_slip_is_named_with_its_line(old: str, new: str, line: int, why: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as refused:
        read_rules(GOOD.replace(old, new, 1))
    assert f"line {line}: " in refused.value.message
    assert why in refused.value.message
    assert refused.value.message.endswith("Nothing was done.")


def test_of_several_rules_the_right_line_is_named() -> None:
    _zones, header, rule = GOOD.partition("[[rule]]")
    second = (header + rule).replace("fr.answer", "fr.other").replace('"low"', '"sure"')
    with pytest.raises(UsageError, match="line 30: confidence"):
        read_rules(GOOD + "\n" + second)


def test_no_day_has_two_rules_of_one_id() -> None:
    row = GOOD.partition("[zones]")[2].partition("\n\n")[2]
    first = row + "effective_to = 2026-02-19\n"
    second = row + "effective_from = 2026-02-20\n"
    assert len(read_rules(first + second).rows) == 2
    with pytest.raises(UsageError, match="line 14: two rules of this id"):
        read_rules(first + row + "effective_from = 2026-02-19\n")


@given(st.data())
def test_every_cut_and_change_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    length = data.draw(st.integers(0, 12))
    text = GOOD[:at] + data.draw(st.text(max_size=12)) + GOOD[at + length :]
    with suppress(UsageError):
        read_rules(text)


def test_brackets_in_brackets_are_refused() -> None:
    with pytest.raises(UsageError):
        read_rules("x = " + "[" * 100_000)

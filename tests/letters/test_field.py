from __future__ import annotations

import re

from stalklog.letters.field import LANGUAGES, check_fields, fields
from stalklog.letters.language import parse
from stalklog.records.case import CONFIDENTIAL


def test_the_table_has_nothing_confidential() -> None:
    names = {*fields(), *(inner for field in fields().values() for inner in field.each)}
    assert names.isdisjoint({*CONFIDENTIAL, "place", "circumstances", "effect", "summary"})


def test_a_field_in_a_list_is_called_otherwise_than_one_outside() -> None:
    inner = {name for field in fields().values() for name in field.each}
    assert inner.isdisjoint(fields())


def test_every_field_says_what_it_is_and_what_its_blank_asks_for() -> None:
    for field in (*fields().values(), *(i for f in fields().values() for i in f.each.values())):
        assert field.told.endswith(".")
        assert set(field.labels) == set(LANGUAGES)
        assert all(field.labels.values())
        assert not any(re.search(r"[\[\]{}<>*`_|]", label) for label in field.labels.values())


def _told(text: str) -> list[tuple[int, str]]:
    parts, problems = parse(text)
    assert problems == ()
    return [(problem.line, problem.message) for problem in check_fields(parts)]


def test_a_field_that_is_not_there_is_told_by_its_line() -> None:
    assert _told("a\n{{contact}}")[0][0] == 2
    assert "There is no field whereabouts. See" in _told("a\n{{whereabouts}}")[0][1]
    assert "no field adressee; there is addressee." in _told("a\n{{adressee}}")[0][1]
    assert [line for line, _told_ in _told("{{#x}}\n{{/x}}\n{{#exhibits}}{{y}}{{/exhibits}}")] == [
        1,
        3,
    ]


def test_a_list_needs_a_block_and_its_fields_stand_only_in_it() -> None:
    assert "exhibits is a list: it needs a block" in _told("{{exhibits}}")[0][1]
    assert "There is no field sha256." in _told("{{sha256}}")[0][1]
    assert _told("{{#exhibits}}{{sha256}} {{alias}}{{/exhibits}}") == []


def test_a_blank_stands_for_a_list_where_there_is_nothing() -> None:
    assert _told("{{^exhibits}}{{exhibits}}{{/exhibits}}") == []
    assert _told("{{^exhibits}}{{#alias}}{{exhibits}}{{/alias}}{{/exhibits}}") == []


def test_there_is_no_list_in_a_list() -> None:
    assert (
        "There is no field exhibits."
        in _told("{{#incidents}}{{#exhibits}}{{/exhibits}}{{/incidents}}")[0][1]
    )

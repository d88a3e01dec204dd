from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.letters.conftest import DAY, TEMPLATES, all_facts, called
from tests.letters.test_heading import GOOD
from tests.report.hostile import STRINGS

from stalklog.letters.field import fields
from stalklog.letters.render import render
from stalklog.letters.template import check

if TYPE_CHECKING:
    from stalklog.letters.render import Facts
    from stalklog.letters.template import Template


def template_of(letter: str, more: str = "") -> Template:
    used = [name for name in fields() if re.search(rf"\{{\{{[#^]?{name}\}}\}}", letter)]
    heading = GOOD.replace('fields = ["alias"]', f"fields = {used}".replace("'", '"')) + more
    checked = check(f"+++\n{heading}+++\n{letter}".encode())
    assert checked.problems == ()
    template = checked.as_template("own", "own.md")
    assert template is not None
    return template


def body(letter: str, facts: Facts, *, is_markdown: bool = False) -> str:
    return render(template_of(letter), facts, day=DAY, is_markdown=is_markdown).body


def test_a_value_is_put_in_once_and_never_read_again() -> None:
    said = body("Dear {{alias}}", {"alias": "{{operator}} {{#x}}", "operator": "no"})
    assert said == "Reminder\n\nDear {{operator}} {{#x}}\n"


def test_what_is_missing_is_a_blank_that_is_listed_once() -> None:
    letter = render(template_of("{{alias}} {{alias}} {{operator}}"), {"operator": " \n"}, day=DAY)
    alias, operator = "how the person is called in papers", "name of the organisation"
    assert letter.body.endswith(f"[______ {alias}] [______ {alias}] [______ {operator}]\n")
    assert letter.blanks == (alias, operator)


def test_what_is_signed_by_hand_is_never_filled_in() -> None:
    assert "X" not in body("{{letter_date}} {{client_name}}", all_facts("X"))


def test_a_block_stands_for_each_thing_and_its_opposite_where_there_is_none() -> None:
    letter = "{{#exhibits}}\n- {{id}} of {{alias}}\n{{/exhibits}}\n{{^exhibits}}\nno\n{{/exhibits}}"
    facts: Facts = {"alias": "A", "exhibits": [{"id": "E-0001"}, {"id": "E-0002"}]}
    assert body(letter, facts).endswith("- E-0001 of A\n- E-0002 of A\n")
    assert body(letter, {"exhibits": []}).endswith("no\n")


def test_an_optional_block_stands_only_where_there_is_something() -> None:
    letter = "a{{#alias}}, called {{alias}}{{/alias}}{{^alias}}, no name{{/alias}}"
    assert body(letter, {"alias": "A"}).endswith("a, called A\n")
    assert body(letter, {"alias": "\u0020"}).endswith("a, no name\n")


def test_only_an_address_keeps_its_lines() -> None:
    facts: Facts = {"alias": "one\ntwo", "postal_address": " 1 Street \n\n\r\n Town\t9 "}
    assert body("{{alias}}\n{{postal_address}}", facts).endswith("one two\n1 Street\nTown 9\n")


def test_in_markdown_each_line_ends_where_it_does_in_the_letter() -> None:
    said = body(
        "To:\n{{postal_address}}\n\nx\n- y\n- z\n", {"postal_address": "a\nb"}, is_markdown=True
    )
    assert said == "# Reminder\n\nTo:\\\na\\\nb\n\nx\n- y\n- z\n"


def test_words_of_a_template_are_no_markup_either() -> None:
    letter = "*now* <img src=http://192.0.2.1> [a](http://192.0.2.1) # `x` | ~~y~~"
    tokens = MarkdownIt("commonmark").parse(body(letter, {}, is_markdown=True))
    inner = {child.type for token in tokens for child in token.children or []}
    assert inner <= {"text", "text_special"}


def test_a_draft_says_who_reviewed_its_template_and_when() -> None:
    more = 'reviewed_by = "A. Advocate\\u202e"\nreviewed_on = 2026-12-01\n'
    note = render(template_of("x", more), {}, day=DAY).note
    assert note.startswith(
        "[DRAFT of 26 November 2026. Template reviewed by A. Advocate[U+202E] on 1 "
    )
    assert "No lawyer" not in note


@pytest.mark.parametrize("text", STRINGS)
@pytest.mark.parametrize("template", TEMPLATES, ids=called)
def test_as_text_no_stranger_adds_a_line(template: Template, text: str) -> None:
    benign = render(template, all_facts("word"), day=DAY).text
    written = render(template, {**all_facts(text), "postal_address": "word"}, day=DAY).text
    if " ".join(text.split()):
        assert written.count("\n") == benign.count("\n")
    assert all(char.isprintable() or char in "\n\u200c\u200d" for char in written)


@pytest.mark.parametrize("text", STRINGS)
@pytest.mark.parametrize("template", TEMPLATES[::5], ids=called)
def test_as_markdown_no_stranger_adds_markup(template: Template, text: str) -> None:
    def blocks(fill: str) -> list[str]:
        facts = {**all_facts(fill), "postal_address": "word"}
        written = render(template, facts, day=DAY, is_markdown=True).text
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written)
        inner = {child.type for token in tokens for child in token.children or []}
        assert inner <= {"text", "text_special", "hardbreak"}
        return [token.type for token in tokens]

    if " ".join(text.split()):
        assert blocks(text) == blocks("word")


@given(st.text(max_size=40))
def test_in_markdown_a_value_is_read_back_as_it_stands(text: str) -> None:
    plain = body("“{{alias}}”", {"alias": text}).split("\n\n", 1)[1]
    written = body("“{{alias}}”", {"alias": text}, is_markdown=True)
    tokens = MarkdownIt("commonmark").parse(written)
    if "______" in plain:
        return
    said = "".join(child.content for child in tokens[4].children or [])
    assert said == plain.rstrip("\n")


def test_the_same_facts_always_give_the_same() -> None:
    facts = all_facts("x")
    assert render(TEMPLATES[0], facts, day=DAY) == render(TEMPLATES[0], facts, day=DAY)

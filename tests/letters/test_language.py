from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.letters.language import Block, Value, Words, parse, values
from stalklog.safety.limits import MAX_TEMPLATE_BYTES


def test_a_template_is_words_fields_and_blocks() -> None:
    parts, problems = parse("Dear {{ alias }},\n{{#exhibits}}\n- {{id}}\n{{/exhibits}}\nend")
    assert problems == ()
    block = Block("exhibits", False, 2, (Words("- "), Value("id", 3), Words("\n")))
    assert parts == (Words("Dear "), Value("alias", 1), Words(",\n"), block, Words("end"))
    assert list(values(parts)) == ["alias", "exhibits", "id"]


def test_a_tag_alone_on_its_line_takes_the_line_with_it_and_one_in_a_line_does_not() -> None:
    parts, _problems = parse("a\n  {{#alias}}  \nb\n{{/alias}}\nc{{^alias}} d{{/alias}}\n")
    assert parts == (
        Words("a\n"),
        Block("alias", False, 2, (Words("b\n"),)),
        Words("c"),
        Block("alias", True, 5, (Words(" d"),)),
        Words("\n"),
    )


def test_a_remark_stands_nowhere() -> None:
    assert parse("a\n{{! for whoever: reviews; this (1 + 1) }}\nb") == (
        (Words("a\n"), Words("b")),
        (),
    )


@pytest.mark.parametrize(
    "code",
    [
        "{{ 7 * 7 }}",
        "{{ alias.__class__ }}",
        "{{ alias|safe }}",
        "{{ alias() }}",
        "{{ 'a' * 1000000000 }}",
        "{{> other }}",
        "{{& alias }}",
        "{{{ alias }}}",
        "{{=<% %>=}}",
        "{% include 'x' %}",
        "{# remark #}",
        "${alias}",
        "{alias}",
        "{{ Alias }}",
        "{{ alias\n}}",
        "{{}}",
        "{{#}}",
        "{{ आप }}",
        "}}",
        "{{" + " " * 300 + "alias}}",
    ],
)
def test_code_and_whatever_else_is_no_field_is_refused_by_its_line(code: str) -> None:
    _parts, problems = parse(f"one\ntwo {code}")
    assert problems
    assert {problem.line for problem in problems} <= {2, 3}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("\n{{#alias}}\n", 2, "is not closed"),
        ("\n\n{{/alias}}", 3, "closes no block"),
        ("{{#alias}}\n{{/operator}}\n{{/alias}}", 2, "{{/operator}} closes no block"),
        ("{{#alias}}" * 9, 1, "too deep"),
    ],
)
def test_a_block_that_does_not_fit_is_told_by_its_line(text: str, line: int, told: str) -> None:
    _parts, problems = parse(text)
    assert any(problem.line == line and told in problem.message for problem in problems)


def test_lines_are_counted_from_where_the_letter_begins() -> None:
    assert parse("a\n{x", first_line=15)[1][0].line == 16


@given(st.text(alphabet="{}#^/! \na_é", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parts, problems = parse(text)
    if not problems:
        assert "{" not in "".join(part.text for part in parts if isinstance(part, Words))


@pytest.mark.parametrize("text", ["{{", "{{#a}}", "{{ ", "\n ", "{{!", "}", "{{a", "  {{#a}}\n"])
def test_a_long_template_is_read_in_linear_time(text: str) -> None:
    def cpu_s(size: int) -> float:
        began = time.process_time()
        parse(text * (size // len(text)))
        return time.process_time() - began

    cpu_s(1000)
    assert cpu_s(MAX_TEMPLATE_BYTES) < 40 * (cpu_s(MAX_TEMPLATE_BYTES // 8) + 0.01)

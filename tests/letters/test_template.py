from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.letters.conftest import DAY, TEMPLATES, all_facts
from tests.letters.test_heading import GOOD

from stalklog.letters.render import render
from stalklog.letters.shelf import text_of
from stalklog.letters.template import check
from stalklog.safety.limits import MAX_TEMPLATE_BYTES

WHOLE = [text_of(template) for template in TEMPLATES]


def problems_of(letter: str, heading: str = GOOD) -> list[tuple[int, str]]:
    found = check(f"+++\n{heading}+++\n{letter}".encode()).problems
    return [(problem.line, problem.message) for problem in found]


def test_a_template_that_is_right_has_no_problem() -> None:
    assert problems_of("{{alias}}") == []
    assert (
        check(f"\ufeff+++\n{GOOD}+++\n{{{{alias}}}}".replace("\n", "\r\n").encode()).problems == ()
    )


def test_every_problem_is_told_at_once_by_its_line() -> None:
    told = problems_of("{{alias}}\n{{contact}}\n{{ 1 + 1 }}\n{{#exhibits}}")
    assert [line for line, _message in told] == [11, 14, 15, 16]
    assert "fields in the heading does not name it" in told[0][1]


def test_the_heading_names_what_the_letter_uses_and_no_more() -> None:
    assert "does not name it" in problems_of("{{alias}} {{operator}}")[0][1]
    assert "names alias, which the letter does not use" in problems_of("no field")[0][1]


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\u202e", "\u200b", "\u2028"])
def test_what_nobody_sees_is_told_by_its_line(char: str) -> None:
    (told,) = problems_of(f"{{{{alias}}}}\nstop{char}now")
    assert told == (
        14, f"A character that nobody sees, [U+{ord(char):04X}], stands here. Type this line anew."
    )  # fmt: skip
    escaped = GOOD.replace('title = "', f'title = "\\u{ord(char):04x}')
    assert [message for _line, message in problems_of("{{alias}}", escaped)] == [
        "title holds a character that nobody sees."
    ]
    assert problems_of("{{alias}}\t\u0915\u094d\u200d\u0937") == []


@pytest.mark.parametrize("name", ["name", "contact", "safe_contact", "place", "effect"])
def test_nothing_confidential_can_be_asked_for(name: str) -> None:
    heading = GOOD.replace('"alias"', f'"{name}"')
    assert any(
        f"no field {name}{end}" in told
        for _line, told in problems_of(f"{{{{{name}}}}}", heading)
        for end in ".;"
    )


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        (b"", 1, "begins with its heading"),
        (b"Dear {{alias}}", 1, "begins with its heading"),
        (f"+++\n{GOOD}+++\n \n".encode(), 13, "no letter below"),
        (f"+++\n{GOOD}".encode(), 13, "no letter below"),
        (b"+++\n\n\xff", 3, "not text in UTF-8"),
        (b"x" * (MAX_TEMPLATE_BYTES + 1), 1, "too long"),
    ],
)
def test_what_is_no_template_is_told(data: bytes, line: int, told: str) -> None:
    checked = check(data)
    assert any(one.line == line and told in one.message for one in checked.problems)
    assert checked.as_template("x", "x") is None


def test_blocks_without_end_are_told_and_end_nothing() -> None:
    assert problems_of("{{#alias}}" * 6000)
    assert problems_of("{{#alias}}\n" * 5000 + "{{/alias}}\n" * 5000)


@given(st.binary(max_size=200))
def test_a_check_raises_on_no_bytes(data: bytes) -> None:
    assert check(data).problems


@given(st.sampled_from(WHOLE), st.data())
def test_what_a_check_lets_pass_renders(data: bytes, draw: st.DataObject) -> None:
    """Ours, cut short or with bytes changed: either told, or a letter."""
    at = draw.draw(st.integers(0, len(data)))
    piece = draw.draw(
        st.sampled_from([b"", b"{{", b"}}", b"#", b"\n", b"/", b"alias", b'"', b"\xff"])
    )
    rest = draw.draw(st.sampled_from([data[at:], data[at + 1 :], b""]))
    template = check(data[:at] + piece + rest).as_template("x", "x")
    if template is not None:
        assert render(template, all_facts("x"), day=DAY).text
        assert render(template, {}, day=DAY, is_markdown=True).text


def test_ours_cut_at_every_byte_is_told_or_a_letter() -> None:
    data = min(WHOLE, key=len)
    for end in range(len(data)):
        template = check(data[:end]).as_template("x", "x")
        if template is not None:
            assert render(template, {}, day=DAY).blanks

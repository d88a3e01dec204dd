from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.index.sample import letters

from stalklog.errors import OverLimitError
from stalklog.index.query import Query, Term, parse_query
from stalklog.safety.limits import MAX_QUERY_CHARS


@pytest.mark.parametrize(
    ("typed", "terms", "parts"),
    [
        ("", (), ()),
        ("  ", (), ()),
        ("find you", (Term(("find",)), Term(("you",))), ()),
        ("you You YOU", (Term(("you",)),), ()),
        ('"find you" now', (Term(("find", "you")), Term(("now",))), ()),
        ("“find you”", (Term(("find", "you")),), ()),
        ('"find you', (Term(("find", "you")),), ()),
        ('find"you"', (Term(("find",)), Term(("you",))), ()),
        ("don't", (Term(("don", "t")),), ()),
        ("a.b@example.org", (Term(("a", "b", "example", "org")),), ()),
        ("thr*", (Term(("thr",), is_prefix=True),), ()),
        ("लूँ*", (Term(("लूं",), is_prefix=True),), ()),
        ('"find yo"*', (Term(("find", "yo"), is_prefix=True),), ()),
        ('"find yo*"', (Term(("find", "yo")),), ()),
        ("+91-98*", (Term(("91", "98"), is_prefix=True),), ()),
        ("what!*", (Term(("what",)),), ()),
        ("a*b", (Term(("a", "b")),), ()),
        ("*", (), ("*",)),
        (":-) ok", (Term(("ok",)),), (":-)",)),
        ("🔪", (Term(("🔪",)),), ()),
        ("kill AND you", (Term(("kill",)), Term(("and",)), Term(("you",))), ()),
        ("NOT a OR (b)", (Term(("not",)), Term(("a",)), Term(("or",)), Term(("b",))), ()),
        ("text:kill ^a -b", (Term(("text", "kill")), Term(("a",)), Term(("b",))), ()),
        ('"" "', (), ()),
        ("\u200b", (), ()),
    ],
)
def test_what_is_typed_is_understood(
    typed: str, terms: tuple[Term, ...], parts: tuple[str, ...]
) -> None:
    assert parse_query(typed) == Query(terms, parts)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("ill  You", ("ill you",)),
        ('"quoted"', ('"quoted"',)),
        ("100%_*", ("100%_*",)),
        (" \n", ()),
    ],
)
def test_anywhere_takes_what_is_typed_as_one_piece(typed: str, parts: tuple[str, ...]) -> None:
    assert parse_query(typed, anywhere=True) == Query(parts=parts)


@given(st.one_of(letters, st.text(max_size=20)), st.booleans())
def test_whatever_is_typed_means_something(typed: str, anywhere: bool) -> None:
    query = parse_query(typed, anywhere=anywhere)
    assert all(term.words for term in query.terms)
    assert all(query.parts)


def test_a_query_that_is_too_long_is_told() -> None:
    assert not parse_query("a" * MAX_QUERY_CHARS).is_empty
    with pytest.raises(OverLimitError):
        parse_query("a" * (MAX_QUERY_CHARS + 1))

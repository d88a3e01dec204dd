from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from stalklog.core.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    NotCanonicalError,
    decode,
    encode,
    require_profile,
)

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

KEYS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PLAIN = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)


def code_of(line: bytes) -> str:
    with pytest.raises(NotCanonicalError) as caught:
        decode(line)
    assert str(caught.value) == caught.value.code
    return caught.value.code


def nested(depth: int, inner: JsonValue) -> JsonObject:
    """An object that is `depth` containers deep, with the value in the innermost."""
    value = inner
    for _ in range(depth - 1):
        value = [value]
    return {"a": value}


@given(OBJECTS)
def test_the_bytes_are_those_of_rfc_8785(value: JsonObject) -> None:
    assert encode(value) == rfc8785.dumps(cast("dict[str, int]", value))


@given(OBJECTS)
def test_what_was_encoded_is_decoded_to_the_same(value: JsonObject) -> None:
    assert decode(encode(value)) == value


@given(OBJECTS)
def test_another_spelling_of_the_same_is_not_canonical(value: JsonObject) -> None:
    line = encode(value)
    spellings = {
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode(),
        json.dumps(value, sort_keys=True, separators=(",", ":")).encode(),
        json.dumps(
            dict(sorted(value.items(), reverse=True)), separators=(",", ":"), ensure_ascii=False
        ).encode(),
        line + b" ",
        b" " + line,
    }
    for spelling in spellings - {line}:
        if json.loads(spelling) == value:
            assert code_of(spelling) == "NOT_CANONICAL"


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_have_one_of_four_faults(line: bytes) -> None:
    try:
        value = decode(line)
    except NotCanonicalError as error:
        assert error.code in {"NOT_UTF8", "NOT_JSON", "DUPLICATE_KEY", "NOT_CANONICAL"}  # noqa: PT017 - either is right here
    else:
        assert encode(value) == line


@given(OBJECTS.filter(bool), st.data())
def test_any_flipped_byte_gives_another_object_or_a_fault(
    value: JsonObject, data: st.DataObject
) -> None:
    line = bytearray(encode(value))
    line[data.draw(st.integers(0, len(line) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = decode(bytes(line))
    except NotCanonicalError:
        return
    assert found != value


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\xff{}", "NOT_UTF8"),
        (b'{"a":"\xed\xa0\x80"}', "NOT_UTF8"),
        (b'{"a":"\xc0\xaf"}', "NOT_UTF8"),
        (b"", "NOT_JSON"),
        (b"\xef\xbb\xbf{}", "NOT_JSON"),
        (b"{", "NOT_JSON"),
        (b"[]", "NOT_JSON"),
        (b'"a"', "NOT_JSON"),
        (b"1", "NOT_JSON"),
        (b"null", "NOT_JSON"),
        (b"{} {}", "NOT_JSON"),
        (b'{"a":NaN}', "NOT_JSON"),
        (b'{"a":Infinity}', "NOT_JSON"),
        (b'{"a":-Infinity}', "NOT_JSON"),
        (b'{"a":01}', "NOT_JSON"),
        (b'{"a":"\x01"}', "NOT_JSON"),
        (b"\0\0\0\0", "NOT_JSON"),
        (b'{"a":' + b"[" * 100_000, "NOT_JSON"),
        (b'{"a":' + b"9" * 5_000 + b"}", "NOT_JSON"),
        (b'{"a":1,"a":1}', "DUPLICATE_KEY"),
        (b'{"a":{"b":1,"b":2}}', "DUPLICATE_KEY"),
        (b'{"a":1.0}', "NOT_CANONICAL"),
        (b'{"a":1e2}', "NOT_CANONICAL"),
        (b'{"a":-0}', "NOT_CANONICAL"),
        (b'{"a":9007199254740992}', "NOT_CANONICAL"),
        (b'{"a":-9007199254740992}', "NOT_CANONICAL"),
        (b'{"b":1,"a":1}', "NOT_CANONICAL"),
        (b'{"a": 1}', "NOT_CANONICAL"),
        (b'{"a":1}\r', "NOT_CANONICAL"),
        (b'{"A":1}', "NOT_CANONICAL"),
        (b'{"":1}', "NOT_CANONICAL"),
        (b'{"a-b":1}', "NOT_CANONICAL"),
        (b'{"a\\n":1}', "NOT_CANONICAL"),
        ('{"é":1}'.encode(), "NOT_CANONICAL"),
        (b'{"a":"\\u0041"}', "NOT_CANONICAL"),
        (b'{"a":"\\u000a"}', "NOT_CANONICAL"),
        (b'{"a":"\\u00e9"}', "NOT_CANONICAL"),
        (b'{"a":"\\/"}', "NOT_CANONICAL"),
        (b'{"a":"\\ud800"}', "NOT_CANONICAL"),
    ],
)
def test_each_fault_is_rightly_named(line: bytes, code: str) -> None:
    assert code_of(line) == code


def test_a_key_that_ends_with_a_newline_is_outside_the_profile() -> None:
    with pytest.raises(NotCanonicalError):
        encode({"a\n": 1})


def test_sixteen_levels_are_allowed_and_no_more() -> None:
    deepest = encode(nested(MAX_DEPTH, "leaf"))
    assert decode(deepest) == nested(MAX_DEPTH, "leaf")
    inners: list[JsonValue] = ["leaf", [], {}]
    for inner in inners:
        with pytest.raises(NotCanonicalError):
            encode(nested(MAX_DEPTH + 1, inner))


def test_sixteen_objects_in_each_other_are_allowed_and_no_more() -> None:
    line = b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH
    assert encode(decode(line)) == line
    assert code_of(b'{"a":' + line + b"}") == "NOT_CANONICAL"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_what_is_nested_without_end_is_refused_at_the_first_level_too_deep(opening: bytes) -> None:
    value: JsonValue = 1
    for _ in range(10_000):
        value = [value] if opening == b"[" else {"a": value}
    with pytest.raises(NotCanonicalError):
        require_profile({"a": value})


def test_integers_to_the_limit_are_allowed_and_no_more() -> None:
    for number in (MAX_INTEGER, -MAX_INTEGER, 0):
        assert decode(encode({"a": number})) == {"a": number}
        require_profile(number)
    for number in (MAX_INTEGER + 1, -MAX_INTEGER - 1):
        with pytest.raises(NotCanonicalError):
            encode({"a": number})
        with pytest.raises(NotCanonicalError):
            require_profile(number)


@pytest.mark.parametrize("before", [(), ("plain",), (7,), ("\u00e9", None, True)])
@pytest.mark.parametrize(
    "value", [1.0, float("nan"), b"a", (1,), {1}, "\ud800", {1: 2}, MAX_INTEGER + 1]
)
def test_what_no_line_can_hold_is_refused_whatever_stands_before_it(
    before: tuple[object, ...], value: object
) -> None:
    for held in ([*before, value], dict(zip("abcd", (*before, value), strict=False))):
        with pytest.raises(NotCanonicalError):
            require_profile(held)


def test_nothing_is_normalised() -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    assert decode(encode({"a": composed}))["a"] == composed
    assert decode(encode({"a": decomposed}))["a"] == decomposed
    assert encode({"a": composed}) != encode({"a": decomposed})

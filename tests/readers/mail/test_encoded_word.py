"""A field is decoded as its words say, and guessed with a mark where they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.mail.encoded_word import decode_field, unfold
from stalklog.readers.mail.parameter import parse_value


def _raw(data: bytes) -> str:
    return data.decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?a_b=20c?=", "a b c"),
        ("=?UTF-8?B?4KSw4KS14KS/?=", "रवि"),
        ("=?utf-8?b?4KSw4KS1?= =?utf-8?b?4KS/?=", "रवि"),
        ("=?utf-8?b?4KQ=?= =?utf-8?b?sA==?=", "र"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("x=?utf-8?q?y?=z", "xyz"),
        ("=?utf-8*en?q?a?=", "a"),
        ("=?utf-8?q?what? now?=", "what? now"),
        ("=?utf-8?b?YQ?=", "a"),
        ("=?windows-1252?q?=93x=94?=", "“x”"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
        ("a =?b c", "a =?b c"),
    ],
)
def test_words_are_decoded(value: str, text: str) -> None:
    assert decode_field(value) == (text, True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?no-such-charset?q?=E9?=", "é"),
        ("=?utf-8?q?=E9?=", "\ufffd"),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("=?rot13?q?a?=", "a"),
        ("=?idna?q?xn--a?=", "xn--a"),
    ],
)
def test_words_that_lie_are_marked(value: str, text: str) -> None:
    assert decode_field(value) == (text, False)


def test_raw_bytes_are_utf_8_else_as_the_text_declares_else_latin_1_with_a_mark() -> None:
    assert decode_field(_raw("é".encode()), "koi8-r") == ("é", True)
    assert decode_field(_raw("Привет".encode("koi8-r")), "koi8-r") == ("Привет", True)
    assert decode_field(_raw(b"caf\xe9"), "iso-8859-1") == ("café", True)
    assert decode_field(_raw(b"caf\xe9"), "utf-8") == ("café", False)
    assert decode_field(_raw(b"caf\xe9")) == ("café", False)


def test_a_folded_field_is_one_line() -> None:
    assert unfold(" a\r\n\tb\n c\rd ") == "a b c d"


@given(st.binary(max_size=80), st.text(max_size=12))
def test_any_bytes_are_a_text(data: bytes, declared: str) -> None:
    text, _is_sure = decode_field(unfold(_raw(data)), declared)
    text.encode("utf-8", "surrogatepass")


@given(st.text(alphabet="=?utf-8bqBQ_ Y0E\udcff", max_size=60))
def test_any_words_are_a_text(value: str) -> None:
    decode_field(value)


@pytest.mark.parametrize(
    ("value", "main", "parameters"),
    [
        ("text/plain", "text/plain", {}),
        ("TEXT/Plain; Charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('a/b; name="x; y=z.txt"; c=d', "a/b", {"name": "x; y=z.txt", "c": "d"}),
        ('a/b; name="a\\"b"', "a/b", {"name": 'a"b'}),
        ("a/b; name=my file.txt", "a/b", {"name": "my file.txt"}),
        ("a/b; name=", "a/b", {"name": ""}),
        ('a/b; name="open', "a/b", {"name": "open"}),
        ("a/b; name*=utf-8'hi'%E0%A4%B0", "a/b", {"name": "र"}),
        ("a/b; name*0=one; name*1=two", "a/b", {"name": "onetwo"}),
        ("a/b; name*0*=utf-8''%E0%A4; name*1*=%B0; name*2=x", "a/b", {"name": "रx"}),
        ("a/b; name*1=two; name*0=one", "a/b", {"name": "onetwo"}),
        ("a/b; name=plain; name*=utf-8''rich", "a/b", {"name": "rich"}),
        ("a/b; name==?utf-8?q?r=C3=A9s?=", "a/b", {"name": "rés"}),
        ("a/b;\r\n\tname=x", "a/b", {"name": "x"}),
        ("a/b (comment); c=d", "a/b", {"c": "d"}),
        ("", "", {}),
        (";", "", {}),
    ],
)
def test_parameters(value: str, main: str, parameters: dict[str, str]) -> None:
    assert parse_value(value) == (main, parameters)


@given(st.text(alphabet="a/;=*0'\"%E\\ \udcff\n", max_size=60))
def test_any_value_has_parameters_or_none(value: str) -> None:
    parse_value(value)

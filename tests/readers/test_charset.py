"""Letters are decoded as declared; what is not as declared is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.charset import codec_of, decode


@pytest.mark.parametrize(
    ("data", "declared", "text", "is_sure"),
    [
        (b"plain", "", "plain", True),
        (b"plain", "us-ascii", "plain", True),
        (b"plain", "no-such", "plain", False),
        ("é".encode(), "utf-8", "é", True),
        ("é".encode(), "", "é", True),
        ("é".encode(), "us-ascii", "é", False),
        ("é".encode(), "no-such", "é", False),
        (b"\xe9", "", "é", False),
        (b"\xe9", "utf-8", "\ufffd", False),
        (b"\xe9\x93", "iso-8859-1", "é“", True),
        (b"\xe9\x81", "iso-8859-1", "é\x81", True),
        ("你好".encode("gbk"), "gb2312", "你好", True),
        ("你好吗".encode(), "gb2312", "你好吗", False),
        ("मैं".encode("utf-16"), "utf-16", "मैं", True),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本", True),
        (b"+AOk-", "utf-7", "é", True),
        (b"+2D3dKg-", "utf-7", "\U0001f52a", True),
        (b"a +2AA- b", "utf-7", "a \ufffd b", False),
        (b"x", "idna", "x", False),
    ],
)
def test_decoding(data: bytes, declared: str, text: str, is_sure: bool) -> None:
    assert decode(data, declared) == (text, is_sure)


@pytest.mark.parametrize(
    "declared",
    ["idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined", "mbcs", "charmap",
     "rot13", "zip", "base64", "hex", "..", "a\0b", "x" * 50, "é", "", " ", "utf\n-8\u2028"],
)  # fmt: skip
def test_what_is_no_charset_of_a_text_is_refused(declared: str) -> None:
    assert codec_of(declared) == ""


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("UTF8", "utf-8"), ("'utf-8'", "utf-8"), ("latin1", "iso8859-1"), ("x-sjis", "cp932")],
)
def test_names_that_people_use(declared: str, codec: str) -> None:
    assert codec_of(declared) == codec


@given(st.binary(max_size=100), st.text(max_size=20) | st.sampled_from(["utf-7", "hz", "big5"]))
def test_any_bytes_are_a_text(data: bytes, declared: str) -> None:
    text, _is_sure = decode(data, declared)
    assert len(text) <= max(len(data) * 2, 1)

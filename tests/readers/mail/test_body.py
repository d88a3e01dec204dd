"""Bodies are decoded, and what is broken about them is told."""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.mail.body import decode_body, digest_body, encoding_of

_DATA = bytes(range(256)) * 5000


@pytest.mark.parametrize(
    ("data", "encoding", "decoded", "is_whole"),
    [
        (b"as it is", "7bit", b"as it is", True),
        (b"as it is", "", b"as it is", True),
        (b"as it is", "x-unknown", b"as it is", False),
        (b"aGVs\r\nbG8=\r\n", "base64", b"hello", True),
        (b"aGVsbG8", "base64", b"hello", False),
        (b"aGVs!bG8=", "base64", b"hello", False),
        (b"aGVsbG8=\naGVsbG8=", "base64", b"hello", False),
        (b"aGVsb", "base64", b"hel", False),
        (b"", "base64", b"", True),
        (b"caf=C3=A9 =\r\nx", "quoted-printable", "café x".encode(), True),
        (b"50% = half", "quoted-printable", b"50% = half", False),
        (b"begin 644 a\n%:&5L;&\\ \n`\nend\n", "x-uuencode", b"hello", True),
        (b"begin 644 a\n%:&5L;&\\ \n", "uuencode", b"hello", False),
        (b"no uuencode", "uuencode", b"no uuencode", False),
    ],
)
def test_decoding(data: bytes, encoding: str, decoded: bytes, is_whole: bool) -> None:
    assert decode_body(data, encoding) == (decoded, is_whole)
    found = digest_body(memoryview(data), encoding)
    assert found == (len(decoded), sha256(decoded).hexdigest(), is_whole)


@pytest.mark.parametrize("shift", range(5))
def test_a_long_body_is_hashed_block_by_block(shift: int) -> None:
    data = _DATA[shift:]
    encoded = base64.encodebytes(data)
    assert len(encoded) > 1 << 20
    expected = (len(data), sha256(data).hexdigest(), True)
    assert digest_body(memoryview(encoded), "base64") == expected


def test_a_long_body_that_is_broken_is_told_to_be() -> None:
    encoded = base64.encodebytes(_DATA)
    size_bytes, digest, is_whole = digest_body(
        memoryview(encoded[:900_000] + b"==" + encoded), "base64"
    )
    decoded, _is_whole = decode_body(encoded[:900_000] + b"==" + encoded, "base64")
    assert (size_bytes, digest, is_whole) == (len(decoded), sha256(decoded).hexdigest(), False)


def test_padding_at_the_end_of_a_block_ends_it_as_anywhere_else() -> None:
    first = base64.b64encode(_DATA[: (1 << 20) // 4 * 3 - 2])
    assert len(first) == 1 << 20
    assert first.endswith(b"==")
    encoded = first + base64.b64encode(_DATA)
    decoded, is_whole = decode_body(encoded, "base64")
    assert not is_whole
    assert digest_body(memoryview(encoded), "base64") == (
        len(decoded),
        sha256(decoded).hexdigest(),
        False,
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [(" Base64 ", "base64"), ("8bit;x", "8bit"), ('"base64"', "base64"), ("", ""), (" ; ", "")],
)
def test_the_name_of_an_encoding(written: str, name: str) -> None:
    assert encoding_of(written) == name


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "uuencode", "x"]))
def test_any_bytes_are_decoded(data: bytes, encoding: str) -> None:
    decoded, is_whole = decode_body(data, encoding)
    assert digest_body(memoryview(data), encoding)[0] == len(decoded)
    if encoding == "base64" and is_whole:
        packed = bytes(data.translate(None, b" \t\r\n\v\f"))
        assert binascii.a2b_base64(packed, strict_mode=True) == decoded

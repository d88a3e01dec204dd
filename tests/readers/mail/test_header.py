"""A header's fields are found as they stand there, and where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.mail.header import parse_header
from stalklog.safety.limits import MAX_HEADER_BYTES, MAX_HEADER_FIELDS

if TYPE_CHECKING:
    from stalklog.readers.mail.header import Header


def _header(data: bytes) -> Header:
    return parse_header(data, 0, len(data))


@pytest.mark.parametrize(
    ("data", "fields", "body"),
    [
        (b"A: b\nC: d\n\nbody", [("a", "b"), ("c", "d")], b"body"),
        (b"A: b\r\n c\r\n\r\nbody", [("a", "b\r\n c")], b"body"),
        (b"A:b\n\nbody", [("a", "b")], b"body"),
        (b"A : b\n\nbody", [("a", "b")], b"body"),
        (b"A\n : b\n\nbody", [("a", "b")], b"body"),
        (b"A:\n\nbody", [("a", "")], b"body"),
        (b"A: b\n \n\nbody", [("a", "b\n ")], b"body"),
        (b"A: b\r\r\n\r\r\nbody", [("a", "b")], b"body"),
        (b"\nbody", [], b"body"),
        (b"A: b", [("a", "b")], b""),
        (b"", [], b""),
        (b"A: caf\xe9\n\n", [("a", "caf\udce9")], b""),
        (b"A: b\n--boundary\nC: d\n\n", [("a", "b")], b"--boundary\nC: d\n\n"),
        (b"A: b\n--bound:ary\nC: d\n\n", [("a", "b")], b"--bound:ary\nC: d\n\n"),
        (b"A: b\nno field\nFrom: c\n\nx", [("a", "b"), ("from", "c")], b"x"),
        (b"From: b\nno field\nFrom: c\n\nx", [("from", "b")], b"no field\nFrom: c\n\nx"),
        (b"just text\nover lines\n", [], b"just text\nover lines\n"),
        (b"A: b\nFrom ravi today\nTo: c\n\nx", [("a", "b"), ("to", "c")], b"x"),
        (b"A: one\rB: two\n\nx", [("a", "one\rB: two")], b"x"),
    ],
)
def test_fields(data: bytes, fields: list[tuple[str, str]], body: bytes) -> None:
    found = _header(data)
    assert list(found.fields) == fields
    assert data[found.body :] == body


def test_broken_lines_are_named_by_their_place() -> None:
    data = b"A: b\nno field\nFrom: c\n\nx"
    assert [data[start:end] for start, end in _header(data).broken] == [b"no field\n"]


def test_a_header_over_the_limit_is_cut_and_its_body_is_found() -> None:
    data = b"A: b\n" * (MAX_HEADER_FIELDS + 5) + b"\nbody"
    found = _header(data)
    assert (len(found.fields), found.is_cut) == (MAX_HEADER_FIELDS, True)
    assert data[found.body :] == b"body"
    data = b"A: " + b"b" * (MAX_HEADER_BYTES + 5) + b"\n\nbody"
    found = _header(data)
    assert found.is_cut
    assert data[found.body :] == b"body"


@given(st.lists(st.sampled_from([b"A: b", b"From: c", b" d", b"junk", b"", b"\r", b"--x", b":"])))
def test_any_lines_are_a_header_and_a_body(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    found = _header(data)
    assert 0 <= found.body <= len(data)
    assert sum(len(values) for values in found.values.values()) == len(found.fields)
    for start, end in found.broken:
        assert 0 <= start < end <= found.body

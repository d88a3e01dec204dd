"""Addresses are read as headers write them, and each kind is told from the others."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.trace.address import KINDS, address_of, kind_of, parse_address


@pytest.mark.parametrize(
    ("text", "value", "port"),
    [
        ("192.0.2.1", "192.0.2.1", None),
        ("[192.0.2.1]", "192.0.2.1", None),
        ("[192.0.2.1]:25025", "192.0.2.1", 25025),
        ("[192.0.2.1:25025]", "192.0.2.1", 25025),
        ("192.0.2.1.25025", "192.0.2.1", 25025),
        ("[192.0.2.1.25025]", "192.0.2.1", 25025),
        ("[IPv6:2001:db8::1]", "2001:db8::1", None),
        ("2001:DB8::1", "2001:db8::1", None),
        ("[2001:db8::1]:25025", "2001:db8::1", 25025),
        ("[::ffff:192.0.2.1]", "192.0.2.1", None),
        ("[::ffff:c000:201]", "192.0.2.1", None),
        ("[fe80::1%11]", "fe80::1", None),
    ],
)
def test_each_way_of_writing_is_read(text: str, value: str, port: int | None) -> None:
    found = parse_address(text)
    assert found is not None
    assert (found.value, found.port) == (value, port)


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "15.1.225", "192.0.2.256", "192.0.2.1.0", "192.0.2.1.70000", "192.0.2.1:99999999",
        "074.125.000.000", "[192.0.2.1", "192.0.2.1]", "[192.0.2.1]x", "mail.example.org",
        "192.0.2.1.2.3", "[]", "::ffff:", "dead beef", "1" * 90, "192.0.2.1/24", "٣.0.2.1",
        "192.0.2.1_5", "192.0.2.1x", "192.0.2.01", "192.0.2.1 5", "00.0.2.1", "192.0.2.1000",
    ],
)  # fmt: skip
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "is_public"),
    [
        ("192.0.47.9", "public", True),
        ("2600::1", "public", True),
        ("10.1.2.3", "private", False),
        ("fd00::1", "private", False),
        ("100.64.0.1", "cgnat", False),
        ("100.127.255.255", "cgnat", False),
        ("100.128.0.0", "public", True),
        ("127.0.1.1", "loopback", False),
        ("::1", "loopback", False),
        ("169.254.1.1", "link-local", False),
        ("fe80::1", "link-local", False),
        ("224.0.0.1", "multicast", False),
        ("ff02::1", "multicast", False),
        ("192.0.2.1", "documentation", False),
        ("2001:db8::1", "documentation", False),
        ("198.18.0.1", "benchmark", False),
        ("192.88.99.1", "reserved", False),
        ("0.0.0.0", "reserved", False),  # noqa: S104 - an address in a header
        ("255.255.255.255", "reserved", False),
        ("::", "reserved", False),
        ("2002:c000:204::1", "6to4", False),
        ("2002:c000:2f09::1", "6to4", True),
        ("64:ff9b::c000:2f09", "nat64", True),
        ("64:ff9b::a01:203", "nat64", False),
        ("2001:0:1:2:3:4:3fff:d0f6", "teredo", True),
    ],
)
def test_each_kind_is_told_from_the_others(text: str, kind: str, is_public: bool) -> None:
    found = address_of(text)
    assert (found.kind, found.is_public) == (kind, is_public)


def test_the_library_would_call_some_of_them_global() -> None:
    for text in ("224.0.0.1", "64:ff9b::a01:203"):
        assert ip_address(text).is_global
        assert not address_of(text).is_public


@given(st.ip_addresses())
def test_every_address_has_a_kind(address: object) -> None:
    assert kind_of(ip_address(str(address))) in KINDS


@given(st.text(max_size=60))
def test_any_text_is_an_address_of_its_own_letters_or_none(text: str) -> None:
    found = parse_address(text)
    assert found is None or found.text in text


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("10.1.2.3", True),
        ("127.0.0.1", True),
        ("fe80::1", True),
        ("2002:a05:6a10::1", True),
        ("192.0.47.9", False),
        ("2002:c000:2f09::1", False),
        ("100.64.0.1", False),
    ],
)
def test_an_address_inside_is_told_from_one_outside(text: str, is_own: bool) -> None:
    found = parse_address(text)
    assert found is not None
    assert found.is_own == is_own

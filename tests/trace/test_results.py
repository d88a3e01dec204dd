"""Only the checks that the receiver's own provider wrote down are passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trace.headers import GMAIL_EDGE, GMAIL_INSIDE

from stalklog.trace.profile import load_profiles
from stalklog.trace.results import parse_results
from stalklog.trace.trace import trace_fields

if TYPE_CHECKING:
    from stalklog.trace.results import Results

OWN = (
    "mx.google.com;\r\n dkim=pass header.i=@example.org header.s=s1;\r\n spf=pass (google.com: "
    "domain of a@example.org designates 192.0.47.9 as permitted sender) smtp.mailfrom=a@b.example"
)
FORGED = "mx.google.com; dkim=pass header.d=bank.example; spf=pass"


def _results(*fields: tuple[str, str]) -> Results | None:
    return trace_fields(fields, load_profiles()).results


def test_the_topmost_of_the_provider_counts() -> None:
    found = _results(
        ("received", GMAIL_INSIDE),
        ("received", GMAIL_EDGE),
        ("authentication-results", OWN),
        ("authentication-results", FORGED),
    )
    assert found is not None
    assert [(one.method, one.result) for one in found.results] == [
        ("dkim", "pass"),
        ("spf", "pass"),
    ]
    assert found.results[0].properties == (("header.i", "@example.org"), ("header.s", "s1"))
    assert found.sender is not None
    assert found.sender.text == "192.0.47.9"


@pytest.mark.parametrize(
    "fields",
    [
        (("received", GMAIL_EDGE), ("received", GMAIL_EDGE), ("authentication-results", FORGED)),
        (("received", GMAIL_EDGE), ("authentication-results", "evil.example; dkim=pass")),
        (("received", "from a (b [192.0.47.9]) by c"), ("authentication-results", FORGED)),
        (("authentication-results", FORGED),),
    ],
)
def test_what_can_have_come_with_the_message_does_not(fields: tuple[tuple[str, str], ...]) -> None:
    assert _results(*fields) is None


def test_microsoft_does_not_say_who_speaks() -> None:
    hop = "from a (192.0.47.9) by B.mail.protection.outlook.com with SMTP"
    told = "spf=fail (sender IP is 192.0.47.9) smtp.mailfrom=example.org; dkim=none (no signature)"
    found = _results(("received", hop), ("authentication-results", told))
    assert found is not None
    assert [(one.method, one.result) for one in found.results] == [
        ("spf", "fail"),
        ("dkim", "none"),
    ]
    assert found.sender is not None


@given(st.text(st.sampled_from(list('();=a.-1 "')), max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse_results(text)

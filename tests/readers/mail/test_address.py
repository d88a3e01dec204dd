"""Names stand apart from addresses, whatever senders make of the grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.mail.address import parse_parties
from stalklog.readers.mail.audience import audience_of, bulk_reason
from stalklog.readers.mail.header import parse_header
from stalklog.records.message import Party


def _parties(value: str) -> list[tuple[str, str]]:
    return [(party.label, party.id) for party in parse_parties(value, limit=100).parties]


@pytest.mark.parametrize(
    ("value", "parties"),
    [
        ("ravi@example.org", [("", "ravi@example.org")]),
        ("<ravi@example.org>", [("", "ravi@example.org")]),
        ("Ravi K <ravi@example.org>", [("Ravi K", "ravi@example.org")]),
        ('"K, Ravi" <ravi@example.org>', [("K, Ravi", "ravi@example.org")]),
        ('"Ravi \\"R\\" K" <ravi@example.org>', [('Ravi "R" K', "ravi@example.org")]),
        ("ravi@example.org (Ravi K)", [("Ravi K", "ravi@example.org")]),
        ("ravi(him)@example.org", [("him", "ravi@example.org")]),
        ("K, Ravi <ravi@example.org>", [("K, Ravi", "ravi@example.org")]),
        ("a@example.org, b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        ("a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        ("us: a@example.org, b@example.org;", [("", "a@example.org"), ("", "b@example.org")]),
        ("undisclosed-recipients:;", []),
        ("Undisclosed recipients <>", []),
        ("<>", []),
        ("<@relay.example.org:ravi@example.org>", [("", "ravi@example.org")]),
        ("=?utf-8?q?A=2C_B_=3Cx=40example=2Eorg=3E?= <r@example.org>",
         [("A, B <x@example.org>", "r@example.org")]),
        ("ravi@example.org <ravi@example.org>", [("", "ravi@example.org")]),
        ("'ravi@example.org'", [("", "'ravi@example.org'")]),
        ("MAILER-DAEMON", [("MAILER-DAEMON", "")]),
        ("<ravi@example.org", [("", "ravi@example.org")]),
        ('"Ravi <ravi@example.org>', [("Ravi", "ravi@example.org")]),
        ("(only words)", []),
        ("", []),
        (",;,", []),
    ],
)  # fmt: skip
def test_a_field_names_these(value: str, parties: list[tuple[str, str]]) -> None:
    assert _parties(value) == parties


def test_no_more_are_listed_than_asked_for() -> None:
    value = ", ".join(f"p{number}@example.org" for number in range(50))
    found = parse_parties(value, limit=7)
    assert (len(found.parties), found.is_cut) == (7, True)
    assert not parse_parties(value, limit=50).is_cut


@given(st.text(alphabet='"<>(),;:\\@ a=?\n', max_size=60))
def test_any_field_is_taken_apart(value: str) -> None:
    for label, id_ in _parties(value):
        assert label or id_


def _recipients(count: int) -> tuple[Party, ...]:
    return tuple(Party(id=f"p{number}@example.org", role="to") for number in range(count))


@pytest.mark.parametrize(
    ("fields", "recipients", "audience", "reason"),
    [
        (b"", 0, None, ""),
        (b"", 1, "alone", ""),
        (b"", 2, "several", ""),
        (b"", 20, "several", ""),
        (b"", 21, "bulk", "recipients"),
        (b"List-Unsubscribe: <mailto:x@example.org>\n", 1, "bulk", "list-unsubscribe"),
        (b"List-Id: <x.example.org>\n", 1, "bulk", "list-id"),
        (b"Feedback-ID: 1:2\n", 1, "bulk", "feedback-id"),
        (b"Precedence: Bulk\n", 1, "bulk", "precedence"),
        (b"Precedence: list\n", 1, "bulk", "precedence"),
        (b"Precedence: junk\n", 1, "bulk", "precedence"),
        (b"Precedence: first-class\n", 1, "alone", ""),
        (b"Auto-Submitted: auto-generated; x\n", 1, "bulk", "auto-submitted"),
        (b"Auto-Submitted: auto-replied\n", 1, "alone", ""),
        (b"Auto-Submitted: no\n", 1, "alone", ""),
        (b"List-Id:\n", 1, "alone", ""),
    ],
)
def test_the_rule_of_the_audience(
    fields: bytes, recipients: int, audience: str | None, reason: str
) -> None:
    header = parse_header(fields + b"\n", 0, len(fields) + 1)
    assert audience_of(header, _recipients(recipients)) == audience
    assert bulk_reason(header, _recipients(recipients)) == reason


def test_one_address_twice_is_one_person() -> None:
    header = parse_header(b"\n", 0, 1)
    both = (Party(id="asha@example.net", role="to"), Party("A", "Asha@Example.net", "cc"))
    assert audience_of(header, both) == "alone"

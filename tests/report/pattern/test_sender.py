"""Whose messages are counted: those of the identifiers of the case, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.records.message import Party
from stalklog.report.pattern.sender import Senders

MAIL, PHONE, HANDLE = "Quiet@Example.org", "+91 55555 01234", "@quiet_river"
SENDERS = Senders(
    [
        {"kind": "e-mail", "value": MAIL},
        {"kind": "phone", "value": PHONE},
        {"kind": "handle", "value": HANDLE},
        {"kind": "domain", "value": "nights.example"},
        {"kind": "URL", "value": "https://example.org/u/7"},
    ]
)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        (Party("Anybody", "quiet@example.org"), MAIL),
        (Party("Anybody", " QUIET@EXAMPLE.ORG "), MAIL),
        (Party("Anybody", "mailto:quiet@example.org"), MAIL),
        (Party("", "+915555501234"), PHONE),
        (Party("", "05555501234"), PHONE),
        (Party("+91 55555 01234"), PHONE),
        (Party("+91 55555-01234"), PHONE),
        (Party("(555) 550-1234"), PHONE),
        (Party("+९१ ५५५५५ ०१२३४"), PHONE),
        (Party("quiet_river"), HANDLE),
        (Party("x", "Quiet_River"), HANDLE),
        (Party("x", "anyone@nights.example"), "nights.example"),
        (Party("x", "https://example.org/u/7"), "https://example.org/u/7"),
    ],
)
def test_an_identifier_is_known(sender: Party, expected: str) -> None:
    assert SENDERS.of(sender) == expected


@pytest.mark.parametrize(
    "sender",
    [
        Party(MAIL, "somebody@example.org"),  # a label is whatever the sender wrote
        Party(HANDLE, "somebody"),
        Party("", ""),
        Party("quiet"),
        Party("", "notquiet@example.org"),
        Party("", "quiet@example.org.evil.example"),
        Party("", "anyone@other.nights.example"),
        Party("", "5501234"),
        Party("Ticket 5555501234 of the bank"),
        Party("", "+91 55555 01235"),
    ],
)
def test_nobody_else_passes_for_one(sender: Party) -> None:
    assert SENDERS.of(sender) == ""


@pytest.mark.parametrize("value", [None, "x", [], [1], [{"kind": 1, "value": 2}], [{"value": " "}]])
def test_without_an_identifier_there_is_none(value: object) -> None:
    senders = Senders(value)  # type: ignore[arg-type]
    assert len(senders) == 0
    assert senders.of(Party("", "")) == ""


@given(st.text(), st.text())
def test_whatever_a_sender_is_called_it_is_compared(label: str, name: str) -> None:
    assert SENDERS.of(Party(label, name)) in {"", MAIL, PHONE, HANDLE, "nights.example",
                                              "https://example.org/u/7"}  # fmt: skip

"""A time is understood as far as it tells, and no further."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.readers.mail.date import received, told

_AT = "2024-03-05T16:00:00"


@pytest.mark.parametrize(
    ("written", "wall", "zone", "utc"),
    [
        ("Tue, 5 Mar 2024 21:30:00 +0530", "2024-03-05T21:30:00", "+05:30", _AT),
        ("5 Mar 2024 16:00:00 GMT", _AT, "+00:00", _AT),
        ("Tue, 05 Mar 2024 16:00:00 -0000", _AT, "-00:00", _AT),
        ("Tue, 5 Mar 2024 11:00:00 EST", "2024-03-05T11:00:00", "-05:00", _AT),
        ("Tue, 5 Mar 2024 12:30:00 -0330", "2024-03-05T12:30:00", "-03:30", _AT),
        ("Tue, 5 Mar 2024 16:00:00 Z", _AT, "+00:00", _AT),
        ("Tue, 5 Mar 2024 16:00:00 (UTC)", _AT, "+00:00", _AT),
        ("Tue, 5 Mar 2024 21:30:00 +0530 (IST)", "2024-03-05T21:30:00", "+05:30", _AT),
        ("Tue, 5 Mar 2024 21:30:00 IST", "2024-03-05T21:30:00", "IST", None),
        ("Tue, 5 Mar 2024 21:30:00", "2024-03-05T21:30:00", None, None),
        ("Tue, 5 Mar 2024 21:30:00 +9999", "2024-03-05T21:30:00", "+9999", None),
        ("Tue, 5 Mar 2024 21:30:00 +0560", "2024-03-05T21:30:00", "+0560", None),
        ("Tue Mar  5 21:30:00 2024 +0530", "2024-03-05T21:30:00", "+05:30", _AT),
        ("Tue Mar  5 16:00:00 GMT 2024", _AT, "+00:00", _AT),
        ("2024-03-05T21:30:00+05:30", "2024-03-05T21:30:00", "+05:30", _AT),
        ("2024-03-05 16:00:00Z", _AT, "+00:00", _AT),
        ("Tuesday, 05-Mar-24 16:00:00 GMT", _AT, "+00:00", _AT),
        ("5 Mar 24 04:00:00 PM +0000", _AT, "+00:00", _AT),
        ("5 Mar 124 16:00:00 GMT", _AT, "+00:00", _AT),
        ("Tue, 5 Mar 2024 16 (four) : 00 : 00 GMT", _AT, "+00:00", _AT),
        ("Sun, 31 Dec 2023 23:59:60 GMT", "2024-01-01T00:00:00", "+00:00", "2024-01-01T00:00:00"),
        ("5 Mar 99 16:00:00 GMT", "1999-03-05T16:00:00", "+00:00", "1999-03-05T16:00:00"),
        ("Sat, 1 Jan 0001 00:00:00 +0530", "0001-01-01T00:00:00", "+05:30", None),
    ],
)
def test_these_are_understood(written: str, wall: str, zone: str | None, utc: str | None) -> None:
    found = told(written)
    assert found.written == written
    assert (found.wall, found.zone) == (wall, zone)
    assert found.instant == (utc and datetime.fromisoformat(utc).replace(tzinfo=UTC))
    assert found.zone_source == ("file" if zone else "none")


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "Thu, 30 Feb 2024 10:00:00 +0000", "5 Foo 2024 10:00 GMT", "13/13/2024",
     "Tue, 5 Mar 2024 25:00:00 +0000", "5 Mar 2024 13:00 PM", "99999999999999999999",
     "\uff15 Mar 2024"],
)  # fmt: skip
def test_these_are_not(written: str) -> None:
    found = told(written)
    assert (found.written, found.wall, found.instant) == (written, None, None)


@pytest.mark.parametrize(
    ("written", "precision"),
    [("5 Mar 2024 10:00:00 Z", "second"), ("5 Mar 2024 10:00 Z", "minute"), ("5 Mar 2024", "day")],
)
def test_it_is_as_exact_as_it_is_written(written: str, precision: str) -> None:
    assert told(written).precision == precision


def test_a_day_is_no_instant() -> None:
    assert told("5 Mar 2024").instant is None


def test_the_receivers_time_stands_behind_the_last_semicolon() -> None:
    found = received("from a; x\r\n\tby b (c; d) with SMTP id e;\r\n\tTue, 5 Mar 2024 16:00:00 GMT")
    assert found is not None
    assert found.written == "Tue, 5 Mar 2024 16:00:00 GMT"
    assert received("from a by b") is None
    assert received("from a by b; ") is None


@given(st.text(alphabet="0123456789:+-., TZaJnMr()\n", max_size=60) | st.text(max_size=30))
def test_any_text_is_a_time_or_none(written: str) -> None:
    found = told(written)
    if found.wall is not None:
        datetime.fromisoformat(found.wall)
    if found.instant is not None:
        assert found.instant.tzinfo is UTC

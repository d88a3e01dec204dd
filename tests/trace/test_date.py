"""The date of a Received field is the same moment whichever way it is read."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stalklog.trace import date as tested
from stalklog.trace.date import parse_moment

_NEVER: Final = re.compile(r"(?!)")
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_PARTS: Final = st.tuples(
    st.sampled_from(["", "Tue, ", "Tue,  ", "tue, "]),
    st.integers(0, 32),
    st.sampled_from([*_MONTHS, "mar", "Abc"]),
    st.sampled_from(["0050", "0999", "1969", "2000", "2024", "9999", "24"]),
    st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 61),
    st.sampled_from(["+0000", "-0000", "+0530", "-0330", "+1400", "+2359", "-2400", "+0060"]),
    st.sampled_from(["", " (IST)", " (UTC)", " (+0530)", " x"]),
)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Tue, 5 Mar 2024 21:30:09 +0530", "2024-03-05T16:00:09+00:00"),
        ("Tue, 05 Mar 2024 21:30:09 -0330 (NST)", "2024-03-06T01:00:09+00:00"),
        ("29 Feb 2024 00:00:00 -0000", "2024-02-29T00:00:00+00:00"),
        ("Thu, 29 Feb 2023 00:00:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("Tue, 5 Mar 2024 21:30:60 +0000", None),
        ("Tue, 5 Abc 2024 21:30:09 +0000", None),
        ("Tue, 5 Mar 2024 21:30:09 +2400", None),
        ("Tue, 5 Mar 2024 21:30:09", None),
    ],
)
def test_a_date_is_a_moment_in_utc_or_none(written: str, moment: str | None) -> None:
    found = parse_moment(written)
    assert (found.isoformat() if found else None) == moment


@given(_PARTS)
def test_the_usual_form_is_read_as_the_others_are(
    parts: tuple[str, int, str, str, int, int, int, str, str],
) -> None:
    weekday, day, month, year, hour, minute, second, zone, rest = parts
    written = f"{weekday}{day:02} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}{rest}"
    found = parse_moment(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tested, "_USUAL", _NEVER)
        assert parse_moment(written) == found

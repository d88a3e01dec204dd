"""How long a call was is one number of seconds, however it is written."""

from __future__ import annotations

import pytest

from stalklog.readers.call_length import call_length
from stalklog.records.reckoning import duration_in_words


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (0, 0), (65, 65), ("65", 65), ("65.0", 65), (65.9, 65), ("999999999", 999_999_999),
        ("PT1M5S", 65), ("PT65S", 65), ("PT2H5S", 7205), ("PT1H", 3600),
        ("", None), ("-1", None), (-1, None), ("1e9", None), (1e300, None), (True, None),
        (None, None), ([], None), ("PT", None), ("P1D", None), ("65 s", None), ("9" * 10, None),
        ("\u0966\u0967", None), ("65\n", None), (10**9, None),
    ],
)  # fmt: skip
def test_a_length_is_understood_or_none(written: object, seconds: int | None) -> None:
    assert call_length(written) == seconds


def test_a_number_of_thousands_of_digits_is_none() -> None:
    assert call_length(10**5000) is None
    assert call_length(-(10**5000)) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (65, "1 min 5 s"), (3599, "59 min 59 s"),
        (3600, "1 h 0 min 0 s"), (7205, "2 h 0 min 5 s"), (360_000, "100 h 0 min 0 s"),
    ],
)  # fmt: skip
def test_it_is_told_in_words(seconds: int, words: str) -> None:
    assert duration_in_words(seconds) == words

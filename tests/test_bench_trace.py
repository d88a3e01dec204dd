"""The bench of Received fields counts and times, in a size whose figures mean nothing."""

from __future__ import annotations

from bench.trace import count, time_rounds

CASES = [("a 192.0.2.1", "192.0.2.1"), ("b", "192.0.2.2"), ("c 192.0.2.9", ""), ("d", "")]


def _find(header: str) -> str:
    if header == "d":
        raise ValueError
    return header[2:]


def test_right_wrong_missing_and_none_are_counted() -> None:
    assert count(_find, CASES) == (1, 1, 1, 1)


def test_every_tool_is_timed_in_every_round() -> None:
    times = time_rounds({"one": _find, "two": _find}, ["a", "b"], 3)
    assert {name: len(rounds) for name, rounds in times.items()} == {"one": 3, "two": 3}

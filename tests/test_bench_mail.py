"""The bench of e-mail runs, in a size whose figures mean nothing."""

from __future__ import annotations

from bench.mail import TOOLS, time_rounds
from tests.readers.mail.mails import SAMPLES


def test_every_tool_is_timed_in_every_round() -> None:
    rounds = time_rounds(list(SAMPLES.values()), 2)
    assert [list(took) for took in rounds] == [list(TOOLS)] * 2
    assert all(timed.wall_s > 0 for took in rounds for timed in took.values())

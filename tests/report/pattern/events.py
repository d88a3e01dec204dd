"""Events and steps for tests, by the day and hour in Kolkata."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stalklog.report.pattern.event import Event, Step, When

if TYPE_CHECKING:
    from stalklog.report.pattern.event import Kind, StepKind

KOLKATA = ZoneInfo("Asia/Kolkata")
_TICK = timedelta(microseconds=1)


def at(text: str) -> When:
    """An exact moment: `2026-11-20 21:30`."""
    moment = datetime.fromisoformat(text).replace(tzinfo=KOLKATA)
    return When(moment, moment, moment.date(), moment.date(), moment.hour)


def on(first: str, last: str = "") -> When:
    """A day, or days from first to last, without a time of day."""
    start = datetime.fromisoformat(first).replace(tzinfo=KOLKATA)
    end = datetime.fromisoformat(last or first).replace(tzinfo=KOLKATA) + timedelta(days=1) - _TICK
    return When(start, end, start.date(), end.date())


def event(
    when: When | None, kind: Kind = "incident", channel: str = "chat", **more: object
) -> Event:
    return Event("T-0001" if kind == "incident" else "E-0001", kind, when, channel, **more)  # type: ignore[arg-type]


def step(when: When, kind: StepKind = "demand", id_: str = "D-0001") -> Step:
    return Step(id_, kind, "formal", when)

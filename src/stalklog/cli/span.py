"""From when to when: what `--since` and `--until` mean, in the vault's zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stalklog.cli.questions import WhenQuestion
    from stalklog.records.base import Occurred
    from stalklog.services.desk import Desk


def since(desk: Desk, typed: str | None, ask: WhenQuestion) -> datetime | None:
    """The first moment that is taken.

    Raises:
        RecordNotValidError: It cannot be understood, or in two ways with nobody to ask.
    """
    read = None if typed is None else _read(desk, typed, ask)
    return None if read is None else read.start_at()


def until(desk: Desk, typed: str | None, ask: WhenQuestion) -> datetime | None:
    """The last moment that is taken: of a day, its end.

    Raises:
        RecordNotValidError: It cannot be understood, or in two ways with nobody to ask.
    """
    read = None if typed is None else _read(desk, typed, ask)
    if read is None:
        return None
    if read.end is not None:
        return datetime.fromisoformat(read.end)
    start = read.start_at()
    is_day = read.precision == "day"
    return start + timedelta(days=1, microseconds=-1) if start and is_day else start


def _read(desk: Desk, typed: str, ask: WhenQuestion) -> Occurred:
    from stalklog.records.when import Ambiguous, read_when  # noqa: PLC0415 - only for who filters

    read = read_when(typed, now=desk.clock.now(), tz=desk.zone())
    return ask(read) if isinstance(read, Ambiguous) else read

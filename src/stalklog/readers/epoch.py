"""Times that are written as a count of seconds or milliseconds since 1970, which is in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from stalklog.records.message import Told

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COUNT: Final = re.compile(r"-?[0-9]{1,18}\Z", re.ASCII)
_SECONDS_BELOW: Final = 100_000_000_000
"""A smaller count is of seconds: of milliseconds it would lie before March 1973."""


def told_epoch(written: str, beside: str = "") -> Told:
    """A count as a time; only `written` where it is none.

    Args:
        written: The digits as they stand there.
        beside: A time that the original writes next to it, in words: kept and not read.
    """
    shown = f"{written} ({beside})" if beside else written
    if not _COUNT.match(written):
        return Told(shown)
    count = int(written)
    is_seconds = -_SECONDS_BELOW < count < _SECONDS_BELOW
    try:
        instant = _EPOCH + (timedelta(0, count) if is_seconds else timedelta(0, 0, count * 1000))
    except OverflowError:
        return Told(shown)
    return Told(
        shown,
        instant,
        instant.isoformat()[:19],
        "second" if is_seconds else "millisecond",
        "+00:00",
        "epoch",
    )

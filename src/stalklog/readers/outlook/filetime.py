"""A Windows FILETIME: hundreds of nanoseconds since 1601, in UTC (MS-DTYP section 2.3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from stalklog.records.message import Told

if TYPE_CHECKING:
    from stalklog.records.message import Precision

_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_TICKS_PER_SECOND: Final = 10_000_000
_TICKS_PER_MILLISECOND: Final = 10_000
_NEVER: Final = 0x0CB34557A3DD4000
"""1 January 4501: what Outlook writes where there is no time."""


def told_filetime(ticks: int) -> Told | None:
    """The time that a FILETIME tells; None where it stands for none.

    In the file it is a number, so what is `written` is that number as a date, with all its digits.
    """
    if ticks in {0, _NEVER}:
        return None
    seconds, rest = divmod(ticks, _TICKS_PER_SECOND)
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return Told(written=str(ticks))
    wall = moment.replace(tzinfo=None).isoformat()
    return Told(
        written=f"{wall}{f'.{rest:07d}' if rest else ''}Z",
        instant=moment + timedelta(microseconds=rest // 10),
        wall=wall,
        precision=_precision(rest),
        zone="+00:00",
        zone_source="epoch",
    )


def _precision(rest: int) -> Precision:
    if not rest:
        return "second"
    return "microsecond" if rest % _TICKS_PER_MILLISECOND else "millisecond"

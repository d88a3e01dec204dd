"""What the times of the hops show: clocks that disagree and long ways, as observations only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from stalklog.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from stalklog.trace.received import Received

OBSERVATIONS: Final[Mapping[str, str]] = {
    "clock-backwards": mark(
        "this hop is dated before the one below it: two clocks disagree, or a time was made up"
    ),
    "delay": mark("between this hop and the one below it lies more than an hour"),
    "date-differs": mark("the date that the sender gave is more than a day off"),
    "two-witnesses": mark("the provider wrote the same address down a second time"),
    "provider-disagrees": mark("the provider wrote another address down a second time"),
    "not-read": mark("a hop is in a form that is not understood; it stands here as it is"),
    "hops-cut": mark("there are more hops than are read"),
}
"""What can be noticed, with what a person is told."""

_BACKWARDS: Final = timedelta(seconds=-120)
"""Of 179 real chains 29 go backwards somewhere, all but two by less than a minute."""
_DELAY: Final = timedelta(hours=1)
_DATE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that was noticed; it proves nothing by itself."""

    code: str
    """A name of `OBSERVATIONS`."""
    hop: int | None = None
    """At which hop, from 0 at the top."""
    seconds: int | None = None
    """By how much."""


def observe_times(hops: Sequence[Received]) -> Iterator[Observation]:
    """What the times of the hops show; hops without a time are passed over."""
    dated = [(position, hop.at) for position, hop in enumerate(hops) if hop.at is not None]
    for (upper, later), (_lower, earlier) in pairwise(dated):
        took = later - earlier
        if took < _BACKWARDS:
            yield Observation("clock-backwards", upper, int(took.total_seconds()))
        elif took > _DELAY:
            yield Observation("delay", upper, int(took.total_seconds()))


def observe_date(sent: datetime | None, taken_in: datetime | None) -> Iterator[Observation]:
    """Whether the sender's own date is far from when the message was taken in."""
    if sent is not None and taken_in is not None and abs(sent - taken_in) > _DATE:
        yield Observation("date-differs", None, int((taken_in - sent).total_seconds()))

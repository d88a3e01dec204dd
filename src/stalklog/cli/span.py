"""From when to when, and from whom: what is chosen among many, in the vault's zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.i18n import mark

if TYPE_CHECKING:
    from stalklog.cli.questions import WhenQuestion
    from stalklog.records.base import Occurred
    from stalklog.services.desk import Desk

Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help=mark("From this day on."))
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help=mark("Up to this day."))]
FromWhom = Annotated[
    str | None,
    typer.Option("--from-whom", metavar="TEXT", help=mark("With this in the sender's name.")),
]


def between(
    desk: Desk, since: str | None, until: str | None, ask: WhenQuestion
) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment that are taken; of a day the last is its end.

    Raises:
        RecordNotValidError: One cannot be understood, or in two ways with nobody to ask.
        UsageError: The first is later than the last: nothing could be found, and that is no answer.
    """
    first, last = _first(desk, since, ask), _last(desk, until, ask)
    if first is not None and last is not None and first > last:
        raise UsageError(
            _("--since is later than --until, so there is nothing between them."),
            hint=_("Change one of the two. For a single day, give it to both."),
        )
    return first, last


def _first(desk: Desk, typed: str | None, ask: WhenQuestion) -> datetime | None:
    read = None if typed is None else _read(desk, typed, ask)
    return None if read is None else read.start_at()


def _last(desk: Desk, typed: str | None, ask: WhenQuestion) -> datetime | None:
    read = None if typed is None else _read(desk, typed, ask)
    if read is None:
        return None
    if read.end is not None:
        return datetime.fromisoformat(read.end)
    start = read.start_at()
    is_day = read.precision == "day"
    return start + timedelta(days=1, microseconds=-1) if start and is_day else start


def _zone_of(desk: Desk, ask: WhenQuestion) -> ZoneInfo:
    """The vault's zone; UTC where its settings name none that there is, which is said once."""
    try:
        return desk.zone()
    except UsageError:
        if desk.tz is not None:
            raise
        ask.tell_once(
            _("The vault's settings name a time zone that there is not, so --since and --until are "
              "taken in UTC.")
        )  # fmt: skip
        return ZoneInfo("UTC")


def _read(desk: Desk, typed: str, ask: WhenQuestion) -> Occurred:
    from stalklog.records.when import Ambiguous, read_when  # noqa: PLC0415 - only for who filters

    read = read_when(typed, now=desk.clock.now(), tz=_zone_of(desk, ask))
    return ask(read) if isinstance(read, Ambiguous) else read

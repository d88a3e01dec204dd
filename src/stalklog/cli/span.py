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

"""What is due as days of a calendar; what has no day is in none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.core.calendar import Day, numbers_of
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stalklog.due.due import Due


def days_of(dues: Iterable[Due]) -> tuple[Day, ...]:
    """The days, each by the key of what is due then."""
    return tuple(Day(one.key, one.end.on, one.end.at) for one in dues if one.end is not None)


def numbers_in(dues: Iterable[Due], salt: str) -> Mapping[str, int]:
    """The number that each has in a calendar, by its key."""
    return numbers_of((day.name for day in days_of(dues)), salt)


def event_title() -> str:
    """How a day is called there: nothing but its number, `{n}`."""
    return _("Follow-up {n}")

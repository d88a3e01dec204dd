"""A time that has not come yet: most likely a slip of the finger, so it is said, not refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from stalklog.core.clock import read_moment
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from datetime import datetime

    from stalklog.core.entry import JsonObject

_FIELDS: Final = ("occurred", "posted_at")
"""When something happened; when something is due lies ahead by its nature."""
_SLACK: Final = timedelta(minutes=10)
"""Clocks differ a little."""


def words_ahead(fields: JsonObject, now: datetime) -> tuple[str, ...]:
    """What to tell somebody who wrote down a time that lies ahead; empty where none does.

    Args:
        fields: The record, or the fields of it that are new.
        now: This moment by the clock that entries carry, aware.
    """
    return tuple(
        _(
            "The time {when} lies ahead of this computer's clock. It was written down as it was "
            "said; if it was a slip, correct it with stalklog amend."
        ).format(when=value.get("as_typed") or value["start"])
        for value in map(fields.get, _FIELDS)
        if isinstance(value, dict) and _is_ahead(value, now)
    )


def _is_ahead(occurred: JsonObject, now: datetime) -> bool:
    start = read_moment(occurred.get("start"))
    return start is not None and start > now + _SLACK

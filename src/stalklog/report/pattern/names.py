"""What the parts of the pattern are called."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark, ngettext
from stalklog.report.moment import day_words, month_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from stalklog.report.pattern.count import Pair, Unit

_STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {"demand": mark("demand to stop"), "report": mark("report"), "order": mark("order")}
)
STEP_KINDS: Final = tuple(_STEPS)
"""The sorts of steps, in the order in which they are named."""


def incidents_name() -> str:
    """What the one sort of numbers counts."""
    return _("threats and incidents")


def messages_name() -> str:
    """What the other counts."""
    return _("messages")


def step_name(kind: str) -> str:
    """What sort of step it is."""
    return _(_STEPS[kind])


def period_name(start: date, unit: Unit) -> str:
    """A period's own name, whole."""
    if unit == "week":
        return _("week of {day}").format(day=day_words(start))
    return month_words(start.isoformat()[:7]) if unit == "month" else str(start.year)


def both_told(pair: Pair) -> str:
    """Both numbers in words."""
    incidents = ngettext("{n} incident", "{n} incidents", pair.incidents)
    messages = ngettext("{n} message", "{n} messages", pair.messages)
    return f"{incidents.format(n=pair.incidents)}, {messages.format(n=pair.messages)}"


def days_told(days: int) -> str:
    """A number of days, never rounded."""
    return ngettext("{n} day", "{n} days", days).format(n=days)

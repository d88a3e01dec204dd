"""What is due as a calendar file that tells nobody what it is about; it shows no record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.core.calendar import Day, write_calendar
from stalklog.errors import UsageError
from stalklog.i18n import gettext as _
from stalklog.report.base import Part

if TYPE_CHECKING:
    from stalklog.report.model import Report


def write(report: Report) -> tuple[Part, ...]:
    """The days of what is due, by the same ids and numbers as those of `due --ics`.

    Raises:
        UsageError: Nothing in the report has a day, and there is no empty calendar.
    """
    days = tuple(Day(one.key, one.on, one.at) for one in report.due if one.on is not None)
    if not days:
        raise UsageError(
            _("Nothing in this report is due on a day, so there is no calendar to write."),
            hint=_("Nothing was written. What is due, also without a day: stalklog due"),
        )
    facts = report.facts
    data = write_calendar(
        days, title=_("Follow-up {n}"), salt=facts.vault_id, now=facts.generated_at
    )
    return (Part("days.ics", data),)

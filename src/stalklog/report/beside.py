"""What is handed to a report besides the entries: it knows no vault and no rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stalklog.report.due import Reminder
    from stalklog.report.pattern.count import Pattern


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found out for the case as a whole."""

    reminders: tuple[Reminder, ...] = ()
    """What is due, overdue first."""
    pattern: Pattern | None = None
    """The pattern of what the report shows; None where it was not counted."""

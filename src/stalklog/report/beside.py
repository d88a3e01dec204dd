"""What is handed to a report besides the entries: it knows no vault and no rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stalklog.report.due import Reminder


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found out for the case as a whole."""

    reminders: tuple[Reminder, ...] = ()
    """What is due, overdue first."""

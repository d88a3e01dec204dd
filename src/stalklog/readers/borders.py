"""Where texts can hold lines like those that begin a message, that is told of the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext

if TYPE_CHECKING:
    from stalklog.readers.base import Notes


def tell_borders(notes: Notes) -> None:
    """Tell that of an export whose format does not set apart what somebody wrote.

    Whoever writes such a line in a message has it read as a message of anybody, at any time.
    """
    told = gettext("a line that looks like a message, inside one, cannot be told from it")
    notes.tell("borders", told)

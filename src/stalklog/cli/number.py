"""The number of a message, as it is typed."""

from __future__ import annotations

from stalklog.errors import UsageError
from stalklog.i18n import gettext as _

_MOST_DIGITS = 9


def message_number(typed: str) -> int:
    """Which message `--message` names, from 1.

    Raises:
        UsageError: It is no such number.
    """
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS
    if not is_number or int(typed) < 1:
        raise UsageError(
            _("--message takes the number of a message, from 1 on. Nothing was done."),
            hint=_("Which there are: stalklog messages ID"),
        )
    return int(typed)

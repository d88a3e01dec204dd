"""The zone that a person says the times of an export are in: one that there is, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.services.desk import is_zone

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject


def zone_meant(typed: str) -> str | None:
    """The zone of this name in whatever case, or of this city; None for none or several.

    Args:
        typed: `asia/kolkata`, `Kolkata`.
    """
    if is_zone(typed):
        return typed
    wanted = typed.strip().replace(" ", "_").casefold()
    found = [
        name
        for name in available_timezones()
        if wanted in {name.casefold(), name.rpartition("/")[2].casefold()}
    ]
    return found[0] if len(found) == 1 else None


def require_known_zone(fields: JsonObject) -> None:
    """Refuse a zone that there is not, which no reading could use, before it is written down.

    Raises:
        RecordNotValidError: There is no such zone; nothing was written.
    """
    name = fields.get("times_zone")
    if isinstance(name, str) and not is_zone(name):
        raise RecordNotValidError(
            _("There is no time zone of that name. Nothing was written."),
            hint=_("Use a name such as Asia/Kolkata; for other places Region/City."),
        )

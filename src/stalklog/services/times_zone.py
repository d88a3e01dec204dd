"""The zone that a person says the times of an export are in: one that there is, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _
from stalklog.services.desk import is_zone

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject


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

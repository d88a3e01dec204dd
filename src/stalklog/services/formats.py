"""The formats that can be read, by the names that are typed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject


def require_known_format(fields: JsonObject) -> None:
    """Refuse a format that nobody reads, before it is written down.

    Raises:
        RecordNotValidError: There is no such format; nothing was written.
    """
    name = fields.get("read_as")
    if name is None:
        return
    from stalklog.readers.table import all_readers  # noqa: PLC0415 - all of them, for this only

    known = sorted(reader.name for reader in all_readers())
    if name not in known:
        raise RecordNotValidError(
            _("There is no format of that name. Nothing was written."),
            hint=_("Those that there are: {names}").format(names=", ".join(known)),
        )

"""What the two records that change fields have in common: `set` and `unset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject


def changed_fields(body: JsonObject) -> list[str]:
    """The names of all fields that are set or unset, in that order."""
    given, dropped = body.get("set"), body.get("unset")
    names = list(given) if isinstance(given, dict) else []
    return names + [str(name) for name in dropped] if isinstance(dropped, list) else names


def change_rule(body: JsonObject) -> str | None:
    """Why a change is none, or contradicts itself; None if it is good."""
    names = changed_fields(body)
    if not names:
        return _("changes nothing")
    if len(set(names)) < len(names):
        return _("changes the same field twice")
    return None

"""An intimate picture of a minor: never copied, and what is said instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.errors import RecordNotValidError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

_FORBIDDEN = frozenset({"minor", "intimate"})


def require_keepable(fields: JsonObject) -> None:
    """Refuse the copy of an intimate picture of a minor: keeping one is an offence.

    Raises:
        RecordNotValidError: It is marked as one.
    """
    if _marks(fields) >= _FORBIDDEN:
        raise RecordNotValidError(
            _(
                "An intimate picture of somebody under 18 is not copied: keeping one is an "
                "offence, whoever keeps it. Nothing was added."
            ),
            hint=_(
                "Write down that it exists and where, with log-threat, and report it to the "
                "police. Where to report it: stalklog helplines"
            ),
        )


def words_on(fields: JsonObject, *, is_held: bool = False) -> tuple[str, ...]:
    """What to tell somebody who marks something as showing a minor; empty where nothing is.

    Args:
        fields: The record as it is now.
        is_held: Whether a copy is in the vault already, and was marked afterwards.
    """
    marks = _marks(fields)
    if is_held and marks >= _FORBIDDEN:
        return (
            _(
                "This says that an intimate picture of somebody under 18 is in the vault. Keeping "
                "one is an offence, whoever keeps it. That it exists is written down now; a copy "
                "that is in the vault cannot be taken out by stalklog. Do not hand it on, and ask "
                "the police or a lawyer soon what to do with it. Where to report it: stalklog "
                "helplines"
            ),
        )
    if "minor" in marks:
        return (
            _(
                "It shows or concerns somebody under 18. If it is an intimate picture, it must not "
                "be kept, not even here: write down with log-threat that it exists and where, and "
                "report it. Where to report it: stalklog helplines"
            ),
        )
    return ()


def _marks(fields: JsonObject) -> frozenset[str]:
    sensitivity = fields.get("sensitivity")
    return frozenset(map(str, sensitivity)) if isinstance(sensitivity, list) else frozenset()

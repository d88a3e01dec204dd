"""What is due in words: what to do, as a short sentence without a full stop."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.due.due import COPY, FOLLOW_UP
from stalklog.due.rule import KINDS
from stalklog.i18n import gettext as _
from stalklog.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stalklog.due.due import Due

_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        FOLLOW_UP: mark("a day that was noted to ask again"),
        COPY: mark("a copy that is not in hand yet"),
        **KINDS,
    }
)

_HERS: Final = frozenset({"our_deadline", "limitation"})


def what_of(due: Due) -> str:
    """What to do or what should have come; of a rule of the person's own, in its words."""
    if due.rule is not None:
        return _(due.rule.what)
    return _("Get a copy of their official report") if due.kind == COPY else _("Ask again")


def kind_of(due: Due) -> str:
    """What sort of day it is."""
    return _(_KINDS[due.kind])


def remarks_of(due: Due) -> tuple[str, ...]:
    """What should be known of how it was counted, a sentence each."""
    rule = due.rule
    if rule is None:
        return ()
    told = []
    if due.percent is not None:
        part = _("On this day {percent} % of the time for which they are kept is over.")
        told.append(part.format(percent=due.percent))
    if not rule.is_first_day_checked:
        told.append(_("First day not checked: no source was found for since when it holds."))
    if due.is_rough:
        told.append(_("It is not known exactly when it began, so it is counted with care."))
    if rule.unit == "bd":
        told.append(_("Holidays are not known to stalklog."))
    if due.is_past and due.kind in _HERS:
        told.append(_("This day has gone by. A lawyer can say what is still possible."))
    return (*told, _(rule.note)) if rule.note else tuple(told)

"""What came after a demand: counted afresh from the entries, stored nowhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.report.model import Aftermath, Count
from stalklog.report.moment import span
from stalklog.report.words import choice
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stalklog.report.model import Item, Moment

NOT_FROM_THE_OTHER: Final = frozenset({"official-report", "proof-of-sending"})
"""Kinds of evidence that show what was done about it, not what was done to the person."""


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Events sorted by where they lie in time."""

    after: list[Item]
    before: list[Item]
    unclear: list[Item]
    undated: list[Item]


def events(items: Iterable[Item]) -> list[Item]:
    """What was done to the person: threats and incidents, and dated exhibits that add to them.

    An exhibit that shows again what another entry tells is not counted a second time, nor is one
    that was made from another exhibit, nor a report of an agency or a proof of sending; nothing
    that was withdrawn counts.
    """
    held = [item for item in items if not item.is_withdrawn]
    return [item for item in held if item.log == "threats" or _is_message(item)]


def aftermath(demand: Item, happened: Sequence[Item]) -> Aftermath | None:
    """What came after a demand, or None where its own time is not known or it was withdrawn.

    Counted as after it is only what cannot have been before: a time that is not known closely
    enough goes under `unclear`.
    """
    if demand.is_withdrawn or demand.moment.end is None:
        return None
    found = _sort(demand, happened)
    after = sorted(found.after, key=in_order)
    return Aftermath(
        threats=sum(item.log == "threats" for item in after),
        messages=sum(item.log == "evidence" for item in after),
        unclear=len(found.unclear),
        undated=len(found.undated),
        before=len(found.before),
        first=after[0] if after else None,
        first_gap=_gap(demand.moment, after[0].moment) if after else "",
        latest=after[-1] if after else None,
        channels=channels(after),
    )


def is_after(moment: Moment, demand: Moment) -> bool:
    """Whether it certainly came after the demand."""
    return moment.start is not None and demand.end is not None and moment.start > demand.end


def channels(items: Iterable[Item]) -> tuple[Count, ...]:
    """By which ways they came, the most frequent first."""
    return ranked(Counter(_channel(item) for item in items))


def ranked(counted: Counter[str]) -> tuple[Count, ...]:
    """Counts, the largest first, equal ones by name."""
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    return tuple(Count(label, number) for label, number in rows)


def in_order(item: Item) -> tuple[float, int]:
    """The place of a dated entry in time; equal ones stand in the order of the chain."""
    start = item.moment.start
    return (start.timestamp() if start else 0.0, item.seq)


def _is_message(item: Item) -> bool:
    return (
        item.log == "evidence"
        and item.moment.start is not None
        and not item.is_told
        and "derived_from" not in item.fields
        and item.fields.get("kind") not in NOT_FROM_THE_OTHER
    )


def _sort(demand: Item, happened: Sequence[Item]) -> _Sorted:
    found = _Sorted([], [], [], [])
    for item in happened:
        moment = item.moment
        if moment.start is None or moment.end is None:
            found.undated.append(item)
        elif is_after(moment, demand.moment):
            found.after.append(item)
        elif is_after(demand.moment, moment):
            found.before.append(item)
        else:
            found.unclear.append(item)
    return found


def _gap(demand: Moment, first: Moment) -> str:
    if demand.end is None or first.start is None:
        return ""
    return span(first.start - demand.end)


def _channel(item: Item) -> str:
    if item.log == "evidence":
        via = item.fields.get("via")
        app = via.get("app") if isinstance(via, dict) else None
        if isinstance(app, str) and app:
            return safe(app)
        return choice("evidence.kind", str(item.fields.get("kind") or _("file")))
    how = item.fields.get("how")
    return choice("threats.how", how) if isinstance(how, str) else _("way not said")

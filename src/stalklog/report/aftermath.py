"""What came after a demand: counted afresh from the entries, stored nowhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.report.detail import text_of
from stalklog.report.model import Aftermath, Count
from stalklog.report.moment import span
from stalklog.report.words import choice
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from stalklog.report.model import Item, Moment

NOT_FROM_THE_OTHER: Final = frozenset({"official-report", "proof-of-sending"})
"""Kinds of evidence that show what was done about it, not what was done to the person."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was done to the person, sorted once so that many demands can be held against it."""

    dated: list[Item]
    """Everything with a known time, by the earliest moment that it can have been."""
    starts: list[datetime]
    """That moment for each, rising."""
    ends: list[datetime]
    """The latest moments, rising; in an order of their own."""
    ways: list[str]
    """By which way each of `dated` came."""
    undated: int
    """How many have no known time."""


def timeline(happened: Iterable[Item]) -> Timeline:
    """Sort what was done to the person by time."""
    items = list(happened)
    dated = sorted((item for item in items if item.moment.start is not None), key=in_order)
    return Timeline(
        dated=dated,
        starts=[item.moment.start for item in dated if item.moment.start is not None],
        ends=sorted(item.moment.end for item in dated if item.moment.end is not None),
        ways=[_channel(item) for item in dated],
        undated=len(items) - len(dated),
    )


def events(items: Iterable[Item]) -> list[Item]:
    """What was done to the person: threats and incidents, and dated exhibits that add to them.

    An exhibit that shows again what another entry tells is not counted a second time, nor is one
    that was made from another exhibit, nor a report of an agency or a proof of sending; nothing
    that was withdrawn counts.
    """
    held = [item for item in items if not item.is_withdrawn]
    return [item for item in held if item.log == "threats" or _is_message(item)]


def aftermath(demand: Item, line: Timeline) -> Aftermath | None:
    """What came after a demand, or None where its own time is not known or it was withdrawn.

    Counted as after it is only what cannot have been before: a time that is not known closely
    enough goes under `unclear`.
    """
    start, end = demand.moment.start, demand.moment.end
    if demand.is_withdrawn or start is None or end is None:
        return None
    cut = bisect_right(line.starts, end)
    after, before = line.dated[cut:], bisect_left(line.ends, start)
    threats = sum(item.log == "threats" for item in after)
    return Aftermath(
        threats=threats,
        messages=len(after) - threats,
        unclear=cut - before,
        undated=line.undated,
        before=before,
        first=after[0] if after else None,
        first_gap=span(line.starts[cut] - end) if after else "",
        latest=after[-1] if after else None,
        channels=ranked(Counter(line.ways[cut:])),
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
    place = item.moment.place
    return (place.timestamp() if place else 0.0, item.seq)


def _is_message(item: Item) -> bool:
    return (
        item.log == "evidence"
        and item.moment.start is not None
        and not item.is_told
        and "derived_from" not in item.fields
        and text_of(item.fields, "kind") not in NOT_FROM_THE_OTHER
    )


def _channel(item: Item) -> str:
    if item.log == "evidence":
        via = item.fields.get("via")
        app = via.get("app") if isinstance(via, dict) else None
        if isinstance(app, str) and app:
            return safe(app)
        return choice("evidence.kind", str(item.fields.get("kind") or _("file")))
    how = item.fields.get("how")
    return choice("threats.how", how) if isinstance(how, str) else _("way not said")

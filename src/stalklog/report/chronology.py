"""What happened in the order of time, a chapter a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.records.axis import ZONES_APART
from stalklog.report.aftermath import in_order
from stalklog.report.model import Chapter
from stalklog.report.moment import month_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stalklog.report.model import Item


def chronology(items: Iterable[Item]) -> tuple[tuple[Chapter, ...], str]:
    """What happened by month, and what is to be known of the order."""
    listed, undated = [], 0
    for item in items:
        if item.log == "custody" or item.is_told:
            continue
        if item.log == "evidence" and item.moment.start is None:
            undated += 1
        else:
            listed.append(item)
    has_walls = any(item.moment.wall is not None for item in listed)
    return _chapters(sorted(listed, key=by_time)), _note(undated, has_walls=has_walls)


def _note(undated: int, *, has_walls: bool) -> str:
    """By what the chronology is ordered, and what it leaves to other sections.

    Args:
        undated: How many exhibits have no time of their own.
        has_walls: Whether any exhibit stands where its content says in no known zone.
    """
    told = [_note_of_order()]
    if has_walls:
        hours = int(ZONES_APART.total_seconds()) // 3600
        told.append(_note_of_walls().format(hours=hours))
    if undated:
        told.append(_note_of_undated(undated))
    return " ".join(told)


def _note_of_order() -> str:
    return _(
        "By when it happened, as far as that is known. "
        "An exhibit that belongs to an entry is named beside it. One for which no time was noted "
        "stands where its own content says, which nobody has checked and by which nothing is "
        "counted."
    )


def _note_of_walls() -> str:
    return _(
        "Where that content tells no zone, it stands at the time that the clock showed, and says "
        "so: it may truly have been up to {hours} hours earlier or later."
    )


def _note_of_undated(undated: int) -> str:
    more = ngettext(
        "{n} further exhibit has no time of its own, or days that can be read two ways, and "
        "stands in section 7.",
        "{n} further exhibits have no time of their own, or days that can be read two ways, and "
        "stand in section 7.",
        undated,
    )
    return more.format(n=undated)


def by_time(item: Item) -> tuple[bool, float, int]:
    """Dated entries by time, then those whose time is not known, in the order of the chain."""
    at, seq = in_order(item)
    return (item.moment.start is None, at, seq)


def _chapters(items: Sequence[Item]) -> tuple[Chapter, ...]:
    chapters: dict[str, list[Item]] = {}
    for item in items:
        chapters.setdefault(item.moment.month, []).append(item)
    return tuple(
        Chapter(month_words(month) if month else _("Time not known"), tuple(inside))
        for month, inside in chapters.items()
    )

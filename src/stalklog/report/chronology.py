"""What happened in the order of time, a chapter a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.report.aftermath import in_order
from stalklog.report.model import Chapter
from stalklog.report.moment import month_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stalklog.report.model import Item


def chronology(items: Iterable[Item]) -> tuple[tuple[Chapter, ...], int]:
    """What happened by month, and how many exhibits have no time of their own."""
    listed, undated = [], 0
    for item in items:
        if item.log == "custody" or item.is_told:
            continue
        if item.log == "evidence" and item.moment.start is None:
            undated += 1
        else:
            listed.append(item)
    return _chapters(sorted(listed, key=by_time)), undated


def chronology_note(undated: int) -> str:
    """What the chronology leaves to other sections.

    Args:
        undated: How many exhibits have no time of their own.
    """
    note = _(
        "By when it happened, as far as that is known. "
        "An exhibit that belongs to an entry is named beside it. One for which no time was noted "
        "stands where its own content says, which nobody has checked and by which nothing is "
        "counted."
    )
    if not undated:
        return note
    more = ngettext(
        "{n} further exhibit has no time of its own, or times in a zone that nobody has told, and "
        "stands in section 7.",
        "{n} further exhibits have no time of their own, or times in a zone that nobody has told, "
        "and stand in section 7.",
        undated,
    )
    return f"{note} {more.format(n=undated)}"


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

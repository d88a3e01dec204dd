"""The case on one page: neutral counts and a small chart, never a score."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import ngettext
from stalklog.report.aftermath import channels, in_order, ranked
from stalklog.report.model import Count, Period, Summary
from stalklog.report.moment import days_span, month_words, period
from stalklog.report.words import choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stalklog.report.model import Demand, Due, Exhibit, Item

MONTHS_SHOWN: Final = 24
"""As many bars as fit on a page; what is longer is shown by years."""
YEARS_SHOWN: Final = 30
_MONTHS_A_YEAR: Final = 12


def summarise(
    happened: Sequence[Item],
    *,
    demands: Sequence[Demand],
    contacts: Sequence[Item],
    exhibits: Sequence[Exhibit],
    due: Sequence[Due],
) -> Summary:
    """The counts, the span and the chart.

    Args:
        happened: What was done to the person, as `aftermath.events` has it.
        demands: The demands.
        contacts: The contacts with agencies.
        exhibits: The exhibits.
        due: What is due.
    """
    threats = [item for item in happened if item.log == "threats"]
    dated = sorted((item for item in threats if item.moment.start is not None), key=in_order)
    first, latest = (dated[0], dated[-1]) if dated else (None, None)
    exhibit_count = _held(exhibit.item for exhibit in exhibits)
    overdue = sum(map(_is_answer_overdue, due))
    return Summary(
        counts=(
            Count(
                ngettext("threat or incident", "threats and incidents", len(threats)), len(threats)
            ),
            Count(_("of these after a demand to stop"), sum(bool(t.after_demand) for t in threats)),
            Count(ngettext("exhibit", "exhibits", exhibit_count), exhibit_count),
            Count(
                ngettext("contact with an agency", "contacts with agencies", _held(contacts)),
                _held(contacts),
            ),
            Count(ngettext("answer overdue", "answers overdue", overdue), overdue),
        ),
        first=first,
        latest=latest,
        period=period(first.moment, latest.moment) if first and latest else "",
        span=_span(first, latest),
        channels=channels(threats),
        harms=_harms(threats),
        periods=periods(happened, [demand.item for demand in demands]),
        sentences=_sentences(demands, contacts, exhibits, due),
    )


def periods(happened: Sequence[Item], demands: Sequence[Item]) -> tuple[Period, ...]:
    """The chart: a bar for each month, or for each year where the months would be too many."""
    months = [item.moment.month for item in happened if item.moment.month]
    if not months:
        return ()
    first, last = _number(min(months)), _number(max(months))
    marked = {item.moment.month for item in demands if item.moment.month and not item.is_withdrawn}
    if last - first < MONTHS_SHOWN:
        keys = [
            f"{n // _MONTHS_A_YEAR:04d}-{n % _MONTHS_A_YEAR + 1:02d}" for n in _run(first, last)
        ]
        return tuple(_period(key, month_words(key), happened, marked) for key in keys)
    years = sorted({month[:4] for month in months})[-YEARS_SHOWN:]
    return tuple(_period(year, year, happened, marked) for year in years)


def _period(key: str, label: str, happened: Iterable[Item], marked: set[str]) -> Period:
    inside = [item for item in happened if item.moment.month.startswith(key)]
    threats = sum(item.log == "threats" for item in inside)
    has_demand = any(month.startswith(key) for month in marked)
    return Period(label, threats, len(inside) - threats, has_demand)


def _number(month: str) -> int:
    return int(month[:4]) * _MONTHS_A_YEAR + int(month[5:]) - 1


def _run(first: int, last: int) -> range:
    return range(first, last + 1)


def _span(first: Item | None, latest: Item | None) -> str:
    if first is None or latest is None or first.moment.start is None or latest.moment.start is None:
        return ""
    days = (latest.moment.start - first.moment.start).days
    return days_span(days) if days else ""


def _harms(threats: Iterable[Item]) -> tuple[Count, ...]:
    counted: Counter[str] = Counter()
    for item in threats:
        harms = item.fields.get("threatened_harm")
        if isinstance(harms, list):
            counted.update(choice("threats.threatened_harm", str(harm)) for harm in harms)
    return ranked(counted)


def _is_answer_overdue(due: Due) -> bool:
    return due.is_overdue and due.kind in {"follow_up", "their_duty"}


def _held(items: Iterable[Item]) -> int:
    return sum(not item.is_withdrawn for item in items)


def _sentences(
    demands: Sequence[Demand],
    contacts: Sequence[Item],
    exhibits: Sequence[Exhibit],
    due: Sequence[Due],
) -> tuple[str, ...]:
    everything = [d.item for d in demands] + list(contacts) + [e.item for e in exhibits]
    return tuple(
        filter(
            None,
            (
                _asked_for(due),
                _open_originals(exhibits),
                _say_none(everything),
            ),
        )
    )


def _asked_for(due: Iterable[Due]) -> str:
    ids = sorted(entry.item.id for entry in due if entry.kind == "copy")
    if not ids:
        return ""
    return ngettext(
        "A copy of an official report was asked for and is not here yet: {ids}.",
        "Copies of official reports were asked for and are not here yet: {ids}.",
        len(ids),
    ).format(ids=", ".join(ids))


def _open_originals(exhibits: Iterable[Exhibit]) -> str:
    count = sum(exhibit.is_original_open for exhibit in exhibits)
    if not count:
        return ""
    return ngettext(
        "{n} exhibit is a picture of something whose electronic original could still be had.",
        "{n} exhibits are pictures of something whose electronic original could still be had.",
        count,
    ).format(n=count)


def _say_none(everything: Sequence[Item]) -> str:
    return (
        "" if everything else _("No exhibit, demand or contact with an agency is in this report.")
    )

"""The pattern in words: lines, tables with their drawings, and what is and is not counted."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.i18n import mark
from stalklog.report.moment import day_words
from stalklog.report.pattern.charts import draw_hours, draw_periods
from stalklog.report.pattern.names import STEP_KINDS, both_told, days_told, period_name, step_name
from stalklog.report.pattern.notes import notes_of
from stalklog.report.words import choice
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stalklog.report.pattern.count import Around, Channel, Pair, Pattern, Period
    from stalklog.report.pattern.drawing import Drawing

_AUDIENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alone": mark("to one person alone"),
        "several": mark("to several people"),
        "bulk": mark("in bulk, as its header says"),
        "": mark("the original does not tell"),
    }
)
_BY: Final[Mapping[str, str]] = MappingProxyType(
    {"week": mark("By week"), "month": mark("By month"), "year": mark("By year")}
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table; where it is drawn too, the drawing says the same."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawing: Drawing | None = None
    is_wide: bool = False
    """Whether its rows need more room than a narrow screen has."""


@dataclass(frozen=True, slots=True)
class Section:
    """The whole of it; every text is safe to show."""

    lines: tuple[tuple[str, str], ...]
    """Each number that stands alone, with its name."""
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    """What is counted and what not, a sentence each."""
    marks: tuple[tuple[str, str], ...]
    """What the lines and ticks in the drawing mean: their kind, and its name."""


def make_section(found: Pattern) -> Section:
    """The pattern in words."""
    kinds = {around.step.kind for around in found.around}
    return Section(
        lines=tuple(_lines(found)),
        tables=tuple(table for table in _tables(found) if table.rows),
        notes=tuple(notes_of(found)),
        marks=tuple((kind, step_name(kind)) for kind in STEP_KINDS if kind in kinds),
    )


def _lines(found: Pattern) -> Iterator[tuple[str, str]]:
    yield _("Threats and incidents"), str(found.total.incidents)
    yield _("Messages"), str(found.total.messages)
    if found.first is not None and found.last is not None:
        told = _("{first} to {last}: {span}")
        yield (
            _("From the first to the last"),
            told.format(
                first=day_words(found.first),
                last=day_words(found.last),
                span=days_told(found.days),
            ),
        )
        filled = sum(not period.counts.is_none for period in found.periods)
        yield (
            _(_WITH_ANYTHING[found.unit]),
            _("{n} of {all}").format(n=filled, all=len(found.periods)),
        )
    if found.gap is not None:
        told = _("{span}, from {first} to {last}")
        yield (
            _("Longest time without any"),
            told.format(
                span=days_told(found.gap.days),
                first=day_words(found.gap.start),
                last=day_words(found.gap.end),
            ),
        )
    yield _("In person, or following"), str(found.in_person)
    yield _("Noted as against an order"), str(found.breaches)


_WITH_ANYTHING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "week": mark("Weeks with any"),
        "month": mark("Months with any"),
        "year": mark("Years with any"),
    }
)


def _tables(found: Pattern) -> Iterator[Table]:
    two = (_("Threats and incidents"), _("Messages"))
    yield _by_period(found, two)
    yield _by_hour(found, two)
    yield Table(
        _("By which ways, in the order in which they began"),
        (_("Way"), *two, _("First")),
        tuple(map(_channel, found.channels)),
    )
    yield Table(
        _("From which identifiers of the case, in the order in which they began"),
        (_("Identifier"), _("Messages"), _("First")),
        tuple((row[0], *row[2:]) for row in map(_channel, found.accounts)),
    )
    yield Table(
        _("To whom the messages went"),
        (_("To whom"), _("Messages")),
        tuple((_(_AUDIENCES[name]), str(number)) for name, number in found.audience if number),
    )
    yield Table(
        _("Before and after each demand, report and order"),
        (_("Step"), _("When"), _("Before"), _("After"), _("Not clear"), _("First after it")),
        tuple(map(_around, found.around)),
        is_wide=True,
    )
    yield Table(
        _("What was threatened"),
        (_("Harm"), _("Threats")),
        tuple(
            (choice("threats.threatened_harm", name), str(number)) for name, number in found.harms
        ),
    )


def _by_period(found: Pattern, two: tuple[str, str]) -> Table:
    rows = [
        (period_name(period.start, found.unit), *_both(period.counts), _steps_in(period))
        for period in found.periods
        if period.steps or not period.counts.is_none
    ]
    if not found.rough.is_none:
        rows.append((_("timed too roughly for one of them"), *_both(found.rough), ""))
    return Table(
        _(_BY[found.unit]),
        (_("When"), *two, _("What was done about it")),
        tuple(rows),
        draw_periods(found) if found.periods else None,
    )


def _by_hour(found: Pattern, two: tuple[str, str]) -> Table:
    rows = [
        (f"{hour:02d}:00", *_both(pair))
        for hour, pair in enumerate(found.hours)
        if not pair.is_none
    ]
    drawing = draw_hours(found) if rows else None
    if rows and not found.hours_unknown.is_none:
        rows.append((_("time of day not known"), *_both(found.hours_unknown)))
    title = _("By hour of the day, in {zone}").format(zone=safe(found.zone))
    return Table(title, (_("From"), *two), tuple(rows), drawing)


def _channel(one: Channel) -> tuple[str, ...]:
    first = "" if one.first is None else day_words(one.first)
    return safe(one.label), *_both(one.counts), first


def _around(one: Around) -> tuple[str, ...]:
    step = one.step
    label = ": ".join(filter(None, (f"{step.id}, {step_name(step.kind)}", safe(step.label))))
    when = day_words(step.when.first_day)
    first = ""
    if one.first_after is not None:
        days = max(0, (one.first_after - step.when.last_day).days)
        first = _("{day}, {span} later").format(
            day=day_words(one.first_after), span=days_told(days)
        )
        if days == 0:
            first = _("{day}, the same day").format(day=day_words(one.first_after))
    return (
        label,
        when,
        _in(one.before, one.days_before),
        _in(one.after, one.days_after),
        both_told(one.unclear) if not one.unclear.is_none else "",
        first,
    )


def _in(pair: Pair, days: int) -> str:
    if pair.is_none and not days:
        return _("none")
    return _("{counts} in {span}").format(counts=both_told(pair), span=days_told(days))


def _both(pair: Pair) -> tuple[str, str]:
    return str(pair.incidents), str(pair.messages)


def _steps_in(period: Period) -> str:
    return ", ".join(f"{step.id} {step_name(step.kind)}" for step in period.steps)

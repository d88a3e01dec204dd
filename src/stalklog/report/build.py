"""Build the one report that every writer writes, from entries, case and facts."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report import proof
from stalklog.report.aftermath import aftermath, events, in_order, is_after, timeline
from stalklog.report.belonging import exhibits_of, told_elsewhere
from stalklog.report.beside import Beside
from stalklog.report.chronology import by_time, chronology
from stalklog.report.due import due_in, due_note
from stalklog.report.exhibit import make_exhibit
from stalklog.report.filtering import choose
from stalklog.report.inside import make_inside, with_time
from stalklog.report.item import make_item
from stalklog.report.model import Demand, Finding, Report
from stalklog.report.moment import stamp, zone_of
from stalklog.report.pattern.plain import to_json
from stalklog.report.pattern.section import make_section
from stalklog.report.person import person
from stalklog.report.summary import summarise
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stalklog.core.entry import JsonObject
    from stalklog.records.view import Shown
    from stalklog.report.inside import Look
    from stalklog.report.model import Choice, Facts, Item


def build(
    entries: Sequence[Shown],
    case: JsonObject,
    facts: Facts,
    choice: Choice,
    looks: Mapping[str, Look] = MappingProxyType({}),
    beside: Beside = Beside(),  # noqa: B008 - frozen
) -> Report:
    """The report; the same input always gives the same.

    Args:
        entries: Everything in the vault, corrected, in the order of the chain.
        case: The particulars of the case; what is confidential in them never gets in.
        facts: What is known of the vault and of this report.
        choice: What was asked for.
        looks: By id, what was read inside the exhibits.
        beside: What was found out besides, for the case as a whole.
    """
    shown, filtering = choose(entries, choice)
    items = _items(shown, entries)
    happened = events(items)
    line = timeline(happened)
    demands = tuple(Demand(item, aftermath(item, line)) for item in items if item.log == "demands")
    contacts = _of(items, "contacts")
    zone = zone_of(facts.tz)
    insides = {name: make_inside(look, zone) for name, look in looks.items()}
    exhibits = tuple(
        make_exhibit(item, insides.get(item.id)) for item in items if item.log == "evidence"
    )
    due = due_in(beside.reminders, items)
    chapters, note = chronology(with_time(item, looks.get(item.id), facts.tz) for item in items)
    return Report(
        title=_("Record of incidents"),
        language=choice.language,
        generated=stamp(facts.generated_at.astimezone(zone)),
        facts=replace(facts, findings=tuple(map(_safe_finding, facts.findings))),
        verdict=proof.verdict(facts),
        completeness=proof.completeness(facts),
        filtering=filtering,
        has_confidential_sheet=choice.confidential_sheet,
        shows=proof.shows(facts),
        does_not_show=proof.does_not_show(),
        summary=summarise(happened, demands=demands, contacts=contacts, exhibits=exhibits, due=due),
        pattern=None if beside.pattern is None else make_section(beside.pattern),
        pattern_counts={} if beside.pattern is None else to_json(beside.pattern),
        person=person(case),
        chronology=chapters,
        chronology_note=note,
        threats=_of(items, "threats"),
        demands=demands,
        contacts=contacts,
        due=due,
        due_note=due_note(),
        exhibits=exhibits,
        originals_open=tuple(exhibit for exhibit in exhibits if exhibit.is_original_open),
        kept=proof.kept(facts),
        principles=proof.principles(),
        steps=proof.steps(facts, exhibits, items),
        custody=_of(items, "custody"),
        corrections=tuple(correction for item in items for correction in item.corrections),
        limits=proof.limits(
            has_vague=any(_is_vague(item) for item in items), has_filter=filtering is not None
        ),
    )


def _items(shown: Sequence[Shown], entries: Sequence[Shown]) -> tuple[Item, ...]:
    """Every entry made ready, with the exhibits that belong to it and the demand it came after.

    A demand that a filter left out is still a demand: what came after it is marked.
    """
    ids = {f"#{entry.seq}": entry.id for entry in entries}
    named, told = exhibits_of(shown, ids), told_elsewhere(shown, ids)
    demand = _first_demand(entries)
    items = (
        make_item(entry, evidence=tuple(named.get(entry.id, ())), is_told=entry.id in told)
        for entry in shown
    )
    return tuple(items if demand is None else (_marked(item, demand) for item in items))


def _first_demand(entries: Sequence[Shown]) -> Item | None:
    """The earliest demand that holds and whose time is known."""
    demands = [
        make_item(entry) for entry in entries if entry.log == "demands" and not entry.withdrawn
    ]
    known = [item for item in demands if item.moment.start is not None]
    return min(known, key=in_order, default=None)


def _marked(item: Item, demand: Item) -> Item:
    if item.log in {"threats", "evidence"} and is_after(item.moment, demand.moment):
        return replace(item, after_demand=demand.id)
    return item


def _of(items: Iterable[Item], log: str) -> tuple[Item, ...]:
    found = [item for item in items if item.log == log]
    if log == "custody":
        return tuple(found)
    return tuple(sorted(found, key=by_time))


def _safe_finding(found: Finding) -> Finding:
    return Finding(safe(found.code), safe(found.severity), safe(found.where), safe(found.message))


def _is_vague(item: Item) -> bool:
    return item.log != "custody" and item.moment.precision != "exact"

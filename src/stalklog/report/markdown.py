"""The report as Markdown: for notes and plain screens; what strangers wrote stays plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.i18n import gettext as _
from stalklog.report.base import Part
from stalklog.safety.markdown import fenced, inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stalklog.report.model import (
        Aftermath,
        Correction,
        Demand,
        Detail,
        Due,
        Exhibit,
        Inside,
        Item,
        Report,
        Way,
    )
    from stalklog.report.pattern.section import Section


def write(report: Report) -> tuple[Part, ...]:
    """The report as one Markdown file."""
    return (Part("report.md", ("\n".join(_lines(report)) + "\n").encode("utf-8")),)


def _lines(report: Report) -> Iterator[str]:
    yield from _cover(report)
    yield from _summary(report)
    yield from _persons(report)
    yield from _chronology(report)
    yield from _section(4, _("Threats and incidents, word for word"), report.threats)
    yield from _demands(report.demands)
    yield from _contacts(report)
    yield from _exhibits(report)
    yield from _kept(report)
    yield from _check(report)
    yield from _custody(report.custody)
    yield from _corrections(report.corrections)
    yield from _heading(12, _("Limits"))
    yield from _bullets((*report.does_not_show, *report.limits, report.completeness))


def _cover(report: Report) -> Iterator[str]:
    facts = report.facts
    yield f"# {inline(report.title)}: {inline(report.person.alias or _('Person not named'))}"
    yield ""
    rows = [(_("Report made"), report.generated), (_("Record kept by"), report.person.operator)]
    rows += [(one.kind, one.value) for one in report.person.references]
    rows += [
        (_("Record"), facts.vault_id),
        (_("Entries"), str(facts.size)),
        (_("Head: SHA-256 of the last entry"), facts.head),
    ]
    yield from _pairs(rows)
    if report.filtering is not None:
        yield f"**{inline(_('This report does not show the whole record'))}**"
        yield ""
        yield from _bullets(report.filtering.rules)
        said = _("Shown: {shown}. Left out: {left_out}.")
        yield inline(said.format(shown=report.filtering.shown, left_out=report.filtering.left_out))
        if report.filtering.remark:
            yield ""
            yield inline(report.filtering.remark)
        yield ""
    yield f"**{inline(_('What this record shows'))}**"
    yield ""
    yield from _bullets(report.shows)
    yield f"**{inline(_('What it does not show'))}**"
    yield ""
    yield from _bullets(report.does_not_show)
    yield inline(report.verdict)
    yield ""


def _summary(report: Report) -> Iterator[str]:
    summary = report.summary
    yield from _heading(1, _("Summary"))
    yield from _pairs((count.label, str(count.number)) for count in summary.counts)
    if summary.first and summary.latest:
        yield from _pairs(
            (
                (_("First incident"), f"{summary.first.id}, {summary.first.moment.words}"),
                (_("Latest incident"), f"{summary.latest.id}, {summary.latest.moment.words}"),
                (_("Between them"), summary.span),
            )
        )
    yield from _pairs((count.label, str(count.number)) for count in summary.channels)
    yield from _pairs((count.label, str(count.number)) for count in summary.harms)
    yield from _bullets(summary.sentences)
    if report.pattern is not None:
        yield from _pattern(report.pattern)


def _pattern(found: Section) -> Iterator[str]:
    yield f"### {inline(_('The pattern, in plain counts'))}"
    yield ""
    yield from _pairs(found.lines)
    for table in found.tables:
        yield f"#### {inline(table.title)}"
        yield ""
        yield from _table(table.head, table.rows)
    yield from _bullets(found.notes)


def _persons(report: Report) -> Iterator[str]:
    person = report.person
    yield from _heading(2, _("Persons and identifiers"))
    yield from _pairs(
        (
            (_("Person concerned"), person.alias),
            (_("Relation to the other person"), person.relation),
            (_("Country"), person.country),
        )
    )
    if person.identifiers:
        yield from _table(
            (_("Kind"), _("Identifier"), _("First seen"), _("Exhibit")),
            (
                (one.kind, one.value, one.first_seen, ", ".join(one.ids))
                for one in person.identifiers
            ),
        )


def _chronology(report: Report) -> Iterator[str]:
    yield from _heading(3, _("Chronology"))
    yield inline(report.chronology_note)
    yield ""
    for chapter in report.chronology:
        yield f"### {inline(chapter.label)}"
        yield ""
        yield from _table(
            (_("When"), _("What"), _("Entry"), _("Recorded")),
            (
                (
                    item.moment.words,
                    f"{item.title}{_marks(item)}. {item.headline}",
                    ", ".join((item.id, *item.evidence)),
                    item.delay or item.recorded,
                )
                for item in chapter.items
            ),
        )


def _section(number: int, title: str, items: Iterable[Item]) -> Iterator[str]:
    yield from _heading(number, title)
    for item in items:
        yield from _card(item)


def _demands(demands: Iterable[Demand]) -> Iterator[str]:
    yield from _heading(5, _("The demand, and what came after it"))
    for demand in demands:
        yield from _card(demand.item)
        if demand.aftermath is not None:
            yield from _pairs(_aftermath(demand.aftermath))


def _aftermath(found: Aftermath) -> Iterator[tuple[str, str]]:
    yield _("threats and incidents after it"), str(found.threats)
    yield _("further dated exhibits after it"), str(found.messages)
    yield _("of both before it"), str(found.before)
    yield _("too roughly timed to say"), str(found.unclear)
    yield _("with no known time"), str(found.undated)
    if found.first and found.latest:
        after = _("({span} after)").format(span=found.first_gap)
        yield _("First after it"), f"{found.first.id}, {found.first.moment.words} {after}"
        yield _("Latest after it"), f"{found.latest.id}, {found.latest.moment.words}"
    yield _("By which ways"), ", ".join(f"{c.label} {c.number}" for c in found.channels)


def _contacts(report: Report) -> Iterator[str]:
    yield from _heading(6, _("Contacts with agencies, and what is due"))
    if report.due:
        yield from _table(
            (_("Day"), _("Due"), _("Agency"), _("What is due"), _("Entry")),
            map(_due_row, report.due),
        )
        yield inline(report.due_note)
        yield ""
    for item in report.contacts:
        yield from _card(item)


def _due_row(due: Due) -> Sequence[str]:
    what = " ".join(filter(None, (f"{due.what}:", due.about, due.basis, due.remark)))
    return (due.day, due.words, due.item.title, what, ", ".join((due.item.id, *due.later)))


def _exhibits(report: Report) -> Iterator[str]:
    yield from _heading(7, _("Exhibits"))
    if report.originals_open:
        yield from _table(
            (_("Electronic originals that could still be had"), _("What it is"), _("The original")),
            ((e.item.id, e.item.title, e.original) for e in report.originals_open),
        )
    for exhibit in report.exhibits:
        yield from _card(exhibit.item, _identity(exhibit))
        if exhibit.inside is not None:
            yield from _inside(exhibit.inside)


def _inside(found: Inside) -> Iterator[str]:
    """What was read in an exhibit, each message with its bytes' place and hash."""
    told = _("What was read in it; the original is what counts")
    yield inline(f"{told}: {found.counted}" + (f" · {found.span}" if found.span else ""))
    yield ""
    if found.way is not None:
        yield from _way(found.way)
    for message in found.messages:
        rows = (
            (_("From"), message.sender),
            (_("Sent"), message.sent),
            (_("Saved") if message.kind == "page" else _("Received"), message.received),
            (_("Subject"), message.subject),
            (_("Attachments"), ", ".join(message.attachments)),
            (_("Remarks"), "; ".join(message.remarks)),
            (_("Where"), message.place),
            ("SHA-256", message.sha256),
        )
        yield from _table(("", str(message.number)), ((n, told) for n, told in rows if told))
        if message.text:
            yield fenced(message.text + ("…" if message.is_cut else ""))
            yield ""
    facts = [*found.facts, *([(_("Made, as it says itself"), found.taken)] if found.taken else [])]
    if facts:
        yield from _table((_("What it says of itself"), ""), facts)
    for line in (found.more, *found.unread):
        if line:
            yield inline(line)
            yield ""


def _way(way: Way) -> Iterator[str]:
    """The way of a mail, the first step on top, and what was recorded of it."""
    title = _("The way of message {n}, the first step on top").format(n=way.number)
    rows = ((one.trust, one.time, one.by, one.address) for one in way.legs)
    yield inline(title)
    yield ""
    yield from _table((_("How sure"), _("When"), _("Written by"), _("From")), rows)
    for line in (way.told, way.because, way.letter):
        if line:
            yield inline(line)
            yield ""


def _identity(exhibit: Exhibit) -> Sequence[tuple[str, str]]:
    return (
        ("SHA-256", exhibit.sha256),
        (_("Size"), exhibit.size),
        (_("Type of the bytes"), exhibit.media_type),
    )


def _kept(report: Report) -> Iterator[str]:
    facts = report.facts
    yield from _heading(8, _("How it was kept"))
    for text in (*report.kept, report.verdict, report.completeness):
        yield inline(text)
        yield ""
    if facts.findings:
        yield from _table(
            (_("Name"), _("Weight"), _("Where"), _("What it means")),
            ((found.code, found.severity, found.where, found.message) for found in facts.findings),
        )
    if facts.note:
        yield fenced(facts.note.rstrip("\n"))
        yield ""
    yield from _pairs(
        (
            (_("Root of the tree"), facts.root),
            (_("Public key"), facts.key),
            (_("Bytes of originals"), f"{facts.bytes_:,}"),
            (_("Report made with"), facts.tool),
            (_("Zone of the record"), facts.tz),
            (
                _("The record was built following the principles of"),
                "; ".join(report.principles),
            ),
        )
    )


def _check(report: Report) -> Iterator[str]:
    yield from _heading(9, _("How to check it"))
    for step in report.steps:
        yield f"### {inline(step.title)}"
        yield ""
        yield inline(step.text)
        yield ""
        if step.command:
            yield fenced(step.command)
            yield ""


def _custody(items: Sequence[Item]) -> Iterator[str]:
    yield from _heading(10, _("Custody"))
    yield from _table(
        (_("Entry"), _("Recorded"), _("What happened"), _("line SHA-256")),
        (
            (
                f"{item.id} (#{item.seq})",
                f"{item.recorded}, {item.by}",
                _event(item),
                item.line_sha256,
            )
            for item in items
        ),
    )


def _event(item: Item) -> str:
    said = (
        f"{one.label}: {', '.join((*one.texts, *one.ids))}"
        for one in item.details
        if one.texts or one.ids
    )
    return "; ".join((item.title, *said))


def _corrections(corrections: Iterable[Correction]) -> Iterator[str]:
    yield from _heading(11, _("Corrections"))
    for one in corrections:
        what = _("Withdrawal of") if one.kind == "withdrawn" else _("Correction of")
        yield f"### {inline(one.id)} {inline(what)} {inline(one.target)}"
        yield ""
        yield from _pairs(
            (
                (_("Recorded"), f"{one.recorded}, {one.by}, #{one.seq}"),
                (_("Reason"), one.reason),
            )
        )
        if one.changes:
            yield from _table(
                (_("Field"), _("Before"), _("Since then")),
                ((c.label, "; ".join(c.before), "; ".join(c.after)) for c in one.changes),
            )


def _card(item: Item, more: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    yield f"### {inline(item.id)} {inline(item.title)}{inline(_marks(item))}"
    yield ""
    moment = item.moment
    rows = [*more, (_("Happened"), ", ".join(filter(None, (moment.words, moment.basis))))]
    rows.append((_("typed as"), moment.as_typed))
    rows += [
        (one.label, "; ".join((*one.texts, *one.ids))) for one in item.details if _is_short(one)
    ]
    rows.append((_("Withdrawn"), item.withdrawn_reason if item.is_withdrawn else ""))
    rows.append((_("Recorded"), _trail(item)))
    yield from _pairs(rows)
    for one in item.details:
        if not _is_short(one):
            yield f"{inline(one.label)}:"
            yield ""
            for text in one.texts:
                yield fenced(text)
                yield ""
    yield f"{_('line SHA-256')} `{item.line_sha256}`"
    yield ""


def _trail(item: Item) -> str:
    return ", ".join(filter(None, (item.recorded, item.delay, item.by, f"#{item.seq}")))


def _is_short(detail: Detail) -> bool:
    return detail.style == "line" and not any("\n" in text for text in detail.texts)


def _marks(item: Item) -> str:
    said = [_("withdrawn")] if item.is_withdrawn else []
    if item.is_amended:
        said.append(_("corrected"))
    if item.after_demand:
        said.append(_("after the demand {id}").format(id=item.after_demand))
    return f" ({', '.join(said)})" if said else ""


def _heading(number: int, title: str) -> Iterator[str]:
    yield f"## {number}. {inline(title)}"
    yield ""


def _bullets(lines: Iterable[str]) -> Iterator[str]:
    said = [f"- {inline(line)}" for line in lines]
    if said:
        yield from said
        yield ""


def _pairs(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    said = [f"- **{inline(label)}:** {inline(text)}" for label, text in rows if text]
    if said:
        yield from said
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(inline, head))} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(inline(cell) or '-' for cell in row)} |"
    yield ""

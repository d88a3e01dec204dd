"""The report as JSON: for programs, with every record exactly as it stands in the vault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from stalklog.report.base import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.report.model import (
        Aftermath,
        Correction,
        Facts,
        Filtering,
        Inside,
        Item,
        Report,
        Way,
    )

SCHEMA: Final = 1
"""Raised whenever a field changes its meaning or goes away."""
_ESCAPED: Final = frozenset("<>&")
_PLANE: Final = 0x10000


def write(report: Report) -> tuple[Part, ...]:
    """The report as one JSON file."""
    text = json.dumps(_report(report), ensure_ascii=False, indent=1) + "\n"
    return (Part("report.json", inert(text).encode("utf-8")),)


def inert(text: str) -> str:
    r"""The same JSON with everything that hides, steers or opens markup written as `\uXXXX`.

    Such characters stand only inside strings, so a reader of JSON gets exactly what it would
    have got; a terminal, an editor or a web page that shows the file gets nothing to obey.
    """
    return "\n".join(
        line
        if line.isprintable() and _ESCAPED.isdisjoint(line)
        else "".join(char if _is_plain(char) else _escaped(char) for char in line)
        for line in text.split("\n")
    )


def _is_plain(char: str) -> bool:
    return char.isprintable() and char not in _ESCAPED


def _escaped(char: str) -> str:
    code = ord(char)
    if code < _PLANE:
        return f"\\u{code:04x}"
    code -= _PLANE
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _report(report: Report) -> JsonObject:
    return {
        "format": "stalklog-report",
        "schema": SCHEMA,
        "title": report.title,
        "language": report.language,
        "record": _facts(report.facts),
        "shows": [*report.shows],
        "does_not_show": [*report.does_not_show],
        "limits": [*report.limits],
        "filtered": _filtering(report.filtering),
        "case": report.person.fields,
        "entries": [_item(item) for item in _items(report)],
        "demands": [
            {"id": demand.item.id, "after": _aftermath(demand.aftermath)}
            for demand in report.demands
        ],
        "chronology": [_row(item) for chapter in report.chronology for item in chapter.items],
        "chronology_note": report.chronology_note,
        "due": [
            {
                "on": None if due.on is None else due.on.isoformat(),
                "days": None if due.on is None else due.days,
                "contact": due.item.id if due.item.log == "contacts" else None,
                "entry": due.item.id,
                "kind": due.kind,
                "what": due.what,
                "rule": due.rule or None,
                "basis": due.basis or None,
                "remark": due.remark or None,
                "overdue": due.is_overdue,
                "later": [*due.later],
            }
            for due in report.due
        ],
        "pattern": report.pattern_counts or None,
        "originals_open": [exhibit.item.id for exhibit in report.originals_open],
        "objects": [
            {
                "id": exhibit.item.id,
                "path": exhibit.path,
                "sha256": exhibit.sha256,
                **({"inside": _inside(exhibit.inside)} if exhibit.inside else {}),
            }
            for exhibit in report.exhibits
        ],
        "steps": [
            {"title": step.title, "text": step.text, "command": step.command}
            for step in report.steps
        ],
    }


def _row(item: Item) -> JsonObject:
    """Where an entry stands in the order of time; the earliest and the latest that it can be."""
    moment = item.moment
    return {
        "id": item.id,
        "when": moment.words,
        "earliest": moment.start.isoformat() if moment.start else None,
        "latest": moment.end.isoformat() if moment.end else None,
        "zone_known": moment.start is not None and moment.wall is None,
        "basis": moment.basis or None,
    }


def _inside(found: Inside) -> JsonObject:
    """What was read in an exhibit: derived, in the words of the report."""
    return {
        "reader": found.reader,
        "counted": found.counted,
        "span": found.span,
        "senders": [*found.senders],
        "messages": [
            {
                "number": one.number,
                "parent": one.parent,
                "kind": one.kind,
                "sender": one.sender,
                "sent": one.sent,
                "received": one.received,
                "subject": one.subject,
                "text": one.text,
                "cut": one.is_cut,
                "attachments": [*one.attachments],
                "remarks": [*one.remarks],
                "place": one.place,
                "sha256": one.sha256,
            }
            for one in found.messages
        ],
        "more": found.more,
        "unread": [*found.unread],
        "facts": dict(found.facts),
        "taken": found.taken,
        **({"way": _way(found.way)} if found.way else {}),
    }


def _way(way: Way) -> JsonObject:
    """The way of a mail; `trace --json` tells more."""
    return {
        "message": way.number,
        "told": way.told,
        "because": way.because,
        "letter": way.letter,
        "legs": [
            {
                "observed": one.is_observed,
                "time": one.time,
                "by": one.by,
                "address": one.address,
            }
            for one in way.legs
        ],
    }


def _items(report: Report) -> Iterable[Item]:
    """Every entry of the report, in the order of the chain."""
    items = [
        *report.threats,
        *(demand.item for demand in report.demands),
        *report.contacts,
        *(exhibit.item for exhibit in report.exhibits),
        *report.custody,
    ]
    return sorted(items, key=lambda item: item.seq)


def _facts(facts: Facts) -> JsonObject:
    return {
        "vault": facts.vault_id,
        "origin": facts.origin,
        "key": facts.key,
        "size": facts.size,
        "head": facts.head,
        "root": facts.root,
        "note": facts.note,
        "verdict": facts.verdict,
        "entries": facts.entries,
        "objects": facts.objects,
        "bytes": facts.bytes_,
        "completeness": facts.completeness,
        "first_broken_seq": facts.first_broken_seq,
        "findings": [
            {
                "code": found.code,
                "severity": found.severity,
                "where": found.where,
                "message": found.message,
            }
            for found in facts.findings
        ],
        "tool": facts.tool,
        "generated_at": facts.generated_at.isoformat(timespec="seconds"),
        "tz": facts.tz,
    }


def _filtering(filtering: Filtering | None) -> JsonValue:
    if filtering is None:
        return None
    return {
        "rules": [*filtering.rules],
        "shown": filtering.shown,
        "left_out": filtering.left_out,
    }


def _item(item: Item) -> JsonObject:
    return {
        "id": item.id,
        "seq": item.seq,
        "log": item.log,
        "type": item.type,
        "recorded_at": item.recorded_at,
        "by": item.by,
        "tool": item.tool,
        "line_sha256": item.line_sha256,
        "amended": item.is_amended,
        "withdrawn": item.is_withdrawn,
        "withdrawn_reason": item.withdrawn_reason or None,
        "after_demand": item.after_demand or None,
        "delay": item.delay or None,
        "exhibits": [*item.evidence],
        "fields": item.fields,
        "history": [_correction(correction) for correction in item.corrections],
    }


def _correction(correction: Correction) -> JsonObject:
    return {
        "id": correction.id,
        "seq": correction.seq,
        "kind": correction.kind,
        "recorded_at": correction.recorded_at,
        "by": correction.by,
        "reason": correction.reason,
        "applied": correction.is_applied,
        "changes": [
            {"field": change.name, "before": change.was, "after": change.is_now}
            for change in correction.changes
        ],
    }


def _aftermath(found: Aftermath | None) -> JsonValue:
    if found is None:
        return None
    return {
        "threats": found.threats,
        "exhibits": found.messages,
        "unclear": found.unclear,
        "undated": found.undated,
        "before": found.before,
        "first": found.first.id if found.first else None,
        "latest": found.latest.id if found.latest else None,
        "ways": [{"way": count.label, "number": count.number} for count in found.channels],
    }

"""The report as a folder of CSV files, one for each log, that no spreadsheet takes as formulas."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.report.base import MANIFEST, Part
from stalklog.report.words import FIELDS
from stalklog.safety.text import ZWJ, ZWNJ, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stalklog.core.entry import JsonValue
    from stalklog.report.model import Correction, Item, Report

_WIDE: Final = "\uff1d\uff0b\uff0d\uff20"
"""The full-width forms of = + - @, which some spreadsheets take for them."""
GUARDED: Final = frozenset(f"=+-@{_WIDE}\t\r\n'")
"""What a spreadsheet may take as the start of a formula, and the guard itself."""
_UNSEEN: Final = f" \u00a0{ZWNJ}{ZWJ}"
"""What some spreadsheets pass over before they look for a formula."""
_LEAD: Final = (
    "id",
    "seq",
    "recorded_at",
    "by",
    "delay",
    "happened",
    "exhibits",
    "after_demand",
    "amended",
    "withdrawn",
    "withdrawn_reason",
)
_TAIL: Final = ("tool", "line_sha256")


def write(report: Report) -> tuple[Part, ...]:
    """A CSV file for the order of time, for each log and for the corrections, and a README."""
    logs: dict[str, Sequence[Item]] = {
        "evidence": [exhibit.item for exhibit in report.exhibits],
        "threats": report.threats,
        "contacts": report.contacts,
        "demands": [demand.item for demand in report.demands],
        "custody": report.custody,
    }
    return (
        Part("chronology.csv", _table(_chronology(report))),
        *(Part(f"{log}.csv", _table(_rows(log, items))) for log, items in logs.items()),
        Part("corrections.csv", _table(_corrections(report.corrections))),
        Part("README.txt", _readme(report).encode("utf-8")),
    )


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes as a formula: a `'` is put before one that might be."""
    return f"'{text}" if not GUARDED.isdisjoint((text[:1], text.lstrip(_UNSEEN)[:1])) else text


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to show Hindi; every cell quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(safe(cell, keep_newlines=True)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _chronology(report: Report) -> Iterable[Sequence[str]]:
    """Everything in the order of time, as the other formats show it."""
    yield ("happened", "earliest", "latest", "zone_known", "id", "exhibits", "what", "substance",
           "basis", "recorded_at")  # fmt: skip
    for chapter in report.chronology:
        for item in chapter.items:
            moment = item.moment
            yield (
                moment.words,
                moment.start.isoformat() if moment.start else "",
                moment.end.isoformat() if moment.end else "",
                _yes(moment.start is not None and moment.wall is None),
                item.id,
                ", ".join(item.evidence),
                item.title,
                item.headline,
                moment.basis,
                item.recorded_at,
            )


def _rows(log: str, items: Sequence[Item]) -> Iterable[Sequence[str]]:
    known = FIELDS[log]
    others = sorted({name for item in items for name in item.fields}.difference(known))
    columns = (*known, *others)
    yield (*_LEAD, *columns, *_TAIL)
    for item in items:
        yield (*_lead(item), *(_cell(item.fields.get(name)) for name in columns), *_tail(item))


def _lead(item: Item) -> Sequence[str]:
    return (
        item.id,
        str(item.seq),
        item.recorded_at,
        item.by,
        item.delay,
        "" if item.log == "custody" else item.moment.words,
        ", ".join(item.evidence),
        item.after_demand,
        _yes(item.is_amended),
        _yes(item.is_withdrawn),
        item.withdrawn_reason,
    )


def _tail(item: Item) -> Sequence[str]:
    return (item.tool, item.line_sha256)


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)


def _yes(claim: bool) -> str:  # noqa: FBT001 - a value to show, no switch
    return "yes" if claim else ""


def _corrections(corrections: Iterable[Correction]) -> Iterable[Sequence[str]]:
    yield (
        "id",
        "seq",
        "corrects",
        "kind",
        "recorded_at",
        "by",
        "reason",
        "field",
        "before",
        "after",
    )
    for one in corrections:
        lead = (one.id, str(one.seq), one.target, one.kind, one.recorded_at, one.by, one.reason)
        if not one.changes:
            yield (*lead, "", "", "")
        for change in one.changes:
            yield (*lead, change.name, "\n".join(change.before), "\n".join(change.after))


def _readme(report: Report) -> str:
    facts = report.facts
    filtering = report.filtering
    lines = [
        report.title,
        report.generated,
        "",
        _("Record {id}, {size} entries, head {head}").format(
            id=facts.vault_id, size=facts.size, head=facts.head
        ),
        report.verdict,
        report.completeness,
    ]
    if filtering is not None:
        lines += [
            "",
            _("This report does not show the whole record: {rules}.").format(
                rules="; ".join(filtering.rules)
            ),
            _("Shown: {shown}. Left out: {left_out}.").format(
                shown=filtering.shown, left_out=filtering.left_out
            ),
            *([filtering.remark] if filtering.remark else []),
        ]
    lines += ["", _("How to read these files"), *(f"- {line}" for line in _notes(report))]
    lines += ["", _("What this record shows"), *(f"- {line}" for line in report.shows)]
    lines += ["", _("What it does not show"), *(f"- {line}" for line in report.does_not_show)]
    lines += ["", _("Limits"), *(f"- {line}" for line in report.limits)]
    lines += ["", _("How to check it"), *_steps(report)]
    return safe("\n".join(lines) + "\n", keep_newlines=True)


def _notes(report: Report) -> Sequence[str]:
    return (
        f"chronology.csv: {report.chronology_note}",
        _(
            "One file for each log, UTF-8 with a byte-order mark, comma between the cells, every "
            "cell in double quotes, lines ended by CR LF. Cells with several values join them by "
            "“; ”; cells with parts inside hold JSON."
        ),
        _(
            "A formula guard is on: a cell that begins with = + - @ or their wide forms {wide}, "
            "with a line end, or with an apostrophe, also behind spaces or joiners, has one "
            "apostrophe (') put before it, so that no spreadsheet runs what a stranger wrote. To "
            "get the text back, take one leading apostrophe off."
        ).format(wide=" ".join(_WIDE)),
        _(
            "Invisible and steering characters are shown as [U+…], and a tab as a space. Some "
            "spreadsheets cut a cell after 32,767 characters. The exact texts are in the JSON form "
            "of this report."
        ),
        _("“sha256sum --check {manifest}” checks these files.").format(manifest=MANIFEST),
    )


def _steps(report: Report) -> Iterable[str]:
    for step in report.steps:
        yield f"- {step.title}: {step.text}"
        yield from (f"    {line}" for line in step.command.splitlines())

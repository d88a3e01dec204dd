"""Every field of every record filled with what a stranger might write to do harm."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, cast

from tests.report.ledger import Ledger
from tests.report.looks import look

from stalklog.records.schema import check_body
from stalklog.records.types import RECORD_TYPES, model_of
from stalklog.records.view import Change, current
from stalklog.report.beside import Beside
from stalklog.report.build import build
from stalklog.report.due import Reminder
from stalklog.report.model import Choice, Finding
from stalklog.report.pattern.count import count
from stalklog.report.pattern.event import Event, LeftOut, Step, When

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.view import Shown
    from stalklog.report.model import Report
    from stalklog.report.pattern.count import Pattern

STRINGS = (
    "<script>alert(1)</script>",
    "</style></script><img src=x onerror=alert(1)><iframe src='https://example.com'>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% include 'report.css' %}",
    '=HYPERLINK("https://example.com")',
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\uff1d1+1",
    " =1+1",
    "\t=1",
    "\r=1",
    "'quoted",
    "\x1b]0;title\x07\x1b[31mred",
    "\x9b31m",
    "\u202egnp.exe\u2066",
    "```\n# heading\n````\n<b>bold</b>",
    "| a | b |\n| --- | --- |",
    "# heading",
    "1. one",
    "- item",
    "> quote",
    "[link](javascript:alert(1)) <https://example.com> https://example.com a@example.com",
    "![picture](https://example.com/x.png)",
    "www.example.com :smile: $x$ ~~no~~ ==mark== [^1]",
    "x" * 5000,
    "line one\r\nline two\n\nline four",
    "\u2028\u2029\u200b\ufeff",
    "तुम कहीं भी जाओ 👩🏽‍💻 क्‍या",
    "E-0001",
    "&lt;b&gt; &amp;",
    "\\",
    "`",
    "*",
    "---",
)

_PATTERNED = (
    "2026-11-20T21:30:00+05:30",
    "2026-11-20",
    "Asia/Kolkata",
    "E-0001",
    "C-0001",
    "T-0001",
    "ab" * 32,
    "5a" * 16,
    "YWJj",
)


def full_body(type_name: str, text: str) -> JsonObject:
    """A body of this type with every field set, and the text wherever any text may stand."""
    schema = _schema(type_name)
    body = cast("JsonObject", _fill(schema, schema, text))
    for other in ("name_base64", "relative_path_base64", "unset"):
        body.pop(other, None)
    assert check_body(type_name, body) is None, check_body(type_name, body)
    return body


def hostile_report(text: str, *, confidential: str = "CANARY") -> Report:
    """A report in which this text stands wherever a stranger's text can stand."""
    ledger = Ledger()
    ledger.add("vault.created", {})
    for type_name in RECORD_TYPES.values():
        ledger.add(type_name, full_body(type_name, text))
    case = full_case(text, confidential=confidential)
    ledger.add("case.noted", {"set": case})
    for type_name in ("report.made", "checkpoint.made", "recovery.done"):
        ledger.add(type_name, full_body(type_name, text))
    shown = [_corrected(entry, text) for entry in current(ledger.entries)]
    finding = Finding(text, "fault", text, text)
    facts = ledger.facts(findings=(finding,), verdict="damaged")
    beside = Beside((reminder(text),), pattern_of(text))
    return build(shown, case, facts, Choice(), {"E-0001": look(text)}, beside)


def reminder(text: str) -> Reminder:
    """Something that is due by a rule of somebody's own."""
    day = date(2026, 11, 20)
    return Reminder("C-0001", "their_duty", text, day, "10:00", -4, True, text, text, text)


def pattern_of(text: str) -> Pattern:
    """A pattern whose every name is a stranger's."""
    moment = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    when = When(moment, moment, moment.date(), moment.date(), 21)
    events = (
        Event("T-0001", "incident", when, text, harms=(text,)),
        Event("E-0001", "message", when, text, account=text, audience="alone"),
    )
    return count(events, (Step("D-0001", "demand", text, when),), LeftOut(), text)


def full_case(text: str, *, confidential: str) -> JsonObject:
    """The particulars of a case, with the confidential ones told apart."""
    noted = full_body("case.noted", text)
    case = noted["set"]
    assert isinstance(case, dict)
    return {**case, **dict.fromkeys(("name", "contact", "safe_contact"), confidential)}


@cache
def _schema(type_name: str) -> JsonObject:
    return model_of(type_name).model_json_schema(by_alias=True)


def _corrected(shown: Shown, text: str) -> Shown:
    if shown.log == "custody":
        return replace(shown, by=text, tool=text)
    change = Change(
        id=f"{shown.id}.1",
        seq=90 + shown.seq,
        at="2026-11-20T10:00:00.000Z",
        by=text,
        kind="amended",
        reason=text,
        set=shown.fields,
        unset=("words",),
        fields_before=shown.fields,
    )
    withdrawn = replace(change, id=f"{shown.id}.2", kind="withdrawn", set={}, unset=())
    return replace(
        shown,
        by=text,
        tool=text,
        amended=True,
        withdrawn=shown.log == "evidence",
        withdrawn_reason=text,
        history=(change, withdrawn),
    )


def _fill(node: JsonObject, root: JsonObject, text: str) -> JsonValue:
    if "$ref" in node:
        return _fill(_resolve(str(node["$ref"]), root), root, text)
    if "anyOf" in node:
        options = [one for one in _list(node["anyOf"]) if one.get("type") != "null"]
        return _fill(options[0], root, text)
    if "enum" in node:
        choices = cast("list[str]", node["enum"])
        return "exact" if "exact" in choices else choices[0]
    if "const" in node:
        return node["const"]
    return _fill_type(node, root, text)


def _fill_type(node: JsonObject, root: JsonObject, text: str) -> JsonValue:
    kind = node.get("type")
    if kind == "object":
        properties = cast("dict[str, JsonObject]", node.get("properties", {}))
        return {name: _fill(one, root, text) for name, one in properties.items()}
    if kind == "array":
        return [_fill(cast("JsonObject", node["items"]), root, text)]
    if kind == "integer":
        return 5
    if kind == "boolean":
        return True
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        return next(one for one in _PATTERNED if re.search(pattern, one))
    return text


def _resolve(ref: str, root: JsonObject) -> JsonObject:
    return cast("dict[str, JsonObject]", root["$defs"])[ref.rpartition("/")[2]]


def _list(value: JsonValue) -> list[JsonObject]:
    return cast("list[JsonObject]", value)

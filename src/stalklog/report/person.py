"""The persons by alias, and the identifiers: never a name or a way to reach her."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stalklog.report.detail import CASE_FIELDS, detail, text_of
from stalklog.report.model import Identifier, Person, Reference
from stalklog.report.moment import understood
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue


def person(case: JsonObject) -> Person:
    """The persons by alias, and the identifiers; only what a report may show is read at all."""
    fields: JsonObject = {name: case[name] for name in CASE_FIELDS if name in case}
    return Person(
        alias=safe(text_of(fields, "alias")),
        operator=safe(text_of(fields, "operator"), keep_newlines=True),
        relation=safe(text_of(fields, "relation"), keep_newlines=True),
        country=safe(text_of(fields, "country")),
        references=tuple(
            Reference(safe(text_of(one, "type")), safe(text_of(one, "value")))
            for one in _objects(fields.get("references"))
        ),
        identifiers=tuple(map(_identifier, _objects(fields.get("identifiers")))),
        fields=fields,
    )


def _identifier(one: JsonObject) -> Identifier:
    first_seen = one.get("first_seen")
    return Identifier(
        kind=safe(text_of(one, "kind")),
        value=safe(text_of(one, "value")),
        first_seen=understood(first_seen).words if first_seen else "",
        ids=detail("case", "evidence", one["evidence"]).ids if "evidence" in one else (),
    )


def _objects(value: JsonValue) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

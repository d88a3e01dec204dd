"""The light tables that the command line is built from say what the records say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.cli.field import CONTACT, DEMAND, EVIDENCE, THREAT
from stalklog.cli.plan import CONTACT_QUESTIONS, DEMAND_QUESTIONS, THREAT_QUESTIONS
from stalklog.cli.records import CONTACTS, DEMANDS, THREATS
from stalklog.records.field import fields_of
from stalklog.records.naming import Identifier, Reference
from stalklog.records.typed import FIXED
from stalklog.records.types import model_of

if TYPE_CHECKING:
    from stalklog.cli.field import Field, RecordFields
    from stalklog.cli.plan import Asked

_TABLES = {
    "threat.logged": THREAT,
    "contact.logged": CONTACT,
    "demand.made": DEMAND,
    "evidence.added": EVIDENCE,
}
_TIMES = {"when", "until", "precision", "basis"}
_TOLD_FROM_THE_FILE = {
    *FIXED,
    "name",
    "name_base64",
    "relative_path",
    "relative_path_base64",
    "media_type",
    "source_times",
}


@pytest.mark.parametrize(("name", "table"), _TABLES.items())
def test_a_table_has_every_field_of_its_record_and_no_other(name: str, table: RecordFields) -> None:
    expected = set(fields_of(model_of(name))) - _TOLD_FROM_THE_FILE - {"occurred"}
    assert {field.name for field in table} == expected | _TIMES


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, table in _TABLES.items() for field in table]
)
def test_a_field_takes_what_its_record_takes(name: str, field: Field) -> None:
    if field.name in _TIMES:
        return
    real = fields_of(model_of(name))[field.name]
    assert field.is_many == real.is_many
    if field.kind != "nested":
        assert field.choices == real.choices
    kinds = {"line": "text", "text": "text", "when": "time", "ids": "id"}
    is_pair = real.model in {Reference, Identifier}
    assert kinds.get(field.kind, field.kind) == ("text" if is_pair else real.kind)


@pytest.mark.parametrize("name", ["precision", "basis"])
def test_how_a_time_is_known_takes_what_the_record_takes(name: str) -> None:
    from stalklog.records.base import Occurred  # noqa: PLC0415 - beside its only use

    assert THREAT[name].choices == fields_of(Occurred)[name].choices


@pytest.mark.parametrize("field", [CONTACT["official_report"], DEMAND["response"]])
def test_a_choice_inside_a_field_is_the_records(field: Field) -> None:
    name = "contact.logged" if field.name == "official_report" else "demand.made"
    inner = fields_of(model_of(name))[field.name].model
    assert inner is not None
    assert field.choices == fields_of(inner)[inner.shorthand].choices


@pytest.mark.parametrize("asked", [*CONTACT_QUESTIONS, *DEMAND_QUESTIONS])
def test_a_question_names_every_sort_of_number(asked: Asked) -> None:
    sorts = {
        "references": fields_of(Reference)["type"].choices,
        "identifiers": fields_of(Identifier)["kind"].choices,
    }
    assert asked.starts == sorts.get(asked.name, ())


def test_every_question_is_for_a_field() -> None:
    for plan in (THREATS, CONTACTS, DEMANDS):
        for asked in plan.questions:
            assert plan.fields[asked.name].is_essential
    assert THREAT_QUESTIONS[0].name == "recollection"

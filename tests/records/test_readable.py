"""What the commands cannot reckon with is not read; what is valid always is, without the schema."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.records.sample import BODIES, LEAST
from tests.vault.altered import altered_objects
from tests.vault.campaign import IS_LONG

from stalklog.records.readable import NEEDED, is_moment, is_readable
from stalklog.records.schema import check_body
from stalklog.records.types import TYPES, model_of

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject


@pytest.mark.parametrize("type_name", TYPES)
def test_a_body_with_every_field_is_readable_and_so_is_one_with_few(type_name: str) -> None:
    body = BODIES[type_name]
    assert is_readable(type_name, body)
    assert is_readable(type_name, LEAST.get(type_name, body))


@pytest.mark.parametrize("type_name", TYPES)
def test_what_a_body_cannot_be_without_is_what_its_record_needs(type_name: str) -> None:
    fields = model_of(type_name).model_fields
    assert NEEDED[type_name] == {name for name, field in fields.items() if field.is_required()}
    for name in NEEDED[type_name]:
        rest = {key: value for key, value in BODIES[type_name].items() if key != name}
        assert not is_readable(type_name, rest)


@pytest.mark.parametrize(
    ("type_name", "change"),
    [
        ("threat.logged", {"occurred": {"start": "not a date", "precision": "day"}}),
        ("threat.logged", {"occurred": {"start": "2026-02-30T00:00:00Z", "precision": "day"}}),
        ("threat.logged", {"occurred": {"start": "2026-11-20T21:30:00", "precision": "exact"}}),
        ("threat.logged", {"occurred": {"start": "2026-W47-5T21:30:00Z", "precision": "exact"}}),
        ("threat.logged", {"occurred": {"start": "2026-11-20", "precision": "day"}}),
        ("threat.logged", {"occurred": {"start": ["x"], "precision": "day"}}),
        ("threat.logged", {"occurred": "yesterday"}),
        ("threat.logged", {"occurred": None}),
        ("demand.made", {"occurred": {"start": "2026-11-20T21:30:00Z", "end": "?"}}),
        ("report.made", {"occurred": ["a field of another record"]}),
        ("evidence.added", {"sha256": "../" * 21 + "x"}),
        ("evidence.added", {"sha256": "ab"}),
        ("evidence.added", {"sha256": 5}),
        ("contact.logged", {"follow_up": "soon"}),
        ("contact.logged", {"follow_up": "20261205"}),
        ("contact.logged", {"follow_up": "2026-02-30"}),
        ("contact.logged", {"follow_up": ["2026-12-05"]}),
        ("entry.amended", {"amends": "#" + "9" * 5000}),
        ("entry.amended", {"amends": ["T-0001"]}),
        ("entry.withdrawn", {"withdraws": {"id": "T-0001"}}),
        ("threat.logged", {"amends": ["a field of another record"]}),
        ("no.such", {}),
    ],
)
def test_what_the_commands_cannot_reckon_with_is_not_read(
    type_name: str, change: JsonObject
) -> None:
    assert not is_readable(type_name, {**BODIES.get(type_name, {}), **change})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-11-20T21:30:00+05:30", True),
        ("2026-11-20T16:00:00.123456Z", True),
        ("2024-02-29T00:00:00Z", True),
        ("2026-02-29T00:00:00Z", False),
        ("2026-11-20T21:30:00", False),
        ("2026-11-20 21:30:00Z", False),
        ("20261120T213000Z", False),
        ("", False),
        (None, False),
        (5, False),
    ],
)
def test_a_moment_is_one_of_the_calendar_with_its_offset(text: object, is_one: bool) -> None:
    assert is_moment(text) == is_one


@settings(max_examples=30_000 if IS_LONG else 400, deadline=None)
@given(st.data())
def test_whatever_is_valid_is_readable(data: st.DataObject) -> None:
    type_name = data.draw(st.sampled_from(sorted(BODIES)))
    body = data.draw(altered_objects(copy.deepcopy(BODIES[type_name])))
    if check_body(type_name, body) is None:
        assert is_readable(type_name, body)


def test_the_schema_is_not_loaded_for_it() -> None:
    code = (
        "import sys; from stalklog.records.readable import is_readable;"
        "assert is_readable('contact.logged', {'agency': 'A', 'kind': 'other'});"
        "assert not is_readable('contact.logged', {'agency': 'A'});"
        "assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""The closed set of types, their links, and that knowing them costs no time at start-up."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.records.sample import BODIES

from stalklog.records.base import Record
from stalklog.records.field import fields_of
from stalklog.records.links import LINK_FIELDS, links
from stalklog.records.types import LOGS, PREFIXES, TYPES, can_stand_in, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_each_type_has_its_log_and_a_record() -> None:
    assert set(TYPES) == set(BODIES)
    for name, entry_type in TYPES.items():
        assert entry_type.name == name
        assert issubclass(model_of(name), Record)
        if entry_type.log is None:
            assert entry_type.prefix is None
        else:
            assert entry_type.prefix == PREFIXES[entry_type.log]


def test_the_set_of_types_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TYPES["other"] = TYPES["threat.logged"]  # type: ignore[index]


def test_amendments_stand_in_the_log_of_a_record_and_never_in_custody() -> None:
    for type_name in ("entry.amended", "entry.withdrawn"):
        assert [log for log in LOGS if can_stand_in(type_name, log)] == list(LOGS[:4])
    assert [log for log in LOGS if can_stand_in("threat.logged", log)] == ["threats"]
    assert not can_stand_in("unknown.type", "threats")
    assert not can_stand_in("threat.logged", "entries")


def link_paths(model: type[Record], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for field in fields_of(model).values():
        if field.kind == "id":
            yield (*path, field.name)
        elif field.model is not None:
            yield from link_paths(field.model, (*path, field.name))


@pytest.mark.parametrize("type_name", TYPES)
def test_every_field_that_takes_an_id_is_followed(type_name: str) -> None:
    known = set(LINK_FIELDS.get(type_name, ()))
    wanted = set(link_paths(model_of(type_name)))
    if type_name == "entry.amended":
        for target in ("evidence.added", "threat.logged", "contact.logged", "demand.made"):
            wanted |= {("set", *path) for path in link_paths(model_of(target))}
        wanted.add(("amends",))
    if type_name == "entry.withdrawn":
        wanted.add(("withdraws",))
    assert known == wanted


def test_links_are_told_in_the_order_of_the_fields() -> None:
    assert list(links("evidence.added", BODIES["evidence.added"])) == ["E-0001", "T-0001", "#7"]
    assert list(links("contact.logged", BODIES["contact.logged"])) == [
        "E-0003",
        "E-0004",
        "E-0005",
        "E-0006",
        "C-0001",
    ]
    assert list(links("demand.made", BODIES["demand.made"])) == [
        "E-0007",
        "E-0008",
        "E-0009",
        "E-0010",
    ]
    assert list(links("entry.amended", BODIES["entry.amended"])) == ["T-0003", "E-0011"]
    assert list(links("entry.withdrawn", BODIES["entry.withdrawn"])) == ["#41"]
    assert list(links("case.noted", BODIES["case.noted"])) == ["E-0001"]
    assert list(links("report.made", BODIES["report.made"])) == ["T-0001", "X-0001"]
    assert list(links("unknown.type", {"amends": "T-0001"})) == []


def test_links_of_a_malformed_body_do_not_fail() -> None:
    assert (
        list(links("contact.logged", {"sent": {"x": 1}, "evidence_given": [1, [{"ids": 2}]]})) == []
    )


def test_types_links_and_view_load_neither_pydantic_nor_dateutil() -> None:
    code = (
        "import sys, stalklog.records.types, stalklog.records.links, stalklog.records.view;"
        "print(sorted({'pydantic', 'dateutil', 'zoneinfo'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_a_time_does_not_load_dateutil() -> None:
    code = (
        "import sys; from datetime import *; from zoneinfo import ZoneInfo;"
        "from stalklog.records.when import read_when;"
        "read_when('yesterday 21:30', now=datetime(2026, 11, 24, tzinfo=UTC), tz=ZoneInfo('UTC'));"
        "print('dateutil' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

"""A body is what its type says, or the field that is not is named, and never what it holds."""

from __future__ import annotations

import ast
import json
import timeit
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.records.sample import BODIES, HASH, LEAST

from stalklog.core import canonical
from stalklog.errors import RecordNotValidError
from stalklog.records import base
from stalklog.records.base import reason_of
from stalklog.records.schema import check_body
from stalklog.records.types import TYPES, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stalklog.core.entry import JsonObject, JsonValue
    from stalklog.records.base import Record

STRANGE = "zzsecretzz"


def with_value(type_name: str, **fields: JsonValue) -> JsonObject:
    return {**BODIES[type_name], **fields}


@pytest.mark.parametrize("type_name", TYPES)
def test_a_body_with_every_field_is_valid_and_comes_back_unchanged(type_name: str) -> None:
    body = BODIES[type_name]
    assert check_body(type_name, body) is None
    record = model_of(type_name).from_body(body)
    assert record.to_body() == body
    assert canonical.decode(canonical.encode(record.to_body())) == body


@pytest.mark.parametrize("type_name", LEAST)
def test_little_is_needed(type_name: str) -> None:
    assert check_body(type_name, LEAST[type_name]) is None
    assert model_of(type_name).from_body(LEAST[type_name]).to_body() == LEAST[type_name]


@pytest.mark.parametrize(
    "type_name", ["evidence.added", "threat.logged", "contact.logged", "demand.made"]
)
def test_the_sample_fills_every_field_of_the_four_records(type_name: str) -> None:
    names = {info.alias or name for name, info in model_of(type_name).model_fields.items()}
    assert names - set(BODIES[type_name]) <= {"name_base64", "relative_path_base64"}


def paths(value: JsonValue, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    for key, item in items:
        yield from paths(item, (*path, key))
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield from paths(item, (*path, index))


def replaced(body: JsonObject, path: tuple[str | int, ...], value: JsonValue) -> JsonObject:
    whole: JsonObject = json.loads(json.dumps(body))  # nothing is shared
    here: JsonValue = whole
    for part in path[:-1]:
        here = here[part]  # type: ignore[index]
    here[path[-1]] = value  # type: ignore[index]
    return whole


FREE = {("entry.amended", "set")}
"""What an amendment sets is checked against the type of what it amends."""
EVERY_FIELD = [
    pytest.param(type_name, path, id=f"{type_name}-{'.'.join(map(str, path))}")
    for type_name, body in BODIES.items()
    for path in paths(body)
    if (type_name, path[0]) not in FREE
]


@pytest.mark.parametrize(("type_name", "path"), EVERY_FIELD)
def test_no_field_takes_nothing_or_another_kind_of_value(
    type_name: str, path: tuple[str | int, ...]
) -> None:
    wrong: list[JsonValue] = [None, "", [], {}, -1, {STRANGE: STRANGE}, [STRANGE, 1]]
    for value in wrong:
        reason = check_body(type_name, replaced(BODIES[type_name], path, value))
        assert reason is not None, value
        assert STRANGE not in reason
        first = str(path[0])
        assert first in reason or reason.startswith("the record"), reason


@pytest.mark.parametrize(("type_name", "path"), EVERY_FIELD)
def test_no_object_takes_a_field_that_is_not_its_own(
    type_name: str, path: tuple[str | int, ...]
) -> None:
    value: JsonValue = BODIES[type_name]
    for part in path:
        value = value[part]  # type: ignore[index]
    if isinstance(value, dict):
        reason = check_body(type_name, replaced(BODIES[type_name], (*path, STRANGE), "x"))
        assert reason is not None
        assert STRANGE not in reason
    reason = check_body(type_name, {**BODIES[type_name], STRANGE: 1})
    assert reason == "the record has a field that is not known"


@pytest.mark.parametrize(
    ("type_name", "field", "value"),
    [
        ("evidence.added", "sha256", HASH.upper()),
        ("evidence.added", "sha256", HASH + "\n"),
        ("evidence.added", "size_bytes", True),
        ("evidence.added", "size_bytes", 2**53),
        ("evidence.added", "size_bytes", "3"),
        ("evidence.added", "for", ["T-1"]),
        ("evidence.added", "for", ["T-00001"]),
        ("evidence.added", "for", ["T-0001\n"]),
        ("evidence.added", "for", ["T-०००१"]),
        ("evidence.added", "for", ["Q-0001"]),
        ("evidence.added", "for", "T-0001"),
        ("evidence.added", "derived_from", "T-0001"),
        ("evidence.added", "sensitivity", ["Minor"]),
        ("evidence.added", "name_base64", "QQ=="),
        ("evidence.added", "relative_path_base64", "QQ=="),
        ("threat.logged", "occurred", {"precision": "exact"}),
        ("threat.logged", "occurred", {"start": "2026-11-20T21:30:00", "precision": "exact"}),
        ("threat.logged", "occurred", {"start": "2026-11-20", "precision": "day"}),
        ("threat.logged", "occurred", {"start": "2026-02-30T10:00:00Z", "precision": "exact"}),
        ("threat.logged", "occurred", {"start": "2026-11-20T25:00:00Z", "precision": "exact"}),
        ("threat.logged", "occurred", {"start": "2026-11-20T21:30:00Z", "precision": "range"}),
        ("threat.logged", "occurred", {"start": "2026-11-20T21:30:00Z"}),
        (
            "threat.logged",
            "occurred",
            {
                "start": "2026-11-20T21:30:00+05:30",
                "end": "2026-11-20T15:59:59Z",
                "precision": "range",
            },
        ),
        ("threat.logged", "evidence", ["C-0001"]),
        ("threat.logged", "reported_to", ["E-0001"]),
        ("threat.logged", "how", "In-Person"),
        ("threat.logged", "concealed_identity", 1),
        ("threat.logged", "place", "\ud800"),
        ("contact.logged", "follow_up", "2026-02-30"),
        ("contact.logged", "follow_up", "20261120"),
        ("contact.logged", "follow_up", "2026-11-20T00:00:00Z"),
        ("entry.amended", "amends", "X-0001"),
        ("entry.amended", "amends", "T-0001.1"),
        ("entry.amended", "unset", ["sha256"]),
        ("entry.amended", "unset", ["place"]),
        ("entry.amended", "unset", ["Place"]),
        ("entry.amended", "set", {}),
        ("entry.amended", "set", {"size_bytes": 1}),
        ("entry.amended", "set", {"place": ""}),
        ("entry.amended", "set", {"place": None}),
        ("entry.amended", "set", {"Place x": "y"}),
        ("case.noted", "unset", ["alias"]),
        ("recovery.done", "cut", []),
        ("checkpoint.made", "checkpoint_size", -1),
        ("entry.carried", "line_base64", "e30"),
    ],
)
def test_a_wrong_value_is_refused(type_name: str, field: str, value: JsonValue) -> None:
    reason = check_body(type_name, with_value(type_name, **{field: value}))
    assert reason is not None
    with pytest.raises(RecordNotValidError):
        raise RecordNotValidError(reason)


def test_a_body_may_not_use_a_name_of_the_program() -> None:
    assert check_body("evidence.added", {**LEAST["evidence.added"], "for_": ["T-0001"]})
    order: JsonObject = {"court": "A", "from_": "2026-11-01"}
    assert check_body("demand.made", with_value("demand.made", order=order))


def test_a_type_that_is_not_known_is_said_so() -> None:
    assert check_body(STRANGE, {}) == "the type is not known"


def test_a_missing_field_is_named() -> None:
    assert check_body("threat.logged", {"words": "x"}) == "occurred is missing"
    assert check_body("contact.logged", {"agency": "A"}) == "kind is missing"
    only_time: JsonObject = {"occurred": {"precision": "unknown"}}
    assert "words, recollection" in str(check_body("threat.logged", only_time))
    assert "form, how, to" in str(check_body("demand.made", only_time))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["occurred", "words", "set", "amends", "start", "precision", "q"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(type_name=st.sampled_from(list(TYPES)), body=st.dictionaries(st.text(max_size=8), JSON))
def test_any_body_gets_an_answer(type_name: str, body: JsonObject) -> None:
    answer = check_body(type_name, body)
    assert answer is None or "\n" not in answer


@given(type_name=st.sampled_from(list(BODIES)), data=st.data(), value=JSON)
def test_what_the_check_passes_is_a_record_that_writes_the_same(
    type_name: str, data: st.DataObject, value: JsonValue
) -> None:
    body = BODIES[type_name]
    changed = replaced(body, data.draw(st.sampled_from(list(paths(body)))), value)
    if check_body(type_name, changed) is None:
        assert model_of(type_name).from_body(changed).to_body() == changed


def test_a_record_is_frozen() -> None:
    record: Record = model_of("threat.logged").from_body(BODIES["threat.logged"])
    with pytest.raises(ValueError, match="frozen"):
        record.words = "other"  # type: ignore[attr-defined]


def test_an_error_never_holds_what_was_written() -> None:
    from pydantic import ValidationError  # noqa: PLC0415 - for this test alone

    model = model_of("threat.logged")
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"occurred": {"precision": STRANGE}, "how": STRANGE, "words": 1})
    assert STRANGE not in str(caught.value)
    assert STRANGE not in reason_of(caught.value)


def test_every_field_says_what_it_means() -> None:
    """The sentences stand in the source alone: loading them would cost time at each start."""
    folder = Path(base.__file__).parent
    classes = [
        part
        for source in folder.glob("*.py")
        for part in ast.parse(source.read_text(encoding="utf-8")).body
        if isinstance(part, ast.ClassDef) and [ast.unparse(one) for one in part.bases] == ["Record"]
    ]
    assert len(classes) > len(TYPES)
    for part in classes:
        for field, after in pairwise([*part.body, ast.Pass()]):
            if isinstance(field, ast.AnnAssign) and "ClassVar" not in ast.unparse(field.annotation):
                is_told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                assert is_told, f"{part.name}: {ast.unparse(field)}"


def test_the_check_is_fast_enough_to_be_made_for_every_entry() -> None:
    """About 4 µs for a typical threat where this was measured; ten times that is a mistake."""
    body: JsonObject = json.loads(
        '{"occurred":{"start":"2026-11-20T21:30:00+05:30","precision":"exact","tz":"Asia/Kolkata",'
        '"as_typed":"20/11/2026 9:30 pm"},"how":"phone","words":"invented","speaker":"unknown"}'
    )
    assert check_body("threat.logged", body) is None
    count = 2000
    best_s = min(timeit.repeat(lambda: check_body("threat.logged", body), number=count, repeat=5))
    assert best_s / count < 40e-6

"""What a pattern matches is valid and canonical; what is usual is matched."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.records.sample import BODIES, LEAST, OCCURRED
from tests.vault.altered import altered_bytes, altered_objects, dumped
from tests.vault.campaign import IS_LONG

from stalklog.core import canonical
from stalklog.records.grammar import NoPatternError, body_pattern
from stalklog.records.schema import check_body
from stalklog.records.types import TYPES

WITHOUT_PATTERN = {"entry.amended", "case.noted"}
"""Types with fields that are open, or a rule that no pattern can tell."""
PATTERNS = {
    name: re.compile(body_pattern(name).encode()) for name in TYPES if name not in WITHOUT_PATTERN
}
POINT = {name: value for name, value in OCCURRED.items() if name != "end"} | {"precision": "about"}


def with_points(value: object) -> object:
    """The same without spans of time, which the patterns leave out."""
    if value == OCCURRED:
        return POINT
    if isinstance(value, dict):
        return {name: with_points(item) for name, item in value.items()}
    return [with_points(item) for item in value] if isinstance(value, list) else value


def matches(name: str, body: object) -> bool:
    return PATTERNS[name].fullmatch(dumped(body)) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(WITHOUT_PATTERN))
def test_a_type_that_no_pattern_can_tell_has_none(name: str) -> None:
    with pytest.raises(NoPatternError):
        body_pattern(name)


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_what_is_usual_is_matched(name: str) -> None:
    assert matches(name, with_points(BODIES[name]))


@pytest.mark.parametrize("name", ["evidence.added", "vault.created", "report.made"])
def test_little_is_enough(name: str) -> None:
    assert matches(name, LEAST[name])


def test_fields_are_captured_whole() -> None:
    body = BODIES["evidence.added"]
    pattern = body_pattern("evidence.added", ("for", "size_bytes"))
    found = re.fullmatch(pattern.encode(), dumped(with_points(body)))  # type: ignore[arg-type]
    assert found is not None
    assert json.loads(found["for"]) == body["for"]
    assert found["size_bytes"] == b"0"


@settings(max_examples=30_000 if IS_LONG else 300, deadline=None)
@given(st.data())
def test_what_is_matched_is_canonical_and_valid(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PATTERNS)))
    good = data.draw(st.sampled_from([with_points(BODIES[name]), LEAST.get(name, BODIES[name])]))
    assert isinstance(good, dict)
    line = data.draw(altered_bytes(dumped(data.draw(altered_objects(good)))))
    if PATTERNS[name].fullmatch(line):
        try:
            line.decode()
        except UnicodeDecodeError:
            return  # for the caller to see
        assert check_body(name, canonical.decode(line)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"occurred": {**POINT, "start": "2026-02-29T21:30:00+05:30"}},
        {"occurred": {**POINT, "precision": "range"}},
        {"occurred": {"precision": "about"}},
        {"words": ""},
        {"evidence": []},
        {"evidence": ["T-0001"]},
        {"witnesses": [{"heard": True}]},
        {"concealed_identity": 1},
        {"how": "by pigeon"},
        {"unknown": "x"},
        {"words": None},
    ],
)
def test_what_is_not_valid_is_not_matched(changed: dict[str, object]) -> None:
    body = {"occurred": POINT, "words": "I know where you are."}
    assert matches("threat.logged", body)
    assert check_body("threat.logged", body | changed) is not None  # type: ignore[arg-type]
    assert not matches("threat.logged", body | changed)


@pytest.mark.parametrize("name", ["name", "relative_path"])
def test_a_name_in_two_forms_is_not_matched(name: str) -> None:
    body = LEAST["evidence.added"] | {name: "a"}
    assert matches("evidence.added", body)
    assert not matches("evidence.added", body | {f"{name}_base64": "/w=="})


@pytest.mark.parametrize("line", [b'{"size_bytes":1,"}', b'{"size_bytes":1,}', b'{"}', b"{,}"])
def test_what_is_not_json_is_not_matched(line: bytes) -> None:
    for pattern in PATTERNS.values():
        assert not pattern.fullmatch(line)


def test_a_match_that_fails_at_the_end_fails_at_once() -> None:
    escaped = {"occurred": POINT, "words": '"' * 8000, "zone": "x"}
    assert not matches("threat.logged", escaped)  # would never end, were there two ways
    assert not matches("threat.logged", {"occurred": POINT, "actions_taken": ["a"] * 4000})

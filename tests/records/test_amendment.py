"""A correction fits the type of what it corrects, and never touches what identifies an original."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError
from tests.records.sample import BODIES

from stalklog.records.amendment import Amended, check_against

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject

RECORDS = ("evidence.added", "threat.logged", "contact.logged", "demand.made")
FIXED = {"sha256", "size_bytes"}


@pytest.mark.parametrize("target_type", RECORDS)
def test_every_field_can_be_amended_but_hash_and_size(target_type: str) -> None:
    for name, value in BODIES[target_type].items():
        reason = check_against(target_type, {name: value}, ())
        assert (reason is None) == (name not in FIXED), name


@pytest.mark.parametrize(
    ("target_type", "changes", "unset"),
    [
        ("threat.logged", {"place": 1}, []),
        ("threat.logged", {"place": ""}, []),
        ("threat.logged", {"agency": "A"}, []),
        ("threat.logged", {"evidence": ["T-0001"]}, []),
        ("threat.logged", {"occurred": {"precision": "exact"}}, []),
        ("threat.logged", {}, ["agency"]),
        ("threat.logged", {}, ["occurred"]),
        ("contact.logged", {}, ["agency"]),
        ("contact.logged", {}, ["kind"]),
        ("evidence.added", {"for_": ["T-0001"]}, []),
        ("evidence.added", {}, ["sha256"]),
        ("evidence.added", {}, ["size_bytes"]),
        ("case.noted", {"alias": "Ms A"}, []),
        ("vault.created", {}, ["previous"]),
        ("unknown.type", {"a": "b"}, []),
    ],
)
def test_what_does_not_fit_is_told(target_type: str, changes: JsonObject, unset: list[str]) -> None:
    assert check_against(target_type, changes, unset) is not None


def test_fields_that_fit_may_be_set_and_unset() -> None:
    changes: JsonObject = {"occurred": {"precision": "unknown"}, "place": "the gate"}
    assert check_against("threat.logged", changes, ["words", "weapon"]) is None
    assert check_against("evidence.added", {"for": ["T-0001"]}, ["for"]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"set": {"place": "a"}, "unset": ["place"]},
        {"unset": ["place", "place"]},
        {"set": {"sha256": "ab" * 32}},
        {"unset": ["size_bytes"]},
    ],
)
def test_a_correction_that_contradicts_itself_cannot_be_made(changes: JsonObject) -> None:
    with pytest.raises(ValidationError):
        Amended.model_validate({"amends": "T-0001", "reason": "x", **changes})

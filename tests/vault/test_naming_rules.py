"""Each rule by which an entry of a sealed vault gets its id, and a link the id of what it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.records.types import PREFIXES
from stalklog.vault.naming import Naming

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue


def naming_of(*ids: str) -> Naming:
    """After carried entries of these ids, the first at place 0."""
    naming = Naming()
    for seq, old_id in enumerate(ids):
        naming.carry(seq, next(log for log, one in PREFIXES.items() if one == old_id[0]), old_id)
    return naming


def test_each_log_counts_for_itself_from_one() -> None:
    naming = Naming()
    assert naming.name(0, "custody", "vault.created", {}) == ("X-0001", "custody")
    assert naming.name(1, "threats", "threat.logged", {}) == ("T-0001", "threats")
    assert naming.name(2, "custody", "case.noted", {}) == ("X-0002", "custody")
    assert naming.name(3, "threats", "threat.logged", {}) == ("T-0002", "threats")
    assert naming.resolve("#0") == naming.resolve("X-0001") == "X-0001"
    assert naming.resolve("#3") == "T-0002"
    assert naming.resolve("T-0003") is None
    assert naming.resolve("#4") is None


def test_after_a_line_that_was_not_opened_entries_are_called_by_their_place() -> None:
    naming = naming_of("T-0001")
    naming.lose()
    assert naming.name(2, "threats", "threat.logged", {}) == ("#2", "threats")
    assert naming.resolve("#2") == "#2"
    for target in ("T-0001", "#0", "#2"):
        assert naming.name(3, "entries", "entry.amended", {"amends": target}) == ("#3", "threats")


@pytest.mark.parametrize(
    ("type_name", "field"), [("entry.amended", "amends"), ("entry.withdrawn", "withdraws")]
)
def test_corrections_are_counted_under_what_they_name(type_name: str, field: str) -> None:
    naming = naming_of("E-0001", "T-0001", "X-0001")
    assert naming.name(3, "entries", type_name, {field: "#1"}) == ("T-0001.1", "threats")
    assert naming.name(4, "entries", type_name, {field: "T-0001"}) == ("T-0001.2", "threats")
    assert naming.name(5, "entries", type_name, {field: "E-0001"}) == ("E-0001.1", "evidence")
    assert naming.name(6, "entries", type_name, {field: "#3"}) == ("#6", "threats")
    assert naming.name(7, "entries", type_name, {field: "#6"}) == ("#7", "threats")
    nothing: list[JsonValue] = ["#8", "T-0009", 7, None, ["#1"]]
    for target in nothing:
        assert naming.name(8, "entries", type_name, {field: target}) == ("#8", "custody")
    assert naming.name(9, "entries", type_name, {}) == ("#9", "custody")


def test_a_number_that_was_carried_is_counted_on_from_the_largest() -> None:
    naming = naming_of("T-0007", "T-0003", "E-0002", "T-0003.5", "T-0003.2")
    assert naming.name(5, "evidence", "evidence.added", {}) == ("E-0003", "evidence")
    assert naming.name(6, "threats", "threat.logged", {}) == ("T-0008", "threats")
    assert naming.name(7, "entries", "entry.amended", {"amends": "T-0003"}) == (
        "T-0003.6",
        "threats",
    )
    assert naming.name(8, "entries", "entry.amended", {"amends": "T-0007"}) == (
        "T-0007.1",
        "threats",
    )
    assert naming.resolve("#3") == "T-0003.5"


def test_what_is_skipped_is_called_by_its_place_and_not_counted() -> None:
    naming = Naming()
    assert naming.skip(0, "custody") == ("#0", "custody")
    assert naming.resolve("#0") == "#0"
    assert naming.name(1, "custody", "case.noted", {}) == ("X-0001", "custody")
    amended = naming.name(2, "entries", "entry.amended", {"amends": "#0"})
    assert amended == ("#2", "custody")


def test_only_fields_that_hold_links_are_shown_by_id() -> None:
    naming = naming_of("E-0001")
    body: JsonObject = {
        "proof_of_receipt": {"id": "#0", "how": "#0"},
        "response": "#0",
        "identifiers": [{"evidence": ["#0", 7, None, ["#0"]]}, "#0"],
        "proof_of_sending": "#0",
        "words": "#0",
    }
    assert naming.named("demand.made", body) == {
        "proof_of_receipt": {"id": "E-0001", "how": "#0"},
        "response": "#0",
        "identifiers": [{"evidence": ["E-0001", 7, None, ["E-0001"]]}, "#0"],
        "proof_of_sending": "E-0001",
        "words": "#0",
    }
    assert naming.named("vault.created", body) == body
    assert naming.named("no.such", body) == body
    others: list[JsonValue] = [5, None, "#0", [5]]
    for other in others:
        odd: JsonObject = {"proof_of_receipt": other}
        assert naming.named("demand.made", odd) == odd

"""Readers see what holds now, and can always see what stood there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stalklog.core.entry import Entry
from stalklog.records.schema import check_body
from stalklog.records.view import case, current

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.records.view import Shown

KNOWN: JsonObject = {"precision": "unknown"}


def entry(seq: int, log: str, id_: str, type_: str, body: JsonObject) -> Entry:
    return Entry(
        seq=seq,
        log=log,
        id=id_,
        type=type_,
        at=f"2026-11-20T10:00:{seq:02d}.000Z",
        tz="+05:30",
        by="self",
        tool="stalklog/0.1.0",
        body=body,
        line_sha256=f"{seq:064x}",
    )


def threat(seq: int, id_: str, **fields: str) -> Entry:
    return entry(seq, "threats", id_, "threat.logged", {"occurred": KNOWN, **fields})


def amended(seq: int, target: str, log: str = "threats", **body: object) -> Entry:
    whole: JsonObject = {"amends": target, "reason": "later", **body}  # type: ignore[dict-item]
    return entry(seq, log, f"{target}.{seq}", "entry.amended", whole)


def withdrawn(seq: int, target: str, log: str = "threats", reason: str = "twice") -> Entry:
    body: JsonObject = {"withdraws": target, "reason": reason}
    return entry(seq, log, f"{target}.{seq}", "entry.withdrawn", body)


def only(shown: list[Shown]) -> Shown:
    assert len(shown) == 1
    return shown[0]


def test_an_entry_without_corrections_is_shown_as_it_is() -> None:
    shown = only(current([threat(3, "T-0001", words="a")]))
    assert (shown.id, shown.seq, shown.log, shown.type) == ("T-0001", 3, "threats", "threat.logged")
    assert shown.recorded_at == "2026-11-20T10:00:03.000Z"
    assert (shown.tz, shown.by, shown.tool) == ("+05:30", "self", "stalklog/0.1.0")
    assert shown.line_sha256 == f"{3:064x}"
    assert shown.fields == {"occurred": KNOWN, "words": "a"}
    assert not shown.amended
    assert not shown.withdrawn
    assert shown.history == ()


def test_entries_come_in_the_order_of_the_chain_and_corrections_are_not_listed() -> None:
    entries = [
        threat(4, "T-0002", words="b"),
        amended(3, "T-0001", set={"words": "c"}),
        threat(1, "T-0001", words="a"),
        entry(0, "custody", "X-0001", "vault.created", {}),
    ]
    assert [shown.id for shown in current(entries)] == ["X-0001", "T-0001", "T-0002"]


def test_corrections_are_folded_in_and_the_history_keeps_what_was_before() -> None:
    when: JsonObject = {"start": "2026-11-20T21:30:00+05:30", "precision": "exact"}
    shown = only(
        current(
            [
                threat(1, "T-0001", words="a", place="gate"),
                amended(2, "T-0001", set={"words": "b", "occurred": when}),
                amended(3, "#1", set={"speaker": "Mr B"}, unset=["place"]),
                withdrawn(4, "T-0001"),
            ]
        )
    )
    assert shown.fields == {"occurred": when, "words": "b", "speaker": "Mr B"}
    assert shown.amended
    assert shown.withdrawn
    assert shown.withdrawn_reason == "twice"
    first, second, third = shown.history
    assert first.fields_before == {"occurred": KNOWN, "words": "a", "place": "gate"}
    assert second.fields_before == {"occurred": when, "words": "b", "place": "gate"}
    assert (second.set, second.unset) == ({"speaker": "Mr B"}, ("place",))
    assert [change.kind for change in shown.history] == ["amended", "amended", "withdrawn"]
    assert third.fields_before == shown.fields
    assert (third.id, third.at, third.by) == ("T-0001.4", "2026-11-20T10:00:04.000Z", "self")


def test_the_entries_themselves_stay_as_they_are() -> None:
    original = threat(1, "T-0001", words="a")
    current([original, amended(2, "T-0001", set={"words": "b"})])
    assert original.body == {"occurred": KNOWN, "words": "a"}


def test_a_correction_that_does_not_fit_is_shown_and_not_applied() -> None:
    for body in (
        {"set": {"words": 1}},
        {"set": {"agency": "A"}},
        {"unset": ["occurred"]},
        {"unset": ["words"]},
    ):
        shown = only(current([threat(1, "T-0001", words="a"), amended(2, "T-0001", **body)]))
        assert shown.fields == {"occurred": KNOWN, "words": "a"}
        assert not shown.amended
        assert [change.is_applied for change in shown.history] == [False]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({}, {"words": "a", "place": "gate"}),
        ({"set": {}}, {"words": "a", "place": "gate"}),
        ({"set": {}, "unset": []}, {"words": "a", "place": "gate"}),
        ({"set": {}, "unset": ["place"]}, {"words": "a"}),
    ],
)
def test_a_correction_that_another_program_left_empty_is_shown_as_what_it_is(
    body: dict[str, object], left: JsonObject
) -> None:
    """Ours does not write one: `check_body` refuses it, and `verify` names it."""
    correction = amended(2, "T-0001", "threats", **body)
    assert check_body("entry.amended", correction.body) is not None
    shown = only(current([threat(1, "T-0001", words="a", place="gate"), correction]))
    assert shown.fields == {"occurred": KNOWN, **left}
    assert [(change.id, change.set, change.is_applied) for change in shown.history] == [
        ("T-0001.2", {}, True)
    ]


def test_a_hash_is_never_corrected() -> None:
    body: JsonObject = {"sha256": "ab" * 32, "size_bytes": 1}
    shown = only(
        current(
            [
                entry(1, "evidence", "E-0001", "evidence.added", body),
                amended(2, "E-0001", "evidence", set={"sha256": "cd" * 32, "note": "x"}),
            ]
        )
    )
    assert shown.fields == body


def test_a_correction_of_nothing_or_of_custody_or_of_another_log_changes_nothing() -> None:
    entries = [
        entry(0, "custody", "X-0001", "vault.created", {}),
        threat(1, "T-0001", words="a"),
        amended(2, "T-0009", set={"words": "b"}),
        amended(3, "T-0001", "demands", set={"words": "b"}),
        withdrawn(4, "X-0001", "custody"),
        withdrawn(5, "T-0001.2"),
        amended(6, "#99", set={"words": "b"}),
        entry(7, "threats", "T-0001.9", "entry.amended", {"reason": "x"}),
    ]
    shown = current(entries)
    assert [one.id for one in shown] == ["X-0001", "T-0001"]
    assert all(not one.history for one in shown)


def test_the_newest_word_on_each_field_of_the_case_holds() -> None:
    def noted(seq: int, body: JsonObject) -> Entry:
        return entry(seq, "custody", f"X-{seq + 1:04d}", "case.noted", body)

    entries = [
        noted(3, {"unset": ["country"]}),
        noted(1, {"set": {"alias": "A", "country": "IN", "references": [1, 2]}}),
        noted(2, {"set": {"alias": "B", "references": [3]}}),
        threat(4, "T-0001", words="a"),
    ]
    assert case(entries) == {"alias": "B", "references": [3]}
    assert case([]) == {}


@pytest.mark.parametrize("link", ["#" + "1" * 5_000, "#१", "#"])
def test_a_correction_of_a_place_that_is_none_changes_nothing(link: str) -> None:
    shown = only(current([threat(1, "T-0001", words="a"), amended(2, link, set={"words": "b"})]))
    assert (shown.fields["words"], shown.history) == ("a", ())

"""Ids in a sealed vault are the ordinals that reading gives: against a simple list model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stalklog.records.types import PREFIXES
from stalklog.vault.naming import Naming

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject, JsonValue

LOG_OF: Final = {
    "evidence.added": "evidence",
    "threat.logged": "threats",
    "contact.logged": "contacts",
    "demand.made": "demands",
    "case.noted": "custody",
    "vault.created": "custody",
}
LOST: Final = "a line that cannot be opened"
FIELD: Final = {"entry.amended": "amends", "entry.withdrawn": "withdraws"}


@dataclass(frozen=True)
class Step:
    """One line: a record, a correction of the entry at some place, or one that is lost."""

    type: str
    target: int = 0
    by_id: bool = False


records = st.builds(Step, st.sampled_from(sorted(LOG_OF)))
corrections = st.builds(
    Step, st.sampled_from(sorted(FIELD)), st.integers(0, 12), by_id=st.booleans()
)
steps = st.lists(st.one_of(records, records, corrections, st.just(Step(LOST))), max_size=24)


def model(chain: list[Step]) -> list[tuple[str, str] | None]:
    """The id and log of every line, from what the format says, line by line over a list."""
    named: list[tuple[str, str] | None] = []
    for seq, step in enumerate(chain):
        is_lost = any(earlier.type == LOST for earlier in chain[:seq])
        if step.type == LOST:
            named.append(None)
        elif step.type in FIELD:
            named.append(_correction(chain, named, seq, is_lost=is_lost))
        else:
            log = LOG_OF[step.type]
            number = sum(LOG_OF.get(earlier.type) == log for earlier in chain[: seq + 1])
            named.append((f"#{seq}" if is_lost else f"{PREFIXES[log]}-{number:04d}", log))
    return named


def _correction(
    chain: list[Step], named: list[tuple[str, str] | None], seq: int, *, is_lost: bool
) -> tuple[str, str]:
    target = chain[seq].target
    found = named[target] if target < seq else None
    if found is None:
        return f"#{seq}", "custody"
    whole, log = found
    if is_lost or whole.startswith("#") or "." in whole:
        return f"#{seq}", log
    count = sum(one is not None and one[0].startswith(f"{whole}.") for one in named)
    return f"{whole}.{count + 1}", log


def read(chain: list[Step]) -> list[tuple[str, str] | None]:
    naming = Naming()
    named: list[tuple[str, str] | None] = []
    for seq, step in enumerate(chain):
        if step.type == LOST:
            naming.lose()
            named.append(None)
            continue
        body: JsonObject = {}
        if step.type in FIELD:
            link = f"#{step.target}"
            told = named[step.target] if step.target < seq else None
            if step.by_id and told is not None:
                link = told[0]
            body = {FIELD[step.type]: link}
        log = LOG_OF.get(step.type, "entries")
        named.append(naming.name(seq, log, step.type, body))
    return named


@settings(max_examples=400, deadline=None)
@given(steps)
def test_every_entry_has_the_id_that_the_format_gives_it(chain: list[Step]) -> None:
    named = read(chain)
    assert named == model(chain)
    ids = Counter(one[0] for one in named if one is not None)
    assert all(count == 1 for count in ids.values())


@settings(max_examples=200, deadline=None)
@given(steps)
def test_a_link_by_place_or_by_id_names_the_same_entry(chain: list[Step]) -> None:
    naming, ids = Naming(), model(chain)
    for seq, (step, told) in enumerate(zip(chain, ids, strict=True)):
        assert naming.resolve(f"#{seq}") is None  # not yet there
        if told is None:
            naming.lose()
            continue
        body: JsonObject = {FIELD[step.type]: f"#{step.target}"} if step.type in FIELD else {}
        naming.name(seq, LOG_OF.get(step.type, "entries"), step.type, body)
        assert naming.resolve(f"#{seq}") == naming.resolve(told[0]) == told[0]


def test_links_are_shown_by_id_where_they_can_be() -> None:
    naming = Naming()
    naming.name(0, "evidence", "evidence.added", {})
    naming.lose()
    naming.name(2, "evidence", "evidence.added", {})
    body: JsonObject = {
        "sent": ["#0", "E-0001", "#1", "#9"],
        "official_report": {"copies": ["#2"], "number": "#0"},
        "evidence_given": [{"ids": ["#0"]}, {"ids": ["#2"]}],
        "summary": "#0",
    }
    assert naming.named("contact.logged", body) == {
        "sent": ["E-0001", "E-0001", "#1", "#9"],
        "official_report": {"copies": ["#2"], "number": "#0"},
        "evidence_given": [{"ids": ["E-0001"]}, {"ids": ["#2"]}],
        "summary": "#0",
    }
    assert body["sent"] == ["#0", "E-0001", "#1", "#9"]


def test_after_carried_entries_the_ids_go_on() -> None:
    naming = Naming()
    naming.skip(0, "custody")
    for seq, old in enumerate(("X-0001", "T-0001", "T-0002", "T-0001.1", "T-0001.2"), 1):
        naming.carry(seq, "custody" if old[0] == "X" else "threats", old)
    assert naming.name(6, "threats", "threat.logged", {}) == ("T-0003", "threats")
    amended = naming.name(7, "entries", "entry.amended", {"amends": "T-0001"})
    assert amended == ("T-0001.3", "threats")
    assert naming.name(8, "custody", "case.noted", {}) == ("X-0002", "custody")
    assert naming.resolve("#4") == "T-0001.1"


def test_carried_ids_may_come_in_any_order_and_the_count_goes_on() -> None:
    naming = Naming()
    for seq, old_id in enumerate(("T-0005", "T-0003", "T-0003.4", "T-0003.2")):
        naming.carry(seq, "threats", old_id)
    assert naming.name(4, "threats", "threat.logged", {}) == ("T-0006", "threats")
    assert naming.name(5, "", "entry.amended", {"amends": "T-0003"}) == ("T-0003.5", "threats")


def test_a_correction_of_a_correction_is_called_by_its_place() -> None:
    naming = Naming()
    naming.carry(0, "threats", "T-0001")
    naming.carry(1, "threats", "T-0001.1")
    assert naming.name(2, "", "entry.amended", {"amends": "T-0001.1"}) == ("#2", "threats")


@pytest.mark.parametrize("given", [[5], "ids", 5, [["#0"]]])
def test_links_of_another_form_stay_as_they_are(given: JsonValue) -> None:
    body: JsonObject = {"evidence_given": given}
    assert Naming().named("contact.logged", body) == body


@pytest.mark.parametrize("link", ["#" + "1" * 5_000, "#" + "0" * 17, "#१", "#-1", "#1 ", "#"])
def test_what_is_no_place_names_nothing(link: str) -> None:
    naming = Naming()
    for seq in range(2):
        naming.name(seq, "threats", "threat.logged", {})
    assert naming.resolve(link) is None
    assert naming.named("threat.logged", {"evidence": [link]}) == {"evidence": [link]}
    assert naming.name(2, "", "entry.amended", {"amends": link}) == ("#2", "custody")

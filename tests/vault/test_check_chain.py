"""A chain that holds is told at a glance, and one that does not never is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.campaign import IS_LONG
from tests.vault.test_tampering import filled

from stalklog.records.types import LOGS
from stalklog.vault import check_chain
from stalklog.vault.check_lines import check_lines
from stalklog.vault.facts import Columns
from stalklog.vault.layout import HEADER, parse_header

if TYPE_CHECKING:
    from stalklog.vault.check_chain import Chain
    from stalklog.vault.check_lines import Read
    from stalklog.vault.findings import Finding

SIZES = {1, 7, 24, 25}


def read() -> Read:
    findings: list[Finding] = []
    facts = check_lines(filled(), LOGS, dict.fromkeys(LOGS), findings)
    assert not findings
    return facts


def judged(found: Read) -> tuple[Chain, list[Finding]]:
    findings: list[Finding] = []
    header = parse_header(filled().read(HEADER))
    return check_chain.check_chain(header, found, SIZES, findings), findings


def test_both_ways_say_the_same_of_a_chain_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_glance, findings = judged(read())
    assert (at_a_glance.total, findings) == (24, [])
    monkeypatch.setattr(check_chain, "_holds", lambda *_: False)
    assert judged(read()) == (at_a_glance, [])


@settings(max_examples=5_000 if IS_LONG else 150, deadline=None)
@given(st.data())
def test_a_chain_that_does_not_hold_is_walked(data: st.DataObject) -> None:
    """One value of one column is changed: what holds at a glance holds step by step as well."""
    found = read()
    facts, header = found.facts, parse_header(filled().read(HEADER))
    column = data.draw(
        st.sampled_from(("seqs", "prevs", "digests", "ats", "numbers", "amendments", "id_logs"))
    )
    values = getattr(facts, column)
    at = data.draw(st.integers(0, len(values) - 1))
    limit = 4 if column == "id_logs" else 57 if column == "ats" else 30
    values[at] = data.draw(st.integers(48 if column == "ats" else 0, limit))
    if data.draw(st.booleans()):
        link = data.draw(st.sampled_from(("E-0001", "E-0009", "T-0001.1", "T-0001.9", "#1", "x")))
        facts.links[data.draw(st.integers(0, len(facts) - 1))] = (link,)
    holds = check_chain._holds(header, facts, facts.in_order())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_chain, "_holds", lambda *_: False)
        _, findings = judged(found)
    assert holds == (not findings)


def test_a_gap_that_no_hash_shows_is_found() -> None:
    found = read()
    last = found.facts.in_order()[-1]
    found.facts.seqs[last] += 1
    assert [finding.code for finding in judged(found)[1]] == ["SEQ_GAP"]


def test_an_entry_that_names_a_later_one_is_found() -> None:
    found = read()
    first = found.facts.in_order()[0]
    found.facts.links[first] = ("E-0001",)
    assert [finding.code for finding in judged(found)[1]] == ["REF_DANGLING"]


def test_columns_come_back_as_they_were_packed() -> None:
    facts = read().facts
    again = Columns.unpack(facts.pack(), len(facts))
    again.links = facts.links
    assert list(again.rows(again.in_order())) == list(facts.rows(facts.in_order()))
    with pytest.raises(ValueError, match="not so many"):
        Columns.unpack(facts.pack(), len(facts) - 1)

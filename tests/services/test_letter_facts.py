"""What a letter is filled with: the right things, and nothing that must not leave the record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, get_args

import pytest
from tests.letters.conftest import TEMPLATES, called
from tests.report.hostile import full_body, full_case
from tests.services.letter_case import SHA, Case, at

from stalklog.letters.heading import KINDS
from stalklog.letters.page_html import as_html
from stalklog.letters.page_text import as_markdown, as_text
from stalklog.letters.render import render
from stalklog.records.case import CONFIDENTIAL, CaseField
from stalklog.services.letter_facts import Connection
from stalklog.services.letter_material import SHOWN
from stalklog.services.officer import officers_page

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.letters.render import Facts
    from stalklog.letters.template import Template
    from stalklog.services.letter_about import About

DAY = date(2026, 11, 26)
RECORD = {"record_id": "5a" * 16, "record_size": "7", "record_head": SHA}
CANARY = "Kanarie7c1f"
MAY_LEAVE = {
    "evidence.added": "kind note url posted_at occurred sha256 size_bytes sensitivity",
    "threat.logged": "occurred how words behaviour recollection threatened_harm evidence",
    "contact.logged": "agency kind unit country direction occurred how person rank_or_role "
    "contact_details purpose asked promised outcome refusal_reason references",
    "demand.made": "occurred how",
}
"""Every other field of a record holds a canary."""


@pytest.fixture
def case() -> Case:
    return Case()


def canaries() -> Case:
    """A canary in whatever is confidential, and in every field that no letter may show."""
    case = Case(particulars=full_case("word", confidential=CANARY))
    case.ledger.add("vault.created", {})
    for type_name, fields in MAY_LEAVE.items():
        plain = full_body(type_name, "word")
        body: JsonObject = {**full_body(type_name, CANARY)}
        body.update({name: plain[name] for name in fields.split()})
        if type_name == "evidence.added":
            body.update({"sensitivity": ["normal"], "kind": "email"})
            for name in ("derived_from", "derivation", "for"):
                body.pop(name)
        case.ledger.add(type_name, body)
    assert CANARY in str(case.ledger.entries)
    return case


def drafts_of(about: About, template: Template) -> str:
    facts: Facts = about.facts()
    return "".join(
        render(template, facts, day=DAY, is_markdown=is_markdown).text
        for is_markdown in (False, True)
    )


def test_the_list_of_what_may_be_shown_has_nothing_confidential() -> None:
    assert set(SHOWN).isdisjoint(CONFIDENTIAL)
    assert set(SHOWN) <= set(get_args(CaseField))


@pytest.mark.parametrize("ids", [(), ("E-0001", "T-0001", "C-0001", "D-0001")])
@pytest.mark.parametrize("template", TEMPLATES, ids=called)
def test_nothing_confidential_is_in_any_letter(template: Template, ids: tuple[str, ...]) -> None:
    heading = template.heading
    about = canaries().about(heading.kind, *ids, language=heading.language)
    told = drafts_of(about, template)
    assert "word" in told or heading.kind == "stop"
    assert CANARY not in told
    assert CANARY not in str(about.facts())


@pytest.mark.parametrize("language", ["en", "hi"])
def test_nothing_confidential_is_on_the_officers_page(language: str) -> None:
    page = officers_page(canaries().about("officer", language=language), {}, DAY)
    told = as_html(page) + as_text(page) + as_markdown(page)
    assert "word" in told
    assert CANARY not in told


def test_the_canary_would_be_found() -> None:
    case = canaries()
    case.particulars = {**case.particulars, "alias": CANARY}
    template = next(one for one in TEMPLATES if one.name == "police")
    assert CANARY in drafts_of(case.about("police"), template)


def test_an_exhibit_has_its_own_time_or_that_of_its_incident(case: Case) -> None:
    own = case.evidence(occurred=at("2026-10-01T10:00:00+05:30"))
    shown = case.evidence()
    none = case.evidence()
    case.threat(evidence=[own, shown])
    exhibits = case.about("abuse").facts()["exhibits"]
    assert not isinstance(exhibits, str)
    assert {one["id"]: one["at_utc"] for one in exhibits} == {
        own: "2026-10-01 04:30:00 UTC",
        shown: "2026-10-09 17:11:00 UTC",
        none: "",
    }
    assert exhibits[0]["sha256"] == SHA


def test_papers_copies_and_what_is_privileged_are_no_exhibits(case: Case) -> None:
    shown = case.evidence()
    for kind in ("official-report", "proof-of-sending"):
        case.evidence(kind=kind)
    case.evidence(sensitivity=["privileged"])
    case.evidence(derived_from=shown, derivation="redaction")
    sent = case.evidence()
    case.contact(sent=[sent])
    demand = case.demand()
    case.evidence(for_=[demand])
    assert [one.id for one in case.about("police").exhibits] == [shown]
    assert [one.id for one in case.about("police", sent).exhibits] == [sent]


def test_what_an_exhibit_shows_is_left_out_where_it_needs_care(case: Case) -> None:
    case.evidence(note="a picture", sensitivity=["intimate"])
    case.evidence(note="a mail", sensitivity=["normal"])
    exhibits = case.about("police").facts()["exhibits"]
    assert not isinstance(exhibits, str)
    assert [one["note"] for one in exhibits] == ["", "a mail"]


def test_what_was_withdrawn_is_in_no_letter(case: Case) -> None:
    threat = case.threat()
    case.evidence()
    case.ledger.add("entry.withdrawn", {"withdraws": threat, "reason": "twice"}, log="threats")
    about = case.about("police", threat)
    assert about.incidents == ()
    assert case.about("police").facts()["incidents"] == ()


def test_it_can_be_narrowed_to_exhibits_and_incidents(case: Case) -> None:
    first, second = case.evidence(), case.evidence()
    case.threat(evidence=[second])
    threat = case.threat(evidence=[first])
    about = case.about("police", threat)
    assert [one.id for one in about.incidents] == [threat]
    assert [one.id for one in about.exhibits] == [first]
    about = case.about("police", second)
    assert (about.incidents, [one.id for one in about.exhibits]) == ((), [second])


def test_the_period_is_from_the_earliest_to_the_latest_known_time(case: Case) -> None:
    case.threat(occurred=at("2026-10-09T22:41:00+05:30"))
    case.threat(occurred=at("2026-10-20T00:00:00+05:30", "day"))
    case.threat(occurred={"precision": "unknown"})
    given = (Connection("192.0.2.7", at=datetime(2026, 9, 1, 1, 2, 3, tzinfo=UTC)),)
    facts = case.about("preserve", connections=given).facts()
    assert facts["period_from"] == "2026-09-01 01:02:03 UTC"
    assert facts["period_to"] == "2026-10-20 18:29:59 UTC"
    assert "period_from" not in Case().about("preserve").facts()


def test_a_connection_is_told_in_utc_and_as_it_was_given(case: Case) -> None:
    moment = datetime.fromisoformat("2026-10-09T22:41:02+05:30")
    given = (Connection("192.0.2.7", "51234", moment, "E-0001"), Connection("2001:db8::1"))
    found = case.about("preserve", connections=given).facts()["connections"]
    assert not isinstance(found, str)
    assert found[0] == {
        "address": "192.0.2.7",
        "port": "51234",
        "connected_utc": "2026-10-09 17:11:02 UTC",
        "connected_local": "2026-10-09 22:41:02 +05:30",
        "source": "E-0001",
    }
    assert (found[1]["port"], found[1]["connected_utc"]) == ("", "")


def test_the_addressee_is_the_one_agency_of_that_sort_or_a_blank(case: Case) -> None:
    case.contact(agency="Cyber Cell", kind="cyber-cell", unit="North", person="K. Verma")
    assert case.about("preserve").addressee == ""
    case.contact()
    assert case.about("preserve").addressee == "Example Mail"
    case.contact(agency="Other Mail")
    assert case.about("preserve").addressee == ""
    facts = case.about("police").facts()
    assert (facts["addressee"], facts["addressee_unit"]) == ("Cyber Cell", "North")
    assert facts["addressee_person"] == "K. Verma"


def test_what_is_known_of_an_addressee_is_taken_from_the_contacts_with_it(case: Case) -> None:
    ticket: JsonObject = {"type": "ticket", "value": "EX-1"}
    case.contact(contact_details="abuse@mail.example.net", country="US", references=[ticket])
    case.contact(references=[{"type": "ticket", "value": "EX-2"}, ticket])
    case.contact(agency="Other", references=[{"type": "ticket", "value": "O-9"}])
    about = case.about("preserve", to=" example mail ")
    assert about.facts()["your_reference"] == "ticket EX-1; ticket EX-2"
    assert case.about("preserve", to="New Mail").facts()["your_reference"] == ""
    assert about.facts()["addressee_address"] == "abuse@mail.example.net"
    assert (about.agency_kind, about.country) == ("mail-provider", "US")


@pytest.mark.parametrize(
    ("told", "of_case", "asked", "expected"),
    [
        ("US", "IN", "", "US"),
        (None, "India", "", "IN"),
        (None, "in", "", "IN"),
        ("US", "IN", "gb", "GB"),
        (None, None, "", ""),
    ],
)
def test_the_law_is_that_of_the_addressee_then_that_of_the_case(
    case: Case, told: str | None, of_case: str | None, asked: str, expected: str
) -> None:
    case.contact(country=told)
    case.particulars = {"country": of_case} if of_case else {}
    assert case.about("preserve", country=asked).country == expected


def test_a_reminder_follows_the_newest_contact_with_the_agency(case: Case) -> None:
    case.contact(occurred=at("2026-10-20T10:00:00+05:30"), promised="next week")
    first = case.contact()
    case.contact(direction="in", occurred=at("2026-10-25T10:00:00+05:30"))
    about = case.about("reminder")
    assert about.earlier is not None
    assert (about.earlier.id, about.addressee) == ("C-0001", "Example Mail")
    assert about.facts()["earlier_promised"] == "next week"
    named = case.about("reminder", first).earlier
    assert named is not None
    assert named.id == first
    case.contact(agency="Other")
    assert case.about("reminder").earlier is None
    assert case.about("reminder", to="Example Mail").earlier is not None


def test_a_letter_that_says_stop_goes_to_no_agency(case: Case) -> None:
    asked = case.contact()
    assert case.about("stop", asked).addressee == ""
    assert case.about("stop", to="Night Bird").addressee == "Night Bird"


def test_an_escalation_goes_to_somebody_else_than_was_asked(case: Case) -> None:
    asked = case.contact(agency="Station", kind="police", outcome="refused", refusal_reason="no")
    about = case.about("escalation", asked, to="Superintendent")
    facts = about.facts()
    assert (facts["addressee"], facts["earlier_agency"]) == ("Superintendent", "Station")
    assert (about.agency_kind, facts["earlier_refusal"]) == ("police", "no")
    assert case.about("escalation", asked).addressee == ""


def test_a_letter_that_was_only_prepared_was_asked_of_nobody(case: Case) -> None:
    prepared = case.contact(occurred=None, outcome="pending")
    case.evidence(tags=["letter"], for_=[prepared], kind="document")
    undated = case.contact(occurred=None)
    about = case.about("police")
    assert [one.id for one in about.material.contacts] == [undated]
    assert about.exhibits == ()


def test_a_demand_whose_time_is_not_known_is_not_told_as_made(case: Case) -> None:
    case.demand(occurred={"precision": "unknown"})
    assert "demand_id" not in case.about("abuse").facts()
    made = case.demand()
    facts = case.about("abuse").facts()
    assert (facts["demand_id"], facts["demand_at_utc"]) == (made, "2026-10-06 13:00:00 UTC")


def test_numbers_of_police_and_of_the_case_are_told_once(case: Case) -> None:
    diary: JsonObject = {"type": "GD/DD", "value": "0042"}
    case.particulars = {"references": [{"type": "FIR", "value": "7/2026"}, diary]}
    case.contact(kind="police", agency="Station", references=[diary])
    case.contact(references=[{"type": "ticket", "value": "EX-1"}])
    facts = case.about("police").facts()
    assert facts["police_reference"] == "FIR 7/2026; diary entry (GD/DD) 0042"
    assert facts["references"] == (
        {"sort": "FIR", "number": "7/2026"},
        {"sort": "diary entry (GD/DD)", "number": "0042"},
    )


def test_accounts_can_be_narrowed_and_added_to(case: Case) -> None:
    case.particulars = {
        "identifiers": [
            {"kind": "e-mail", "value": "a@example.org", "evidence": "E-0001"},
            {"kind": "phone", "value": "1"},
        ]
    }
    wished = case.about("abuse", accounts=("a@example.org", "new@example.org"), language="hi")
    assert wished.facts()["accounts"] == (
        {"kind": "ई-मेल पता", "value": "a@example.org", "exhibit": "E-0001"},
        {"value": "new@example.org"},
    )
    assert len(case.about("abuse").facts()["accounts"]) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_record_gives_a_letter_all_the_same(kind: str) -> None:
    template = next(one for one in TEMPLATES if one.heading.kind == kind)
    assert drafts_of(Case().about(kind), template)


def test_fields_of_the_wrong_sort_stop_no_letter() -> None:
    """Whoever has the folder can put lines into a vault that no writer would write."""
    case = Case()
    case.ledger.is_checked = False
    odd: JsonObject = {"references": "x", "tags": 7, "for": {"a": 1}, "evidence": [7], "how": [1]}
    for type_name in MAY_LEAVE:
        case.ledger.add(type_name, {**odd, "occurred": {"start": 7}, "kind": None, "url": 8})
    case.particulars = {"identifiers": [{"kind": 7}], "references": [7], "operator": ["x"]}
    for template in TEMPLATES:
        assert drafts_of(case.about(template.heading.kind, "E-0001", "T-0001"), template)
    assert as_text(officers_page(case.about("officer"), {}, DAY))


def test_the_page_counts_what_came_after_the_demand(case: Case) -> None:
    case.demand()
    for day in ("05", "09", "18"):
        case.threat(occurred=at(f"2026-10-{day}T10:00:00+05:30"), threatened_harm=["death"])
    case.threat(occurred={"precision": "unknown"}, how="phone")
    told = as_text(officers_page(case.about("officer"), {}, DAY))
    assert "D-0001, 2026-10-06 13:00 UTC; after it threats and incidents: 2" in told
    assert "incidents: 4; first 2026-10-05 04:30 UTC; latest 2026-10-18 04:30 UTC" in told
    assert "death 3" in told
    assert "By which ways: by phone 1" in told


def test_on_the_page_a_number_stands_before_what_sort_it_is(case: Case) -> None:
    """A line that is too long for the page loses its end, which must not be the number."""
    case.contact(references=[{"type": "portal acknowledgement", "value": "3140126000017"}])
    told = as_text(officers_page(case.about("officer"), {}, DAY))
    assert "3140126000017 (portal acknowledgement)" in told


def test_the_page_names_the_newest_first_and_exhibits_of_incidents_before_others(
    case: Case,
) -> None:
    shown, other = case.evidence(), case.evidence()
    case.threat(evidence=[shown])
    given = tuple(
        Connection(f"192.0.2.{n}", at=datetime(2026, 9, n, tzinfo=UTC)) for n in (1, 3, 2)
    )
    about = case.about("officer", connections=(Connection("192.0.2.9"), *given))
    page = officers_page(
        about, {"record_id": "5a" * 16, "record_size": "7", "record_head": SHA}, DAY
    )
    rows = {section.name: [row[0] for row in section.rows] for section in page.sections}
    assert rows["exhibits"] == [shown, other]
    assert rows["connections"] == ["192.0.2.3", "192.0.2.2", "192.0.2.1", "192.0.2.9"]
    assert f"Record 5a5a5a5a, 7 entries, head {SHA}" in page.opening

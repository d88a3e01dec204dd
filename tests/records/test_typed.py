"""What was typed becomes a record in one way, or is refused with what the field takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from tests.records.sample import HASH

from stalklog.errors import RecordNotValidError
from stalklog.records.case import Case
from stalklog.records.contact import Contact
from stalklog.records.demand import Demand
from stalklog.records.evidence import Evidence
from stalklog.records.field import field_name, fields_of
from stalklog.records.threat import Threat
from stalklog.records.typed import build, read_fields, read_names
from stalklog.records.types import TYPES, model_of
from stalklog.records.when import Ambiguous
from stalklog.records.when import read_when as read_any

if TYPE_CHECKING:
    from stalklog.core.entry import JsonObject
    from stalklog.records.base import Occurred, Record

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
Typed = dict[str, list[str]]


def read_when(text: str) -> Occurred:
    result = read_any(text, now=NOW, tz=ZoneInfo("Asia/Kolkata"))
    if isinstance(result, Ambiguous):
        raise result.refusal()
    return result


def threat(**typed: list[str]) -> JsonObject:
    whole = {"precision": ["unknown"], "words": ["x"], **typed}
    return build(Threat, whole, read_when=read_when).to_body()


def occurred(**typed: list[str]) -> JsonObject:
    body = build(Threat, {"words": ["x"], **typed}, read_when=read_when).to_body()
    value = body["occurred"]
    assert isinstance(value, dict)
    return value


def contact(**typed: list[str]) -> JsonObject:
    whole = {"agency": ["A"], "kind": ["police"], **typed}
    return build(Contact, whole, read_when=read_when).to_body()


def refused(model: type[Record], typed: Typed, *words: str) -> str:
    with pytest.raises(RecordNotValidError) as caught:
        build(model, typed, read_when=read_when)
    message = caught.value.message
    assert "Nothing was written." in message
    for word in words:
        assert word in message + caught.value.hint
    return message


def test_one_sentence_and_an_unknown_time_are_enough() -> None:
    for field in ("words", "recollection", "behaviour", "circumstances"):
        threat = build(Threat, {"precision": ["unknown"], field: ["x"]}, read_when=read_when)
        assert threat.to_body() == {"occurred": {"precision": "unknown"}, field: "x"}


def test_words_are_kept_exactly() -> None:
    words = "  मैं\u200d तुम्हें\r\n\tदेख लूँगा; e\u0301 = é \u202e x\x00 "
    assert threat(words=[words])["words"] == words


def test_what_is_needed_and_missing_is_named() -> None:
    refused(Threat, {"words": ["x"]}, "occurred is missing")
    refused(Threat, {"when": ["yesterday"]}, "words, recollection, behaviour, circumstances")
    refused(Contact, {"agency": ["A"]}, "kind is missing")
    refused(Contact, {"kind": ["police"]}, "agency is missing")
    refused(Demand, {"when": ["yesterday"]}, "form, how, to")


def test_a_name_may_be_typed_with_hyphens_and_in_the_singular() -> None:
    typed = {"when": ["yesterday"], "threatened-harm": ["death"], "witness": ["Ms C"]}
    body = threat(**typed)
    assert body["threatened_harm"] == ["death"]
    assert body["witnesses"] == [{"name": "Ms C"}]
    assert field_name(Threat, "when") == field_name(Threat, "occurred") == "occurred"
    assert field_name(Contact, "reference") == "references"
    assert field_name(Case, "identifier") == "identifiers"
    assert field_name(Threat, "agency") is None


def test_an_unknown_field_is_refused_with_those_there_are() -> None:
    message = refused(Threat, {"nosuchfield": ["x"]}, "no such field", "words_certainty")
    assert "nosuchfield" not in message


def test_a_value_that_is_none_is_refused() -> None:
    refused(Threat, {"precision": ["unknown"], "words": ["  "]}, "words", "without a value")
    refused(Threat, {"words": ["x"], "when": [""]}, "when", "without a value")


def test_a_field_without_a_list_takes_one_value() -> None:
    refused(Threat, {"precision": ["unknown"], "words": ["a", "b"]}, "words takes one value")
    refused(Threat, {"when": ["today", "yesterday"], "words": ["a"]}, "when takes one value")


def test_lists_keep_every_value_in_order() -> None:
    assert threat(actions_taken=["b, c", "a"])["actions_taken"] == ["b, c", "a"]
    assert threat(threatened_harm=["death, job", "Publication-of-Images"])["threatened_harm"] == [
        "death",
        "job",
        "publication of images",
    ]


def test_a_country_is_two_letters_or_a_name_that_is_understood() -> None:
    refused(Contact, {"agency": ["A"], "kind": ["isp"], "country": ["Indien"]}, "two letters")
    for typed in ("IN", "in", " India ", "भारत", "UK"):
        assert contact(country=[typed])["country"] == typed


def test_choices_are_told_when_none_fits() -> None:
    refused(Contact, {"agency": ["A"], "kind": ["hotel"]}, "kind takes one of", "cyber-cell")
    assert contact(kind=["Cyber Cell"])["kind"] == "cyber-cell"
    assert contact(direction=["outgoing"])["direction"] == "out"


def test_every_choice_of_every_record_can_be_typed_as_it_is_listed() -> None:
    for type_name in TYPES:
        for field in fields_of(model_of(type_name)).values():
            for choice in field.choices:
                spaced = choice.replace("-", " ").upper()
                for typed in (choice, spaced):
                    values = {field.name: [typed]}
                    read = read_fields(model_of(type_name), values, read_when=read_when)
                    assert read[field.name] in (choice, [choice])
            if type_name == "case.noted":
                break


def test_yes_and_no_are_said_in_words() -> None:
    assert threat(concealed_identity=["Yes"])["concealed_identity"] is True
    assert threat(concealed_identity=["नहीं"])["concealed_identity"] is False
    refused(
        Threat,
        {"precision": ["unknown"], "words": ["x"], "concealed_identity": ["maybe"]},
        "yes or no",
    )


def test_ids_may_be_typed_small_and_by_number() -> None:
    assert threat(evidence=["e-0001, @41", "#7"])["evidence"] == ["E-0001", "#41", "#7"]
    for wrong in ("E-1", "T-0001", "E0001", "E-0001.x", "#x"):
        refused(Threat, {"precision": ["unknown"], "words": ["x"], "evidence": [wrong]}, "evidence")


# Time


def test_when_until_precision_and_basis_make_one_time() -> None:
    assert occurred(when=["20/11/2026 9:30 pm"], until=["22:15"], basis=["Witness"]) == {
        "start": "2026-11-20T21:30:00+05:30",
        "end": "2026-11-20T22:15:00+05:30",
        "precision": "range",
        "tz": "Asia/Kolkata",
        "basis": "witness",
        "as_typed": "20/11/2026 9:30 pm until 22:15",
    }


def test_a_range_of_days_reaches_to_the_end_of_the_last() -> None:
    span = occurred(when=["20/11/2026"], until=["22/11/2026"])
    assert span["start"] == "2026-11-20T00:00:00+05:30"
    assert span["end"] == "2026-11-22T23:59:59+05:30"


def test_a_time_nobody_understands_can_be_kept_as_unknown() -> None:
    assert occurred(when=["some evening in autumn"], precision=["unknown"]) == {
        "precision": "unknown",
        "as_typed": "some evening in autumn",
    }


def test_about_can_be_said_beside_the_time() -> None:
    assert occurred(when=["20/11/2026 21:30"], precision=["about"]) == {
        "start": "2026-11-20T21:30:00+05:30",
        "precision": "about",
        "tz": "Asia/Kolkata",
        "as_typed": "20/11/2026 21:30",
    }
    day = occurred(when=["20/11/2026"], precision=["about"])
    assert (day["end"], day["as_typed"]) == ("2026-11-20T23:59:59+05:30", "20/11/2026")
    assert occurred(when=["20/11/2026 21:30"], precision=["day"])["precision"] == "day"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"when": ["20/11/2026"], "precision": ["exact"]}, "exact"),
        ({"when": ["last Tuesday evening"], "precision": ["exact"]}, "exact"),
        ({"when": ["20/11/2026"], "precision": ["range"]}, "until"),
        ({"when": ["20/11/2026"], "precision": ["roughly"]}, "about"),
        ({"when": ["20/11/2026"], "basis": ["dream"]}, "memory"),
        ({"until": ["20/11/2026"]}, "when"),
        ({"basis": ["memory"]}, "when"),
        ({"when": ["20/11/2026 21:30"], "until": ["21:00"]}, "ends before it starts"),
        ({"when": ["20/11/2026"], "until": ["19/11/2026"]}, "ends before it starts"),
        ({"when": ["03/04/2024"]}, "3 April 2024"),
        ({"when": ["10:15"]}, "when: The time has no day"),
        ({"when": ["\ud800"], "precision": ["unknown"]}, "characters"),
    ],
)
def test_times_that_contradict_themselves_are_refused(typed: Typed, word: str) -> None:
    refused(Threat, {**typed, "words": ["x"]}, word)


def test_a_follow_up_counts_from_when_the_contact_was() -> None:
    assert contact(when=["20/11/2026 10:00"], follow_up=["+15d"])["follow_up"] == "2026-12-05"
    assert contact(when=["20/11/2026 10:00"], follow_up=["+36h"])["follow_up"] == "2026-11-22"
    assert contact(when=["20/11/2026"], follow_up=["tomorrow"])["follow_up"] == "2026-11-25"
    assert contact(follow_up=["5 Dec 2026"])["follow_up"] == "2026-12-05"
    refused(Contact, {"agency": ["A"], "kind": ["ngo"], "follow_up": ["+15d"]}, "not known")
    refused(Contact, {"agency": ["A"], "kind": ["ngo"], "follow_up": ["03/04/2027"]}, "follow_up")


def test_a_follow_up_can_count_from_a_time_that_is_given() -> None:
    base = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Kolkata"))
    read = read_fields(Contact, {"follow_up": ["+2w"]}, read_when=read_when, base=base)
    assert read == {"follow_up": "2026-12-04"}


# Objects inside


def test_references_and_identifiers_are_type_and_value() -> None:
    assert contact(reference=["fir:12/2026: a=b; c", "GD/DD:4", "portal-acknowledgement:7"])[
        "references"
    ] == [
        {"type": "FIR", "value": "12/2026: a=b; c"},
        {"type": "GD/DD", "value": "4"},
        {"type": "portal acknowledgement", "value": "7"},
    ]
    body = build(
        Case,
        {"identifier": ["email:b@example.com", "url:https://example.org/?a=b;c"]},
        read_when=read_when,
    ).to_body()
    assert body["identifiers"] == [
        {"kind": "e-mail", "value": "b@example.com"},
        {"kind": "URL", "value": "https://example.org/?a=b;c"},
    ]
    refused(Case, {"identifier": ["pager:12"]}, "e-mail, phone", "kind")
    refused(Case, {"identifier": ["b@example.com"]}, "KIND:VALUE", "e-mail")


def test_the_richer_form_says_more() -> None:
    body = build(
        Case,
        {"identifier": ["kind=handle; value=@b; first_seen=yesterday; evidence=e-0001"]},
        read_when=read_when,
    ).to_body()
    assert body["identifiers"] == [
        {
            "kind": "handle",
            "value": "@b",
            "first_seen": read_when("yesterday").to_body(),
            "evidence": "E-0001",
        }
    ]


def test_objects_are_keys_and_values() -> None:
    assert threat(witness=["Ms C; heard=yes; told later=no", "name=Mr D"])["witnesses"] == [
        {"name": "Ms C", "heard": True, "told_later": False},
        {"name": "Mr D"},
    ]
    assert contact(official_report=["obtained; copies=E-0001,E-0002"])["official_report"] == {
        "status": "obtained",
        "copies": ["E-0001", "E-0002"],
    }
    assert contact(evidence_given=["ids=E-0001; ids=E-0002; medium=a\\;b"])["evidence_given"] == [
        {"ids": ["E-0001", "E-0002"], "medium": "a;b"}
    ]


@pytest.mark.parametrize(
    "typed", ["Ms C; heard", "heard=yes", "Ms C; heard=perhaps", "age=7", "name=", ";", "; Ms C"]
)
def test_a_malformed_object_is_refused_with_its_field(typed: str) -> None:
    whole = {"precision": ["unknown"], "words": ["x"], "witness": [typed]}
    refused(Threat, whole, "witnesses")


def test_a_demand_may_carry_an_order_and_a_response() -> None:
    demand = build(
        Demand,
        {
            "when": ["20/11/2026"],
            "order": ["court=A; no=1/2026; from=2026-11-01; until=1 Nov 2027"],
            "response": ["abusive; id=E-0006"],
            "proof-of-receipt": ["kind=read mark; at=21/11/2026 10:00"],
            "safety-considered": ["yes"],
        },
        read_when=read_when,
    ).to_body()
    assert demand["order"] == {
        "court": "A",
        "no": "1/2026",
        "from": "2026-11-01",
        "until": "2027-11-01",
    }
    assert demand["response"] == {"kind": "abusive", "id": "E-0006"}
    assert demand["safety_considered"] is True


# Corrections and what the program knows


def test_what_the_program_knows_is_given_beside_what_was_typed() -> None:
    body = build(
        Evidence,
        {"note": ["x"], "kind": ["photo"], "for": ["T-0001"]},
        read_when=read_when,
        given={"sha256": HASH, "size_bytes": 3, "name": "a.png", "media_type": None},
    ).to_body()
    assert body == {
        "sha256": HASH,
        "size_bytes": 3,
        "name": "a.png",
        "note": "x",
        "kind": "photo",
        "for": ["T-0001"],
    }


def test_a_correction_reads_only_the_fields_that_were_typed() -> None:
    read = read_fields(Threat, {"place": ["gate"], "when": ["yesterday"]}, read_when=read_when)
    assert read == {"occurred": read_when("yesterday").to_body(), "place": "gate"}
    assert read_fields(Threat, {"occurred": ["yesterday"]}, read_when=read_when).keys() == {
        "occurred"
    }


def test_a_correction_that_the_field_does_not_take_is_refused() -> None:
    for typed in ({"sha256": [HASH]}, {"size_bytes": ["1"]}, {"for": ["T-1"]}, {"zz": ["1"]}):
        with pytest.raises(RecordNotValidError):
            read_fields(Evidence, typed, read_when=read_when)


def test_names_to_unset_are_read_the_same_way() -> None:
    assert read_names(Threat, ["when", "witness", "words-certainty", "witnesses"]) == [
        "occurred",
        "witnesses",
        "words_certainty",
    ]
    for wrong in ("sha256", "nosuchfield"):
        with pytest.raises(RecordNotValidError):
            read_names(Evidence, [wrong])

"""The whole trace: providers, claims, second witnesses, clocks; over every mail of the corpus."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trace.headers import GMAIL_EDGE, GMAIL_INSIDE, OWN_SERVER, traced

from stalklog.readers.mail.header import parse_header
from stalklog.safety.limits import MAX_HOPS
from stalklog.trace.profile import load_profiles
from stalklog.trace.trace import trace_fields
from stalklog.trace.trust import Trust, parse_trust
from stalklog.trace.wording import letter_in_words

if TYPE_CHECKING:
    from pathlib import Path

    from stalklog.trace.trace import Trace

_PROFILES = load_profiles()
_OUTLOOK = (
    "from EUR-X.outbound.protection.outlook.com (mail-x.outbound.protection.outlook.com. "
    "[40.92.74.29]) by mx.google.com with ESMTPS; Fri, 20 Nov 2026 21:30:00 -0800"
)
_GOOGLE = (
    "from mail-x.google.com (mail-x.google.com. [209.85.220.41]) by mx.google.com with ESMTPS; "
    "Fri, 20 Nov 2026 21:30:00 -0800"
)
_SUBMITTED = (
    "from [10.1.1.1] (host.example. [192.0.47.88]) by smtp.gmail.com with ESMTPSA id z; "
    "Fri, 20 Nov 2026 21:29:59 -0800"
)


def test_the_relay_of_a_large_provider_sends_the_letter_to_that_provider() -> None:
    found = traced(_OUTLOOK)
    assert found.provider is not None
    assert (found.provider.profile.id, found.provider.why) == ("microsoft", "relay-address")
    assert traced(GMAIL_EDGE).provider is None


def test_a_relay_that_only_says_its_name_is_told_as_such() -> None:
    hop = "from mail-x.google.com (192.0.47.9) by A.mail.protection.outlook.com with SMTP"
    found = traced(hop)
    assert found.provider is not None
    assert (found.provider.profile.id, found.provider.why) == ("google", "told-name")


def test_a_name_that_an_address_was_given_is_no_certainty() -> None:
    hop = "from x (mail-x.google.com. [192.0.47.9]) by mx.google.com with ESMTPS"
    found = traced(hop, _SUBMITTED)
    assert found.provider is not None
    assert (found.provider.profile.id, found.provider.why) == ("google", "relay-name")
    assert found.claims == ()
    assert "--lookup can ask" in letter_in_words(found.origin, found.provider)
    certain = traced(_GOOGLE)
    assert letter_in_words(certain.origin, certain.provider).startswith("The letter goes to Google")


def test_what_the_sending_provider_seems_to_have_written_is_a_claim_of_its_own() -> None:
    (claim,) = traced(_GOOGLE, _SUBMITTED).claims
    assert (claim.source, claim.address.text) == ("received", "192.0.47.88")
    assert (claim.confidence, claim.reason, claim.hop) == ("medium", "relay-hop", 1)


def test_fields_that_anybody_can_write_are_claims_of_low_confidence() -> None:
    found = traced(
        GMAIL_EDGE,
        x_originating_ip="[192.0.47.99]",
        x_ms_exchange_crosstenant_originalattributedtenantconnectingip=(
            "TenantId=1-2;Ip=[192.0.47.98];Helo=[mail.example.org]"
        ),
        x_other="192.0.47.97",
    )
    assert [claim.address.text for claim in found.claims] == ["192.0.47.99", "192.0.47.98"]
    assert {claim.confidence for claim in found.claims} == {"low"}
    assert found.origin is not None
    assert found.origin.address.text == "192.0.47.9"


@pytest.mark.parametrize(
    ("address", "code", "confidence"),
    [
        ("192.0.47.9", "two-witnesses", "high"),
        ("192.0.47.10", "provider-disagrees", "low"),
    ],
)
def test_the_second_word_of_the_provider_is_compared(
    address: str, code: str, confidence: str
) -> None:
    found = traced(
        GMAIL_EDGE,
        received_spf=f"pass (google.com: domain of a@b designates {address} as permitted sender)",
    )
    assert [one.code for one in found.observations] == [code]
    assert found.origin is not None
    assert found.origin.confidence == confidence


def test_a_clock_that_runs_backwards_and_a_delay_are_observations_only() -> None:
    late = OWN_SERVER.replace("21:30:04", "23:30:04")
    found = traced(OWN_SERVER, late, OWN_SERVER)
    assert [(one.code, one.hop, one.seconds) for one in found.observations] == [
        ("clock-backwards", 0, -7200),
        ("delay", 1, 7200),
    ]
    assert traced(OWN_SERVER, OWN_SERVER.replace("21:30:04", "21:31:59")).observations == ()


def test_a_date_far_off_is_an_observation() -> None:
    found = traced(GMAIL_EDGE, date="Mon, 2 Nov 2026 10:00:00 +0000")
    assert [one.code for one in found.observations] == ["date-differs"]


def test_more_hops_than_are_read_are_told() -> None:
    found = traced(*[GMAIL_INSIDE] * (MAX_HOPS + 1))
    assert len(found.hops) == MAX_HOPS
    assert found.observations[-1].code == "hops-cut"


def test_the_edition_of_the_profiles_is_in_the_result() -> None:
    found = traced(GMAIL_EDGE)
    assert len(found.profiles_sha256) == 64
    assert found.profiles_version >= 1


def _trace(data: bytes, trust: Trust) -> Trace:
    return trace_fields(parse_header(data, 0, len(data)).fields, load_profiles(), trust)


def _mails(corpus: Path) -> list[tuple[dict[str, str], bytes]]:
    with (corpus / "email" / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    mails = [row for row in rows if row["kind"] == "eml"]
    return [(row, (corpus / "email" / row["path"]).read_bytes()) for row in mails]


def test_every_mail_of_the_corpus_is_traced_and_shows_only_what_it_holds(corpus: Path) -> None:
    profiles = load_profiles()
    for row, data in _mails(corpus):
        began_s = time.process_time()
        found = trace_fields(parse_header(data, 0, len(data)).fields, profiles)
        assert time.process_time() - began_s < 0.3, row["path"]
        raw = data.decode("latin-1")
        shown = [hop.received.address for hop in found.hops]
        for address in (*shown, *(claim.address for claim in found.claims)):
            assert address is None or address.text in raw, row["path"]
        # The manifest's count is the standard library's, which stops at that mail's broken line.
        is_broken = row["path"].endswith("/raw_email_incorrect_header.eml")
        assert len(found.hops) == int(row["received_headers"]) + is_broken, row["path"]


def test_each_documented_origin_of_the_corpus_is_found(corpus: Path) -> None:
    documented = {row["path"]: data for row, data in _mails(corpus) if row["documented_origin_ip"]}
    expected = {
        "eml/mail-parser/mail_test_12": ("localhost", "96.202.181.20"),
        "eml/mail-parser/mail_test_2": ("smtp.customers.net", "217.76.210.112"),
        "eml/spamassassin/orig_ip_hdr.eml": ("probeer.bokxing.nl", "64.142.3.173"),
    }
    assert set(documented) == set(expected)
    for path, (host, address) in expected.items():
        found = _trace(documented[path], parse_trust([host]))
        assert found.origin is not None
        assert (found.origin.address.text, found.origin.basis) == (address, "observed")
    claims = _trace(documented["eml/spamassassin/orig_ip_hdr.eml"], Trust()).claims
    assert [claim.address.text for claim in claims] == ["198.51.100.1"]


def test_where_a_provider_of_the_corpus_wrote_the_address_twice_both_agree(corpus: Path) -> None:
    codes = [
        observed.code
        for _row, data in _mails(corpus)
        for observed in _trace(data, Trust()).observations
    ]
    assert codes.count("provider-disagrees") == 0
    assert codes.count("two-witnesses") == 17


def test_cut_at_every_byte_no_header_shows_what_it_does_not_hold() -> None:
    whole = (
        f"Received: {GMAIL_INSIDE}\r\nReceived: {_OUTLOOK}\r\n"
        "Received-SPF: pass client-ip=40.92.74.29\r\n"
        f"Authentication-Results: mx.google.com; spf=pass\r\nReceived: {_SUBMITTED}\r\n"
        "X-Originating-IP: [192.0.47.99]\r\nDate: Fri, 20 Nov 2026 08:29:58 -0800\r\n\r\n"
    ).encode()
    for end in range(len(whole)):
        data = whole[:end]
        found = _trace(data, parse_trust(["example.org"]))
        shown = [hop.received.address for hop in found.hops]
        for address in (*shown, *(claim.address for claim in found.claims)):
            assert address is None or address.text.encode() in data


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["received", "x-originating-ip", "authentication-results", "date"]),
            st.text(
                st.sampled_from(list("()[];<>@: .=-\n\t19a")) | st.characters(codec="utf-8"),
                max_size=60,
            ).map(lambda text: f"from a ({text}) by mx.google.com; {text}"),
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from(["mx.google.com", "10/8", "!10.1.1.1", "a", ""]), max_size=3),
)
def test_any_fields_are_traced(fields: list[tuple[str, str]], trusted_by: list[str]) -> None:
    found = trace_fields(fields, _PROFILES, parse_trust(trusted_by))
    assert (found.origin is None) == bool(found.why_not)
    text = "\n".join(value for _name, value in fields)
    for hop in found.hops:
        assert hop.received.address is None or hop.received.address.text in text
